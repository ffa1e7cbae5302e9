"""What a person outside was not told: their ticket is looked at by the clock, so that somebody of the house hears."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from tickets.model import Channel
from tickets.outbound import Delivery, Receipt
from tickets.store import schema
from tickets.store.attempts import Outcome
from tickets.store.rows import padded, replace

WHAT = "undelivered"
Missed = tuple[str, str, str | None]


def failed_for_good(outcomes: Sequence[Outcome]) -> list[Missed]:
    """Ticket, purpose and reason of each notice to a person outside that no try is left for."""
    return [
        (one.notice.ticket, one.notice.purpose, one.reason)
        for one in outcomes
        if one.state == "failed" and one.notice.person.kind == "contact" and one.notice.ticket
    ]


def failed_late(connection: Connection, receipts: Sequence[Receipt], channel: Channel) -> list[Missed]:
    """The same for messages that a provider accepted first and gave up later."""
    reasons = {one.provider_id: one.reason for one in receipts if one.state is Delivery.FAILED}
    if not reasons:
        return []
    statement = (
        select(schema.notice.c.ticket_id, schema.notice.c.purpose, schema.attempt.c.provider_id)
        .join(schema.attempt, schema.attempt.c.notice_id == schema.notice.c.id)
        .where(
            schema.attempt.c.provider_id.in_(padded(reasons)),
            schema.attempt.c.channel == channel,
            schema.attempt.c.delivery == Delivery.FAILED,
            schema.notice.c.person_kind == "contact",
            schema.notice.c.ticket_id.isnot(None),
        )
    )
    return [(ticket, purpose, reasons[sid]) for ticket, purpose, sid in connection.execute(statement)]


def look_at(connection: Connection, missed: Iterable[Missed], now: datetime) -> None:
    """Set the due rows, one per ticket, ripe at once."""
    rows = {
        ticket: {
            "stream": f"ticket:{ticket}",
            "what": WHAT,
            "at": now,
            "version": 0,
            "data": {"purpose": purpose, "reason": reason},
        }
        for ticket, purpose, reason in missed
    }
    replace(connection, schema.due, [rows[ticket] for ticket in sorted(rows)])
