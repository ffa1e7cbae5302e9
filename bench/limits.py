"""`python -m bench.limits bare|door PORT`: what the intake is compared with. Both store nothing.

``bare`` is aiohttp alone: it reads a form, checks its signature and answers. ``door`` is the product's own webhook,
that parses besides, before an intake that says yes at once.
"""

import sys
from datetime import UTC, datetime
from typing import Final

from aiohttp import web
from twilio.request_validator import RequestValidator

from channels.whatsapp.hook import EMPTY, MESSAGE_PATH, Hooks
from config.settings import SANDBOX_AUTH_TOKEN
from tickets.commands import Answer, InboundMessage

LIMITS: Final = ("bare", "door")


class Yes:
    """An intake that stores nothing."""

    async def receive(self, message: InboundMessage) -> Answer:
        """Say yes."""
        return Answer()


def bare(public_url: str) -> web.Application:
    """aiohttp, a form and a signature."""
    validator = RequestValidator(SANDBOX_AUTH_TOKEN)

    async def take(request: web.Request) -> web.Response:
        posted = await request.post()
        signed = validator.validate(public_url + MESSAGE_PATH, posted, request.headers.get("X-Twilio-Signature", ""))
        return web.Response(text=EMPTY, content_type="text/xml") if signed else web.Response(status=403)

    app = web.Application()
    app.router.add_post(MESSAGE_PATH, take)
    return app


def door(public_url: str) -> web.Application:
    """The product's webhook without the product behind it."""
    hooks = Hooks(
        intake=Yes(),
        record=lambda _receipt: None,
        tokens=[SANDBOX_AUTH_TOKEN],
        public_url=public_url,
        clock=lambda: datetime.now(UTC),
    )
    app = web.Application()
    app.add_routes(hooks.routes())
    return app


if __name__ == "__main__":
    kind, port = sys.argv[1], int(sys.argv[2])
    made = {"bare": bare, "door": door}[kind](f"http://127.0.0.1:{port}")
    web.run_app(made, host="127.0.0.1", port=port, access_log=None, print=None)
