"""The writer without threads, for a command line that does one thing and ends: what is submitted is written at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

from config.schema import ConfigSet
from tickets.commands import Answer
from tickets.outbound import Bell, Blobs
from tickets.store.batch import Batches, Work
from tickets.store.engine import Database
from tickets.submission import Decider, Submission, Unavailable
from tickets.tokens import Tokens


class DirectWriter:
    """The same interface as ``ThreadWriter``; works beside running processes, because the database holds the locks."""

    def __init__(
        self,
        database: Database,
        decider: Decider,
        *,
        config: Callable[[], ConfigSet],
        tokens: Tokens,
        clock: Callable[[], datetime],
        blobs: Blobs,
        bell: Bell | None = None,
        timezone: str = "Asia/Jakarta",
        language: str = "id",
    ) -> None:
        self._batches = Batches(
            database,
            decider,
            config=config,
            tokens=tokens,
            clock=clock,
            blobs=blobs,
            timezone=timezone,
            language=language,
        )
        self._bell = bell
        self._one_at_a_time = threading.Lock()

    def submit(self, submission: Submission) -> "Future[Answer]":
        """Write one item; the future that comes back is already done."""
        work = Work(submission=submission)
        with self._one_at_a_time:
            flushed = self._batches.run([work])
        future: Future[Answer] = Future()
        outcome = work.outcome or Unavailable("gave_up")
        if isinstance(outcome, Unavailable):
            future.set_exception(outcome)
            return future
        if self._bell and flushed.lanes:
            self._bell.ring(sorted(flushed.lanes))
        future.set_result(outcome)
        return future
