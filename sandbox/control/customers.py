"""Playing a customer: what they type, tap, quote, send and read on WhatsApp."""

import re
from typing import Any

from aiohttp import web

from sandbox.control import asked
from sandbox.control.samples import chosen
from sandbox.people import Customer
from sandbox.settings import WHATSAPP_FROM
from sandbox.twilio.book import Button, Media, Message, new_sid
from sandbox.twilio.sending import read as read_chat
from sandbox.twilio.webhooks import deliver
from sandbox.world import WORLD, World


async def add(request: web.Request) -> web.Response:
    """A further customer, for a crowd: ``{id, name, number?, user_id?, organisation?}``."""
    world, wanted = request.app[WORLD], await asked.read(request)
    key, number = str(wanted.get("id", "")), wanted.get("number")
    if not re.fullmatch(r"[a-z0-9-]{1,32}", key) or key in world.customers:
        raise asked.wrong("id is missing, taken, or has other characters than a-z, 0-9 and -")
    if number is not None and not re.fullmatch(r"\+[1-9]\d{6,14}", str(number)):
        raise asked.wrong("number is no international number")
    user_id = str(wanted.get("user_id") or f"ID.{700_000_000_000 + len(world.customers)}")
    world.customers[key] = Customer(
        id=key,
        name=str(wanted.get("name") or key.title()),
        organisation=str(wanted.get("organisation", "")),
        number=number,
        user_id=user_id,
    )
    world.ledger.add("customer", person=key)
    return web.json_response({"id": key, "address": world.customers[key].address}, status=201)


async def say(request: web.Request) -> web.Response:
    """``{text, quotes?, forwarded?, latitude?, longitude?, as_user_id?, wait?}`` → ``{sid, status}``."""
    wanted = await asked.read(request)
    fields: dict[str, str] = {}
    if wanted.get("forwarded"):
        fields["Forwarded"] = "true"
    if "latitude" in wanted:
        fields |= {
            "Latitude": str(wanted["latitude"]),
            "Longitude": str(wanted.get("longitude", 0)),
            "MessageType": "location",
        }
    text = str(wanted.get("text", ""))
    if not text and not fields:
        raise asked.wrong("text is missing")
    return await _write(request, wanted, text, fields, [], wanted.get("quotes"))


async def send_media(request: web.Request) -> web.Response:
    """``{kind?, text?, quotes?}`` or ``{data, content_type, filename}``; several by ``files: [...]``."""
    wanted = await asked.read(request)
    try:
        files = [chosen(one) for one in wanted.get("files", [wanted])]
    except ValueError as problem:
        raise asked.wrong(str(problem)) from None
    media = [Media(sid=new_sid("ME"), content_type=kind, data=data, filename=name) for name, kind, data in files]
    return await _write(request, wanted, str(wanted.get("text", "")), {}, media, wanted.get("quotes"))


async def press(request: web.Request) -> web.Response:
    """``{button, message?}``: a title, a payload or a pattern; without ``message`` the newest one that has it."""
    world, wanted, person = request.app[WORLD], await asked.read(request), asked.customer(request)
    found = _button(world, person, str(wanted.get("button", "")), wanted.get("message"))
    if found is None:
        raise asked.wrong("there is no such button in this chat", 404)
    message, button = found
    if button.url:
        return web.json_response({"url": button.url})
    if message.list_title:
        fields = {"ListId": button.payload, "ListTitle": button.title, "MessageType": "interactive"}
    else:
        fields = {"ButtonPayload": button.payload, "ButtonText": button.title, "MessageType": "button"}
    return await _write(request, wanted, button.title, fields, [], message.sid)


async def read(request: web.Request) -> web.Response:
    return web.json_response({"read": await read_chat(request.app[WORLD], asked.customer(request).id)})


def _button(world: World, person: Customer, wanted: str, sid: str | None) -> tuple[Message, Button] | None:
    outbound = [
        one for one in world.twilio.chat(person.id) if one.direction == "outbound-api" and sid in {None, one.sid}
    ]
    pairs = [(message, button) for message in reversed(outbound) for button in message.buttons]
    exact = next((pair for pair in pairs if wanted in {pair[1].title, pair[1].payload}), None)
    return exact or next((pair for pair in pairs if re.search(wanted, pair[1].title, re.IGNORECASE)), None)


async def _write(
    request: web.Request,
    wanted: dict[str, Any],
    text: str,
    fields: dict[str, str],
    media: list[Media],
    quotes: str | None,
) -> web.Response:
    """Put a message of the customer into the world and let Twilio post it; the answer may wait for the product's."""
    world, person = request.app[WORLD], asked.customer(request)
    await read_chat(world, person.id)
    now = world.clock.now()
    if quotes:
        fields = fields | {"OriginalRepliedMessageSid": str(quotes), "OriginalRepliedMessageSender": WHATSAPP_FROM}
    message = Message(
        sid=new_sid("MM" if media else "SM"),
        direction="inbound",
        sender=f"whatsapp:{person.user_id}" if wanted.get("as_user_id") else person.address,
        recipient=WHATSAPP_FROM,
        body=text,
        created=now,
        sent=now,
        status="received",
        person=person.id,
        media=media,
        quoted=str(quotes) if quotes else None,
        fields=fields,
    )
    world.twilio.add(message)
    world.ledger.add("twilio.in", sid=message.sid, person=person.id, text=text)
    if wanted.get("wait"):
        await deliver(world, message)
    else:
        world.spawn(deliver(world, message))
    return web.json_response({"sid": message.sid, "status": message.taken})
