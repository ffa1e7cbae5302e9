"""Messages, their originals and their files as rows. Large bytes go to the blob folder, before the commit."""

import hashlib
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, update

from tickets.changes import Changes, NewMessage
from tickets.commands import Media
from tickets.outbound import Blobs
from tickets.store import schema
from tickets.store.ids import new_id
from tickets.store.rows import claim, put
from tickets.store.salts import clean, new_salts

INLINE: Final = 64 * 1024
"""Bytes up to this many stand in the database, in the message's own transaction."""

_file = (
    update(schema.message)
    .where(schema.message.c.id == bindparam("of_message"))
    .values(disposition=bindparam("as_disposition"))
)


def bounded(text: str | None, limit: int) -> str | None:
    """A provider's text as a column takes it."""
    return clean(text)[:limit] if text is not None else None


class MessageRows:
    """Collects the rows of a batch, then writes each table at once."""

    def __init__(self, blobs: Blobs, now: datetime) -> None:
        self._keep, self._now = blobs, now
        self._messages: list[dict[str, Any]] = []
        self._joins: dict[tuple[str, str], None] = {}
        self._originals: list[dict[str, Any]] = []
        self._attachments: list[dict[str, Any]] = []
        self._blobs: dict[str, dict[str, Any]] = {}
        self._names: list[dict[str, Any]] = []
        self._filed: list[dict[str, Any]] = []

    def add(self, changes: Changes) -> None:
        """Take the messages of one item."""
        for message in changes.messages:
            self._messages.append(_message_row(message))
            self._joins.update({(ticket, message.id): None for ticket in message.tickets})
            if message.raw is not None:
                self._originals.append(self._original(message, message.raw))
            for number, media in enumerate(message.media):
                self._attachments.append(self._attachment(message, number, media))
        for filed in changes.filed:
            self._filed.append({"of_message": filed.message, "as_disposition": filed.disposition})
            self._joins[filed.ticket, filed.message] = None

    def write(self, connection: Connection) -> None:
        """One statement per table that has rows."""
        put(connection, schema.content, self._names)
        put(connection, schema.message, self._messages)
        joins = [{"ticket_id": ticket, "message_id": message} for ticket, message in sorted(self._joins)]
        claim(connection, schema.message_ticket, joins, "message_id")
        put(connection, schema.original, self._originals)
        claim(connection, schema.blob, [row for _, row in sorted(self._blobs.items())], "digest")
        put(connection, schema.attachment, self._attachments)
        if self._filed:
            connection.execute(_file, self._filed)

    def _original(self, message: NewMessage, raw: bytes) -> dict[str, Any]:
        large = len(raw) > INLINE
        digest = self._keep.put(raw) if large else hashlib.sha256(raw).hexdigest()
        return {
            "message_id": message.id,
            "content_type": bounded(message.raw_type, 120),
            "digest": digest,
            "size": len(raw),
            "data": None if large else raw,
        }

    def _attachment(self, message: NewMessage, number: int, media: Media) -> dict[str, Any]:
        stored = media.data is not None
        return {
            "message_id": message.id,
            "no": number,
            "content_type": bounded(media.content_type, 120),
            "filename": self._name(media.filename, message.contact) if media.filename else None,
            "source": None if stored else media.url,
            "state": "stored" if stored else "waiting",
            "reason": None,
            "digest": self._blob(media.data) if media.data is not None else None,
            "size": len(media.data) if media.data is not None else None,
            "tries": 0,
            "not_before": None if stored else self._now,
        }

    def _blob(self, data: bytes) -> str:
        row = blob_row(data, self._keep)
        digest: str = row["digest"]
        self._blobs[digest] = row
        return digest

    def _name(self, filename: str, contact: str | None) -> str:
        """A file's name is somebody's words: it stands in a content row, so that it can be erased."""
        identity, (salt,) = new_id(self._now), new_salts(1)
        words = bounded(filename, 255)
        self._names.append({"id": identity, "kind": "filename", "about": contact, "salt": salt, "words": words})
        return identity


def blob_row(data: bytes, blobs: Blobs) -> dict[str, Any]:
    """The row of a file's bytes; large ones are in the blob folder, and on the disk, when this returns."""
    large = len(data) > INLINE
    digest = blobs.put(data) if large else hashlib.sha256(data).hexdigest()
    return {"digest": digest, "size": len(data), "data": None if large else data}


def _message_row(message: NewMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "key": message.key[:200],
        "channel": message.channel,
        "direction": message.direction,
        "at": message.at,
        "content": message.content,
        "contact": message.contact,
        "account": message.account,
        "external_id": bounded(message.external_id, 200),
        "disposition": message.disposition,
        "purpose": message.purpose,
        "parts": message.parts,
        "sent_at": message.sent_at,
    }
