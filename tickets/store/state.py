"""Small things that outlive a process: who may act once at a time, how far somebody has read, who is alive."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.rows import replace

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _insert(connection: Connection, table: Table) -> Any:
    return (sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert)(table)


class Leases:
    """Roles that only one process may have: Telegram polling, a mailbox, the daily anchor."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, holder: str, now: datetime, seconds: int = 15) -> int | None:
        """Take a lease that is free, run out or one's own. The fence counts up with every take; None: not now."""
        table = schema.lease
        row = {"name": name, "holder": holder, "fence": 1, "until": now + timedelta(seconds=seconds)}
        with self._database.writing() as connection:
            new = _insert(connection, table).values(row)
            statement = new.on_conflict_do_update(
                index_elements=[table.c.name],
                set_={"holder": new.excluded.holder, "until": new.excluded.until, "fence": table.c.fence + 1},
                where=or_(table.c.until < now, table.c.holder == holder),
            ).returning(table.c.fence)
            fence: int | None = connection.execute(statement).scalar()
            return fence

    def keep(self, name: str, holder: str, now: datetime, seconds: int = 15) -> bool:
        """Hold it longer; False when it was lost."""
        table = schema.lease
        mine = (table.c.name == name, table.c.holder == holder, table.c.until >= now)
        statement = update(table).where(*mine).values(until=now + timedelta(seconds=seconds))
        with self._database.writing() as connection:
            return connection.execute(statement).rowcount > 0

    def release(self, name: str, holder: str) -> None:
        """Give it back, so that nobody has to wait for it to run out."""
        table = schema.lease
        statement = update(table).where(table.c.name == name, table.c.holder == holder).values(until=_EPOCH)
        with self._database.writing() as connection:
            connection.execute(statement)


class Cursors:
    """How far a follower or a poller has come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """The position, or None before the first one."""
        table = schema.cursor
        with self._database.reading() as connection:
            found: str | None = connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
            return found

    def set(self, name: str, value: str, now: datetime) -> None:
        """Remember a position; called after what lies before it is committed."""
        with self._database.writing() as connection:
            replace(connection, schema.cursor, [{"name": name, "value": value, "at": now}])


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of a process."""

    process: str
    roles: str
    at: datetime


class Heartbeats:
    """Signs of life; a process whose last one is too old is replaced."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, process: str, roles: str, now: datetime) -> None:
        """This process lives."""
        with self._database.writing() as connection:
            replace(connection, schema.heartbeat, [{"process": process, "roles": roles, "at": now}])

    def all(self) -> list[Beat]:
        """Every process that ever said so and was not forgotten."""
        table = schema.heartbeat
        with self._database.reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.process))
            return [Beat(row.process, row.roles, row.at) for row in rows]

    def stale(self, now: datetime, seconds: int = 20) -> list[Beat]:
        """Those whose last sign is older than ``seconds``."""
        return [beat for beat in self.all() if beat.at < now - timedelta(seconds=seconds)]

    def forget(self, process: str) -> None:
        """It ended on purpose, or was replaced."""
        table = schema.heartbeat
        with self._database.writing() as connection:
            connection.execute(delete(table).where(table.c.process == process))
