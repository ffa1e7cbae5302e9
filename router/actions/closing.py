"""The end of a ticket: asked, answered, reminded, lapsed. ``closed`` is reached only through ``confirm``."""

from datetime import timedelta
from typing import Any

from router.act import Act, Refusal
from router.actions.offers import take_back
from router.draft import Draft
from router.offering import alarm, clear_offer, seek
from router.opening import ask, watch_promise
from tickets.commands import Answer, Refused
from tickets.lifecycle import Action, step
from tickets.model import Channel, Priority, Status, Ticket
from tickets.sla import next_update, outside_quiet

SCORES = ("good", "okay", "bad")
CONFIRM_CHOICES = ("yes", "no", "not_yet")
# A quiet P3: received, taken over, please confirm, thanks. A fifth text would be one too many.
QUIET_LIFE = 4
_WORK_ENDS = ("took_over", "promise", "offer_expired", "offer_again", "page_again", "waiting_over")


def ask_confirmation(draft: Draft, ticket: Ticket, *, asked: bool = False) -> Ticket:
    """Ask the confirmer on their channel; a reminder and the end of waiting are noted.

    ``asked``: the text that has just been sent asks already.
    """
    stream, desk = f"ticket:{ticket.id}", draft.state.config.desk
    ticket = draft.happened(
        ticket,
        "confirmation_asked",
        asked_at=draft.now,
        reminders=0,
        recorded_by=None,
        recorded=None,
        **rest(draft, ticket),
    )
    if not asked:
        ticket = draft.tell_reporter(ticket, "confirm")
    ask(draft, ticket.confirmer, "confirm", ticket, CONFIRM_CHOICES)
    draft.never(stream, *_WORK_ENDS)
    draft.later(stream, "confirm_remind", _daytime(draft, ticket, timedelta(hours=desk.confirm_reminder_hours)))
    draft.later(stream, "confirm_lapse", draft.now + timedelta(hours=desk.confirm_lapse_hours))
    return ticket


def rest(draft: Draft, ticket: Ticket) -> dict[str, Any]:
    """The fields of a ticket on which nobody works: no offer, no wait, no promise."""
    return {
        "waiting_for": None,
        "waiting_until": None,
        "remembered": None,
        "next_update_by": None,
        **clear_offer(draft, ticket),
    }


def _daytime(draft: Draft, ticket: Ticket, after: timedelta) -> Any:
    config = draft.state.config
    client = config.organisations.get(ticket.organisation)
    zone = (client.timezone if client else None) or draft.state.timezone
    return outside_quiet(draft.now + after, zone, config.desk.quiet_from, config.desk.quiet_until)


def confirm(act: Act) -> None:
    """The reporter says that it works: the only way to ``closed``. Who, when, where and the words are kept."""
    assert act.contact is not None
    said = act.maybe("words")
    words = (act.draft.words(said, "message", act.contact.id),) if said else ()
    _close(act, words, confirmed_by=act.contact.id, confirmed_on=act.data.get("channel", Channel.WEB.value))


def _close(act: Act, words: tuple[str, ...], **confirmation: Any) -> None:
    """Close on a confirmation that is kept with its words; thank, and ask how it was."""
    draft = act.draft
    ticket = draft.moved(
        act.ticket, Action.CONFIRM, "confirmed", words, ended_at=draft.now, **rest(draft, act.ticket), **confirmation
    )
    draft.never(act.stream, "confirm_remind", "confirm_lapse", *_WORK_ENDS)
    if _thanks_fit(ticket):
        ticket = draft.tell_reporter(ticket, "thanks", params={"days": draft.state.config.desk.reopen_days})
        ask(draft, ticket.confirmer, "score", ticket, SCORES)
    else:
        draft.remember(draft.contact(ticket.confirmer), asked=None)


