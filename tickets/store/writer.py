"""The writer as a thread: takes what waits, commits it in one transaction, answers, and rings the bell afterwards.

Everybody who submits gets an answer within two seconds: the one that is on the disk, or ``Unavailable``.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import Final

from config.schema import ConfigSet
from tickets.commands import Answer
from tickets.outbound import Bell, Blobs
from tickets.store.batch import Batches, Work
from tickets.store.engine import Database
from tickets.store.flush import Flushed
from tickets.store.ringer import Ringer
from tickets.store.waiting import Waiting, WaitingRoom
from tickets.submission import Committed, Decider, Submission, Unavailable
from tickets.tokens import Tokens

PATIENCE_S: Final = 1.7
_WATCH_S: Final = 0.1
log = logging.getLogger(__name__)


class ThreadWriter:
    """One thread that writes, one that watches that nobody waits too long, one that rings."""

    def __init__(
        self,
        database: Database,
        decider: Decider,
        *,
        config: Callable[[], ConfigSet],
        tokens: Tokens,
        clock: Callable[[], datetime],
        blobs: Blobs,
        on_commit: Committed | None = None,
        bell: Bell | None = None,
        room: WaitingRoom | None = None,
        timezone: str = "Asia/Jakarta",
        language: str = "id",
    ) -> None:
        self.batches = Batches(
            database,
            decider,
            config=config,
            tokens=tokens,
            clock=clock,
            blobs=blobs,
            timezone=timezone,
            language=language,
        )
        self._room = room if room is not None else WaitingRoom()
        self._on_commit = on_commit
        self._ringer = Ringer(bell) if bell else None
        self._inside: list[Waiting] = []
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to write."""
        self._threads = [
            threading.Thread(target=self._write_for_ever, name="writer", daemon=True),
            threading.Thread(target=self._watch, name="writer-watch", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        if self._ringer:
            self._ringer.start()

    def stop(self) -> None:
        """Let nobody in, answer those who are inside, and end."""
        self._room.close()
        if self._threads:
            self._threads[0].join(timeout=5)
        self._stopped.set()
        for thread in self._threads[1:]:
            thread.join(timeout=5)
        self._fail(self._room.leave(lambda _: True), Unavailable("stopping"))
        if self._ringer:
            self._ringer.stop()

    def submit(self, submission: Submission) -> "Future[Answer]":
        """Queue one item. The future fails with ``Unavailable``; raises ``Overloaded`` when nothing more fits."""
        waiting = Waiting(submission)
        self._room.put(waiting)
        return waiting.future

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._room)

    def _write_for_ever(self) -> None:
        while True:
            try:
                if not self._write_once():
                    return
            except BaseException as error:
                # Whatever killed the loop, nobody may be left without an answer; the next round is a fresh start.
                log.error("the writer failed and starts again: %s", type(error).__name__)
                self._fail([*self._inside, *self._room.leave(lambda _: True)], Unavailable("writer_failed"))
                self._inside = []

    def _write_once(self) -> bool:
        """One batch. False when the room is closed and empty."""
        taken = self._room.take()
        if not taken:
            return False
        self._inside = [waiting for waiting in taken if waiting.future.set_running_or_notify_cancel()]
        works = [
            Work(submission=waiting.submission, wanted=lambda waiting=waiting: waiting.wanted)  # type: ignore[misc]
            for waiting in self._inside
        ]
        flushed = self.batches.run(works) if works else Flushed(frozenset(), frozenset())
        self._answer(works)
        self._inside = []
        self._tell(flushed)
        return True

    def _answer(self, works: list[Work]) -> None:
        ill: Unavailable | None = None
        for waiting, work in zip(self._inside, works, strict=True):
            outcome = work.outcome or Unavailable("gave_up")
            if isinstance(outcome, Unavailable) and outcome.reason != "unstorable":
                ill = outcome
            waiting.answer(outcome)
        if ill is not None:
            # They have waited as long as the batch did; another wait of the same length would be too much.
            self._fail(self._room.leave(lambda _: True), ill)

    def _tell(self, flushed: Flushed) -> None:
        if self._ringer and flushed.lanes:
            self._ringer.ring(flushed.lanes)
        if self._on_commit and (flushed.tickets or flushed.lanes):
            try:
                self._on_commit(flushed.tickets, flushed.lanes)
            except Exception as error:
                log.warning("a follower of commits failed: %s", type(error).__name__)

    def _watch(self) -> None:
        """Fail what has waited too long, inside or outside. What is committed all the same is found by its key."""
        while not self._stopped.wait(_WATCH_S):
            latest = time.monotonic() - PATIENCE_S
            late = self._room.leave(lambda waiting: waiting.since < latest)  # noqa: B023
            self._fail([*late, *(one for one in self._inside if one.since < latest)], Unavailable("too_slow"))

    @staticmethod
    def _fail(many: list[Waiting], error: Unavailable) -> None:
        for waiting in many:
            waiting.answer(error)
