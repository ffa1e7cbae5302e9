"""API tokens: the secret is shown once and never stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import update

from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.ids import new_id
from tickets.store.rows import put
from tickets.tokens import fingerprint, new_token

PREFIX: Final = "sigap"


class ApiTokens:
    """Makes and revokes tokens. Raises ``Unavailable``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, scopes: Sequence[str], now: datetime) -> str:
        """A new token; what comes back is its secret, which nobody can read again."""
        secret = new_token(PREFIX)
        self.keep(secret, name, scopes, now)
        return secret

    def keep(self, secret: str, name: str, scopes: Sequence[str], now: datetime) -> str:
        """Store a token whose secret was made elsewhere (the sandbox's); returns its id."""
        identity = new_id(now)
        row = {
            "digest": fingerprint(secret),
            "id": identity,
            "name": name[:80],
            "scopes": tuple(scopes),
            "created_at": now,
            "revoked_at": None,
        }
        with self._database.writing() as connection:
            put(connection, schema.api_token, [row])
        return identity

    def revoke(self, token: str, now: datetime) -> bool:
        """End a token by its id; False when there is none that still holds."""
        table = schema.api_token
        valid = (table.c.id == token, table.c.revoked_at.is_(None))
        with self._database.writing() as connection:
            return connection.execute(update(table).where(*valid).values(revoked_at=now)).rowcount > 0
