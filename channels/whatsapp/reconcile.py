"""The reconciler: reads Twilio's Messages list and takes what no webhook brought.

Twilio gives up on a webhook after seconds, so a restart or an honest 503 would lose reports. The key of a message is
the same on both ways, so taking it twice stores it once. In ``polling`` mode this is the only way in: it works behind
NAT, with a button's text instead of its payload.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlencode

import structlog

from channels.whatsapp.client import failure
from channels.whatsapp.hook import Receives
from channels.whatsapp.parse import Fields, NotAMessage, key_of, parse
from tickets.outbound import Reason, Temporary
from tickets.submission import Unavailable

CURSOR: Final = "twilio.inbound"
EVERY_S: Final = 60.0
POLL_S: Final = 3.0
SOON_S: Final = 5.0
# The list may lag behind, and the two clocks may differ.
OVERLAP: Final = timedelta(minutes=10)
# On the very first start, messages of an earlier life of the number are nobody's report.
FIRST_LOOK: Final = timedelta(minutes=15)
# A webhook knows more than the list does (names, buttons, quotes), so it gets this long to come. What came before this
# process listened has no webhook on its way.
GRACE: Final = timedelta(seconds=15)
GRACE_AT_START: Final = timedelta(seconds=2)
PAGE: Final = 100

log = structlog.get_logger("channels.whatsapp.reconcile")


class Sees(Protocol):
    """The reader, as the reconciler needs it."""

    def unseen(self, keys: Sequence[str]) -> set[str]:
        """Those of the keys that were never taken."""
        ...


class Remembers(Protocol):
    """Cursors of the store."""

    def get(self, name: str) -> str | None:
        """What was written down under a name."""
        ...

    def set(self, name: str, value: str, now: datetime) -> None:
        """Write it down."""
        ...


class Reconciler:
    """Runs beside the doors. ``base_url`` is where Twilio's media addresses begin."""

    def __init__(
        self,
        client: Any,
        *,
        intake: Receives,
        reader: Sees,
        cursors: Remembers,
        number: str,
        clock: Callable[[], datetime],
        base_url: str | None = None,
        mode: Literal["webhook", "polling"] = "webhook",
    ) -> None:
        self._client, self._intake, self._reader, self._cursors = client, intake, reader, cursors
        self._number, self._clock, self._mode = number, clock, mode
        self._base_url = (base_url or "https://api.twilio.com").rstrip("/")
        self._soon = asyncio.Event()
        self._grace = GRACE_AT_START if mode == "webhook" else timedelta(0)
        self.taken = 0

    def soon(self) -> None:
        """A webhook was answered with 503: look again in a few seconds. Call it on the loop of ``run``."""
        self._soon.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Look at start, then every minute (every three seconds when polling), until ``stop``."""
        while not stop.is_set():
            pause = EVERY_S if self._mode == "webhook" else POLL_S
            try:
                if await self.look():
                    pause = min(pause, GRACE.total_seconds() + 1)
            except Temporary as error:
                log.warning("twilio_away", reason=error.reason)
                pause = max(error.retry_after_s or 0, SOON_S)
            except Unavailable as error:
                log.warning("reconcile_waits", reason=error.reason)
                pause = SOON_S
            except Exception:
                log.exception("reconcile_failed")
            await self._wait(stop, pause)

    async def look(self) -> int:
        """Take what no webhook brought; how many were left because their webhook may still come.

        Raises ``Temporary`` or ``Unavailable``; the cursor moves only past what was stored.
        """
        now = self._clock()
        listed = await self._listed(await self._since(now))
        young = [one for one in listed if now - _sent_at(one, now) < self._grace]
        old = [one for one in listed if one not in young]
        unseen = await asyncio.to_thread(self._reader.unseen, [key_of(one.sid) for one in old])
        for one in sorted(old, key=lambda each: _sent_at(each, now)):
            if key_of(one.sid) in unseen:
                await self._take(one, now)
        await asyncio.to_thread(self._cursors.set, CURSOR, now.isoformat(), now)
        if self._mode == "webhook":
            self._grace = GRACE
        return len(young)

    async def _since(self, now: datetime) -> datetime:
        stored = await asyncio.to_thread(self._cursors.get, CURSOR)
        # A sandbox clock may have been put back, so a mark in the future counts as now.
        return min(datetime.fromisoformat(stored), now) - OVERLAP if stored else now - FIRST_LOOK

    async def _listed(self, since: datetime) -> list[Any]:
        def read() -> list[Any]:
            found = self._client.messages.list(to=self._number, date_sent_after=since, page_size=PAGE)
            # Newest first and in whole seconds: turned around, what came within one second keeps its order.
            return [one for one in found[::-1] if one.direction == "inbound"]

        return list(await self._asked(read))

    async def _take(self, one: Any, now: datetime) -> None:
        files = await self._files(one) if int(one.num_media or 0) else []
        fields = fields_of_listed(one, files, self._base_url)
        try:
            message = parse(fields, urlencode(fields).encode(), now)
        except NotAMessage:
            log.error("listed_message_unreadable", sid=one.sid)
            return
        await self._intake.receive(message)
        self.taken += 1
        log.info("reconciled", key=message.key)

    async def _files(self, one: Any) -> list[Any]:
        return list(await self._asked(lambda: self._client.messages(one.sid).media.list(limit=20)))

    async def _asked(self, call: Callable[[], Iterable[Any]]) -> Iterable[Any]:
        try:
            return await asyncio.to_thread(call)
        except Exception as error:
            meant = failure(error)
            if isinstance(meant, Temporary):
                raise meant from error
            # Asking changes nothing, so it can simply be asked again.
            raise Temporary(getattr(meant, "reason", None) or Reason.UNREACHABLE) from error

    async def _wait(self, stop: asyncio.Event, pause: float) -> None:
        waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._soon.wait())]
        done, pending = await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        for one in pending:
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one
        if waits[1] in done and not stop.is_set():
            self._soon.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON_S):
                    await stop.wait()


def fields_of_listed(one: Any, files: Sequence[Any], base_url: str) -> Fields:
    """A message of the list in the fields of a webhook, as far as the list knows them."""
    fields = [
        ("MessageSid", str(one.sid)),
        ("From", str(one.from_ or "")),
        ("To", str(one.to or "")),
        ("Body", str(one.body or "")),
        ("NumMedia", str(len(files))),
    ]
    for number, file in enumerate(files):
        address = base_url + str(file.uri).removesuffix(".json")
        fields += [(f"MediaUrl{number}", address), (f"MediaContentType{number}", str(file.content_type))]
    return fields


def _sent_at(one: Any, now: datetime) -> datetime:
    at = one.date_sent or one.date_created or now
    return at if at.tzinfo else at.replace(tzinfo=UTC)
