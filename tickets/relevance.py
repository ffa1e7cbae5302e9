"""Whether a notice to a person outside still makes sense at the moment it leaves. Pure.

What was true when it was decided may have changed while it waited: a question that has been answered is not asked.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from tickets.model import Kind, Status, Ticket
from tickets.views import Briefing

# A greeting or a question about nothing in particular is stale after this long.
FRESH: Final = timedelta(hours=12)


def _always(_briefing: Briefing, _ticket: Ticket) -> bool:
    return True


def _open(_briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.open


def _acknowledged(_briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.status not in (Status.MERGED, Status.CANCELLED)


def _to_be_confirmed(_briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.status is Status.AWAITING_CONFIRMATION


def _asked_for(briefing: Briefing, ticket: Ticket) -> bool:
    """The question is open, and the answer that a report is no incident has not asked it already."""
    messages, asked = (briefing.view.messages if briefing.view else ()), ticket.asked_at
    said = any(one.purpose == "not_an_incident" and (asked is None or one.at >= asked) for one in messages)
    return ticket.status is Status.AWAITING_CONFIRMATION and not said


def _reminded(briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.status is Status.AWAITING_CONFIRMATION and not _asked_again(briefing, ticket)


def _asked_again(briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.asked_at is not None and ticket.asked_at > briefing.notice.created_at


def _contradicted(_briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.status in (Status.AWAITING_CONFIRMATION, Status.LAPSED)


def _taken_over(briefing: Briefing, ticket: Ticket) -> bool:
    agent = briefing.notice.params.get("agent")
    return ticket.open and ticket.assignee is not None and agent in (None, ticket.assignee) and not _spoke(briefing)


def _spoke(briefing: Briefing) -> bool:
    """Whether a person of the house has written since the notice was made: then a machine's word adds nothing."""
    since = briefing.notice.created_at
    messages = briefing.view.messages if briefing.view else ()
    return any(one.direction == "out" and one.author.kind == "account" and one.at >= since for one in messages)


def _closed(_briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.status is Status.CLOSED


def _cancelled(_briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.status is Status.CANCELLED


def _no_incident(_briefing: Briefing, ticket: Ticket) -> bool:
    return ticket.kind is Kind.NOT_AN_INCIDENT


_OF_TICKET: Final[Mapping[str, Callable[[Briefing, Ticket], bool]]] = {
    "ack": _acknowledged,
    "ack_p1": _acknowledged,
    "ack_outside_hours": _acknowledged,
    "voice": _acknowledged,
    "security": _acknowledged,
    "ask_service": _acknowledged,
    "took_over": _taken_over,
    "workaround": _open,
    "confirm": _asked_for,
    "remind": _reminded,
    "not_yet": _to_be_confirmed,
    "contradiction": _contradicted,
    "thanks": _closed,
    "reopened": _open,
    "still_working": _open,
    "not_an_incident": _no_incident,
    "cancelled": _cancelled,
    "object_received": _open,
}

_WHEN_FRESH: Final = frozenset({"greeting", "which", "welcome_back", "not_yet", "received"})


def still_relevant(briefing: Briefing, now: datetime) -> bool:
    """Whether the contact should still be told. Purposes that have no rule here always are (a person's own words)."""
    notice = briefing.notice
    if notice.purpose in _WHEN_FRESH and now - notice.created_at > FRESH:
        return False
    if notice.purpose == "which" and not _waits_for(briefing, "which"):
        return False
    if notice.purpose == "greeting" and _has_told(briefing):
        return False
    if briefing.view is None:
        return True
    return _OF_TICKET.get(notice.purpose, _always)(briefing, briefing.view.ticket)


def _has_told(briefing: Briefing) -> bool:
    """Whether the person has said since then what is wrong."""
    contact = briefing.contact
    return contact is not None and contact.burst_at is not None and contact.burst_at >= briefing.notice.created_at


def _waits_for(briefing: Briefing, what: str) -> bool:
    contact = briefing.contact
    return contact is not None and contact.asked is not None and contact.asked.what == what
