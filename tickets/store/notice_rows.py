"""Rows of the outbox as values, and which of them may be claimed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from tickets.commands import Person
from tickets.model import Channel
from tickets.store import schema
from tickets.views import Notice


def notice_of(row: Mapping[Any, Any], *, in_doubt: bool = False) -> Notice:
    """A notice from its row."""
    return Notice(
        id=row["id"],
        position=row["position"],
        ticket=row["ticket_id"],
        event=row["event"],
        person=Person(row["person_kind"], row["person"]),
        purpose=row["purpose"],
        params=row["params"],
        address=row["address"],
        channel=Channel(row["channel"]),
        urgency=row["urgency"],
        lane=row["lane"],
        tries=row["tries"],
        created_at=row["created_at"],
        in_doubt=in_doubt,
    )


def claimable(now: datetime) -> ColumnElement[bool]:
    """Unsettled, due, held by nobody whose lease still runs, and first in its person's line."""
    notice = schema.notice
    free = or_(notice.c.state == "queued", notice.c.lease_until < now)
    return and_(notice.c.settled_at.is_(None), notice.c.not_before <= now, free, ~_blocked(now))


def _blocked(now: datetime) -> ColumnElement[bool]:
    """Whether an older notice to the same person has to go first.

    What was put off to a later hour blocks nobody; what is tried again does. A page overtakes everything else; pages to
    an account overtake each other too, so that one that cannot be delivered hides no second alarm. Pages to a person
    outside stay in order among themselves.
    """
    notice, older = schema.notice, schema.notice.alias("older")
    page, older_page = notice.c.urgency == "page", older.c.urgency == "page"
    outside = notice.c.person_kind == "contact"
    return exists().where(
        older.c.order_key == notice.c.order_key,
        older.c.position < notice.c.position,
        older.c.settled_at.is_(None),
        or_(older.c.not_before <= now, older.c.tries > 0),
        or_(and_(outside, or_(~page, older_page)), and_(~outside, ~page, ~older_page)),
    )
