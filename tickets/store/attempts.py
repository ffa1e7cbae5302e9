"""Tries: what is about to leave, what became of it, and the message that pages show of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from tickets.model import Channel, Identity
from tickets.store import schema
from tickets.store.rows import claim
from tickets.store.salts import clean, new_salts
from tickets.views import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try on one identity that is about to leave; ``text`` is what the person will read."""

    notice: Notice
    channel: Channel
    address: str
    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a try. ``fallback``: final on this identity, but the same notice may go to another one."""

    notice: Notice
    state: Literal["sent", "retry", "failed", "dropped"]
    provider_id: str | None = None
    reason: str | None = None
    not_before: datetime | None = None
    fallback: Identity | None = None


def keep_attempts(connection: Connection, attempts: Sequence[Attempt], now: datetime) -> None:
    """Write the tries, and for people outside the text as a message of the ticket, once however often it is tried."""
    claim(connection, schema.attempt, [_attempt_row(one, now) for one in attempts], "notice_id")
    said = [one for one in attempts if one.notice.person.kind == "contact" and not _written(one.notice)]
    contents = [_content_row(one, salt) for one, salt in zip(said, new_salts(len(said)), strict=True)]
    claim(connection, schema.content, contents, "id")
    claim(connection, schema.message, [_message_row(one, now) for one in said], "id")
    joins = [{"ticket_id": one.notice.ticket, "message_id": one.notice.id} for one in said if one.notice.ticket]
    claim(connection, schema.message_ticket, joins, "message_id")


def _attempt_row(one: Attempt, now: datetime) -> dict[str, Any]:
    outside = one.notice.person.kind == "contact"
    return {
        "notice_id": one.notice.id,
        "no": one.notice.tries + 1,
        "channel": one.channel,
        "address": one.address,
        "state": "sending",
        "started_at": now,
        "message_id": (_written(one.notice) or one.notice.id) if outside else None,
    }


def _written(notice: Notice) -> str | None:
    """The message row that a notice passes on, where somebody wrote its words: an agent's reply."""
    message = notice.params.get("message")
    return message if isinstance(message, str) else None


def _content_row(one: Attempt, salt: str) -> dict[str, Any]:
    return {
        "id": _content_id(one.notice),
        "kind": "sent",
        "about": one.notice.person.id,
        "salt": salt,
        "words": clean(one.text),
    }


def _content_id(notice: Notice) -> str:
    """Another id that follows from the notice, so that a second try writes no second message."""
    return notice.id[::-1]


def _message_row(one: Attempt, now: datetime) -> dict[str, Any]:
    return {
        "id": one.notice.id,
        "key": f"notice:{one.notice.id}",
        "channel": one.channel,
        "direction": "out",
        "at": now,
        "content": _content_id(one.notice),
        "contact": one.notice.person.id,
        "account": None,
        "external_id": None,
        "disposition": None,
        "purpose": one.notice.purpose,
        "parts": (),
        "sent_at": None,
    }
