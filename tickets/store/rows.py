"""Between rows and values, and the two statements that every table needs: insert many, and insert or replace many."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, RowMapping, Table, insert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.dml import Insert

from tickets.model import Account, Contact, Identity, Ticket
from tickets.store import schema

S = TypeVar("S", Ticket, Account, Contact, Identity)
Row = Mapping[str, Any]

TABLES: Mapping[type, Table] = {
    Ticket: schema.ticket,
    Account: schema.account,
    Contact: schema.contact,
    Identity: schema.identity,
}


def value_of(cls: type[S], row: RowMapping | Row) -> S:
    """A row of a projection's table as its value."""
    return msgspec.convert({name: row[name] for name in cls.__struct_fields__}, cls)


def row_of(value: Ticket | Account | Contact | Identity) -> dict[str, Any]:
    """A value as the row of its table."""
    return {name: getattr(value, name) for name in value.__struct_fields__}


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows in one statement."""
    if rows:
        connection.execute(insert(table), list(rows))


@cache
def _upsert(table: Table, dialect: str, columns: frozenset[str]) -> Insert:
    build = sqlite_insert if dialect == "sqlite" else postgres_insert
    statement = build(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in sorted(columns) if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def replace(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, or overwrite those whose primary key exists, in one statement. All rows have the same columns."""
    if rows:
        statement = _upsert(table, connection.dialect.name, frozenset(rows[0]))
        connection.execute(statement, list(rows))


@cache
def _claim(table: Table, dialect: str) -> Insert:
    build = sqlite_insert if dialect == "sqlite" else postgres_insert
    return build(table).on_conflict_do_nothing()


def claim(connection: Connection, table: Table, rows: Sequence[Row], key: str) -> set[str]:
    """Insert what is not there yet, in one statement; the keys of the rows that were inserted."""
    if not rows:
        return set()
    statement = _claim(table, connection.dialect.name).returning(table.c[key])
    return set(connection.execute(statement, list(rows)).scalars())


def padded(values: Iterable[str]) -> list[str]:
    """Values for an IN list, padded by repeats to a power of two, so that few different statements are compiled."""
    unique = sorted(set(values))
    if not unique:
        return []
    size = 1 << (len(unique) - 1).bit_length()
    return unique + [unique[-1]] * (size - len(unique))
