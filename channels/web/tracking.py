"""The tracking page ``/t/{token}``: one ticket for one person, no login. A GET changes nothing."""

import asyncio
from typing import Any, Final

from aiohttp import web

from channels.web import clean, formdata, moments, nonces, pages, story
from channels.web.parts import PARTS
from config.schema import ConfigSet
from tickets.submission import Unavailable
from tickets.texts import day_time
from tickets.views import TicketView

MOST_REPLY: Final = 4000
NOTES: Final = frozenset({"type", "size", "count", "total"})
SAID: Final = frozenset({"sent", "changed", "noted"})


class Opened:
    """A page that its secret has opened."""

    def __init__(self, token: str, view: TicketView, contact: str) -> None:
        self.token, self.view, self.contact = token, view, contact

    @property
    def language(self) -> str | None:
        """The language that we know of the person."""
        known = self.view.contact.language if self.view.contact.id == self.contact else None
        return known if known in pages.LANGUAGES else None


async def opened(request: web.Request) -> Opened:
    """What the secret in the path opens. Raises ``HTTPNotFound``, the same for unknown, expired and revoked."""
    parts, token = request.app[PARTS], request.match_info["token"]
    if not (16 <= len(token) <= 100 and token.isascii()):
        raise web.HTTPNotFound
    grant = await asyncio.to_thread(parts.reader.grant, token)
    if grant is None:
        raise web.HTTPNotFound
    view = await asyncio.to_thread(parts.reader.ticket, grant[0])
    if view is None:
        raise web.HTTPNotFound
    return Opened(token, view, grant[1])


async def show(request: web.Request) -> web.Response:
    """The page as it stands."""
    found = await opened(request)
    left_out = [code for code in request.query.get("left_out", "").split(",") if code in NOTES]
    said = request.query.get("said", "")
    return page(request, found, left_out=left_out, said=said if said in SAID else None)


def page(
    request: web.Request,
    found: Opened,
    *,
    typed: str = "",
    error: str | None = None,
    left_out: list[str] | None = None,
    said: str | None = None,
    status: int = 200,
    form: str | None = None,
) -> web.Response:
    """The tracking page; ``typed`` is a reply that could not be taken yet."""
    parts = request.app[PARTS]
    now, config = parts.clock(), parts.config()
    language = pages.language_of(request, found.language)
    client = config.organisations.get(found.view.ticket.organisation)
    zone = (client.timezone if client else None) or parts.timezone
    told = story.tell(found.view, found.contact, config, now)
    values: dict[str, Any] = {
        "story": told,
        "token": found.token,
        "form": form or nonces.new(parts.tokens, now, found.token),
        "answer_form": nonces.new(parts.tokens, now, found.token),
        "moment": lambda at: moments.said(at, now, zone, language),
        "promise": day_time(told.promise, now, zone, language) if told.promise else None,
        "opens": day_time(told.opens_at, now, zone, language) if told.opens_at else None,
        "machine": moments.machine,
        "size": size,
        "typed": typed,
        "error": error,
        "left_out": left_out or [],
        "said": said,
        "most": MOST_REPLY,
        "company": config.desk.company,
        "choices": [(code, name) for code in told.asks_service if (name := _service(config, code, language))],
        "service": _service(config, found.view.ticket.service, language),
    }
    return pages.render(request, "tracking.html", values, status=status, language=language)


def _service(config: ConfigSet, code: str | None, language: str) -> str | None:
    found = config.services.get(code or "")
    return found.name.in_language(language) if found else None


def size(count: int | None) -> str:
    """A number of bytes as people say it."""
    if count is None:
        return ""
    return f"{count / 1048576:.1f} MB" if count >= 1048576 else f"{max(1, round(count / 1024))} kB"


async def file(request: web.Request) -> web.Response:
    """A file of the conversation, always as a download: nothing from outside is shown inside our pages."""
    found = await opened(request)
    message, no = request.match_info["message"], int(request.match_info["no"])
    if not story.shows_file(found.view, found.contact, message):
        raise web.HTTPNotFound
    kept = await asyncio.to_thread(request.app[PARTS].reader.file, message, no)
    if kept is None:
        raise web.HTTPNotFound
    attachment, data = kept
    ascii_name = (attachment.filename or f"file-{no}").encode("ascii", "replace").decode().replace("?", "_")
    safe = "".join(one if one.isalnum() or one in "._- " else "_" for one in ascii_name)
    headers = {
        "Content-Disposition": f'attachment; filename="{safe}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }
    return web.Response(body=data, content_type=attachment.content_type, headers=headers)


async def busy(request: web.Request, error: Unavailable, typed: str, form: str) -> web.Response:
    """Nothing was stored: the page again with what was typed, or, where even that cannot be read, the words alone."""
    try:
        response = page(request, await opened(request), typed=typed, error="error_busy", status=503, form=form)
    except Unavailable:
        values = {"typed": typed, "form": form, "action": request.path}
        response = pages.render(request, "busy.html", values, status=503)
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def reply_words(form: formdata.Form) -> str:
    """What was typed into the reply box, fit to be stored."""
    return clean.text(form.get("text"))
