"""One batch, one transaction: claim, load, decide, write, commit; and what happens to an item that cannot be decided.

An error of data isolates its item: it is decided again by ``rescue``, and when that fails too, its raw row is kept
alone. An error of the house fails everything that is not committed yet and quarantines nothing.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from config.schema import ConfigSet
from tickets.commands import Answer, Refused, refuse
from tickets.outbound import Blobs
from tickets.snapshot import Snapshot
from tickets.store import configs, keys
from tickets.store.engine import Conflict, Database
from tickets.store.flush import Flushed, write
from tickets.store.ids import References, new_id
from tickets.store.keys import Decided
from tickets.store.loading import load, together
from tickets.store.rescue import raw_alone, trace_row, where, without_changes
from tickets.store.state_copy import Checkpoint
from tickets.submission import Decider, Submission, Unavailable
from tickets.tokens import Tokens

log = logging.getLogger(__name__)
REPEATS = 3
FOLLOW_UPS = 10


class Step(IntEnum):
    """How much is still hoped for from an item."""

    DECIDE = 0
    RESCUE = 1
    RAW = 2
    GIVEN_UP = 3


class TooManyCommands(Exception):
    """One item led to more than ten follow-up commands: most likely two that call each other."""


@dataclass(slots=True)
class Work:
    """One submission on its way. ``outcome`` is set when it is committed, or when it cannot be."""

    submission: Submission
    wanted: Callable[[], bool] = lambda: True
    step: Step = Step.DECIDE
    error: BaseException | None = None
    outcome: Answer | Unavailable | None = None


class Batches:
    """Runs batches against one database. Not thread-safe: one writer, one instance."""

    def __init__(
        self,
        database: Database,
        decider: Decider,
        *,
        config: Callable[[], ConfigSet],
        tokens: Tokens,
        clock: Callable[[], datetime],
        blobs: Blobs,
        timezone: str = "Asia/Jakarta",
        language: str = "id",
    ) -> None:
        self._database, self._decider, self._config = database, decider, config
        self._tokens, self._clock, self._blobs = tokens, clock, blobs
        self._timezone, self._language = timezone, language
        self._references, self._configs = References(), configs.Known()

    def run(self, works: Sequence[Work]) -> Flushed:
        """Give each work its outcome. A group that the data of one item spoils is halved until that one is alone."""
        tickets: set[str] = set()
        lanes: set[str] = set()
        groups: list[list[Work]] = [list(works)]
        while groups:
            group = groups.pop()
            try:
                flushed = self._repeated(group)
                tickets |= flushed.tickets
                lanes |= flushed.lanes
            except Unavailable as error:
                for work in (*group, *(one for rest in groups for one in rest)):
                    work.outcome = error
                break
            except Exception as error:
                groups += _narrowed(group, error)
        return Flushed(frozenset(tickets), frozenset(lanes))

    def _repeated(self, group: list[Work]) -> Flushed:
        for attempt in range(REPEATS + 1):
            try:
                return self._transaction(group)
            except Conflict:
                self._references.forget()
            except IntegrityError:
                # Two writers may begin the same stream; with one writer per database it is this batch's own fault.
                self._references.forget()
                if self._database.sqlite or attempt == REPEATS:
                    raise
            except BaseException:
                self._references.forget()
                raise
        raise Unavailable("contention")

    def _transaction(self, group: list[Work]) -> Flushed:
        made: dict[keys.Request, Answer] = {}
        with self._database.writing() as connection:
            works = [work for work in group if work.wanted()]
            if not works:
                return Flushed(frozenset(), frozenset())
            state = self._snapshot(connection)
            fresh, repeats = self._claimed(connection, works, state.now)
            if fresh:
                needs = together(work.submission.needs for work in fresh)
                load(connection, state, needs, lock=not self._database.sqlite)
                self._configs.keep(connection, state.config, state.now)
            decided: list[Decided] = []
            traces = []
            for work in fresh:
                first, *follow = self._decide(work, state)
                decided += (first, *follow)
                if work.error is not None:
                    traces.append(trace_row(work.submission.key, first.changes, work.error, state.now))
                made[_named(work)] = first.changes.answer
            again = self._stored(connection, repeats, made)
            flushed = write(connection, state, decided, self._blobs, lock=not self._database.sqlite, traces=traces)
        if fresh:
            self._configs.committed(state.config)
        for work in fresh:
            work.outcome = made[_named(work)]
        for work in repeats:
            work.outcome = again[_named(work)]
        return flushed

    def _snapshot(self, connection: Connection) -> Snapshot:
        now = self._clock()
        return Snapshot(
            now=now,
            config=self._config(),
            tokens=self._tokens,
            new_id=lambda: new_id(now),
            new_reference=lambda: self._references.take(connection),
            timezone=self._timezone,
            language=self._language,
        )

    def _claimed(self, connection: Connection, works: list[Work], now: datetime) -> tuple[list[Work], list[Work]]:
        """The works whose key was free, each key once, and all others."""
        free = keys.take(connection, [work.submission for work in works], now)
        fresh: list[Work] = []
        repeats: list[Work] = []
        for work in works:
            (fresh if work.submission.key in free else repeats).append(work)
            free.discard(work.submission.key)
        return fresh, repeats

    def _stored(
        self, connection: Connection, repeats: list[Work], made: Mapping[keys.Request, Answer]
    ) -> dict[keys.Request, Answer]:
        """Answers to repeats: of this very batch, or stored."""
        mine = {key for key, _ in made}
        outside = [work.submission for work in repeats if work.submission.key not in mine]
        answers = keys.stored(connection, outside, self._tokens)
        for work in repeats:
            if work.submission.key in mine:
                known = made.get(_named(work))
                again = keys.repeated(known, self._tokens) if known else refuse(Refused.KEY_REUSED)
                answers[_named(work)] = again
        return answers

    def _decide(self, work: Work, state: Snapshot) -> list[Decided]:
        if work.step is Step.DECIDE:
            work.error = None
            try:
                return self._with_follow_ups(work.submission, state)
            except (DBAPIError, Unavailable):
                raise
            except Exception as error:
                work.error = error
        return [self._rescued(work, state)]

    def _with_follow_ups(self, submission: Submission, state: Snapshot) -> list[Decided]:
        """Decide an item and what follows from it. When one of them fails, ``state`` is as it was before the first."""
        before: Checkpoint | None = None
        waiting = deque([(submission.key, submission.item)])
        decided: list[Decided] = []
        try:
            while waiting:
                key, item = waiting.popleft()
                changes = self._decider.decide(item, state)
                waiting += [(command.key, command) for command in changes.commands]
                if len(decided) + len(waiting) > FOLLOW_UPS:
                    raise TooManyCommands(submission.key)
                if waiting and before is None:
                    before = Checkpoint(state)
                state.absorb(changes)
                follows = bool(decided)
                decided.append(Decided(key=key, digest=submission.digest, changes=changes, follows=follows))
        except Exception:
            if before is not None:
                before.restore(state)
            raise
        return decided

    def _rescued(self, work: Work, state: Snapshot) -> Decided:
        """What is kept of an item that cannot be decided: a quarantined ticket, or no more than its raw row."""
        submission, error = work.submission, work.error
        assert error is not None
        if work.step is not Step.RAW:
            try:
                changes = self._decider.rescue(submission.item, state, type(error).__name__)
                if changes is not None:
                    state.absorb(changes)
                    return Decided(key=submission.key, digest=submission.digest, changes=without_changes(changes))
            except (DBAPIError, Unavailable):
                raise
            except Exception as second:
                work.error = second
        changes = raw_alone(submission, state)
        return Decided(key=submission.key, digest=submission.digest, changes=changes)


def _named(work: Work) -> keys.Request:
    return work.submission.key, work.submission.digest


def _narrowed(group: list[Work], error: Exception) -> list[list[Work]]:
    """Smaller groups to try after an error of data, the first one last, because groups are taken from the end."""
    if len(group) > 1:
        middle = len(group) // 2
        return [group[middle:], group[:middle]]
    (work,) = group
    log.error("an item could not be stored (%s): %s at %s", work.step.name, type(error).__name__, where(error))
    work.error = error
    work.step = Step(work.step + 1)
    if work.step is Step.GIVEN_UP:
        work.outcome = Unavailable("unstorable")
        return []
    return [group]
