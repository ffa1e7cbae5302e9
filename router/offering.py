"""Handing a ticket to somebody who is really there: offers, their time to accept, and who hears when nobody fits."""

from datetime import timedelta
from typing import Any

from config.schema import ConfigSet
from router.assign import Choice, Want, choose
from router.draft import Draft
from tickets.commands import Urgency
from tickets.lifecycle import Action
from tickets.model import Account, Priority, Status, Ticket

# Nobody fits now: look again after this long, in case somebody comes on duty or has a hand free.
LOOK_AGAIN = timedelta(minutes=1)
# When everybody has passed, the round begins anew after this long.
NEW_ROUND = timedelta(minutes=5)


def seek(draft: Draft, ticket: Ticket, *, quiet: bool = False) -> Ticket:
    """Offer a ticket that nobody holds to the agent who fits best; where nobody does, the lead is told.

    Before the first work the ticket goes to ``offered``; later offers leave the status alone. Never a random pick.
    ``quiet``: the lead has been told already that nobody fits.
    """
    if not ticket.open or ticket.assignee or ticket.offered_to or ticket.status is Status.AWAITING_CONFIRMATION:
        return ticket
    choice = _choice(draft, ticket)
    if choice.account is None:
        return _nobody(draft, ticket, choice, quiet=quiet)
    return offer(draft, ticket, draft.account(choice.account), choice)


def offer(draft: Draft, ticket: Ticket, account: Account, choice: Choice | None = None) -> Ticket:
    """Offer a ticket to one account, with its reasons, and a time to accept."""
    until = draft.now + offer_time(draft.state.config, ticket.priority)
    ticket = draft.moved(
        ticket,
        Action.OFFER,
        "offered",
        offered_to=account.id,
        offer_no=ticket.offer_no + 1,
        offer_until=until,
        why=choice.reasons if choice else {"chosen_by": "person"},
    )
    draft.tell(account, "offer", ticket, urgency=urgency_of(ticket), supersedes=True)
    draft.later(f"ticket:{ticket.id}", "offer_expired", until, account=account.id, offer=ticket.offer_no)
    draft.never(f"ticket:{ticket.id}", "offer_again")
    return ticket


def page_until_taken(draft: Draft, ticket: Ticket) -> None:
    """From now on the leads are paged about a P1 that nobody has, whatever becomes of its offers."""
    if ticket.priority is Priority.P1 and ticket.assignee is None and ticket.open:
        minutes = draft.state.config.desk.p1_page_minutes
        draft.later(f"ticket:{ticket.id}", "page_again", draft.now + timedelta(minutes=minutes))


def withdraw(draft: Draft, ticket: Ticket) -> Ticket:
    """Take an offer back that nobody has answered, because something else happened to the ticket."""
    if ticket.offered_to is None:
        return ticket
    offered = draft.holder(ticket.offered_to)
    ticket = draft.moved(ticket, Action.OFFER_WITHDRAWN, "offer_withdrawn", offered_to=None, offer_until=None)
    draft.tell(offered, "offer_gone", ticket, urgency="low")
    draft.never(f"ticket:{ticket.id}", "offer_expired")
    return ticket


def clear_offer(draft: Draft, ticket: Ticket) -> dict[str, Any]:
    """The fields that end an open offer as part of another event; the agent who had it is told."""
    if ticket.offered_to is None:
        return {}
    draft.tell(draft.holder(ticket.offered_to), "offer_gone", ticket, urgency="low")
    draft.never(f"ticket:{ticket.id}", "offer_expired")
    return {"offered_to": None, "offer_until": None}


def offer_time(config: ConfigSet, priority: Priority) -> timedelta:
    """How long an agent may think about an offer."""
    desk = config.desk
    minutes = desk.p1_offer_timeout_minutes if priority is Priority.P1 else desk.offer_timeout_minutes
    return timedelta(minutes=minutes)


def urgency_of(ticket: Ticket) -> Urgency:
    """How loud an agent's chat is: a P1 pages, a P3 is silent."""
    loudness: dict[Priority, Urgency] = {Priority.P1: "page", Priority.P2: "normal", Priority.P3: "low"}
    return loudness[ticket.priority]


def alarm(draft: Draft, ticket: Ticket, reason: str) -> None:
    """Tell the leads of the ticket's team, loudly enough for its priority."""
    urgency: Urgency = "page" if ticket.priority is Priority.P1 else "normal"
    for lead in draft.state.leads_of(ticket.team):
        draft.tell(lead, "alarm", ticket, urgency=urgency, params={"reason": reason})


def _choice(draft: Draft, ticket: Ticket) -> Choice:
    state = draft.state
    want = Want(team=ticket.team, priority=ticket.priority.value, passed_by=ticket.passed_by)
    return choose(
        want,
        accounts=list(state.accounts.values()),
        loads=state.loads,
        busy_since=state.busy_since,
        config=state.config,
        now=state.now,
    )


def _nobody(draft: Draft, ticket: Ticket, choice: Choice, *, quiet: bool) -> Ticket:
    """Nobody fits. Outside hours that is as it should be; else the lead is told, once per round."""
    stream = f"ticket:{ticket.id}"
    if choice.outside_hours and choice.opens_at and ticket.priority is not Priority.P1:
        draft.later(stream, "offer_again", choice.opens_at)
        return draft.happened(ticket, "waits_for_hours", opens_at=choice.opens_at, why=choice.reasons)
    if ticket.passed_by:
        ticket = draft.happened(ticket, "nobody_left", passed_by=(), why=choice.reasons)
        alarm(draft, ticket, "everybody_passed")
        draft.later(stream, "offer_again", draft.now + NEW_ROUND)
        return ticket
    draft.later(stream, "offer_again", draft.now + LOOK_AGAIN)
    if not quiet:
        ticket = draft.happened(ticket, "nobody_available", why=choice.reasons)
        alarm(draft, ticket, "nobody_available")
    return ticket
