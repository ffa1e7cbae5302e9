"""What a ticket is about, and how pressing: corrected by people, computed by the matrix, never typed."""

from typing import Any

from router.act import Act, Refusal
from router.actions.closing import ask_confirmation, rest
from router.actions.offers import move_to
from router.actions.work import begin
from router.draft import Draft
from router.offering import alarm, clear_offer, page_until_taken, seek, urgency_of
from router.opening import watch_promise
from router.sight import in_sight
from tickets.commands import Refused
from tickets.lifecycle import Action, step
from tickets.model import Kind, Level, Priority, Status, Ticket
from tickets.sla import next_update

CANCEL_REASONS = ("spam", "not_ours", "duplicate", "withdrawn")
_LEVELS = tuple(level.value for level in Level)
_ENDS = (
    "took_over", "promise", "offer_expired", "offer_again", "page_again", "waiting_over", "confirm_remind",
    "confirm_lapse",
)  # fmt: skip


def set_service(act: Act) -> None:
    """The service concerned. Before the first work the ticket goes to that service's team."""
    service = act.one_of("service", act.draft.state.config.services)
    place_service(act, act.ticket, service, "service_set")


def choose_service(act: Act) -> None:
    """The reporter says which part is failing."""
    service = act.one_of("service", act.draft.state.config.services)
    if act.contact:
        act.draft.remember(act.draft.contact(act.contact.id), asked=None)
    place_service(act, act.ticket, service, "service_chosen")


def place_service(act: Act, ticket: Ticket, service: str, what: str) -> Ticket:
    """Set the service and its category; hand the ticket over where nobody has begun."""
    draft, found = act.draft, act.draft.state.config.services[service]
    ticket = draft.happened(ticket, what, service=service, category=found.category)
    before_work = ticket.status in (Status.NEW, Status.OFFERED)
    if before_work and found.team != ticket.team:
        return move_to(act, ticket, found.team, "rerouted")
    return ticket


def set_levels(act: Act) -> None:
    """Impact and urgency; the matrix makes the priority of them."""
    impact = Level(act.one_of("impact", _LEVELS))
    urgency = Level(act.one_of("urgency", _LEVELS))
    rate(act.draft, act.ticket, impact, urgency, "levels_set")


def p1(act: Act) -> None:
    """One tap: this is a P1."""
    rate(act.draft, act.ticket, Level.HIGH, Level.HIGH, "p1_confirmed")


def all_stopped(act: Act) -> None:
    """The reporter chose "all stopped" outside hours: the person on duty is called."""
    if act.ticket.priority is Priority.P1:
        return
    ticket = rate(act.draft, act.ticket, Level.HIGH, Level.HIGH, "all_stopped")
    alarm(act.draft, ticket, "all_stopped")


def not_p1(act: Act) -> None:
    """One tap: this is no P1."""
    act.draft.happened(act.ticket, "p1_denied", p1_suspected=False)


def rate(
    draft: Draft, ticket: Ticket, impact: Level, urgency: Level, what: str, *, held_at: Priority | None = None
) -> Ticket:
    """Set the levels; a new priority renews the promise where it is nearer, and pages where it is a P1.

    ``held_at``: one voice alone said it, so the matrix does not decide; a person is asked whether it is a P1.
    """
    config = draft.state.config
    priority = held_at or Priority(config.matrix[impact.value][urgency.value])
    promise = next_update(config, ticket.organisation, priority, draft.now)
    if ticket.next_update_by and ticket.next_update_by < promise:
        promise = ticket.next_update_by
    changed: dict[str, Any] = {"priority": priority} if priority is not ticket.priority else {}
    if ticket.next_update_by:
        changed["next_update_by"] = promise
    ticket = draft.happened(ticket, what, impact=impact, urgency=urgency, p1_suspected=held_at is not None, **changed)
    if "priority" in changed and ticket.open:
        watch_promise(draft, ticket)
        draft.tell(
            draft.holder(ticket.assignee or ticket.offered_to), "page" if priority is Priority.P1 else "card", ticket,
            urgency=urgency_of(ticket),
        )  # fmt: skip
        page_until_taken(draft, ticket)
        ticket = seek(draft, ticket, quiet=priority is not Priority.P1)
    return ticket


