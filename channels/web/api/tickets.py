"""``/api/v1/tickets``: make one, list them, read one, act on one; and ``/api/v1/figures``."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from channels.web import clean, report
from channels.web.api import body, keys, shapes, tokens
from channels.web.api.problems import Problem, refused
from channels.web.parts import PARTS, WebParts
from config.schema import ConfigSet
from tickets import references
from tickets.commands import Actor, ActorKind, Command, InboundMessage, Sender
from tickets.model import Channel, Priority, Status

CREATE_FIELDS: Final = (
    "name",
    "email",
    "phone",
    "description",
    "subject",
    "service",
    "occurred_at",
    "language",
)
FILTERS: Final = ("status", "open", "team", "assignee", "priority", "organisation", "limit", "cursor")
MOST_LISTED: Final = 200
# A ticket closes on its reporter's word only; no program may speak for them.
REPORTERS_OWN: Final = frozenset(
    {"confirm", "deny", "not_yet", "score", "reporter_says_works", "object", "choose_service", "all_stopped"}
)
ACTIONS: Final = (
    "accept",
    "pass",
    "start",
    "reply",
    "note",
    "workaround",
    "resolve",
    "check",
    "verify",
    "fail_verification",
    "wait",
    "resume",
    "relapse",
    "transfer",
    "escalate",
    "assign",
    "set_service",
    "set_levels",
    "p1",
    "not_p1",
    "not_an_incident",
    "cancel",
    "merge",
    "unmerge",
    "acknowledge",
)


def answer(document: Any, status: int = 200, **headers: str) -> web.Response:
    """A JSON answer that nobody keeps."""
    return web.Response(
        body=msgspec.json.encode(document),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **headers},
    )


async def create(request: web.Request) -> web.Response:
    """Make a ticket of a report that came by program."""
    token = await tokens.caller(request, "report", "admin")
    parts = request.app[PARTS]
    found, raw = await body.read(request)
    message = reported(found, parts, keys.key(request, token), raw)
    given = await parts.intake.receive(message)
    if given.refused is not None:
        raise refused(given.refused, given.facts)
    if given.reference is None:
        raise Problem("invalid", "The description says nothing that could be worked on.", field="description")
    secret = given.facts.get("tracking")
    if not secret and given.ticket and given.contact:
        secret = parts.tokens.tracking(given.ticket, given.contact)
    link = f"{parts.public_url.rstrip('/')}/t/{secret}" if secret else None
    location = f"/api/v1/tickets/{given.reference}"
    return answer({"reference": given.reference, "tracking_url": link}, 201, Location=location)


def reported(found: Mapping[str, Any], parts: WebParts, key: str, raw: bytes) -> InboundMessage:
    """The message that a body means. Raises ``Problem``."""
    body.only(found, CREATE_FIELDS)
    name = body.words(found, "name", report.MOST_NAME, needed=True)
    description = body.words(found, "description", report.MOST_DESCRIPTION, needed=True)
    subject = body.words(found, "subject", 200)
    email, phone = _reachable(found)
    language = body.words(found, "language", 2)
    if language not in (None, "id", "en"):
        raise Problem("invalid", "language is id or en.", field="language", allowed=["id", "en"])
    now = parts.clock()
    return InboundMessage(
        key=key,
        channel=Channel.API,
        sender=Sender(address="", name=clean.line(name or ""), email=email, phone=phone),
        received_at=now,
        text=description or "",
        subject=clean.line(subject) if subject else None,
        service=_service(found, parts.config()),
        occurred_at=_moment(found, now),
        language=language,
        raw=raw,
        raw_type="application/json",
    )


def _reachable(found: Mapping[str, Any]) -> tuple[str | None, str | None]:
    email, phone = body.words(found, "email", 254), body.words(found, "phone", 40)
    if not email and not phone:
        raise Problem("missing", "email or phone is needed.", fields=["email", "phone"])
    if email and clean.mail(email) is None:
        raise Problem("invalid", "email is not a mail address.", field="email")
    if phone and clean.phone(phone) is None:
        raise Problem("invalid", "phone is not a telephone number; +62812… is one.", field="phone")
    return clean.mail(email) if email else None, clean.phone(phone) if phone else None


def _service(found: Mapping[str, Any], config: ConfigSet) -> str | None:
    code = body.words(found, "service", 60)
    if code is not None and code not in config.services:
        known = sorted(config.services)
        raise Problem("unknown_service", "Possible: " + ", ".join(known) + ".", field="service", allowed=known)
    return code


def _moment(found: Mapping[str, Any], now: datetime) -> datetime | None:
    words = body.words(found, "occurred_at", 40)
    if words is None:
        return None
    try:
        moment = datetime.fromisoformat(words)
        if moment.tzinfo is None:
            raise ValueError
        if not now - timedelta(days=3660) <= moment <= now + timedelta(minutes=10):
            raise Problem("invalid", "occurred_at lies in the future or too far back.", field="occurred_at")
    except (ValueError, OverflowError):
        detail = "occurred_at is a time as RFC 3339 has it, with its zone: 2026-11-24T15:10:00Z."
        raise Problem("invalid", detail, field="occurred_at") from None
    return min(moment, now).astimezone(ZoneInfo("UTC"))


async def listing(request: web.Request) -> web.Response:
    """Tickets, newest first."""
    await tokens.caller(request, "read", "admin")
    wanted = _filters(request)
    try:
        page = await asyncio.to_thread(lambda: request.app[PARTS].reader.tickets(**wanted))
    except ValueError:
        raise Problem("invalid", "The cursor is not one of ours.", field="cursor") from None
    return answer({"items": [shapes.row(one) for one in page.items], "next": page.next})


def _filters(request: web.Request) -> dict[str, Any]:
    query = request.query
    body.only(query, FILTERS)
    if any(len(query.getall(name)) > 1 for name in query):
        raise Problem("invalid", "A filter stands twice.", allowed=list(FILTERS))
    for name, value in query.items():
        if len(value) > 200 or not clean.fit(value):
            raise Problem("invalid", f"{name} is not a value of a filter.", field=name)
    wanted: dict[str, Any] = {
        name: query[name] for name in ("team", "assignee", "organisation", "cursor") if query.get(name)
    }
    wanted["status"] = _one_of(query, "status", [status.value for status in Status])
    wanted["priority"] = _one_of(query, "priority", [priority.value for priority in Priority])
    wanted["open_only"] = _one_of(query, "open", ["true", "false"]) == "true"
    limit = query.get("limit", "50")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10 and int(limit) > 0):
        raise Problem("invalid", f"limit is a number from 1 to {MOST_LISTED}.", field="limit")
    wanted["limit"] = min(int(limit), MOST_LISTED)
    return wanted


def _one_of(query: Mapping[str, str], name: str, allowed: list[str]) -> str | None:
    value = query.get(name)
    if value is not None and value not in allowed:
        raise Problem("invalid", f"{name} is one of {', '.join(allowed)}.", field=name, allowed=allowed)
    return value


def _subject(request: web.Request) -> str:
    """The reference in the path, however it was written. Raises ``Problem`` where it is none."""
    subject = references.read(request.match_info["reference"][:40])
    if subject is None:
        raise Problem("unknown_ticket", "A reference looks like INC-7K3M9QX2; this one is none, or has a typing error.")
    return subject


async def show(request: web.Request) -> web.Response:
    """One ticket, whole."""
    await tokens.caller(request, "read", "admin")
    view = await asyncio.to_thread(request.app[PARTS].reader.ticket, _subject(request))
    if view is None:
        raise Problem("unknown_ticket", "No ticket has this reference.")
    return answer(shapes.ticket(view))


async def act(request: web.Request) -> web.Response:
    """Do something to a ticket, as the caller's token; whoever looked at an old version is told so."""
    token = await tokens.caller(request, "admin")
    parts = request.app[PARTS]
    subject = _subject(request)
    found, _ = await body.read(request)
    command = _command(found, subject, keys.key(request, token), token.id, parts.clock())
    given = await parts.desk.perform(command)
    if given.refused is not None:
        raise refused(given.refused, given.facts)
    document = {
        "reference": given.reference or subject,
        "version": given.version,
        "outcome": given.outcome,
        "repeated": given.repeated,
    }
    return answer(document | {"facts": given.facts})


