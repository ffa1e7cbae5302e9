"""What a decision wants written: plain values, in the order in which they were decided. Nothing touches a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tickets.commands import Answer, Command, Media, Person, Urgency
from tickets.events import NewEvent
from tickets.model import Channel, Contact, Disposition, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Words of a person. ``about`` is the contact whom an erasure would be for, where there is one."""

    id: str
    words: str
    kind: Literal["message", "note", "name", "cause", "workaround", "figure", "reason", "reply"]
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message row. ``tickets`` are the tickets that it belongs to (none, one or more)."""

    id: str
    key: str
    channel: Channel
    direction: Literal["in", "out", "note"]
    at: datetime
    content: str | None
    tickets: tuple[str, ...] = ()
    contact: str | None = None
    account: str | None = None
    external_id: str | None = None
    disposition: Disposition | None = None
    purpose: str | None = None
    parts: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    raw: bytes | None = None
    raw_type: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A message that waited in the tray now belongs to a ticket."""

    message: str
    ticket: str
    disposition: Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """Somebody must be told something once.

    ``params`` are plain values for the text: codes, times, ids of content rows, never words of a person. ``supersedes``
    lets a later notice of the same purpose for the same person and ticket take the place of one that has not left yet
    (a card shows the newest state only).
    """

    person: Person
    purpose: str
    channel: Channel
    ticket: str | None = None
    urgency: Urgency = "normal"
    not_before: datetime | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    address: str | None = None
    supersedes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something to look at again at a time. Unique by (stream, what): a later one replaces an earlier one."""

    stream: str
    what: str
    at: datetime | None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cancelled(self) -> bool:
        """A due row without a time takes the earlier one away."""
        return self.at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A tracking page's secret, kept as a hash: it opens one ticket for one contact."""

    digest: str
    ticket: str
    contact: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that one decision changes. ``commands`` are decided next, in the same transaction."""

    answer: Answer = field(default_factory=Answer)
    events: tuple[NewEvent, ...] = ()
    contents: tuple[Content, ...] = ()
    messages: tuple[NewMessage, ...] = ()
    filed: tuple[Filed, ...] = ()
    notices: tuple[NewNotice, ...] = ()
    due: tuple[Due, ...] = ()
    contacts: tuple[Contact, ...] = ()
    identities: tuple[Identity, ...] = ()
    grants: tuple[Grant, ...] = ()
    commands: tuple[Command, ...] = ()
