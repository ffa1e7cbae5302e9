"""From events to what stands now: the fold that makes tickets and accounts.

The writer folds each new event as it is decided, and ``sigap audit verify --rebuild`` folds them all again and
compares: one path, so a projection cannot say what no event said.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

import msgspec

from tickets.events import Event, plain
from tickets.model import Account, Ticket

P = TypeVar("P", Ticket, Account)

_TYPES: dict[type, dict[str, Any]] = {cls: get_type_hints(cls) for cls in (Ticket, Account)}
# These follow from the event itself and cannot be set by its data.
_DERIVED = {"id", "version", "updated_at", "turn"}
# What makes a button that was pressed on an older state mean something else.
_TURNS = {"status", "assignee", "offered_to", "team", "priority", "kind"}


def fold(cls: type[P], current: P | None, *, data: dict[str, Any], identity: str, seq: int, at: datetime) -> P:
    """The projection after one more event.

    ``data`` may hold facts that are no fields; they do not touch the projection. Raises ``msgspec.ValidationError``
    where a field has a value of the wrong shape: such an event cannot be written.
    """
    types = _TYPES[cls]
    changed: dict[str, Any] = {
        name: msgspec.convert(plain(value), types[name])
        for name, value in data.items()
        if name in types and name not in _DERIVED
    }
    changed["version"] = seq
    if "updated_at" in types:
        changed["updated_at"] = at
    if cls is Ticket and not _TURNS.isdisjoint(changed):
        changed["turn"] = seq
    if current is None:
        return cls(id=identity, **changed)
    return msgspec.structs.replace(current, **changed)


def rebuild(cls: type[P], identity: str, events: Iterable[Event]) -> P | None:
    """The projection from the whole stream, or None where the stream is empty."""
    current: P | None = None
    for event in events:
        current = fold(cls, current, data=event.data, identity=identity, seq=event.seq, at=event.at)
    return current


def differences(stored: P, rebuilt: P) -> list[str]:
    """The names of the fields in which two projections differ."""
    return [name for name in stored.__struct_fields__ if getattr(stored, name) != getattr(rebuilt, name)]