def record_confirmation(act: Act) -> None:
    """The reporter said yes on the telephone. One person writes it down; a second has to stand by it."""
    draft, ticket = act.draft, act.ticket
    if act.account is None:
        raise Refusal(Refused.NOT_ALLOWED)
    step(ticket.kind, ticket.status, Action.CONFIRM)
    words = draft.words(act.text(), "message", ticket.confirmer)
    ticket = draft.happened(ticket, "confirmation_recorded", (words,), recorded_by=act.account.id, recorded=words)
    others = [one for one in draft.state.leads_of(ticket.team) if one.id != act.account.id]
    team = [one for one in draft.state.accounts.values() if ticket.team in one.teams and one.id != act.account.id]
    for account in others or team:
        draft.tell(account, "alarm", ticket, params={"reason": "second_person"})


def witness(act: Act) -> None:
    """A second person, on another device, stands by a yes that was given by telephone."""
    ticket = act.ticket
    if ticket.recorded_by is None or ticket.recorded is None:
        step(ticket.kind, ticket.status, Action.CONFIRM)
        raise Refusal(Refused.MISSING, field="confirmation")
    if act.account is None or act.account.id == ticket.recorded_by:
        raise Refusal(Refused.NOT_ALLOWED, needs="second_person")
    _close(
        act,
        (ticket.recorded,),
        confirmed_by=ticket.confirmer,
        confirmed_on="telephone",
        witness=act.account.id,
    )


def _thanks_fit(ticket: Ticket, after: int = 0) -> bool:
    """Whether the thanks still fit into the budget of a quiet P3; whoever had to say no once is always thanked."""
    return ticket.priority is not Priority.P3 or ticket.reopened > 0 or ticket.told + after < QUIET_LIFE


def deny(act: Act) -> None:
    """It does not work: back to the same agent if they are there, else to the team."""
    draft, ticket = act.draft, act.ticket
    assert act.contact is not None
    action = Action.REOPEN if ticket.status is Status.CLOSED else Action.DENY
    if action is Action.REOPEN and reopen_too_late(draft, ticket):
        raise Refusal(Refused.INVALID_TRANSITION, status=ticket.status.value)
    said = act.maybe("words")
    words = (draft.words(said, "message", act.contact.id),) if said else ()
    ticket = draft.moved(
        ticket,
        action,
        "reopened" if action is Action.REOPEN else "denied",
        words,
        ended_at=None,
        resolved_at=None,
        restored_at=None,
        verified_at=None,
        checks=[],
        # What was said to be the cause was not, or not all of it.
        cause=None,
        figure=None,
        recorded_by=None,
        recorded=None,
        reopened=ticket.reopened + 1,
        next_update_by=next_update(draft.state.config, ticket.organisation, ticket.priority, draft.now),
    )
    draft.never(act.stream, "confirm_remind", "confirm_lapse")
    draft.remember(draft.contact(act.contact.id), asked=None)
    ticket = draft.tell_reporter(ticket, "reopened", params={"agent": ticket.assignee})
    ticket = take_back(act, ticket)
    watch_promise(draft, ticket)


def reopen_too_late(draft: Draft, ticket: Ticket) -> bool:
    """Whether an ended ticket has been ended for so long that the same trouble is a new report."""
    window = timedelta(days=draft.state.config.desk.reopen_days)
    return ticket.ended_at is not None and draft.now - ticket.ended_at > window


def not_yet(act: Act) -> Answer | None:
    """Not tried yet: asked again a day later, and the end of waiting moves with it."""
    draft, ticket = act.draft, act.ticket
    if ticket.status is not Status.AWAITING_CONFIRMATION:
        return Answer(outcome="void")
    desk = draft.state.config.desk
    ticket = draft.happened(ticket, "not_checked_yet")
    next_ask = _daytime(draft, ticket, timedelta(hours=desk.confirm_reminder_hours))
    # The thanks at the end must still fit.
    if _thanks_fit(ticket, after=1):
        ticket = draft.tell_reporter(ticket, "not_yet", params={"next_ask": next_ask})
    draft.later(act.stream, "confirm_remind", next_ask)
    draft.later(act.stream, "confirm_lapse", draft.now + timedelta(hours=desk.confirm_lapse_hours))
    return None


