"""Tells open pages that a ticket has changed, inside one process. A hint only: pages also look for themselves."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Crowded(Exception):
    """So many pages are open that one more may not listen; it still works by reloading."""


class Watch:
    """One page's wait for news of one ticket."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Say that there is news; on the loop of the page."""
        self._news.set()

    async def wait(self, seconds: float) -> None:
        """Return when there is news, or after a while."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()


class TicketHub:
    """Who listens to which ticket. ``changed`` may be called from any thread; the rest belongs to the event loop."""

    def __init__(self, *, most: int = 1000, most_per_ticket: int = 20) -> None:
        self._watches: dict[str, set[Watch]] = {}
        self._most, self._most_per_ticket = most, most_per_ticket
        self.closed = False

    @property
    def listeners(self) -> int:
        """How many pages listen now."""
        return sum(len(watches) for watches in self._watches.values())

    def changed(self, tickets: Iterable[str]) -> None:
        """Wake the pages that show one of these tickets."""
        for ticket in tickets:
            self._wake(tuple(self._watches.get(ticket, ())))

    def close(self) -> None:
        """Let every page go; called when the process stops."""
        self.closed = True
        for watches in tuple(self._watches.values()):
            self._wake(tuple(watches))

    @contextmanager
    def watch(self, ticket: str) -> Iterator[Watch]:
        """Listen to a ticket. Raises ``Crowded`` when too many do."""
        watches = self._watches.get(ticket, set())
        if self.listeners >= self._most or len(watches) >= self._most_per_ticket:
            raise Crowded
        watch = Watch()
        self._watches.setdefault(ticket, set()).add(watch)
        try:
            yield watch
        finally:
            self._watches[ticket].discard(watch)
            if not self._watches[ticket]:
                del self._watches[ticket]

    @staticmethod
    def _wake(watches: Iterable[Watch]) -> None:
        for watch in watches:
            if not watch.loop.is_closed():
                watch.loop.call_soon_threadsafe(watch.wake)
