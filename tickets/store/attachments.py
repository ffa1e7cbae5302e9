"""Files that a provider holds for us until a worker has fetched them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select, tuple_, update

from tickets.model import Channel
from tickets.outbound import Blobs
from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.flush_messages import blob_row, bounded
from tickets.store.rows import claim


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """A file to fetch from ``url``. ``tries`` counts this one."""

    message: str
    no: int
    url: str
    content_type: str
    channel: Channel
    tries: int


class Attachments:
    """The fetching worker's side. Raises ``Unavailable``."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database, self._blobs = database, blobs

    def claim(self, now: datetime, *, limit: int = 8, lease_s: int = 60) -> list[WaitingFile]:
        """Files whose time has come; nobody else gets them for ``lease_s`` seconds."""
        table, message = schema.attachment, schema.message
        waiting = and_(table.c.state == "waiting", table.c.not_before <= now)
        due = select(table.c.message_id, table.c.no).where(waiting).order_by(table.c.not_before).limit(limit)
        with self._database.reading() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        if not self._database.sqlite:
            due = due.with_for_update(skip_locked=True)
        with self._database.writing() as connection:
            keys = [(row.message_id, row.no) for row in connection.execute(due)]
            if not keys:
                return []
            mine = tuple_(table.c.message_id, table.c.no).in_(keys)
            later = {"not_before": now + timedelta(seconds=lease_s), "tries": table.c.tries + 1}
            connection.execute(update(table).where(mine).values(later))
            statement = select(table, message.c.channel).join(message, message.c.id == table.c.message_id).where(mine)
            rows = connection.execute(statement.order_by(table.c.message_id, table.c.no))
            return [
                WaitingFile(
                    message=row.message_id,
                    no=row.no,
                    url=row.source,
                    content_type=row.content_type,
                    channel=Channel(row.channel),
                    tries=row.tries,
                )
                for row in rows
            ]

    def stored(self, file: WaitingFile, data: bytes, content_type: str) -> None:
        """Keep the bytes. ``content_type`` is what they were found to be."""
        row = blob_row(data, self._blobs)
        with self._database.writing() as connection:
            claim(connection, schema.blob, [row], "digest")
            connection.execute(
                _of(file).values(
                    state="stored",
                    digest=row["digest"],
                    size=row["size"],
                    content_type=bounded(content_type, 120),
                    source=None,
                    not_before=None,
                    reason=None,
                )
            )

    def refused(self, file: WaitingFile, reason: str) -> None:
        """It will not be fetched: too large, a foreign host, gone."""
        self._end(file, state="refused", reason=reason[:30], source=None, not_before=None)

    def later(self, file: WaitingFile, at: datetime, reason: str) -> None:
        """Try again at ``at``."""
        self._end(file, reason=reason[:30], not_before=at)

    def next_at(self) -> datetime | None:
        """When the next file is due."""
        table = schema.attachment
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(
                select(func.min(table.c.not_before)).where(table.c.state == "waiting")
            ).scalar()
            return found

    def _end(self, file: WaitingFile, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(_of(file).values(values))


def _of(file: WaitingFile) -> Any:
    table = schema.attachment
    return update(table).where(table.c.message_id == file.message, table.c.no == file.no, table.c.state == "waiting")
