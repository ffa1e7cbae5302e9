"""Ids and references as one process makes them."""

import os
from datetime import datetime

from sqlalchemy import Connection, select, update

from tickets.references import reference
from tickets.store import schema
from tickets.submission import Unavailable

BLOCK = 64
COUNTER = "ticket"
REFERENCE_KEY = "reference_key"

_next_block = (
    update(schema.counter)
    .where(schema.counter.c.name == COUNTER)
    .values(next=schema.counter.c.next + BLOCK)
    .returning(schema.counter.c.next)
)
_key = select(schema.installation.c.value).where(schema.installation.c.name == REFERENCE_KEY)


def new_id(at: datetime) -> str:
    """A UUIDv7 (RFC 9562) in hex without hyphens: time in front keeps index pages together; it is never an order."""
    millis = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(os.urandom(10), "big")
    high, low = random >> 68, random & ((1 << 62) - 1)
    return f"{millis << 80 | 7 << 76 | high << 64 | 2 << 62 | low:032x}"


class References:
    """Numbers in blocks of 64 from the ``counter`` row, made into references under the installation's own key.

    A block belongs to the transaction that took it: whoever rolls back calls ``forget``, and the numbers stay unused.
    """

    def __init__(self) -> None:
        self._next = self._end = 0
        self._key: bytes | None = None

    def take(self, connection: Connection) -> str:
        """A reference that no other ticket has or will have."""
        if self._key is None:
            stored = connection.execute(_key).scalar()
            if stored is None:
                raise Unavailable("database_not_prepared")
            self._key = bytes.fromhex(stored)
        if self._next >= self._end:
            end = connection.execute(_next_block).scalar()
            if end is None:
                raise Unavailable("database_not_prepared")
            self._next, self._end = end - BLOCK, end
        number, self._next = self._next, self._next + 1
        return reference(number, self._key)

    def forget(self) -> None:
        """Drop what is left of the block."""
        self._next = self._end = 0
