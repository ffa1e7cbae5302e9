"""Builds the web application from what it is given. The composition root is ``console/run.py``."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import aiohttp_jinja2
import jinja2
from aiohttp import web

from channels.web import accesslog, failures, headers, live, operations, replying, report, tracking
from channels.web.api import documents
from channels.web.api import tickets as api
from channels.web.parts import PARTS, WebParts

HERE: Final = Path(__file__).parent
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Everything that is asked for by address; ``openapi.yaml`` describes those under /api/v1.
ROUTES: Final[tuple[tuple[str, str, _Handler], ...]] = (
    ("GET", "/report", report.show),
    ("POST", "/report", report.take),
    ("GET", "/t/{token}", tracking.show),
    ("POST", "/t/{token}/reply", replying.reply),
    ("POST", "/t/{token}/answer", replying.answer),
    ("GET", "/t/{token}/events", live.events),
    ("GET", "/t/{token}/files/{message}/{no:[0-9]{1,3}}", tracking.file),
    ("POST", "/api/v1/tickets", api.create),
    ("GET", "/api/v1/tickets", api.listing),
    ("GET", "/api/v1/tickets/{reference}", api.show),
    ("POST", "/api/v1/tickets/{reference}/actions", api.act),
    ("GET", "/api/v1/figures", api.figures),
    ("GET", "/api/openapi.json", documents.raw),
    ("GET", "/api/docs", documents.page),
    ("GET", "/healthz", operations.alive),
    ("GET", "/readyz", operations.ready),
    ("GET", "/metrics", operations.metrics),
)


def build_app(parts: WebParts) -> web.Application:
    """The application; nothing runs until it is served.

    Serve it with ``access_log=None``: the channel writes its own lines, without addresses, tokens and queries.
    """
    app = web.Application(
        middlewares=[accesslog.write, failures.explain, headers.own_posts_only], client_max_size=1024 * 1024
    )
    app[PARTS] = parts
    accesslog.set_up(app)
    aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    app.on_response_prepare.append(headers.add)
    app.on_shutdown.append(_let_pages_go)
    app.router.add_get("/", _to_the_form)
    for method, path, handler in ROUTES:
        app.router.add_route(method, path, handler)
        if method == "GET" and handler is not live.events:
            app.router.add_route("HEAD", path, handler)
    app.router.add_get("/static/{name}", _static)
    for add_routes in parts.routes:
        add_routes(app)
    return app


async def _to_the_form(request: web.Request) -> web.StreamResponse:
    language = request.query.get("lang", "")
    return web.Response(
        status=303, headers={"Location": "/report" + (f"?lang={language}" if language in ("id", "en") else "")}
    )


_STATIC: Final = {
    path.name: path for path in sorted((HERE / "static").iterdir()) if path.suffix in (".css", ".js", ".svg")
}
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


async def _static(request: web.Request) -> web.StreamResponse:
    """One of a closed list of files."""
    path = _STATIC.get(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    # Short, so that a new version is seen after an upgrade; the files are small.
    headers_ = {"Cache-Control": "public, max-age=300"}
    return web.Response(body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8", headers=headers_)


async def _let_pages_go(app: web.Application) -> None:
    app[PARTS].hub.close()
