"""How a ticket looks in the API. Times are RFC 3339 in UTC; names are as in ``docs/vocabulary.md``."""

from typing import Any

from tickets.lifecycle import allowed
from tickets.model import Ticket
from tickets.views import EventView, MessageView, Party, TicketRow, TicketView


def party(found: Party | None) -> dict[str, Any] | None:
    """A person; ``name`` is null where none is known."""
    return None if found is None else {"kind": found.kind, "id": found.id, "name": found.name}


def ticket(view: TicketView) -> dict[str, Any]:
    """A ticket with its conversation and its history."""
    shown = _common(view.ticket) | {
        "subject": view.words.get("subject"),
        "reporter": party(view.reporter),
        "assignee": party(view.assignee),
        "offered_to": party(view.offered_to),
        "cause": view.words.get("cause"),
        "workaround": view.words.get("workaround"),
        "figure": view.words.get("figure"),
        "checks": [{"service": check.service, "passed": check.passed} for check in view.ticket.checks],
        "allowed": [action.value for action in allowed(view.ticket.kind, view.ticket.status)],
    }
    shown["messages"] = [message(one) for one in view.messages]
    shown["events"] = [event(one) for one in view.events]
    return shown


def row(found: TicketRow) -> dict[str, Any]:
    """A ticket in a list: without conversation and history."""
    return _common(found.ticket) | {
        "subject": found.subject,
        "reporter": party(found.reporter),
        "assignee": party(found.assignee),
        "offered_to": party(found.offered_to),
    }


def _common(found: Ticket) -> dict[str, Any]:
    return {
        "id": found.id,
        "reference": found.reference,
        "kind": found.kind,
        "status": found.status,
        "waiting_for": found.waiting_for,
        "waiting_until": found.waiting_until,
        "priority": found.priority,
        "impact": found.impact,
        "urgency": found.urgency,
        "p1_suspected": found.p1_suspected,
        "quarantined": found.quarantined,
        "category": found.category,
        "service": found.service,
        "team": found.team,
        "channel": found.channel,
        "organisation": found.organisation,
        "confirmer": found.confirmer,
        "opened_at": found.opened_at,
        "occurred_at": found.occurred_at,
        "updated_at": found.updated_at,
        "next_update_by": found.next_update_by,
        "responded_at": found.responded_at,
        "restored_at": found.restored_at,
        "resolved_at": found.resolved_at,
        "verified_at": found.verified_at,
        "asked_at": found.asked_at,
        "ended_at": found.ended_at,
        "reopened": found.reopened,
        "merged_into": found.merged_into,
        "previous": found.previous,
        "score": found.score,
        "version": found.version,
    }


def message(found: MessageView) -> dict[str, Any]:
    """One message of the conversation; notes are among them."""
    return {
        "id": found.id,
        "at": found.at,
        "direction": found.direction,
        "channel": found.channel,
        "author": party(found.author),
        "text": found.text,
        "purpose": found.purpose,
        "disposition": found.disposition,
        "parts": found.parts,
        "attachments": [
            {
                "no": one.no,
                "content_type": one.content_type,
                "filename": one.filename,
                "state": one.state,
                "reason": one.reason,
                "size": one.size,
            }
            for one in found.attachments
        ],
        "delivery": found.delivery,
    }


def event(found: EventView) -> dict[str, Any]:
    """One event of the ticket's stream."""
    return {
        "seq": found.seq,
        "type": found.type,
        "at": found.at,
        "actor": found.actor,
        "data": found.data,
        "config": found.config,
    }
