"""Offers: accept, pass, hand on, escalate, give to somebody."""

from datetime import timedelta

from router.act import Act, Refusal
from router.offering import alarm, clear_offer, offer, page_until_taken, seek, withdraw
from tickets.commands import Answer, Refused
from tickets.lifecycle import Action, step
from tickets.model import Priority, Status, Ticket

# An acknowledged alarm about a P1 that nobody has taken comes again after this long.
HEARD = timedelta(minutes=15)


def _may_be_offered(act: Act) -> None:
    """Raise where nobody can be offered the ticket, because it waits for the reporter's answer or is over."""
    if act.ticket.status is not Status.OFFERED:
        step(act.ticket.kind, act.ticket.status, Action.OFFER)


def accept(act: Act) -> None:
    """The agent takes the ticket. Who held it before is told, and the reporter later, if no human word comes first."""
    draft, ticket = act.draft, act.ticket
    assert act.account is not None
    before = draft.holder(ticket.assignee)
    ticket = draft.moved(
        ticket,
        Action.ACCEPT,
        "accepted",
        assignee=act.account.id,
        offered_to=None,
        offer_until=None,
        passed_by=(),
    )
    if before and before.id != act.account.id:
        draft.tell(before, "taken", ticket, urgency="low", params={"by": act.account.id})
    draft.never(act.stream, "offer_expired", "offer_again", "page_again")
    if ticket.responded_at is None:
        silence = timedelta(minutes=draft.state.config.desk.took_over_silence_minutes)
        draft.later(act.stream, "took_over", draft.now + silence)


def pass_on(act: Act) -> None:
    """The agent cannot take it now: the next one is asked."""
    assert act.account is not None
    _not_taken(act, Action.PASS, "passed")


def _not_taken(act: Act, action: Action, what: str) -> None:
    draft, ticket = act.draft, act.ticket
    account = ticket.offered_to
    assert account is not None
    ticket = draft.moved(
        ticket,
        action,
        what,
        offered_to=None,
        offer_until=None,
        passed_by=(*ticket.passed_by, account),
        account=account,
    )
    draft.tell(draft.holder(account), "offer_gone", ticket, urgency="low", params={"why": what})
    draft.never(act.stream, "offer_expired")
    seek(draft, ticket)


def offer_expired(act: Act) -> Answer | None:
    """The clock: the time to accept is over. A later offer, or an answer, has made this one void."""
    ticket = act.ticket
    if ticket.offered_to is None or act.data.get("offer") != ticket.offer_no:
        return Answer(outcome="void")
    _not_taken(act, Action.OFFER_EXPIRED, "offer_expired")
    return None


def offer_again(act: Act) -> Answer | None:
    """The clock, or an agent who came on duty: somebody may fit now."""
    ticket = act.ticket
    if not ticket.open or ticket.assignee or ticket.offered_to or ticket.status is Status.AWAITING_CONFIRMATION:
        return Answer(outcome="void")
    seek(act.draft, ticket, quiet=True)
    return None


def page_again(act: Act) -> Answer | None:
    """The clock: nobody has taken a P1 yet, so its leads are called, again and again."""
    draft, ticket = act.draft, act.ticket
    if ticket.assignee or not ticket.open or ticket.priority is not Priority.P1:
        return Answer(outcome="void")
    ticket = draft.happened(ticket, "paged", pages=ticket.pages + 1)
    for lead in draft.state.leads_of(ticket.team):
        draft.tell(lead, "page", ticket, urgency="page", params={"reason": "p1_unaccepted", "pages": ticket.pages})
    minutes = draft.state.config.desk.p1_page_minutes
    draft.later(act.stream, "page_again", draft.now + timedelta(minutes=minutes))
    return None


def acknowledge(act: Act) -> None:
    """Somebody who has a say in it heard the alarm: it is quiet for a while, and for good once the ticket is taken."""
    ticket, account = act.ticket, act.account
    if account and not account.leads and account.id not in (ticket.assignee, ticket.offered_to):
        raise Refusal(Refused.NOT_YOURS)
    act.draft.happened(ticket, "acknowledged", by=account.id if account else None)
    if ticket.assignee:
        act.draft.never(act.stream, "page_again")
    else:
        act.draft.later(act.stream, "page_again", act.draft.now + HEARD)


def transfer(act: Act) -> None:
    """To another team. Status and clocks stay; the next agent is offered it."""
    _may_be_offered(act)
    team = act.one_of("team", act.draft.state.config.teams)
    if team == act.ticket.team:
        raise Refusal(Refused.ALREADY, team=team)
    move_to(act, act.ticket, team, "transferred")


def escalate(act: Act) -> None:
    """To the team that the own team escalates to; where there is none, the lead is told why."""
    _may_be_offered(act)
    draft, ticket = act.draft, act.ticket
    team = draft.state.config.teams.get(ticket.team)
    reason = act.maybe("reason")
    words = (draft.words(reason, "reason"),) if reason else ()
    if team and team.escalates_to:
        move_to(act, ticket, team.escalates_to, "escalated", words)
        return
    ticket = draft.happened(ticket, "escalated", words, reason=words[0] if words else None)
    alarm(draft, ticket, "escalated")


def move_to(act: Act, ticket: Ticket, team: str, what: str, words: tuple[str, ...] = ()) -> Ticket:
    """Give a ticket to a team: its agent lets go, the offer to somebody else is taken back, the new team is asked."""
    draft = act.draft
    before = draft.holder(ticket.assignee)
    ticket = withdraw(draft, ticket)
    ticket = draft.happened(ticket, what, words, team=team, assignee=None, passed_by=(), **{"from": ticket.team})
    if before and (act.account is None or before.id != act.account.id):
        draft.tell(before, "transferred", ticket, urgency="low", params={"team": team})
    draft.never(act.stream, "took_over")
    page_until_taken(draft, ticket)
    return seek(draft, ticket)


def assign(act: Act) -> None:
    """A lead gives the ticket to somebody by name: an offer to that account only."""
    _may_be_offered(act)
    draft = act.draft
    wanted = act.text("account", longest=120)
    account = draft.state.accounts.get(wanted) or draft.state.named(wanted)
    if account is None or not account.active:
        raise Refusal(Refused.UNKNOWN_ACCOUNT, account=wanted)
    if account.telegram_id is None:
        raise Refusal(Refused.INVALID, field="account", expected="an account that has linked its Telegram")
    if account.id in (act.ticket.assignee, act.ticket.offered_to):
        raise Refusal(Refused.ALREADY)
    ticket = withdraw(draft, act.ticket)
    if ticket.assignee:
        before = draft.holder(ticket.assignee)
        ticket = draft.happened(ticket, "released", assignee=None)
        draft.tell(before, "taken", ticket, urgency="low", params={"by": account.id})
    offer(draft, ticket, account)


def take_back(act: Act, ticket: Ticket) -> Ticket:
    """To the agent who had it, if they are there; else the team is asked."""
    draft = act.draft
    agent = draft.holder(ticket.assignee)
    if agent and agent.active and agent.presence.value in ("available", "busy"):
        draft.tell(agent, "reopened_for_you", ticket)
        return ticket
    ticket = draft.happened(ticket, "released", assignee=None, passed_by=(), **clear_offer(draft, ticket))
    page_until_taken(draft, ticket)
    return seek(draft, ticket)
