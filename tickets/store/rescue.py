"""What is kept of an item that could not be decided: its raw row, a line in the quarantine, and an alarm."""

import traceback
from dataclasses import replace
from datetime import datetime
from typing import Any

from tickets.changes import Changes, NewMessage, NewNotice
from tickets.commands import Answer, InboundMessage, Person, Refused, refuse
from tickets.model import Channel, Disposition
from tickets.snapshot import Snapshot
from tickets.submission import Submission


def inbound(item: Any) -> InboundMessage | None:
    """The message from outside in an item, whether it is one or only carries one (``item.message``)."""
    found = getattr(item, "message", item)
    return found if isinstance(found, InboundMessage) else None


def raw_alone(submission: Submission, state: Snapshot) -> Changes:
    """No words, no ticket: the bytes of a message under the disposition ``unreadable``; of a command only a refusal."""
    message = inbound(submission.item)
    alarm = _alarm(state)
    if message is None:
        return Changes(answer=refuse(Refused.QUARANTINED), notices=alarm)
    kept = NewMessage(
        id=state.new_id(),
        key=message.key,
        channel=message.channel,
        direction="in",
        at=message.received_at,
        content=None,
        disposition=Disposition.UNREADABLE,
        external_id=message.external_id,
        raw=message.raw or message.text.encode("utf-8", "replace"),
        raw_type=message.raw_type,
    )
    facts = {"disposition": Disposition.UNREADABLE.value}
    return Changes(answer=Answer(outcome="quarantined", facts=facts), messages=(kept,), notices=alarm)


def _alarm(state: Snapshot) -> tuple[NewNotice, ...]:
    leads = state.leads_of(state.config.fallback.team)
    return tuple(
        NewNotice(
            person=Person("account", lead.id),
            purpose="alarm",
            channel=Channel.TELEGRAM,
            urgency="page",
            params={"what": "quarantined"},
        )
        for lead in leads
    )


def without_changes(changes: Changes) -> Changes:
    """A rescue leads to no further commands: whatever failed once would run again."""
    return replace(changes, commands=())


def trace_row(key: str, changes: Changes, error: BaseException, at: datetime) -> dict[str, Any]:
    """A row of the quarantine: the kind of error and where it happened, without values, which may be people's words."""
    return {
        "key": key,
        "at": at,
        "ticket_id": changes.answer.ticket,
        "message_id": changes.messages[0].id if changes.messages else None,
        "error": type(error).__name__[:200],
        "trace": where(error, frames=12, between="\n"),
        "settled_at": None,
    }


def where(error: BaseException, frames: int = 1, between: str = " ") -> str:
    """The innermost places that an error came through: file, line and function, never a value."""
    found = traceback.extract_tb(error.__traceback__)[-frames:]
    return between.join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found)
