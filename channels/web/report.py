"""The form: ``GET /report`` shows it, ``POST /report`` makes a report of it. It needs no JavaScript.

What was typed is never lost: whatever goes wrong, the same form comes back with it and says what to change.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from channels.web import clean, formdata, nonces, pages
from channels.web.parts import PARTS, WebParts
from config.schema import ConfigSet
from tickets.commands import Answer, InboundMessage, Refused, Sender
from tickets.model import Channel
from tickets.submission import Unavailable

MOST_NAME: Final = 80
MOST_DESCRIPTION: Final = 5000
FIELDS: Final = ("name", "email", "phone", "description", "service", "occurred_at")
_EARLIEST: Final = timedelta(days=366)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A form that can be taken; ``phone`` is E.164."""

    name: str
    email: str | None
    phone: str | None
    description: str
    service: str | None
    occurred_at: datetime | None


def services(config: ConfigSet, language: str) -> list[tuple[str, str]]:
    """What a visitor may choose from: code and name, by name."""
    offered = [(one.code, one.name.in_language(language)) for one in config.services.values() if one.public]
    return sorted(offered, key=lambda pair: pair[1].casefold())


def check(
    typed: Mapping[str, str], config: ConfigSet, zone: ZoneInfo, now: datetime
) -> tuple[Entry | None, dict[str, str]]:
    """The entry, or None and what is wrong with which field (the key of a label each)."""
    errors: dict[str, str] = {}
    name, description = clean.line(typed["name"]), clean.text(typed["description"])
    if not name:
        errors["name"] = "error_name"
    elif len(name) > MOST_NAME:
        errors["name"] = "error_name_long"
    if not description:
        errors["description"] = "error_description"
    elif len(description) > MOST_DESCRIPTION:
        errors["description"] = "error_description_long"
    email, phone = _reachable(typed, errors)
    service = typed["service"].strip() or None
    if service is not None and not (service in config.services and config.services[service].public):
        errors["service"] = "error_service"
    occurred_at = _moment(typed["occurred_at"], zone, now, errors)
    if errors:
        return None, errors
    return Entry(
        name=name, email=email, phone=phone, description=description, service=service, occurred_at=occurred_at
    ), {}


def _reachable(typed: Mapping[str, str], errors: dict[str, str]) -> tuple[str | None, str | None]:
    email, phone = clean.mail(typed["email"]), clean.phone(typed["phone"])
    if typed["email"].strip() and email is None:
        errors["email"] = "error_email"
    if typed["phone"].strip() and phone is None:
        errors["phone"] = "error_phone"
    if not typed["email"].strip() and not typed["phone"].strip():
        errors["email"] = "error_contact"
    return email, phone


def _moment(words: str, zone: ZoneInfo, now: datetime, errors: dict[str, str]) -> datetime | None:
    if not words.strip():
        return None
    try:
        moment = datetime.fromisoformat(words.strip()[:40])
        moment = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
        if not now - _EARLIEST <= moment <= now + timedelta(minutes=10):
            errors["occurred_at"] = "error_occurred_at_range"
            return None
    except (ValueError, OverflowError):
        errors["occurred_at"] = "error_occurred_at"
        return None
    return min(moment, now)


async def show(request: web.Request) -> web.Response:
    """An empty form; a service may be chosen beforehand by ``?service=``."""
    typed = dict.fromkeys(FIELDS, "") | {"service": request.query.get("service", "")[:60]}
    return _form(request, typed)


async def take(request: web.Request) -> web.StreamResponse:
    """Store a report and go on to its tracking page, or show the form again with what is wrong."""
    parts = request.app[PARTS]
    form = await formdata.read(request)
    typed = {name: form.get(name) for name in FIELDS}
    now = parts.clock()
    nonce = nonces.read(parts.tokens, form.get("form"), now)
    entry, errors = check(typed, parts.config(), ZoneInfo(parts.timezone), now)
    notice = "error_website" if form.get("website").strip() else "error_expired" if nonce is None else None
    if entry is None or nonce is None or notice:
        left = form.left_out or (["again"] if form.files else [])
        return _form(request, typed, errors=errors, notice=notice, left_out=left, status=400)
    language = pages.language_of(request)
    try:
        answer = await parts.intake.receive(_message(entry, form, nonce, now, language))
    except Unavailable as error:
        # The field stays the same, so that pressing once more cannot make two reports of one.
        response = _form(request, typed, notice="error_busy", nonce=form.get("form"), status=503)
        response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    if answer.refused is Refused.KEY_REUSED:
        return _form(request, typed, notice="error_sent_before", status=409)
    return _onward(request, parts, answer, form, typed)


def _onward(
    request: web.Request, parts: WebParts, answer: Answer, form: formdata.Form, typed: Mapping[str, str]
) -> web.StreamResponse:
    token = answer.facts.get("tracking")
    if not token and answer.ticket and answer.contact:
        token = parts.tokens.tracking(answer.ticket, answer.contact)
    if not token:
        # It was kept, but says nothing that could be worked on: a bare greeting, for example.
        return _form(request, typed, errors={"description": "error_description"}, status=400)
    left_out = f"?left_out={','.join(form.left_out)}" if form.left_out else ""
    return web.Response(status=303, headers={"Location": f"/t/{token}{left_out}", "Cache-Control": "no-store"})


def _message(entry: Entry, form: formdata.Form, nonce: str, now: datetime, language: str) -> InboundMessage:
    return InboundMessage(
        key=f"web:{nonce}:{form.digest()}",
        channel=Channel.WEB,
        sender=Sender(address="", name=entry.name, email=entry.email, phone=entry.phone),
        received_at=now,
        text=entry.description,
        service=entry.service,
        occurred_at=entry.occurred_at,
        language=language,
        media=tuple(form.files),
        parts=form.parts,
        raw=original(form),
        raw_type="application/json",
    )


def original(form: formdata.Form) -> bytes:
    """The fields as they were typed. Files are kept as files, and the form's own field is no word of anybody."""
    typed = {name: value for name, value in form.fields.items() if name != "form"}
    return msgspec.json.encode(typed, order="sorted")


def _form(
    request: web.Request,
    typed: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    notice: str | None = None,
    left_out: list[str] | None = None,
    nonce: str | None = None,
    status: int = 200,
) -> web.Response:
    parts = request.app[PARTS]
    language = pages.language_of(request)
    now = parts.clock()
    values: dict[str, Any] = {
        "typed": {name: clean.text(value)[: MOST_DESCRIPTION * 2] for name, value in typed.items()},
        "errors": errors or {},
        "notice": notice,
        "left_out": left_out or [],
        "form": nonce or nonces.new(parts.tokens, now),
        "services": services(parts.config(), language),
        "company": parts.config().desk.company,
        "privacy_link": parts.config().desk.privacy_link,
        "latest": now.astimezone(ZoneInfo(parts.timezone)).strftime("%Y-%m-%dT%H:%M"),
        "most_description": MOST_DESCRIPTION,
    }
    return pages.render(request, "report.html", values, status=status, language=language)
