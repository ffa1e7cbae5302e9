"""Answers to questions of ours: buttons, numbers, and the one about which report is meant."""

from collections.abc import Sequence

import msgspec

from router.actions.closing import SCORES
from router.joining import back_again, command, join, open_new
from router.opening import ask
from router.received import Pressed, read
from router.turn import Filing, Turn
from tickets.changes import Filed
from tickets.matching import How
from tickets.model import Disposition, Status, Ticket
from tickets.references import PREFIX
from tickets.wording import normalise

_ACTIONS = {"yes": "confirm", "no": "deny", "not_yet": "not_yet", "stopped": "all_stopped", "object": "object"}
# What stands on buttons, as somebody types it where there are only words: normalised, in both languages.
_TYPED = {
    "semua berhenti": "stopped",
    "all stopped": "stopped",
    "kabari saat pulih": "tell_when_fixed",
    "tell me when fixed": "tell_when_fixed",
    "masalah saya lain": "mine_differs",
    "mine is different": "mine_differs",
    "ini keliru": "object",
    "this is wrong": "object",
}
_SCORED = {
    "good": ("puas", "bagus", "baik", "good", "great", "mantap"),
    "okay": ("biasa saja", "biasa", "okay", "lumayan"),
    "bad": ("kurang puas", "tidak puas", "kecewa", "buruk", "not good", "bad"),
}


def pressed(turn: Turn, press: Pressed) -> Filing | None:
    """A button of ours, or its number. None where it speaks of nothing that the person has: the words decide then."""
    if press.verb == "which":
        return _which(turn, press)
    ticket = _ticket_of(turn, press)
    if ticket is None:
        return None
    if press.verb in ("yes", "no", "not_yet"):
        return _said(turn, ticket, press.verb)
    if press.verb == "service":
        command(turn, ticket, "choose_service", service=press.value)
    elif press.verb == "score":
        command(turn, ticket, "score", score=press.value)
    elif press.verb in _ACTIONS:
        command(turn, ticket, _ACTIONS[press.verb])
    else:
        turn.draft.noted(f"contact:{turn.contact_id}", press.verb, ticket=ticket.id)
    return Filing(Disposition.COMMAND, ticket)


def _said(turn: Turn, ticket: Ticket, verb: str) -> Filing:
    """An answer to the question whether it works, which may be an old one: what it means now follows the status."""
    if ticket.status in (Status.AWAITING_CONFIRMATION, Status.LAPSED):
        command(turn, ticket, _ACTIONS[verb])
        return Filing(Disposition.COMMAND, ticket)
    if ticket.open and verb == "yes":
        command(turn, ticket, "reporter_says_works")
        return Filing(Disposition.COMMAND, ticket)
    if ticket.open:
        return Filing(Disposition.JOINED, join(turn, ticket, How.QUOTED))
    if ticket.status is Status.CLOSED and verb == "no":
        return back_again(turn, ticket)
    return Filing(Disposition.COURTESY, ticket)


def _ticket_of(turn: Turn, press: Pressed) -> Ticket | None:
    """The person's own ticket that a button names, or that their open question is about."""
    state, asked = turn.draft.state, turn.contact.asked
    subject = PREFIX + press.reference if press.reference else (asked.ticket if asked else None)
    ticket = state.ticket(subject) if subject else None
    return ticket if ticket and turn.contact_id in (ticket.reporter, ticket.confirmer) else None


def typed(turn: Turn) -> Pressed | None:
    """A button's title that was typed instead of pressed, about the newest report of theirs."""
    said = turn.received.text.strip().strip("*.!").lower()
    mine = turn.draft.state.tickets_of(turn.contact_id)
    if said not in _TYPED or not mine:
        return None
    return Pressed(_TYPED[said], mine[0].reference.removeprefix(PREFIX), None)


def scored_in_words(turn: Turn) -> Filing | None:
    """ "Puas" after the question about the score."""
    asked = turn.contact.asked
    if asked is None or asked.what != "score" or asked.ticket is None:
        return None
    said = normalise(turn.received.text, turn.reading.words).text
    value = next((value for value in SCORES if said in _SCORED[value]), None)
    ticket = turn.draft.state.ticket(asked.ticket)
    if value is None or ticket is None:
        return None
    command(turn, ticket, "score", score=value)
    return Filing(Disposition.COMMAND, ticket)


def ask_which(turn: Turn, tickets: Sequence[Ticket]) -> Filing:
    """Several reports are open and the words fit none alone: the person is asked, and the words wait in the tray."""
    choices = tuple(ticket.reference.removeprefix(PREFIX) for ticket in tickets)
    asked = turn.contact.asked
    before = f"{asked.held}," if asked and asked.what == "which" and asked.held else ""
    held = f"{before}{turn.message_id}:{turn.content or ''}"
    ask(turn.draft, turn.contact_id, "which", None, (*choices, "new"), held=held)
    params = {"held": turn.content, "references": [ticket.reference for ticket in tickets]}
    turn.draft.tell_contact(turn.contact, "which", tickets[0], params=params)
    return Filing(Disposition.UNCLEAR)


def _which(turn: Turn, press: Pressed) -> Filing | None:
    """The answer: what waited in the tray is filed where the person says."""
    draft, asked = turn.draft, turn.contact.asked
    if asked is None or asked.what != "which" or not asked.held:
        return None
    ticket = draft.state.ticket(PREFIX + press.reference) if press.reference not in (None, "new") else None
    if press.reference != "new" and (ticket is None or not ticket.open or ticket.reporter != turn.contact_id):
        return None
    draft.remember(turn.contact, asked=None)
    for pair in asked.held.split(","):
        message, _, content = pair.partition(":")
        held = _held(turn, message, content)
        if ticket is None:
            filing = open_new(held)
            ticket = filing.ticket
        else:
            filing = Filing(Disposition.JOINED, join(held, draft.ticket(ticket.id), How.ASKED))
        assert filing.ticket is not None
        draft.file(Filed(message=message, ticket=filing.ticket.id, disposition=filing.disposition))
    return Filing(Disposition.COMMAND, ticket)


def _held(turn: Turn, message: str, content: str) -> Turn:
    """The earlier message as if it were decided now."""
    words = turn.draft.state.words.get(content, "")
    earlier = msgspec.structs.replace(turn.received.message, text=words, button=None, media=(), parts=())
    return Turn(turn.draft, read(earlier, turn.reading), turn.reading, turn.contact_id, message, content or None)
