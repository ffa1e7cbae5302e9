"""Notices as rows of the outbox: each once per event, person and purpose."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from tickets.changes import NewNotice
from tickets.events import Event
from tickets.store import schema
from tickets.store.keys import Decided
from tickets.store.rows import put

_supersede = (
    update(schema.notice)
    .where(
        schema.notice.c.order_key == bindparam("of_person"),
        schema.notice.c.settled_at.is_(None),
        schema.notice.c.state == "queued",
        schema.notice.c.purpose == bindparam("of_purpose"),
        schema.notice.c.ticket_id == bindparam("of_ticket"),
    )
    .values(state="superseded", settled_at=bindparam("at"))
)


class NoticeRows:
    """Collects the notices of a batch, then writes them at once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._rows: list[dict[str, Any]] = []
        self._superseded: dict[tuple[str, str, str], None] = {}
        self._queued: dict[tuple[str, str, str | None], list[dict[str, Any]]] = {}
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def add(self, one: Decided, events: Sequence[Event]) -> None:
        """Take the notices of one item; ``events`` are those that it sealed."""
        for notice in one.changes.notices:
            if notice.supersedes and notice.ticket:
                self._supersede(str(notice.person), notice.purpose, notice.ticket)
            row = self._row(notice, _cause(notice, one, events))
            self._rows.append(row)
            self._queued.setdefault((row["order_key"], notice.purpose, notice.ticket), []).append(row)

    def write(self, connection: Connection) -> frozenset[str]:
        """Supersede, then insert. Returns the lanes that have something new."""
        gone = [
            {"of_person": person, "of_purpose": purpose, "of_ticket": ticket, "at": self._now}
            for person, purpose, ticket in sorted(self._superseded)
        ]
        if gone:
            connection.execute(_supersede, gone)
        put(connection, schema.notice, self._rows)
        return frozenset(row["lane"] for row in self._rows if row["state"] == "queued")

    def _supersede(self, person: str, purpose: str, ticket: str) -> None:
        self._superseded[person, purpose, ticket] = None
        for row in self._queued.pop((person, purpose, ticket), ()):
            row.update(state="superseded", settled_at=self._now)

    def _row(self, notice: NewNotice, cause: str) -> dict[str, Any]:
        person = str(notice.person)
        number = self._seen[cause, person, notice.purpose]
        self._seen[cause, person, notice.purpose] += 1
        return {
            "id": notice_id(cause, person, notice.purpose, number),
            "ticket_id": notice.ticket,
            "event": cause,
            "person_kind": notice.person.kind,
            "person": notice.person.id,
            "purpose": notice.purpose,
            "params": notice.params,
            "address": notice.address,
            "channel": notice.channel,
            "urgency": notice.urgency,
            "lane": f"{notice.channel}.{notice.urgency}",
            "order_key": person,
            "state": "queued",
            "created_at": self._now,
            "not_before": notice.not_before or self._now,
            "tries": 0,
            "settled_at": None,
        }


def notice_id(cause: str, person: str, purpose: str, number: int = 0) -> str:
    """The id of a notice follows from what it is about, so the same one cannot be written twice."""
    parts = [cause, person, purpose, *([str(number)] if number else [])]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def _cause(notice: NewNotice, one: Decided, events: Sequence[Event]) -> str:
    """The event that a notice speaks of: the item's newest of that ticket, else its newest, else the item itself."""
    of_ticket = f"ticket:{notice.ticket}"
    found = next((event for event in reversed(events) if event.stream == of_ticket), events[-1] if events else None)
    if found is not None:
        return f"{found.stream}#{found.seq}"
    return f"command:{hashlib.sha256(one.key.encode()).hexdigest()[:32]}"
