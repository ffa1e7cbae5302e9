"""Bring the schema to its head: by one process at a time, under a lock that others wait for."""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from tickets.store import schema, triggers
from tickets.store.engine import Database
from tickets.store.ids import COUNTER, REFERENCE_KEY
from tickets.store.rows import claim

if TYPE_CHECKING:
    from alembic.config import Config

# The newest revision under ``migrations/versions`` (a test compares). Written here, so that a process that only asks
# whether the tables are up to date need not load Alembic, which takes longer than all its other work at that.
HEAD: Final = "0001"
_VERSIONS: Final = "alembic_version"
_FOLDER: Final = Path(__file__).parent / "migrations"
# Any fixed number: it names this lock among the advisory locks of a PostgreSQL database.
_LOCK: Final = 7_305_174_021


def at_head(database: Database) -> bool:
    """Whether the schema is the one that this program was written for."""
    if database.path is not None and not database.path.exists():
        return False
    with database.reading() as connection:
        return _revisions(connection) == [HEAD]


def upgrade(database: Database) -> None:
    """Run the missing migrations, re-create the triggers, and make what an installation has only once."""
    if database.path is not None:
        database.path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(database), database.writing() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _revisions(connection) != [HEAD]:
            _migrate(connection)
        triggers.create(connection)
        _made_once(connection)


def _revisions(connection: Connection) -> list[str]:
    if not inspect(connection).has_table(_VERSIONS):
        return []
    return list(connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalars())


def _migrate(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection | None = None) -> "Config":
    """What Alembic needs to know; the connection is handed on to ``migrations/env.py``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


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
