"""Keeps strangers' pages out of the control API, and the page to what it needs.

The sandbox listens on a loopback address, but a browser on the same machine could be led to it from anywhere.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.world import WORLD

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse another site's page and another name for this host; then answer with strict headers."""
    if request.path == "/" or request.path.startswith(("/sandbox/", "/page/")):
        known = _LOCAL | {request.app[WORLD].settings.host, urlsplit(request.app[WORLD].settings.public_url).hostname}
        if urlsplit(f"//{request.host}").hostname not in known:
            return web.Response(status=421, text="This is not a name of the sandbox.\n")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return web.Response(status=403, text="Another site's page may not play here.\n")
        if request.method == "POST" and request.can_read_body and request.content_type != "application/json":
            return web.Response(status=415, text="Only JSON is read here.\n")
    return await handler(request)


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Strict headers on everything that a browser may show; a signal, so that streams get them too."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Content-Security-Policy", CSP)
    if request.path.startswith("/sandbox/api"):
        response.headers.setdefault("Cache-Control", "no-store")
