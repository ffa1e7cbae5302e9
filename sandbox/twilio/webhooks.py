"""What Twilio posts to its customer: messages that came in, and what became of those that went out.

A webhook is tried for 15 seconds in all, and once more only when no connection came about
(twilio.com/docs/usage/webhooks/webhooks-connection-overrides, its defaults). What was missed stays in
the Messages list.
"""

import asyncio
import json
import time
from typing import Final

import aiohttp
from yarl import URL

from sandbox.faults import Name
from sandbox.settings import ACCOUNT_SID, WHATSAPP_FROM
from sandbox.twilio.book import Message, new_sid
from sandbox.twilio.signature import sign
from sandbox.world import World

TOTAL_S: Final = 15.0
CONNECT_S: Final = 5.0
MESSAGE_PATH: Final = "/hooks/twilio/message"


def message_fields(world: World, message: Message) -> dict[str, str]:
    """The form of an inbound message, all values text, as Twilio sends them for WhatsApp in 2026."""
    person = world.customers[message.person or ""]
    base = f"{world.settings.public_url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{message.sid}/Media/"
    fields = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "Body": message.body,
        "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": {"ProfileName": person.name}}}),
        "ExternalUserId": person.user_id,
        "From": message.sender,
        "MessageSid": message.sid,
        "MessageType": "text",
        "NumMedia": str(len(message.media)),
        "NumSegments": "1",
        "ProfileName": person.name,
        "ReferralNumMedia": "0",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": WHATSAPP_FROM,
    }
    if message.sender.startswith("whatsapp:+"):
        fields["WaId"] = message.sender.removeprefix("whatsapp:+")
    for index, media in enumerate(message.media):
        fields[f"MediaUrl{index}"] = base + media.sid
        fields[f"MediaContentType{index}"] = media.content_type
        fields["MessageType"] = media.content_type.split("/")[0].replace("application", "document")
    return fields | message.fields


async def deliver(world: World, message: Message) -> None:
    """Post an inbound message to the product as often as Twilio would, and as a fault adds."""
    if world.faults.strikes(Name.TWILIO_WEBHOOK_LOST):
        world.ledger.add("twilio.webhook", sid=message.sid, status=0, lost=True)
        return
    repeated = world.faults.strikes(Name.TWILIO_WEBHOOK_REPEATED)
    await asyncio.gather(*(post_message(world, message) for _ in range(repeated.times if repeated else 1)))


async def post_message(world: World, message: Message) -> None:
    status = await post(world, world.settings.product_url + MESSAGE_PATH, message_fields(world, message))
    message.webhooks += 1
    if message.taken is None or not 200 <= message.taken < 300:
        message.taken = status
    world.ledger.add("twilio.webhook", sid=message.sid, status=status)


async def post(world: World, url: str, fields: dict[str, str]) -> int:
    """Post a signed form; the answer's HTTP status, or 0 where none came.

    The signature is over the address that the product is known by, whatever address leads to it here.
    """
    settings = world.settings
    known = (
        settings.signed_url + url.removeprefix(settings.product_url) if url.startswith(settings.product_url) else url
    )
    sent_to = (
        settings.product_url + url.removeprefix(settings.signed_url) if url.startswith(settings.signed_url) else url
    )
    bad = world.faults.strikes(Name.TWILIO_BAD_SIGNATURE)
    headers = {
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": new_sid(""),
        "X-Twilio-Signature": sign(known, fields, "another-token") if bad else sign(known, fields),
    }
    until = time.monotonic() + TOTAL_S
    for _ in range(2):
        timeout = aiohttp.ClientTimeout(total=max(0.1, until - time.monotonic()), sock_connect=CONNECT_S)
        try:
            async with world.http.post(
                URL(sent_to, encoded=True), data=fields, headers=headers, timeout=timeout
            ) as answer:
                await answer.read()
                return answer.status
        except aiohttp.ClientConnectorError:
            continue
        except (aiohttp.ClientError, TimeoutError):
            return 0
    return 0
