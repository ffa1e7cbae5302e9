"""The role ``clock``: what is due becomes a command, and what waits is rung for.

A due row is re-checked where it is decided; here it only turns into a ``Command`` whose key names the row, so that two
clocks do no harm. The sweep finds every notice that no bell announced: after a flush of Redis, or a worker's death.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Protocol

import structlog

from tickets.commands import CLOCK, Answer, Command
from tickets.events import instant
from tickets.outbound import Bell
from tickets.store.outbox import Outbox
from tickets.store.timers import DueRow, Timers
from tickets.submission import Unavailable

LONGEST_SLEEP_S: Final = 0.5
SWEEP_S: Final = 3.0
AT_ONCE: Final = 50
# A row that is still there after it was decided is not asked about again for so long.
AGAIN_S: Final = 60.0

log = structlog.get_logger("workers.clock")


class Performs(Protocol):
    """The desk, as the clock sees it."""

    async def perform(self, command: Command) -> Answer:
        """Decide and store a command; raises ``Unavailable``."""
        ...


def command_of(row: DueRow, now: datetime) -> Command:
    """The command that a ripe due row stands for. The same row always makes the same key."""
    return Command(
        key=f"due:{row.stream}:{row.what}:{row.version}:{instant(row.at)}",
        action=row.what,
        subject=row.stream.partition(":")[2],
        actor=CLOCK,
        at=now,
        due_at=row.at,
        data=row.data,
    )


class ClockRole:
    """Runs beside the doors, on their event loop."""

    def __init__(
        self, *, timers: Timers, desk: Performs, outbox: Outbox, bell: Bell, clock: Callable[[], datetime]
    ) -> None:
        self._timers, self._desk, self._outbox, self._bell, self._clock = timers, desk, outbox, bell, clock
        self._asked: dict[str, float] = {}
        self._answered: set[str] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Fire and sweep until ``stop`` is set."""
        await asyncio.gather(self._forever(self._fire_ripe, stop), self._forever(self._sweep, stop))

    async def _forever(self, work: Callable[[], Awaitable[float]], stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                pause = await work()
            except Unavailable as error:
                log.warning("clock_waits", reason=error.reason)
                pause = LONGEST_SLEEP_S
            except Exception:
                # One bad row must not stop the time of all others.
                log.exception("clock_failed")
                pause = LONGEST_SLEEP_S
            try:
                async with asyncio.timeout(pause):
                    await stop.wait()
            except TimeoutError:
                continue

    async def fire(self) -> int:
        """Perform everything that is ripe now, at most fifty; how many there were."""
        now = self._clock()
        loop_time = asyncio.get_running_loop().time()
        self._asked = {key: at for key, at in self._asked.items() if loop_time - at < AGAIN_S}
        self._answered &= self._asked.keys()
        rows = await asyncio.to_thread(self._timers.ripe, now, AT_ONCE)
        commands = []
        for row in rows:
            command = command_of(row, now)
            if command.key not in self._asked:
                commands.append(command)
            elif command.key in self._answered:
                # It was decided, and yet it stands there: it must not keep the others from their turn.
                await asyncio.to_thread(self._timers.forget, row)
        answers = await asyncio.gather(*(self._desk.perform(one) for one in commands), return_exceptions=True)
        for command, answer in zip(commands, answers, strict=True):
            if isinstance(answer, Unavailable):
                raise answer
            self._asked[command.key] = loop_time
            if isinstance(answer, BaseException):
                log.error("due_failed", key=command.key, error=type(answer).__name__)
            else:
                self._answered.add(command.key)
        return len(commands)

    async def _fire_ripe(self) -> float:
        if await self.fire():
            return 0.0
        at = await asyncio.to_thread(self._timers.next_at)
        if at is None:
            return LONGEST_SLEEP_S
        until = (at - self._clock()).total_seconds()
        return LONGEST_SLEEP_S if until <= 0 else min(until, LONGEST_SLEEP_S)

    async def sweep(self) -> set[str]:
        """Ring for every lane that has something claimable, and say which."""
        lanes = await asyncio.to_thread(self._outbox.lanes, self._clock())
        if lanes:
            self._bell.ring(lanes)
        return lanes

    async def _sweep(self) -> float:
        await self.sweep()
        return SWEEP_S
