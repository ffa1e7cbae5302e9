"""How followers (board, webhooks, the daily anchor) read the events that came since they last looked."""

from sqlalchemy import Connection, Row, TextClause, text

from tickets.events import Event

Cursor = int | str | None
_FIELDS = "stream, seq, type, v, body, previous, hash"

# Events are never deleted, so on SQLite the row ids count up without a gap in the order of commits.
_SQLITE = text(f"SELECT rowid AS place, {_FIELDS} FROM event WHERE rowid > :after ORDER BY rowid LIMIT :most")

# On PostgreSQL a transaction with a lower number may still be open: only what lies below all open ones is shown, so
# nothing can appear behind a follower's back.
_POSTGRES = text(
    f"SELECT xid::text || '.' || position AS place, {_FIELDS} FROM event "
    "WHERE (xid, position) > (CAST(:xid AS xid8), :after) AND xid < pg_snapshot_xmin(pg_current_snapshot()) "
    "ORDER BY xid, position LIMIT :most"
)


def events_after(connection: Connection, cursor: Cursor, limit: int) -> tuple[list[Event], str]:
    """At most ``limit`` events after ``cursor``, in the order of their commits, and the cursor after the last one."""
    here = str(cursor or 0)
    rows = list(connection.execute(*_statement(connection, here, limit)))
    return [_event(row) for row in rows], str(rows[-1].place) if rows else here


def _statement(connection: Connection, cursor: str, limit: int) -> tuple[TextClause, dict[str, str | int]]:
    """Raises ``ValueError`` for a cursor that is not ours."""
    if connection.dialect.name == "sqlite":
        return _SQLITE, {"after": int(cursor), "most": limit}
    xid, _, position = cursor.partition(".")
    return _POSTGRES, {"xid": str(int(xid)), "after": int(position or 0), "most": limit}


def _event(row: Row[tuple[object, ...]]) -> Event:
    return Event(**{name: getattr(row, name) for name in Event.__struct_fields__})
