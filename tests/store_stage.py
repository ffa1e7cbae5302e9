"""A writer on a real database, with a small decider; and eyes for rows, statements and commits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, func, select, text

from tests.contract.store_decider import CONFIG, NOW, TOKENS, Memory, SmallDecider
from tickets.commands import Answer
from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.outbox import Outbox
from tickets.store.reading import Reader
from tickets.store.writer import ThreadWriter
from tickets.submission import Submission


class Rings:
    """A bell that remembers."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, ...]] = []

    def ring(self, lanes: Any) -> None:
        self.rung.append(tuple(lanes))


class Counted:
    """Statements by their first word and table, and commits."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.commits = 0


class Stage:
    """``now`` is the time of the next transaction."""

    def __init__(self, database: Database, decider: SmallDecider | None = None) -> None:
        self.database, self.now = database, NOW
        self.decider = decider or SmallDecider()
        self.blobs, self.bell = Memory(), Rings()
        self.committed: list[tuple[frozenset[str], frozenset[str]]] = []
        self.writer = self.new_writer()
        self.reader = Reader(database, clock=lambda: self.now, blobs=self.blobs)
        self.outbox = Outbox(database)

    def new_writer(self, **options: Any) -> ThreadWriter:
        """A writer that was not started."""
        return ThreadWriter(
            self.database,
            self.decider,
            config=lambda: CONFIG,
            tokens=TOKENS,
            clock=lambda: self.now,
            blobs=self.blobs,
            on_commit=lambda tickets, lanes: self.committed.append((tickets, lanes)),
            bell=self.bell,
            **options,
        )

    def do(self, submission: Submission) -> Answer:
        """Submit and wait."""
        return self.writer.submit(submission).result(timeout=10)

    def do_all(self, submissions: Sequence[Submission]) -> list[Answer]:
        """Submit all, then wait for all."""
        futures = [self.writer.submit(one) for one in submissions]
        return [future.result(timeout=20) for future in futures]

    def pass_time(self, **amount: float) -> datetime:
        """Move the clock; returns the new time."""
        self.now += timedelta(**amount)
        return self.now

    def count(self, table: Any) -> int:
        """How many rows a table has."""
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar() or 0

    def rows(self, table: Any, **equal: Any) -> list[dict[str, Any]]:
        """Rows as plain values."""
        statement = select(table).where(*(table.c[name] == value for name, value in equal.items()))
        with self.database.reading() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def tamper(self, statement: str, **values: Any) -> None:
        """Change something behind the house's back, triggers switched off as an intruder would."""
        with self.database.writing() as connection:
            if self.database.sqlite:
                for name in ("event_no_update", "event_no_delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
            else:
                connection.execute(text("DROP TRIGGER IF EXISTS event_append_only ON event"))
            connection.execute(text(statement), values)

    def totals(self) -> dict[str, int]:
        """How many rows each table has that a message fills."""
        tables = (schema.event, schema.ticket, schema.message, schema.notice, schema.command_key, schema.quarantine)
        return {table.name: self.count(table) for table in tables}


@contextmanager
def counted(database: Database) -> Iterator[Counted]:
    """Count what goes to the database."""
    seen = Counted()

    def on_statement(_c: Any, _k: Any, statement: str, _p: Any, _x: Any, _many: bool) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.statements.append(" ".join(statement.split())[:60])

    def on_commit(_connection: Any) -> None:
        seen.commits += 1

    event.listen(database.engine, "before_cursor_execute", on_statement)
    event.listen(database.engine, "commit", on_commit)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", on_statement)
        event.remove(database.engine, "commit", on_commit)
