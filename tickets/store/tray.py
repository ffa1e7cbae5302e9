"""The tray: what people wrote that belongs to no report yet. It is kept, and looked at by people."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from tickets.model import Channel, Disposition
from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.rows import padded
from tickets.store.ticket_views import words_of

MOST = 200


class Unfiled(msgspec.Struct, frozen=True, kw_only=True):
    """A message in the tray; ``parts`` are what it had beside words."""

    id: str
    at: datetime
    channel: Channel
    contact: str | None
    text: str
    parts: tuple[str, ...]


class Tray:
    """Reads the tray of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, limit: int = 50) -> list[Unfiled]:
        """What waits, newest first. A message that was filed since is not there any more."""
        message, filed = schema.message, schema.message_ticket
        statement = (
            select(message)
            .where(message.c.disposition == Disposition.UNCLEAR, message.c.direction == "in")
            .where(~select(filed.c.message_id).where(filed.c.message_id == message.c.id).exists())
            .order_by(message.c.at.desc(), message.c.id.desc())
            .limit(max(1, min(limit, MOST)))
        )
        with self._database.reading() as connection:
            rows = list(connection.execute(statement).mappings())
            words = words_of(connection, padded(row["content"] for row in rows if row["content"]))
        return [
            Unfiled(
                id=row["id"],
                at=row["at"],
                channel=Channel(row["channel"]),
                contact=row["contact"],
                text=words.get(row["content"] or "", ""),
                parts=tuple(row["parts"]),
            )
            for row in rows
        ]
