"""A new ticket: what the router decided about it and why, its promise, its tracking page, and who hears of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from config.schema import ConfigSet
from router.assign import taking_team
from router.draft import Draft
from router.offering import page_until_taken, seek
from router.prioritise import Rating
from router.rules import Classification
from tickets.changes import Grant
from tickets.hours import is_open, next_open
from tickets.model import Asked, Channel, Contact, Kind, Level, Priority, Status, Ticket
from tickets.sla import next_update
from tickets.tokens import fingerprint

PAGE_LIVES = timedelta(days=180)
# So many services fit on a list of buttons; the rest is typed.
OFFERED_SERVICES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What rules and matrix say about a report."""

    classification: Classification
    rating: Rating

    def fields(self) -> dict[str, Any]:
        """The ticket's fields that follow from it."""
        return {
            "kind": Kind(self.classification.kind),
            "category": self.classification.category,
            "service": self.classification.service,
            "team": self.classification.team,
            "impact": Level(self.rating.impact),
            "urgency": Level(self.rating.urgency),
            "priority": Priority(self.rating.priority),
            "p1_suspected": self.rating.p1_suspected,
        }

    def reasons(self) -> dict[str, Any]:
        """Why: the rules that matched and the figures of the matrix; codes only, no words of the report."""
        return {"rules": list(self.classification.rules), "rating": self.rating.reasons}


def open_ticket(
    draft: Draft,
    contact: Contact,
    decided: Decided,
    *,
    channel: Channel,
    subject: str | None,
    greets: str,
    what: str = "",
    extra: dict[str, Any],
) -> Ticket:
    """Open a ticket for a contact and offer it.

    ``greets`` is the text that answers the report (``ack``, or ``voice`` for a report without words, which ``what``
    then names: ``voice`` or ``file``). ``extra`` are further fields of the ticket.
    """
    config = draft.state.config
    fields = decided.fields()
    promise = next_update(config, contact.organisation, fields["priority"], draft.now)
    ticket = draft.happened(
        draft.state.new_id(),
        "opened",
        draft.sealable(subject),
        reference=draft.state.new_reference(),
        organisation=contact.organisation,
        status=Status.NEW,
        channel=channel,
        reporter=contact.id,
        confirmer=contact.id,
        subject=subject,
        opened_at=draft.now,
        next_update_by=promise,
        why=decided.reasons(),
        **fields,
        **extra,
    )
    asked = draft.contact(contact.id).asked
    if asked and asked.what == "score":
        # A new trouble is on: how the last one was handled is not asked any more.
        contact = draft.remember(draft.contact(contact.id), asked=None)
    open_page(draft, ticket, contact)
    ticket = _answer(draft, ticket, contact, greets, what)
    watch_promise(draft, ticket)
    page_until_taken(draft, ticket)
    return seek(draft, ticket)


def watch_promise(draft: Draft, ticket: Ticket) -> None:
    """Look at the promise shortly before it is due, and when it is."""
    if ticket.next_update_by is None:
        return
    warning = timedelta(minutes=draft.state.config.desk.promise_warning_minutes)
    soon = max(draft.now, ticket.next_update_by - warning)
    draft.later(f"ticket:{ticket.id}", "promise", soon)


def open_page(draft: Draft, ticket: Ticket, contact: Contact) -> None:
    """Let a contact's secret open the page of their ticket."""
    token = draft.state.tokens.tracking(ticket.id, contact.id)
    draft.grant(
        Grant(digest=fingerprint(token), ticket=ticket.id, contact=contact.id, expires_at=draft.now + PAGE_LIVES)
    )


def _answer(draft: Draft, ticket: Ticket, contact: Contact, greets: str, what: str) -> Ticket:
    """The first text: received, the reference, and when the next news comes."""
    purpose, params = _first_text(draft, ticket, greets, what)
    if not contact.told_privacy:
        params["privacy"] = True
        contact = draft.remember(draft.contact(contact.id), told_privacy=True)
    ticket = draft.tell_reporter(ticket, purpose, params=params)
    if purpose == "ask_service":
        ask(draft, contact.id, "service", ticket, tuple(params["services"]))
    return ticket


def _first_text(draft: Draft, ticket: Ticket, greets: str, what: str) -> tuple[str, dict[str, Any]]:
    config = draft.state.config
    team = config.teams.get(ticket.team)
    # The hours are those of the team that takes it: the shared one, where the ticket's own has no members.
    taking = config.teams.get(taking_team(ticket.team, list(draft.state.accounts.values()), config))
    calendar = config.calendars.get(taking.calendar) if taking else None
    if greets != "ack":
        return greets, {"what": what}
    if team and team.restricted:
        return "security", {}
    if calendar and ticket.priority is not Priority.P1 and not is_open(calendar, ticket.opened_at):
        return "ack_outside_hours", {"opens_at": next_open(calendar, ticket.opened_at)}
    if ticket.priority is Priority.P1:
        return "ack_p1", {}
    if ticket.service is None and ticket.kind is Kind.INCIDENT and ticket.category == "other":
        return "ask_service", {"services": services_to_ask(config)}
    return "ack", {}


def services_to_ask(config: ConfigSet) -> list[str]:
    """The services that a customer may choose from, in the order of the file."""
    return [code for code, service in config.services.items() if service.public][:OFFERED_SERVICES]


def ask(draft: Draft, contact: str, what: Any, ticket: Ticket | None, choices: tuple[str, ...], **more: Any) -> None:
    """Remember that a person was asked something, so that "1" or "ya" means something."""
    question = Asked(what=what, at=draft.now, ticket=ticket.id if ticket else None, choices=choices, **more)
    draft.remember(draft.contact(contact), asked=question)
