"""A message that belongs to a ticket, and one that opens a new one."""

from typing import Any

from router.actions.closing import reopen_too_late
from router.actions.triage import rate
from router.offering import seek, withdraw
from router.opening import Decided, open_ticket
from router.turn import Filing, Turn
from tickets.closure import Verdict, closure_verdict
from tickets.matching import How
from tickets.model import ENDED, Channel, Disposition, Level, Presence, Priority, Status, Ticket
from tickets.speech import Speech

_ASKED = (Status.AWAITING_CONFIRMATION, Status.LAPSED)
_ABSENT = (Presence.AWAY, Presence.OFFLINE)
_WORKS = (Verdict.YES, Verdict.WITHDRAW)


def to_ticket(turn: Turn, ticket: Ticket, how: How) -> Filing:
    """What a message means for the ticket that it speaks of."""
    if ticket.status in _ASKED:
        return _answer(turn, ticket, how)
    if ticket.status in ENDED:
        return _ended(turn, ticket, how)
    verdict = _verdict(turn, ticket, asked=False)
    if verdict in _WORKS and not turn.received.message.media:
        command(turn, ticket, "reporter_says_works")
        return Filing(Disposition.COMMAND, ticket)
    if not turn.tells_something:
        greeting = turn.received.speech is Speech.GREETING
        return Filing(Disposition.GREETING if greeting else Disposition.COURTESY, ticket)
    return Filing(Disposition.JOINED, join(turn, ticket, how))


def _verdict(turn: Turn, ticket: Ticket, *, asked: bool) -> Verdict:
    """What the words say about the ticket's own service."""
    about = turn.reading.book.words_for(ticket.service)
    return closure_verdict(turn.received.text, turn.reading.words, asked=asked, about=about)


def _answer(turn: Turn, ticket: Ticket, how: How) -> Filing:
    """The reporter was asked whether it works."""
    match _verdict(turn, ticket, asked=True):
        case Verdict.YES | Verdict.WITHDRAW:
            command(turn, ticket, "confirm")
        case Verdict.NO:
            command(turn, ticket, "deny")
        case Verdict.NOT_YET:
            command(turn, ticket, "not_yet")
        case Verdict.CONTRADICTION | Verdict.ASK:
            command(turn, ticket, "contradiction")
        case Verdict.COURTESY:
            return Filing(Disposition.COURTESY, ticket)
        case _ if turn.tells_something and ticket.status is Status.LAPSED:
            # Nobody works on it any more: new words about it open it again.
            command(turn, ticket, "deny")
        case _ if turn.tells_something:
            return Filing(Disposition.JOINED, join(turn, ticket, how))
        case _:
            greeting = turn.received.speech is Speech.GREETING
            return Filing(Disposition.GREETING if greeting else Disposition.COURTESY, ticket)
    return Filing(Disposition.COMMAND, ticket)


def _ended(turn: Turn, ticket: Ticket, how: How) -> Filing:
    """It was over. "It is back" opens it again within the window; thanks never do; anything else is something new."""
    verdict = _verdict(turn, ticket, asked=True)
    if ticket.status is Status.MERGED:
        return Filing(Disposition.JOINED, join(turn, ticket, how)) if turn.tells_something else _courtesy(turn, ticket)
    late = reopen_too_late(turn.draft, ticket)
    if ticket.status is Status.CANCELLED and turn.tells_something and how is not How.RECENT and not late:
        command(turn, ticket, "object")
        return Filing(Disposition.COMMAND, ticket)
    if verdict in (Verdict.NO, Verdict.CONTRADICTION) and ticket.status is Status.CLOSED:
        return back_again(turn, ticket)
    if turn.tells_something and verdict not in (*_WORKS, Verdict.COURTESY, Verdict.ASK, Verdict.NOT_YET):
        return open_new(turn, previous=ticket.id)
    return _courtesy(turn, ticket)


def back_again(turn: Turn, ticket: Ticket) -> Filing:
    """What was closed is back: the same ticket within the window, later a new one that knows the old."""
    if reopen_too_late(turn.draft, ticket):
        return open_new(turn, previous=ticket.id)
    command(turn, ticket, "deny")
    return Filing(Disposition.COMMAND, ticket)


def _courtesy(turn: Turn, ticket: Ticket) -> Filing:
    greeting = turn.received.speech is Speech.GREETING
    return Filing(Disposition.GREETING if greeting else Disposition.COURTESY, ticket)


