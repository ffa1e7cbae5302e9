"""The Message resource: create, fetch, list, delete (twilio.com/docs/messaging/api/message-resource)."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from sandbox.faults import Name
from sandbox.settings import WHATSAPP_FROM
from sandbox.twilio.book import ROOT, Message, new_sid
from sandbox.twilio.contents import render
from sandbox.twilio.errors import bad_request, not_found
from sandbox.twilio.sending import travel
from sandbox.world import WORLD, World

BODY_LIMIT: Final = 1600
_RECIPIENT: Final = re.compile(r"whatsapp:(\+[1-9]\d{6,14}|ID\.\d{6,32})")
_HANG_S: Final = 60.0


async def create(request: web.Request) -> web.Response:
    """201 with the message, queued; it travels afterwards."""
    world = request.app[WORLD]
    form = {name: str(value) for name, value in (await request.post()).items()}
    refused = _refused(world, form)
    if refused is not None:
        return refused
    message = _accept(world, form)
    world.spawn(travel(world, message))
    if world.faults.strikes(Name.TWILIO_TIMEOUT_AFTER_ACCEPT, message.person):
        await drop(request)
    return web.json_response(message.as_json(), status=201)


async def drop(request: web.Request) -> None:
    """Break the connection without an answer: what was asked is done, and the caller cannot know."""
    if request.transport is not None:
        request.transport.abort()
    await asyncio.sleep(_HANG_S)


def _refused(world: World, form: dict[str, str]) -> web.Response | None:
    recipient, sender = form.get("To", ""), form.get("From", "")
    if not recipient:
        return bad_request(21604, "A 'To' phone number is required.")
    if not _RECIPIENT.fullmatch(recipient):
        return bad_request(21211, f"The 'To' number {recipient} is not a valid phone number.")
    if not sender:
        return bad_request(21603, "A 'From' phone number is required.")
    if sender != WHATSAPP_FROM:
        return bad_request(63007, "Twilio could not find a Channel with the specified From address")
    if not any(form.get(name) for name in ("Body", "MediaUrl", "ContentSid")):
        return bad_request(21619, "A text message body or media urls must be specified.")
    if len(form.get("Body", "")) > BODY_LIMIT:
        return bad_request(21617, f"The concatenated message body exceeds the {BODY_LIMIT} character limit")
    return _content_refused(world, form)


def _content_refused(world: World, form: dict[str, str]) -> web.Response | None:
    if (sid := form.get("ContentSid")) and sid not in world.twilio.contents:
        return bad_request(21655, "The ContentSid is invalid")
    if variables := form.get("ContentVariables"):
        try:
            valid = isinstance(given := json.loads(variables), dict) and all(isinstance(v, str) for v in given.values())
        except ValueError:
            valid = False
        if not valid:
            return bad_request(21656, "The ContentVariables parameter is invalid")
    callback = form.get("StatusCallback", "")
    if callback and not callback.startswith(("http://", "https://")):
        return bad_request(21609, "The 'StatusCallback' URL is not a valid fully qualified URL")
    return None


def _accept(world: World, form: dict[str, str]) -> Message:
    recipient = form["To"]
    person = world.customer_at(recipient)
    message = Message(
        sid=new_sid("MM" if form.get("MediaUrl") else "SM"),
        direction="outbound-api",
        sender=form["From"],
        recipient=recipient,
        body=form.get("Body", ""),
        created=world.clock.now(),
        status="queued",
        person=person.id if person else None,
        content_sid=form.get("ContentSid"),
        callback=form.get("StatusCallback"),
    )
    if message.content_sid:
        shown = render(world.twilio.contents[message.content_sid], json.loads(form.get("ContentVariables") or "{}"))
        message.body, message.buttons, message.list_title = shown.body, shown.buttons, shown.list_title
    world.twilio.add(message)
    world.ledger.add("twilio.out", sid=message.sid, person=message.person, text=message.body)
    return message


async def fetch(request: web.Request) -> web.Response:
    message = request.app[WORLD].twilio.messages.get(request.match_info["sid"])
    return not_found(request) if message is None else web.json_response(message.as_json())


async def delete(request: web.Request) -> web.Response:
    gone = request.app[WORLD].twilio.messages.pop(request.match_info["sid"], None)
    return not_found(request) if gone is None else web.Response(status=204)


async def listing(request: web.Request) -> web.Response:
    """Newest first, filtered by To, From and DateSent (also ``DateSent<`` and ``DateSent>``, both inclusive)."""
    query = request.query
    try:
        size = min(max(int(query.get("PageSize", 50)), 1), 1000)
        page = int(query.get("Page", 0))
        chosen = [one for one in request.app[WORLD].twilio.shown() if _fits(one, query)]
    except ValueError as problem:
        return bad_request(20001, f"Invalid parameter: {problem}")
    start = _start(chosen, query.get("PageToken"), page * size)
    part = chosen[start : start + size]
    body = {
        "end": start + max(len(part) - 1, 0),
        "first_page_uri": _page_uri(query, size, 0, None),
        "messages": [message.as_json() for message in part],
        "next_page_uri": _page_uri(query, size, page + 1, part[-1].sid) if start + size < len(chosen) else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": _page_uri(query, size, page - 1, None) if page else None,
        "start": start,
        "uri": str(request.rel_url),
    }
    return web.json_response(body)


def _start(chosen: list[Message], token: str | None, otherwise: int) -> int:
    """Where a page begins. The token names the last message of the page before, so that new ones shift nothing."""
    if token is None:
        return otherwise
    before = [index for index, message in enumerate(chosen) if f"PA{message.sid}" == token]
    return before[0] + 1 if before else otherwise


def _page_uri(query: "MultiMapping[str]", size: int, page: int, after: str | None) -> str:
    kept = [(name, value) for name, value in query.items() if name not in {"Page", "PageSize", "PageToken"}]
    kept += [("PageSize", str(size)), ("Page", str(page))] + ([("PageToken", f"PA{after}")] if after else [])
    return f"{ROOT}/Messages.json?{urlencode(kept)}"


def _fits(message: Message, query: "MultiMapping[str]") -> bool:
    if query.get("To") not in {None, "", message.recipient} or query.get("From") not in {None, "", message.sender}:
        return False
    if message.sent is None:
        return not any(name.startswith("DateSent") for name in query)
    sent = message.sent.replace(microsecond=0)
    for name, value in query.items():
        if name == "DateSent" and _first(value).date() != sent.date():
            return False
        if name == "DateSent<" and sent > _last(value):
            return False
        if name == "DateSent>" and sent < _first(value):
            return False
    return True


def _first(value: str) -> datetime:
    """The first instant that ``2026-11-24`` or ``2026-11-24T13:30:00Z`` means; raises ValueError."""
    at = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _last(value: str) -> datetime:
    return _first(value) + (timedelta(days=1, seconds=-1) if len(value) == len("2026-11-24") else timedelta())
