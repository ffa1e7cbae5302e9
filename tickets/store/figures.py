"""Counts of what there is, for ``/metrics``, ``/readyz`` and the board."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, exists, func, select

from tickets.store import schema


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A moment's counts.

    ``tickets`` by ``status.priority``. ``messages`` are all that came in; ``dispositions`` says what became of them,
    and their sum is the same number. ``closed_without_confirmation`` must be 0 for ever. ``waiting`` and
    ``oldest_waiting_s`` are of the notices that could leave now, by lane.
    ``due_late_s`` is how late the oldest due row is.
    """

    tickets: dict[str, int]
    messages: int
    dispositions: dict[str, int]
    closed_without_confirmation: int
    waiting: dict[str, int]
    oldest_waiting_s: dict[str, float]
    notices: dict[str, int]
    due: int
    due_late_s: float
    quarantined: int
    files_waiting: int


def count(connection: Connection, now: datetime) -> Figures:
    """Read all counts."""
    ticket, message, notice, due = schema.ticket, schema.message, schema.notice, schema.due
    tickets = connection.execute(
        select(ticket.c.status, ticket.c.priority, func.count()).group_by(ticket.c.status, ticket.c.priority)
    )
    inbound = message.c.direction == "in"
    dispositions = connection.execute(
        select(message.c.disposition, func.count())
        .where(inbound, message.c.disposition.isnot(None))
        .group_by(message.c.disposition)
    )
    event = schema.event
    confirmed = exists().where(event.c.stream == "ticket:" + ticket.c.id, event.c.type == "confirmed")
    unconfirmed = select(func.count()).select_from(ticket).where(ticket.c.status == "closed", ~confirmed)
    waits = and_(notice.c.settled_at.is_(None), notice.c.not_before <= now)
    lanes = select(notice.c.lane, func.count(), func.min(notice.c.not_before)).where(waits).group_by(notice.c.lane)
    waiting = list(connection.execute(lanes))
    notices = connection.execute(select(notice.c.state, func.count()).group_by(notice.c.state))
    dues, first = connection.execute(select(func.count(), func.min(due.c.at))).one()
    open_cases = schema.quarantine.c.settled_at.is_(None)
    return Figures(
        tickets={f"{status}.{priority}": number for status, priority, number in tickets},
        messages=_number(connection.execute(select(func.count()).select_from(message).where(inbound)).scalar()),
        dispositions=_pairs(dispositions),
        closed_without_confirmation=_number(connection.execute(unconfirmed).scalar()),
        waiting={lane: number for lane, number, _ in waiting},
        oldest_waiting_s={lane: max(0.0, (now - oldest).total_seconds()) for lane, _, oldest in waiting},
        notices=_pairs(notices),
        due=dues,
        due_late_s=max(0.0, (now - first).total_seconds()) if first else 0.0,
        quarantined=_number(
            connection.execute(select(func.count()).select_from(schema.quarantine).where(open_cases)).scalar()
        ),
        files_waiting=_number(
            connection.execute(
                select(func.count()).select_from(schema.attachment).where(schema.attachment.c.state == "waiting")
            ).scalar()
        ),
    )


def _pairs(rows: Iterable[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in rows}


def _number(value: int | None) -> int:
    return value or 0
