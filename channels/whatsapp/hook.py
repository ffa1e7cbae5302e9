"""Twilio's webhooks: believed only when signed, answered only after the commit.

The signature is checked over the public address from the settings (never over a ``Host`` or a forwarded header) and
every field as it was received. Nothing of a refused request is logged but that it was refused.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog
from aiohttp import web
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from channels.whatsapp.parse import FORM, Fields, NotAMessage, fields_of, parse
from channels.whatsapp.status import receipt_of
from tickets.commands import Answer, InboundMessage
from tickets.outbound import Receipt
from tickets.submission import Unavailable

MESSAGE_PATH: Final = "/hooks/twilio/message"
STATUS_PATH: Final = "/hooks/twilio/status"
LARGEST: Final = 256 * 1024
EMPTY: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

log = structlog.get_logger("channels.whatsapp")


class Receives(Protocol):
    """The intake, as a door sees it."""

    async def receive(self, message: InboundMessage) -> Answer:
        """Store a message and answer; raises ``Unavailable``."""
        ...


class Refused(Exception):
    """A request that is answered with ``status`` and nothing else."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Hooks:
    """The two webhooks. ``tokens``: while the auth token is being rotated, two of them fit."""

    def __init__(
        self,
        *,
        intake: Receives,
        record: Callable[[Receipt], None],
        tokens: Sequence[str],
        public_url: str,
        clock: Callable[[], datetime],
        missed: Callable[[], None] = lambda: None,
    ) -> None:
        """``record`` writes a receipt (synchronous); ``missed`` is called when Twilio has to be asked later."""
        self._intake, self._record, self._clock, self._missed = intake, record, clock, missed
        self._validators = [RequestValidator(token) for token in tokens]
        self._public_url = public_url.rstrip("/")
        self.counts: Counter[str] = Counter()

    def routes(self) -> list[web.RouteDef]:
        """To be added to the application."""
        return [web.post(MESSAGE_PATH, self.message), web.post(STATUS_PATH, self.status)]

    async def message(self, request: web.Request) -> web.Response:
        """An inbound message: 200 after the commit, 503 when it cannot be stored now."""
        return await self._answered(request, self._take)

    async def status(self, request: web.Request) -> web.Response:
        """How far a message of ours has come."""
        return await self._answered(request, self._note)

    async def _take(self, fields: Fields, raw: bytes) -> None:
        try:
            message = parse(fields, raw, self._clock())
        except NotAMessage as error:
            raise Refused(400, "not_a_message") from error
        await self._intake.receive(message)

    async def _note(self, fields: Fields, _raw: bytes) -> None:
        receipt = receipt_of(fields, self._clock())
        if receipt is not None:
            await asyncio.to_thread(self._record, receipt)

    async def _answered(self, request: web.Request, work: Callable[[Fields, bytes], Awaitable[None]]) -> web.Response:
        try:
            raw = await _body(request)
            await work(self._signed(request, raw), raw)
        except Refused as refused:
            self.counts[refused.why] += 1
            log.warning("webhook_refused", why=refused.why, status=refused.status)
            return web.Response(status=refused.status)
        except Unavailable as error:
            self.counts["unavailable"] += 1
            self._missed()
            return web.Response(
                status=503,
                text="We cannot store messages right now; please try again shortly.",
                headers={"Retry-After": str(error.retry_after_s)},
            )
        self.counts["taken"] += 1
        return web.Response(text=EMPTY, content_type="text/xml")

    def _signed(self, request: web.Request, raw: bytes) -> Fields:
        """The fields of a request that Twilio signed. Raises ``Refused``."""
        try:
            fields = fields_of(raw)
        except NotAMessage as error:
            raise Refused(400, "fields") from error
        url = self._public_url + request.rel_url.raw_path_qs
        signature = request.headers.get("X-Twilio-Signature", "")
        posted = MultiDict(fields)
        if not signature or not any(one.validate(url, posted, signature) for one in self._validators):
            raise Refused(403, "signature")
        return fields


async def _body(request: web.Request) -> bytes:
    """The body as it came. Raises ``Refused`` with 415 or 413 without reading more than is allowed."""
    if request.content_type != FORM or request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(415, "content_type")
    if (request.content_length or 0) > LARGEST:
        raise Refused(413, "too_large")
    raw = bytearray()
    async for piece in request.content.iter_chunked(65_536):
        raw += piece
        if len(raw) > LARGEST:
            raise Refused(413, "too_large")
    return bytes(raw)