def command(turn: Turn, ticket: Ticket, action: str, **data: Any) -> None:
    """A message that is also a command: decided next, in the same transaction, by the reporter."""
    words = {"words": turn.received.text} if turn.received.text else {}
    turn.draft.follow(
        action, ticket, turn.draft.actor, channel=turn.received.message.channel.value, message=turn.message_id,
        **words, **data,
    )  # fmt: skip


def join(turn: Turn, ticket: Ticket, how: How) -> Ticket:
    """Add a message to an open ticket: who works on it is told, and what it says may change where it belongs."""
    draft = turn.draft
    resumed: dict[str, Any] = {}
    if ticket.status is Status.WAITING and ticket.waiting_for == "reporter":
        back = ticket.remembered or Status.INVESTIGATING
        resumed = {"status": back, "remembered": None, "waiting_for": None, "waiting_until": None}
        draft.never(f"ticket:{ticket.id}", "waiting_over")
    ticket = draft.happened(ticket, "message_joined", turn.contents, message=turn.message_id, how=how, **resumed)
    parent = draft.state.tickets.get(ticket.merged_into or "")
    holder = draft.holder(parent.assignee if parent else ticket.assignee)
    told = [holder] if holder else []
    if ticket.status not in (Status.NEW, Status.OFFERED) and (holder is None or holder.presence in _ABSENT):
        # Whoever has it is not there: what the reporter says must not lie unread.
        told += [lead for lead in draft.state.leads_of(ticket.team) if lead is not holder]
    for account in told:
        params = {"message": turn.message_id, "words": turn.content, "parts": list(turn.received.message.parts)}
        draft.tell(account, "customer_wrote", ticket, params=params)
    in_burst(turn, ticket)
    return _learn(turn, ticket)


def in_burst(turn: Turn, ticket: Ticket) -> None:
    """Remember that the person is writing about this ticket right now."""
    turn.draft.remember(turn.contact, burst_ticket=ticket.id, burst_at=turn.draft.now)


def _learn(turn: Turn, ticket: Ticket) -> Ticket:
    """Before anybody has begun, later bubbles may say what the first did not: the service, or how bad it is."""
    if ticket.status not in (Status.NEW, Status.OFFERED):
        return ticket
    draft, decided = turn.draft, Decided(classification=turn.received.classification, rating=turn.received.rating)
    fields = decided.fields()
    if not decided.classification.uncertain and ticket.service is None and fields["service"]:
        keep = ("service", "category", "kind")
        told = {name: fields[name] for name in keep}
        if fields["team"] != ticket.team:
            ticket = withdraw(draft, ticket)
            told["team"] = fields["team"]
        ticket = draft.happened(ticket, "classified", why=decided.reasons(), **told)
        asked = draft.contact(ticket.reporter).asked
        if asked and asked.what == "service":
            draft.remember(draft.contact(ticket.reporter), asked=None)
    worse = fields["priority"] < ticket.priority
    suspected = fields["p1_suspected"] and not ticket.p1_suspected and ticket.priority is not Priority.P1
    if worse or suspected:
        held_at = min(fields["priority"], ticket.priority) if fields["p1_suspected"] else None
        levels = Level(fields["impact"]), Level(fields["urgency"])
        ticket = rate(draft, ticket, *levels, "rated_again", held_at=held_at)
    return seek(draft, ticket, quiet=True)


def open_new(turn: Turn, *, previous: str | None = None) -> Filing:
    """A new report."""
    message, draft = turn.received.message, turn.draft
    decided = Decided(classification=turn.received.classification, rating=turn.received.rating)
    extra: dict[str, Any] = {"message": turn.message_id}
    if previous:
        extra["previous"] = previous
    if message.logged_by:
        extra["logged_by"] = message.logged_by
    if message.occurred_at:
        extra["occurred_at"] = message.occurred_at
    subject = draft.words(message.subject, "message", turn.contact_id) if message.subject else turn.content
    greets = "ack" if turn.received.text.strip() else "voice"
    channel = message.channel if message.channel is not Channel.TELEGRAM else Channel.WEB
    what = "voice" if "voice" in message.parts else "file"
    ticket = open_ticket(
        draft, turn.contact, decided, channel=channel, subject=subject, greets=greets, what=what, extra=extra
    )
    in_burst(turn, ticket)
    return Filing(Disposition.OPENED, draft.ticket(ticket.id))
