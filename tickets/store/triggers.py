"""What the database itself refuses: changing or deleting a row of an append-only table.

Re-created from here after every migration, because Alembic's batch mode on SQLite rebuilds a table and drops its
triggers without a word.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from tickets.store.schema import APPEND_ONLY


def _sqlite() -> Iterator[str]:
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _postgres() -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    for table in APPEND_ONLY:
        name = f"{table}_append_only"
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield (
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def create(connection: Connection) -> None:
    """Put the triggers in place, whatever was there before."""
    for statement in _sqlite() if connection.dialect.name == "sqlite" else _postgres():
        connection.execute(text(statement))
