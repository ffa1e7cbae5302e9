"""Bring the schema to its head: by one process at a time, under a lock that others wait for."""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from tickets.store import schema, triggers
from tickets.store.engine import Database
from tickets.store.ids import COUNTER, REFERENCE_KEY
from tickets.store.rows import claim

_FOLDER: Final = Path(__file__).parent / "migrations"
# Any fixed number: it names this lock among the advisory locks of a PostgreSQL database.
_LOCK: Final = 7_305_174_021


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def at_head(database: Database) -> bool:
    """Whether the schema is the one that this program was written for."""
    if database.path is not None and not database.path.exists():
        return False
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head()


def upgrade(database: Database) -> None:
    """Run the missing migrations, re-create the triggers, and make what an installation has only once."""
    if database.path is not None:
        database.path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(database), database.writing() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if MigrationContext.configure(connection).get_current_revision() != head():
            command.upgrade(_config(connection), "head")
        triggers.create(connection)
        _made_once(connection)


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    if database.path is None:
        yield
        return
    with database.path.with_name(database.path.name + ".migrating").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _made_once(connection: Connection) -> None:
    values = [
        {"name": REFERENCE_KEY, "value": secrets.token_hex(32)},
        {"name": "salt", "value": secrets.token_hex(16)},
    ]
    claim(connection, schema.installation, values, "name")
    claim(connection, schema.counter, [{"name": COUNTER, "next": 0}], "name")
