"""What becomes of an accepted message: on its way, on the phone, read; or refused late, as WhatsApp does it.

Outside the window Twilio accepts a free-form message with 201 and reports 63016 afterwards.
"""

import asyncio
import random
from typing import Final

from sandbox.faults import Name
from sandbox.settings import ACCOUNT_SID
from sandbox.twilio.book import Message
from sandbox.twilio.errors import NOT_JOINED, UNKNOWN_RECIPIENT, WINDOW_CLOSED
from sandbox.twilio.webhooks import post
from sandbox.world import World

_STEP_S: Final = 0.02


def failure(world: World, message: Message) -> tuple[int, str] | None:
    """Why this message will never reach a phone, as code and words; None when it will."""
    if message.person is None:
        return UNKNOWN_RECIPIENT
    if world.faults.strikes(Name.TWILIO_63015, message.person):
        return NOT_JOINED
    if world.faults.strikes(Name.TWILIO_63016, message.person):
        return WINDOW_CLOSED
    content = world.twilio.contents.get(message.content_sid or "")
    approved = content is not None and (content.approval or {}).get("status") == "approved"
    if not approved and not world.twilio.window_open(message.person, message.created):
        return WINDOW_CLOSED
    return None


async def travel(world: World, message: Message) -> None:
    """Take an accepted message to its end, calling back at each step."""
    failed = failure(world, message)
    steps = ["queued", "failed"] if failed else ["queued", "sent", "delivered"]
    told: list[str] = []
    for step in steps:
        await asyncio.sleep(_STEP_S)
        if step == "failed" and failed:
            message.error_code, message.error_message = failed
        move(world, message, step)
        told += [step, step] if world.faults.strikes(Name.TWILIO_STATUS_DOUBLED, message.person) else [step]
        if not world.faults.by_name[Name.TWILIO_STATUS_SHUFFLED].on:
            await tell(world, message, told)
    if world.faults.strikes(Name.TWILIO_STATUS_SHUFFLED, message.person):
        random.shuffle(told)
    await tell(world, message, told)


async def read(world: World, person: str) -> int:
    """The person looks at the chat: what was delivered is read now. Returns how many messages."""
    unread = [message for message in world.twilio.chat(person) if message.status == "delivered"]
    for message in unread:
        move(world, message, "read")
        world.spawn(tell(world, message, ["read"]))
    return len(unread)


def move(world: World, message: Message, status: str) -> None:
    if status == "queued":
        return
    message.status, message.updated = status, world.clock.now()
    if status == "sent":
        message.sent = message.updated
    world.ledger.add("twilio.status", sid=message.sid, person=message.person, status=status, code=message.error_code)


async def tell(world: World, message: Message, statuses: list[str]) -> None:
    """Call back with each of ``statuses``, and empty the list."""
    waiting, statuses[:] = list(statuses), []
    for status in waiting:
        if message.callback:
            await post(world, message.callback, callback_fields(message, status))


def callback_fields(message: Message, status: str) -> dict[str, str]:
    fields = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "ChannelPrefix": "whatsapp",
        "ChannelToAddress": message.recipient.removeprefix("whatsapp:"),
        "From": message.sender,
        "MessageSid": message.sid,
        "MessageStatus": status,
        "SmsSid": message.sid,
        "SmsStatus": status,
        "StructuredMessage": "true" if message.content_sid else "false",
        "To": message.recipient,
    }
    if status in {"delivered", "read"}:
        fields["EventType"] = status.upper()
    if status == "failed" and message.error_code:
        fields |= {"ErrorCode": str(message.error_code), "ErrorMessage": message.error_message or ""}
    return fields
