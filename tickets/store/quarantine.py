"""Items that could not be decided: for people to look at, and to try again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from tickets.store import schema
from tickets.store.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One item. ``error`` is the kind of error, ``trace`` where it happened; neither holds words of people."""

    key: str
    at: datetime
    ticket: str | None
    message: str | None
    error: str
    trace: str
    settled_at: datetime | None


class Quarantine:
    """Reads and settles. Raises ``Unavailable``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, *, settled: bool = False) -> list[Quarantined]:
        """What waits, oldest first; with ``settled`` also what somebody has looked at."""
        table = schema.quarantine
        statement = select(table).order_by(table.c.at, table.c.key)
        if not settled:
            statement = statement.where(table.c.settled_at.is_(None))
        with self._database.reading() as connection:
            return [
                Quarantined(
                    key=row.key,
                    at=row.at,
                    ticket=row.ticket_id,
                    message=row.message_id,
                    error=row.error,
                    trace=row.trace,
                    settled_at=row.settled_at,
                )
                for row in connection.execute(statement)
            ]

    def settle(self, key: str, now: datetime) -> bool:
        """Somebody has seen to it; False when there is nothing open under this key."""
        table = schema.quarantine
        waits = (table.c.key == key, table.c.settled_at.is_(None))
        with self._database.writing() as connection:
            return connection.execute(update(table).where(*waits).values(settled_at=now)).rowcount > 0