def contradiction(act: Act) -> Answer | None:
    """A yes with a complaint in it, or a bare "ok": one question, once."""
    draft, ticket = act.draft, act.ticket
    assert act.contact is not None
    if ticket.status not in (Status.AWAITING_CONFIRMATION, Status.LAPSED):
        return Answer(outcome="void")
    asked = draft.contact(act.contact.id).asked
    if asked and asked.what == "contradiction" and asked.ticket == ticket.id:
        return Answer(outcome="void")
    ticket = draft.happened(ticket, "answer_unclear")
    draft.tell_reporter(ticket, "contradiction")
    ask(draft, act.contact.id, "contradiction", ticket, ("yes", "no"))
    return None


def score(act: Act) -> Answer | None:
    """How did we do, after the yes."""
    value = act.one_of("score", SCORES)
    if act.ticket.status is not Status.CLOSED:
        return Answer(outcome="void")
    act.draft.happened(act.ticket, "scored", score=value)
    if act.contact:
        act.draft.remember(act.draft.contact(act.contact.id), asked=None)
    return None


def reporter_says_works(act: Act) -> None:
    """ "Udah bisa, gak jadi": from any open status the reporter is asked one button, and work stops meanwhile."""
    draft, ticket = act.draft, act.ticket
    ticket = draft.moved(ticket, Action.REPORTER_SAYS_WORKS, "reporter_says_works", **rest(draft, ticket))
    ask_confirmation(draft, ticket)


def confirm_remind(act: Act) -> Answer | None:
    """The clock: one reminder, by day, on the channel that they use."""
    draft, ticket = act.draft, act.ticket
    if ticket.status is not Status.AWAITING_CONFIRMATION:
        return Answer(outcome="void")
    ticket = draft.happened(ticket, "confirmation_reminded", reminders=ticket.reminders + 1)
    desk = draft.state.config.desk
    lapse = draft.now + timedelta(hours=desk.confirm_lapse_hours - desk.confirm_reminder_hours)
    # A P1 never lapses, so no day is named.
    draft.tell_reporter(ticket, "remind", params={} if ticket.priority is Priority.P1 else {"lapse_at": lapse})
    draft.later(act.stream, "confirm_lapse", lapse)
    ask(draft, ticket.confirmer, "confirm", ticket, CONFIRM_CHOICES)
    return None


def confirm_lapse(act: Act) -> Answer | None:
    """The clock: no answer after the reminder. It is filed as unconfirmed; a P1 stays with the lead instead."""
    draft, ticket = act.draft, act.ticket
    if ticket.status is not Status.AWAITING_CONFIRMATION:
        return Answer(outcome="void")
    if ticket.priority is Priority.P1:
        ticket = draft.happened(ticket, "confirmation_overdue")
        for lead in draft.state.leads_of(ticket.team):
            draft.tell(lead, "alarm", ticket, params={"reason": "p1_unconfirmed"})
        day = timedelta(hours=24)
        draft.later(act.stream, "confirm_remind", _daytime(draft, ticket, day))
        draft.later(act.stream, "confirm_lapse", draft.now + 2 * day)
        return None
    draft.moved(ticket, Action.LAPSE, "lapsed", ended_at=draft.now, **rest(draft, ticket))
    return None


def object_to(act: Act) -> None:
    """The reporter does not agree with a cancel: it is open again, and the lead is told."""
    draft = act.draft
    step(act.ticket.kind, act.ticket.status, Action.OBJECT)
    if reopen_too_late(draft, act.ticket):
        raise Refusal(Refused.INVALID_TRANSITION, status=act.ticket.status.value)
    promise = next_update(draft.state.config, act.ticket.organisation, act.ticket.priority, draft.now)
    ticket = draft.moved(
        act.ticket,
        Action.OBJECT,
        "objected",
        ended_at=None,
        assignee=None,
        passed_by=(),
        resolved_at=None,
        restored_at=None,
        verified_at=None,
        checks=[],
        figure=None,
        next_update_by=promise,
    )
    ticket = draft.tell_reporter(ticket, "object_received")
    alarm(draft, ticket, "objected")
    watch_promise(draft, ticket)
    seek(draft, draft.ticket(ticket.id))
