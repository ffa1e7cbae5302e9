"""What a reporter sees of their ticket: plain words, a line of progress, their own conversation. Pure."""

import contextlib
import hashlib
from datetime import datetime
from typing import Final, Literal

import msgspec

from config.schema import ConfigSet
from tickets.hours import NeverOpen, is_open, next_open
from tickets.model import OPEN, Channel, Contact, Kind, Priority, Status, Ticket
from tickets.views import AttachmentView, MessageView, TicketView

StepState = Literal["done", "now", "next"]
Question = Literal["confirm", "lapsed", "score", "cancelled"]

STEPS: Final = ("received", "working", "testing", "asking", "finished")
_AT_STEP: Final = {
    Status.NEW: 0,
    Status.OFFERED: 0,
    Status.ASSIGNED: 1,
    Status.INVESTIGATING: 1,
    Status.RESTORED: 1,
    Status.WAITING: 1,
    Status.VERIFYING: 2,
    Status.AWAITING_CONFIRMATION: 3,
    Status.LAPSED: 3,
    Status.CLOSED: 4,
}


class Step(msgspec.Struct, frozen=True):
    """One stop of the line of progress; ``name`` is the key of its label."""

    name: str
    state: StepState


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the conversation. ``text`` is None for a mail: its words are not shown to whoever holds a link."""

    id: str
    at: datetime
    mine: bool
    name: str | None
    channel: Channel
    text: str | None
    files: tuple[AttachmentView, ...]
    delivery: str | None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """All that the tracking page shows. ``status`` is the key of a label, ``seen`` names this state of the page.

    ``opens_at`` is set while the team is away; then the reporter may say that everything has stopped.
    """

    reference: str
    status: str
    open: bool
    steps: tuple[Step, ...]
    promise: datetime | None
    promise_late: bool
    question: Question | None
    may_say_works: bool
    opens_at: datetime | None
    may_write: bool
    asks_service: tuple[str, ...]
    score: str | None
    agent: str | None
    lines: tuple[Line, ...]
    opened_at: datetime
    workaround: str | None
    seen: str


def steps(ticket: Ticket) -> tuple[Step, ...]:
    """The line of progress; empty for a ticket that was merged or cancelled."""
    at = _AT_STEP.get(ticket.status)
    if at is None:
        return ()
    names = STEPS if ticket.kind is not Kind.NOT_AN_INCIDENT else tuple(one for one in STEPS if one != "testing")
    finished = ticket.status is Status.CLOSED
    return tuple(
        Step(name, "done" if STEPS.index(name) < at or finished else "now" if STEPS.index(name) == at else "next")
        for name in names
    )


def status_label(ticket: Ticket) -> str:
    """The key of the sentence that says where the ticket stands."""
    if ticket.status is Status.WAITING and ticket.waiting_for:
        return f"status_waiting_{ticket.waiting_for}"
    return f"status_{ticket.status.value}"


def question(ticket: Ticket, contact: Contact) -> Question | None:
    """What the page asks. The score is asked only after the yes, and once."""
    if contact.id not in (ticket.reporter, ticket.confirmer):
        return None
    if ticket.status is Status.AWAITING_CONFIRMATION:
        return "confirm"
    if ticket.status is Status.LAPSED:
        return "lapsed"
    if ticket.status is Status.CLOSED and ticket.score is None:
        return "score"
    return "cancelled" if ticket.status is Status.CANCELLED else None


def lines(view: TicketView, contact: str) -> tuple[Line, ...]:
    """The conversation of this contact with the desk: no notes, and nobody else's words."""
    return tuple(_line(message, contact) for message in view.messages if _theirs(message, contact))


def _theirs(message: MessageView, contact: str) -> bool:
    if message.direction == "note":
        return False
    return not (message.author.kind == "contact" and message.author.id != contact)


def _line(message: MessageView, contact: str) -> Line:
    mine = message.direction == "in"
    # Whoever registers elsewhere with our address could otherwise read that site's mail here.
    hidden = mine and message.channel is Channel.MAIL
    return Line(
        id=message.id,
        at=message.at,
        mine=mine,
        name=message.author.name if message.author.kind == "account" else None,
        channel=message.channel,
        text=None if hidden else message.text,
        files=() if hidden else message.attachments,
        delivery=message.delivery.value if message.delivery else None,
    )


def shows_file(view: TicketView, contact: str, message: str) -> bool:
    """Whether this contact may fetch the files of a message."""
    return any(line.id == message and line.files for line in lines(view, contact))


def opens_at(ticket: Ticket, config: ConfigSet, now: datetime) -> datetime | None:
    """When somebody is there again, for a report that nobody holds while its team is away; else None."""
    team = config.teams.get(ticket.team)
    calendar = config.calendars.get(team.calendar) if team else None
    waits = ticket.status in (Status.NEW, Status.OFFERED) and ticket.priority is not Priority.P1
    if calendar is None or not waits or is_open(calendar, now):
        return None
    with contextlib.suppress(NeverOpen):
        return next_open(calendar, now)
    return None


def tell(view: TicketView, contact: str, config: ConfigSet, now: datetime) -> Story:
    """The page of one ticket for one contact."""
    ticket = view.ticket
    shown = lines(view, contact)
    promise = ticket.next_update_by if ticket.open and ticket.status is not Status.AWAITING_CONFIRMATION else None
    asked = view.contact.asked
    asks = asked.choices if asked and asked.what == "service" and asked.ticket == ticket.id and ticket.open else ()
    return Story(
        reference=ticket.reference,
        status=status_label(ticket),
        open=ticket.open,
        steps=steps(ticket),
        promise=promise,
        promise_late=promise is not None and promise < now,
        question=question(ticket, view.contact) if view.contact.id == contact else None,
        may_say_works=ticket.status in OPEN - {Status.AWAITING_CONFIRMATION} and ticket.reporter == contact,
        opens_at=opens_at(ticket, config, now),
        may_write=ticket.status is not Status.MERGED,
        asks_service=asks,
        score=ticket.score,
        agent=view.assignee.name if view.assignee and ticket.open else None,
        lines=shown,
        opened_at=ticket.opened_at,
        workaround=view.words.get("workaround") if ticket.status is Status.RESTORED else None,
        seen=_seen(ticket, shown, promise is not None and promise < now),
    )


def _seen(ticket: Ticket, shown: tuple[Line, ...], late: bool) -> str:
    parts = [str(ticket.version), str(late), ticket.score or ""]
    parts += [f"{line.id}{line.delivery}{''.join(file.state for file in line.files)}" for line in shown]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
