"""Fetching updates ourselves: one process at a time, and an update is confirmed only after its effect is committed.

The library's own ``Updater`` confirms updates before we have them on disk, so only its ``get_updates`` is used.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from channels.telegram import api, offset
from channels.telegram.api import Bot
from channels.telegram.bot import DeskBot
from channels.telegram.doors import Cursors, Leases
from channels.telegram.offset import Offset
from channels.telegram.patience import PassedOver, ended, settle
from channels.telegram.updates import ALLOWED
from tickets.submission import Unavailable

LEASE: Final = "telegram-polling"
LEASE_S: Final = 15
_KEEP_S: Final = 5.0
_STAND_BY_S: Final = 2.0
_BATCH: Final = 50
_LONGEST_PAUSE_S: Final = 30.0
_LOG = structlog.get_logger("sigap.telegram")


class Polling:
    """The polling of one bot by one process. ``holder`` names the process in the lease."""

    def __init__(
        self,
        *,
        api_bot: Bot,
        bot: DeskBot,
        bot_id: int,
        leases: Leases,
        cursors: Cursors,
        clock: Callable[[], datetime],
        holder: str,
    ) -> None:
        self._api, self._bot = api_bot, bot
        self._leases, self._cursors, self._clock, self._holder = leases, cursors, clock, holder
        self._cursor = f"telegram-offset:{bot_id}"
        self._passed_over = PassedOver(cursors, clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll whenever this process holds the lease, until ``stop``."""
        while not stop.is_set():
            if not await self._take():
                await ended(stop, _STAND_BY_S)
                continue
            try:
                await self._hold(stop)
            finally:
                with suppress(Unavailable):
                    await asyncio.to_thread(self._leases.release, LEASE, self._holder)

    async def _take(self) -> bool:
        try:
            fence = await asyncio.to_thread(self._leases.take, LEASE, self._holder, self._clock(), LEASE_S)
        except Unavailable as problem:
            _LOG.warning("telegram.lease_unavailable", reason=problem.reason)
            return False
        return fence is not None

    async def _hold(self, stop: asyncio.Event) -> None:
        """Poll until the process stops or the lease is lost; what is being handled is finished first."""
        ending = asyncio.Event()
        keeper = asyncio.create_task(self._keep(stop, ending))
        try:
            await self._poll(ending)
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    async def _keep(self, stop: asyncio.Event, ending: asyncio.Event) -> None:
        kept = True
        while kept and not await ended(stop, _KEEP_S):
            try:
                kept = await asyncio.to_thread(self._leases.keep, LEASE, self._holder, self._clock(), LEASE_S)
            except Unavailable as problem:
                _LOG.warning("telegram.lease_unavailable", reason=problem.reason)
                kept = False
        ending.set()

    async def _poll(self, ending: asyncio.Event) -> None:
        failed = 0
        where = await self._stored(ending)
        while not ending.is_set():
            try:
                if failed == 0 and where is None:
                    await self._api.delete_webhook()
                found = await self._fetch(where, ending)
                failed = 0
            except TelegramError as error:
                failed += 1
                await ended(ending, await self._pause(error, failed))
                continue
            if found:
                where = await self._taken(found, where, ending)

    async def _stored(self, ending: asyncio.Event) -> Offset | None:
        while True:
            try:
                return offset.read(await asyncio.to_thread(self._cursors.get, self._cursor))
            except Unavailable as problem:
                if await ended(ending, problem.retry_after_s):
                    return None

    async def _fetch(self, where: Offset | None, ending: asyncio.Event) -> Sequence[Update]:
        """A long poll that ends at once when ``ending`` comes."""
        wanted = where.wanted(self._clock()) if where else None
        poll = asyncio.ensure_future(
            self._api.get_updates(offset=wanted, limit=_BATCH, timeout=api.POLL, allowed_updates=ALLOWED)
        )
        end = asyncio.ensure_future(ending.wait())
        try:
            await asyncio.wait((poll, end), return_when=asyncio.FIRST_COMPLETED)
            return poll.result() if poll.done() else ()
        finally:
            for waiting in (poll, end):
                if not waiting.done():
                    waiting.cancel()
                    with suppress(asyncio.CancelledError, TelegramError):
                        await waiting

    async def _taken(self, found: Sequence[Update], where: Offset | None, ending: asyncio.Event) -> Offset | None:
        """Handle a batch, each chat's updates in order and chats side by side; then store how far it went."""
        chats: dict[int, list[Update]] = defaultdict(list)
        for update in found:
            chats[update.effective_chat.id if update.effective_chat else 0].append(update)
        taken = {update.update_id: False for update in found}
        await asyncio.gather(*(self._chat(updates, taken, ending) for updates in chats.values()))
        moved = offset.after(taken)
        if moved is None:
            return where
        reached = Offset(moved, self._clock())
        while True:
            try:
                await asyncio.to_thread(self._cursors.set, self._cursor, reached.encode(), reached.at)
                return reached
            except Unavailable as problem:
                if await ended(ending, problem.retry_after_s):
                    return where

    async def _chat(self, updates: Sequence[Update], taken: dict[int, bool], ending: asyncio.Event) -> None:
        for update in updates:
            taken[update.update_id] = await settle(self._bot, update, self._passed_over, ending)
            if not taken[update.update_id]:
                return

    async def _pause(self, error: TelegramError, failed: int) -> float:
        """How long to wait after an error, and a line in the log that says its kind."""
        if isinstance(error, RetryAfter):
            return api.seconds(error)
        kind = "telegram.second_poller" if isinstance(error, Conflict) else "telegram.poll_failed"
        _LOG.warning(kind, error=type(error).__name__, failed=failed)
        if isinstance(error, Conflict):
            with suppress(TelegramError):
                await self._api.delete_webhook()
        if isinstance(error, InvalidToken):
            return _LONGEST_PAUSE_S
        return min(_LONGEST_PAUSE_S, 0.5 * 2.0 ** min(failed, 6))