def not_an_incident(act: Act) -> None:
    """Nothing is broken. With words it is answered at once, and the reporter is asked whether that is settled."""
    draft, text = act.draft, act.maybe("text")
    ticket = act.ticket
    if ticket.kind is Kind.NOT_AN_INCIDENT and text is None:
        raise Refusal(Refused.ALREADY)
    if ticket.status not in (Status.ASSIGNED, Status.INVESTIGATING, Status.RESTORED, Status.NEW, Status.OFFERED):
        step(Kind.NOT_AN_INCIDENT, ticket.status, Action.RESOLVE)
    ticket = draft.happened(ticket, "not_an_incident", kind=Kind.NOT_AN_INCIDENT)
    if text is None:
        return
    act.ticket = ticket
    ticket = begin(act)
    words = draft.words(text, "cause")
    ticket = draft.moved(ticket, Action.RESOLVE, "answered", (words,), cause=words, resolved_at=draft.now)
    ticket = draft.tell_reporter(ticket, "not_an_incident", params={"words": words})
    ask_confirmation(draft, ticket, asked=True)


def cancel(act: Act) -> None:
    """Spam, not ours, twice: ended without a repair. The reporter is told and may object; a spammer is not told."""
    draft, reason = act.draft, act.one_of("reason", CANCEL_REASONS)
    text = act.maybe("text")
    words = (draft.words(text, "reason"),) if text else ()
    begun = act.ticket.status not in (Status.NEW, Status.OFFERED, Status.ASSIGNED)
    if reason == "spam" and begun and act.account and not act.account.leads:
        # Its reporter would not be told: after work has begun that is a lead's decision.
        raise Refusal(Refused.NOT_ALLOWED, needs="lead")
    ticket = draft.moved(
        act.ticket, Action.CANCEL, "cancelled", words, ended_at=draft.now, reason=reason, **rest(draft, act.ticket)
    )
    asked = draft.contact(ticket.confirmer).asked
    if asked and asked.ticket == ticket.id:
        draft.remember(draft.contact(ticket.confirmer), asked=None)
    draft.never(act.stream, *_ENDS)
    if reason != "spam":
        draft.tell_reporter(ticket, "cancelled", params={"reason": reason, "words": words[0] if words else None})


def merge(act: Act) -> None:
    """Two reports of one thing: this one goes on inside the other, of the same client and in sight of who merges."""
    draft, state = act.draft, act.draft.state
    into = state.ticket(act.text("into", longest=40))
    if into is None or into.id == act.ticket.id or not into.open or not in_sight(act.account, into, state):
        raise Refusal(Refused.UNKNOWN_TICKET, field="into")
    if into.organisation != act.ticket.organisation:
        raise Refusal(Refused.NOT_ALLOWED, needs="same_organisation")
    ticket = draft.moved(
        act.ticket,
        Action.MERGE,
        "merged",
        merged_from=Status.NEW if act.ticket.status is Status.OFFERED else act.ticket.status,
        merged_into=into.id,
        ended_at=draft.now,
        next_update_by=None,
        **clear_offer(draft, act.ticket),
    )
    draft.never(act.stream, *_ENDS)
    draft.happened(into, "took_in", other=ticket.id)


def unmerge(act: Act) -> None:
    """They were two things after all: this one is as it was before, with its next step."""
    draft = act.draft
    ticket = draft.moved(act.ticket, Action.UNMERGE, "unmerged", merged_from=None, merged_into=None, ended_at=None)
    if ticket.status is Status.AWAITING_CONFIRMATION:
        ask_confirmation(draft, ticket)
        return
    promise = next_update(draft.state.config, ticket.organisation, ticket.priority, draft.now)
    ticket = draft.happened(ticket, "promised", next_update_by=promise)
    watch_promise(draft, ticket)
    if ticket.status is Status.WAITING:
        draft.later(act.stream, "waiting_over", max(draft.now, ticket.waiting_until or draft.now))
    page_until_taken(draft, ticket)
    seek(draft, ticket)
