"""Configuration sets under the hash of their canonical form, so that every event's ``config`` can be looked up."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from config.schema import ConfigSet
from tickets.store import schema
from tickets.store.rows import claim


class Known:
    """Which sets this process has seen in the database; a set is written with the first batch that it decides."""

    def __init__(self) -> None:
        self._hashes: set[str] = set()

    def keep(self, connection: Connection, config: ConfigSet, at: datetime) -> None:
        """Write the set where it is not known to stand there."""
        if config.hash in self._hashes:
            return
        plain = msgspec.to_builtins(config, order="sorted", str_keys=True)
        body = msgspec.json.encode(plain).decode()
        claim(connection, schema.config_set, [{"hash": config.hash, "body": body, "first_at": at}], "hash")

    def committed(self, config: ConfigSet) -> None:
        """The transaction that kept it is on the disk."""
        self._hashes.add(config.hash)
