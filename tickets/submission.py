"""What a door hands to the writer, and what the writer needs of those who decide.

The writer knows no rules. It claims the key, reads what ``Needs`` names, and runs the ``Decider`` that was given to it
inside its transaction.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol

from tickets.changes import Changes
from tickets.commands import Answer
from tickets.model import Channel
from tickets.snapshot import Snapshot


class Rank(IntEnum):
    """Who goes first when many wait; each rank has a guaranteed share of a batch."""

    COMMAND = 0
    MESSAGE = 1
    ALERT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The rows that a decision looks at, named before the transaction begins."""

    identities: tuple[tuple[Channel, str], ...] = ()
    contacts: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    # Provider ids of quoted messages.
    quoted: tuple[str, ...] = ()
    # Content rows whose words matter to the decision (a text that waited for "which report?").
    contents: tuple[str, ...] = ()
    # The due rows (stream, what) that a timer's command has to find unchanged.
    due: tuple[tuple[str, str], ...] = ()
    # Whether the open tickets are wanted, those that nobody holds first (somebody comes or leaves).
    unheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One item in the waiting room. ``digest`` tells a repeat of the same request from a key that was used twice."""

    key: str
    digest: str
    item: Any
    needs: Needs = field(default_factory=Needs)
    rank: Rank = Rank.COMMAND
    size: int = 256


class Decider(Protocol):
    """The router, as the writer sees it."""

    def decide(self, item: Any, state: Snapshot) -> Changes:
        """What an item changes; pure. Follow-up commands come back as items too."""
        ...

    def rescue(self, item: Any, state: Snapshot, error: str) -> Changes | None:
        """What to write when deciding failed: a quarantined ticket, or None for an item that is no message."""
        ...


class Unavailable(Exception):
    """The house cannot store now (lock, connection, disk): nothing was written; try again after ``retry_after_s``."""

    def __init__(self, reason: str, retry_after_s: int = 2) -> None:
        super().__init__(reason)
        self.reason, self.retry_after_s = reason, retry_after_s


class Overloaded(Unavailable):
    """The waiting room is full."""


class Writer(Protocol):
    """Takes submissions, and answers each when it is on the disk. A thread or a process behind one interface."""

    def submit(self, submission: Submission) -> "Future[Answer]":
        """Queue one item. The future fails with ``Unavailable``; raises ``Overloaded`` when nothing more fits."""
        ...


Committed = Callable[[frozenset[str], frozenset[str]], None]
"""Called after each commit with the ids of the tickets that changed and the lanes that have something to send."""
