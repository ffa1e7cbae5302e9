"""Which ticket a message speaks of. Never a guess: what is not clear is asked.

The order: what the person quoted, pressed, or opened a page for; a reference of their own; several bubbles in a row;
the question that they were asked; their only open ticket; of several the one for the same service; else they are asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tickets.model import Contact, Status, Ticket


class How(StrEnum):
    """Why a message belongs to a ticket; stored with the event."""

    PAGE = "page"
    QUOTED = "quoted"
    REFERENCE = "reference"
    BURST = "burst"
    ASKED = "asked"
    ONLY = "only"
    SERVICE = "service"
    RECENT = "recent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The ticket and why; or, where several are possible, those to ask about; or neither: something new."""

    ticket: Ticket | None = None
    how: How | None = None
    which: tuple[Ticket, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What is known about a message before it has a ticket.

    ``named`` are tickets that the message itself names, in the order of DESIGN. ``answers`` says that its words answer
    a question (yes, no, not yet, …); ``content`` that it tells something; ``speaks_of_recent`` that it says that an
    ended thing came back.
    """

    page: str | None = None
    quoted: str | None = None
    references: tuple[str, ...] = ()
    service: str | None = None
    answers: bool = False
    content: bool = True
    speaks_of_recent: bool = False


def match(
    clues: Clues, contact: Contact, mine: Sequence[Ticket], *, now: datetime, burst: timedelta, window: timedelta
) -> Match:
    """Find the ticket among ``mine`` (the person's own, newest first).

    ``burst`` is how long bubbles in a row belong together, ``window`` how long an ended ticket can come back.
    """
    own = {ticket.id: ticket for ticket in mine}
    pointed = [(clues.page, How.PAGE), (clues.quoted, How.QUOTED), *((one, How.REFERENCE) for one in clues.references)]
    for named, how in pointed:
        if named in own:
            return Match(ticket=own[named], how=how)
    running = _burst(contact, own, now, burst)
    if running:
        return Match(ticket=running, how=How.BURST)
    asked = _asked(contact, mine, own)
    if asked and clues.answers:
        return Match(ticket=asked, how=How.ASKED)
    still_open = [ticket for ticket in mine if ticket.open]
    if len(still_open) == 1 and not _something_else(clues, still_open[0]):
        return Match(ticket=still_open[0], how=How.ONLY)
    if len(still_open) == 1:
        return Match()
    if still_open:
        return _one_of(clues, still_open)
    recent = next((t for t in mine if t.ended_at and t.ended_at > now - window and t.status is not Status.MERGED), None)
    if recent and (clues.speaks_of_recent or not clues.content):
        return Match(ticket=recent, how=How.RECENT)
    return Match()


def _burst(contact: Contact, own: dict[str, Ticket], now: datetime, burst: timedelta) -> Ticket | None:
    if contact.burst_ticket is None or contact.burst_at is None or now - contact.burst_at > burst:
        return None
    ticket = own.get(contact.burst_ticket)
    return ticket if ticket and ticket.open and ticket.status is not Status.AWAITING_CONFIRMATION else None


def _asked(contact: Contact, mine: Sequence[Ticket], own: dict[str, Ticket]) -> Ticket | None:
    """The ticket of the question that the person has not answered; of several waiting ones the one asked last."""
    waiting = [t for t in mine if t.status in (Status.AWAITING_CONFIRMATION, Status.LAPSED)]
    asked = contact.asked
    if asked and asked.what != "score" and asked.ticket in {ticket.id for ticket in waiting}:
        return own[asked.ticket]
    return waiting[0] if len(waiting) == 1 else None


def _something_else(clues: Clues, only: Ticket) -> bool:
    """Whether a person whose report is repaired speaks of another service now."""
    waits = only.status is Status.AWAITING_CONFIRMATION
    return waits and clues.content and not clues.answers and bool(clues.service) and clues.service != only.service


def _one_of(clues: Clues, still_open: Sequence[Ticket]) -> Match:
    same = [ticket for ticket in still_open if clues.service and ticket.service == clues.service]
    if len(same) == 1:
        return Match(ticket=same[0], how=How.SERVICE)
    if clues.service and not same and clues.content:
        # A service that none of the open ones is about: something new.
        return Match()
    return Match(which=tuple(still_open[:3]))
