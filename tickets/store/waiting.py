"""The waiting room in front of the writer: bounded, first come first served within a rank, a share for every rank."""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Final

from tickets.commands import Answer
from tickets.submission import Overloaded, Rank, Submission

BATCH_ITEMS: Final = 256
BATCH_BYTES: Final = 4 * 1024 * 1024
ROOM_ITEMS: Final = 2_048
ROOM_BYTES: Final = 64 * 1024 * 1024
# Of the items (and bytes) of a batch, in sixteenths, that a rank gets whatever the others bring.
_SHARE: Final = {Rank.COMMAND: 8, Rank.MESSAGE: 4, Rank.ALERT: 2}


@dataclass(slots=True, eq=False)
class Waiting:
    """One submission with the promise of an answer. ``since`` is monotonic seconds."""

    submission: Submission
    future: "Future[Answer]" = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)

    def answer(self, outcome: Answer | BaseException) -> None:
        """Keep the promise; a second answer (the watch was faster) is dropped."""
        try:
            if isinstance(outcome, BaseException):
                self.future.set_exception(outcome)
            else:
                self.future.set_result(outcome)
        except InvalidStateError:
            return

    @property
    def wanted(self) -> bool:
        """Whether somebody still waits for the answer."""
        return not self.future.done()


class WaitingRoom:
    """Thread-safe. ``put`` refuses what does not fit; ``take`` waits for the next batch."""

    def __init__(self, *, items: int = ROOM_ITEMS, size: int = ROOM_BYTES) -> None:
        self._items, self._size = items, size
        self._queues: dict[Rank, deque[Waiting]] = {rank: deque() for rank in Rank}
        self._held = 0
        self._changed = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    def put(self, waiting: Waiting) -> None:
        """Queue one. Raises ``Overloaded`` when the room is full or closed."""
        with self._changed:
            size = waiting.submission.size
            if self._closed:
                raise Overloaded("stopping")
            if len(self) >= self._items or (self._held and self._held + size > self._size):
                raise Overloaded("waiting_room_full")
            self._queues[waiting.submission.rank].append(waiting)
            self._held += size
            self._changed.notify()

    def take(self) -> list[Waiting]:
        """The next batch, commands first; waits for it. Empty when the room is closed and nobody is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self) > 0)
            return self._batch()

    def close(self) -> None:
        """Let nobody in any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def leave(self, which: Callable[[Waiting], bool]) -> list[Waiting]:
        """Take those out for whom ``which`` holds."""
        with self._changed:
            gone = [waiting for queue in self._queues.values() for waiting in queue if which(waiting)]
            leaving = {id(waiting) for waiting in gone}
            for rank, queue in self._queues.items():
                self._queues[rank] = deque(waiting for waiting in queue if id(waiting) not in leaving)
            self._held -= sum(waiting.submission.size for waiting in gone)
            return gone

    def _batch(self) -> list[Waiting]:
        taken: dict[Rank, list[Waiting]] = {rank: [] for rank in Rank}
        count = size = 0

        def fill(rank: Rank, items: int, most: int) -> None:
            nonlocal count, size
            queue, mine = self._queues[rank], 0
            while queue and len(taken[rank]) < items and count < BATCH_ITEMS:
                weight = queue[0].submission.size
                # The very first one always goes, however large: it will not get smaller by waiting.
                if count and (mine + weight > most or size + weight > BATCH_BYTES):
                    break
                waiting = queue.popleft()
                self._held -= weight
                size, mine, count = size + weight, mine + weight, count + 1
                taken[rank].append(waiting)

        for rank in Rank:
            fill(rank, BATCH_ITEMS * _SHARE[rank] // 16, BATCH_BYTES * _SHARE[rank] // 16)
        for rank in Rank:
            fill(rank, BATCH_ITEMS, BATCH_BYTES)
        return [waiting for rank in Rank for waiting in taken[rank]]
