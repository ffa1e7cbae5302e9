"""Due rows: what is to be looked at again, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from tickets.store import schema
from tickets.store.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """Something whose time has come, or will. ``version`` is that of the stream when the row was written."""

    stream: str
    what: str
    at: datetime
    version: int
    data: Mapping[str, Any]


class Timers:
    """The clock's side of the due rows. Raises ``Unavailable``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_at(self) -> datetime | None:
        """When the next row is due, or None where there is none."""
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(select(func.min(schema.due.c.at))).scalar()
            return found

    def ripe(self, now: datetime, limit: int = 50) -> list[DueRow]:
        """The rows that are due, the longest overdue first."""
        table = schema.due
        order = (table.c.at, table.c.stream, table.c.what)
        statement = select(table).where(table.c.at <= now).order_by(*order).limit(limit)
        with self._database.reading() as connection:
            return [
                DueRow(stream=row["stream"], what=row["what"], at=row["at"], version=row["version"], data=row["data"])
                for row in connection.execute(statement).mappings()
            ]

    def forget(self, row: DueRow) -> bool:
        """Take a row away that was decided, unless the decision has put another time in its place."""
        table = schema.due
        same = (table.c.stream == row.stream, table.c.what == row.what, table.c.at == row.at)
        with self._database.writing() as connection:
            return connection.execute(delete(table).where(*same)).rowcount > 0
