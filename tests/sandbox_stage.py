"""A sandbox and a product that only listens, in one loop: where the providers' real clients meet the played wires."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from aiohttp import web
from aiohttp.test_utils import unused_port
from telegram import Bot
from telegram.request import HTTPXRequest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from sandbox.run import build
from sandbox.settings import ACCOUNT_SID, AUTH_TOKEN, BOT_TOKEN, Settings
from sandbox.world import WORLD, World
from tests.sandbox_client import Sandbox


@dataclass(frozen=True, slots=True)
class Hook:
    """One request that the product got."""

    path: str
    form: dict[str, str]
    signed: bool
    headers: dict[str, str]
    json: Any = None


@dataclass(slots=True)
class Product:
    """Keeps what it gets, and answers each with ``status``; its API shows ``tickets``."""

    url: str
    status: int = 200
    hooks: list[Hook] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    dispositions: dict[str, int] = field(default_factory=dict)

    async def hook(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            self.hooks.append(Hook(request.path, {}, False, dict(request.headers), await request.json()))
            return web.Response(status=self.status)
        form = await request.post()
        signature = request.headers.get("X-Twilio-Signature", "")
        signed = RequestValidator(AUTH_TOKEN).validate(self.url + request.path, form, signature)
        values = {name: str(value) for name, value in form.items()}
        self.hooks.append(Hook(request.path, values, signed, dict(request.headers)))
        return web.Response(status=self.status, text="<Response/>", content_type="text/xml")

    async def listing(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization", ""))
        rows = [{name: one[name] for name in ("reference", "status", "version")} for one in self.tickets]
        return web.json_response({"items": rows, "next": None})

    async def figures(self, _request: web.Request) -> web.Response:
        return web.json_response({"dispositions": self.dispositions})

    async def ticket(self, request: web.Request) -> web.Response:
        return web.json_response(
            next(one for one in self.tickets if one["reference"] == request.match_info["reference"])
        )

    def messages(self) -> list[dict[str, str]]:
        return [hook.form for hook in self.hooks if hook.path == "/hooks/twilio/message"]

    def statuses(self) -> list[str]:
        return [hook.form["MessageStatus"] for hook in self.hooks if hook.path == "/hooks/twilio/status"]


class LocalTwilio(TwilioHttpClient):  # type: ignore[misc]
    """Sends every call of the library to one address, whatever product of Twilio's it is for."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self._base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        aimed = urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc)
        return super().request(method, urlunsplit(aimed), *args, **more)


@dataclass(frozen=True, slots=True)
class Stage:
    url: str
    world: World
    product: Product
    sandbox: Sandbox

    def twilio(self, token: str = AUTH_TOKEN) -> Client:
        return Client(ACCOUNT_SID, token, http_client=LocalTwilio(self.url))

    def bot(self, token: str = BOT_TOKEN) -> Bot:
        return Bot(
            token,
            base_url=f"{self.url}/bot",
            base_file_url=f"{self.url}/file/bot",
            request=HTTPXRequest(connect_timeout=2, read_timeout=5),
            get_updates_request=HTTPXRequest(connect_timeout=2, read_timeout=5),
        )


@contextlib.asynccontextmanager
async def _served(app: web.Application, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def opened_stage(folder: Path, **changes: Any) -> AsyncIterator[Stage]:
    """Start both; ``changes`` are settings of the sandbox."""
    ports = unused_port(), unused_port()
    product = Product(url=f"http://127.0.0.1:{ports[0]}")
    app = web.Application()
    app.router.add_post("/hooks/{tail:.*}", product.hook)
    app.router.add_get("/api/v1/tickets", product.listing)
    app.router.add_get("/api/v1/figures", product.figures)
    app.router.add_get("/api/v1/tickets/{reference}", product.ticket)
    url = f"http://127.0.0.1:{ports[1]}"
    settings = Settings(
        port=ports[1], product_url=product.url, signed_url=product.url, public_url=url, clock_file=folder / "clock.json"
    )
    played = build(replace(settings, **changes))
    async with _served(app, ports[0]), _served(played, ports[1]), Sandbox.opened(url) as sandbox:
        yield Stage(url, played[WORLD], product, sandbox)
