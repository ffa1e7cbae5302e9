"""Trying an update until it is taken: a house that cannot store is waited for, an update that breaks us is not."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from telegram import Update

from channels.telegram.bot import DeskBot
from channels.telegram.doors import Cursors
from tickets.submission import Unavailable

TRIES: Final = 3
_PAUSE_S: Final = 0.5
_LOG = structlog.get_logger("sigap.telegram")


class PassedOver:
    """Keeps a record of updates that could not be handled: their number and the kind of the error, never words."""

    def __init__(self, cursors: Cursors, clock: Callable[[], datetime]) -> None:
        self._cursors, self._clock = cursors, clock

    async def record(self, update: int, error: str) -> None:
        """Note one; raises nothing, because a note must not block what comes after."""
        _LOG.error("telegram.update_passed_over", update=update, error=error)
        try:
            await asyncio.to_thread(self._cursors.set, f"telegram-passed-over:{update}", error, self._clock())
        except Unavailable as problem:
            _LOG.error("telegram.update_not_recorded", update=update, reason=problem.reason)


async def settle(bot: DeskBot, update: Update, passed_over: PassedOver, ending: asyncio.Event) -> bool:
    """Handle an update, and say whether it is done with. False only when ``ending`` came before it could be stored."""
    tries = 0
    while True:
        try:
            await bot.handle(update)
            return True
        except Unavailable as problem:
            _LOG.warning("telegram.update_waits", update=update.update_id, reason=problem.reason)
            if await ended(ending, problem.retry_after_s):
                return False
        except Exception as problem:
            tries += 1
            error = type(problem).__name__
            _LOG.warning(
                "telegram.update_failed", update=update.update_id, error=error, tries=tries, exc_info=tries == 1
            )
            if tries == TRIES:
                await passed_over.record(update.update_id, error)
                return True
            if await ended(ending, _PAUSE_S * tries):
                return False


def place(error: BaseException) -> str:
    """Where an error came from, as file and line: what it says may hold words of people."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"


async def ended(ending: asyncio.Event, seconds: float) -> bool:
    """Wait, but not beyond the end; whether it has come."""
    try:
        await asyncio.wait_for(ending.wait(), seconds)
    except TimeoutError:
        return False
    return True
