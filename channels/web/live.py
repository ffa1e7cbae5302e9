"""``/t/{token}/events``: says that the page has news. What the news is, the page asks for itself."""

import asyncio
import contextlib

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from channels.web import story, tracking
from channels.web.hub import Crowded, Watch
from channels.web.parts import PARTS
from tickets.submission import Unavailable


async def events(request: web.Request) -> web.StreamResponse:
    """Send ``changed`` each time that the page would look different from ``?seen=`` or from what was sent last."""
    parts = request.app[PARTS]
    found = await tracking.opened(request)
    seen = request.headers.get("Last-Event-ID") or request.query.get("seen", "")
    try:
        with parts.hub.watch(found.view.ticket.id) as watch:
            async with sse_response(request) as stream:
                await _follow(request, found, stream, watch, seen)
            return stream
    except Crowded:
        # 204 tells an EventSource to stop asking (HTML, 9.2.3); the page goes on by reloading.
        return web.Response(status=204)


async def _follow(
    request: web.Request, found: tracking.Opened, stream: EventSourceResponse, watch: Watch, seen: str
) -> None:
    parts = request.app[PARTS]
    with contextlib.suppress(ConnectionResetError):
        while stream.is_connected() and not parts.hub.closed:
            try:
                state = await _state(request, found)
            except Unavailable:
                state = seen
            if state is None:
                return
            if state != seen:
                await stream.send(state, event="changed", id=state)
                seen = state
            await watch.wait(parts.poll_s)


async def _state(request: web.Request, found: tracking.Opened) -> str | None:
    """What names the page's state now, or None when the secret opens nothing any more."""
    parts = request.app[PARTS]
    if await asyncio.to_thread(parts.reader.grant, found.token) is None:
        return None
    view = await asyncio.to_thread(parts.reader.ticket, found.view.ticket.id)
    return story.tell(view, found.contact, parts.config(), parts.clock()).seen if view else None