def _command(found: Mapping[str, Any], subject: str, key: str, token: str, now: datetime) -> Command:
    action = body.words(found, "action", 40, needed=True) or ""
    if action in REPORTERS_OWN:
        detail = "Only the reporter can say this, on a channel of theirs; no token may speak for them."
        raise Problem("not_allowed", detail, allowed=list(ACTIONS))
    if action not in ACTIONS:
        raise Problem("unknown_action", "Possible: " + ", ".join(ACTIONS) + ".", field="action", allowed=list(ACTIONS))
    seen = found.get("seen_version")
    if seen is None:
        detail = "seen_version is needed: the version of the ticket that the caller has looked at."
        raise Problem("missing", detail, field="seen_version")
    if isinstance(seen, bool) or not isinstance(seen, int) or not 0 <= seen < 2**31:
        raise Problem("invalid", "seen_version is a whole number.", field="seen_version")
    data = {name: value for name, value in found.items() if name not in ("action", "seen_version")}
    return Command(
        key=key,
        action=action,
        subject=subject,
        actor=Actor(ActorKind.TOKEN, token),
        at=now,
        seen_version=seen,
        data=data,
    )


async def figures(request: web.Request) -> web.Response:
    """Counts of what came in and what became of it."""
    await tokens.caller(request, "read", "admin")
    return answer(await asyncio.to_thread(request.app[PARTS].reader.figures))
