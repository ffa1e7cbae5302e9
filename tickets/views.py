"""What the doors show: a ticket with its words, its conversation and its history; and what a notice is made from.

Plain values that ``tickets/store`` reads and that the channels put into pages, cards and texts. They hold words of
people, so they are never logged.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec

from tickets.commands import Person, Urgency
from tickets.model import Account, Channel, Contact, Disposition, Identity, Ticket
from tickets.outbound import Delivery

Item = TypeVar("Item")


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote or holds something; ``name`` is None where the person gave none."""

    kind: Literal["contact", "account", "desk"]
    id: str = ""
    name: str | None = None


class AttachmentView(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a message. ``state`` is ``waiting`` until it was fetched, then ``stored`` or ``refused``."""

    no: int
    content_type: str
    filename: str | None
    state: Literal["waiting", "stored", "refused"]
    reason: str | None = None
    size: int | None = None


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a conversation; ``delivery`` is how far an outbound one has come."""

    id: str
    at: datetime
    direction: Literal["in", "out", "note"]
    channel: Channel
    author: Party
    text: str
    purpose: str | None = None
    disposition: Disposition | None = None
    parts: tuple[str, ...] = ()
    attachments: tuple[AttachmentView, ...] = ()
    delivery: Delivery | None = None


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a ticket's stream; ``config`` is the hash of the configuration that decided it."""

    seq: int
    type: str
    at: datetime
    actor: str
    data: Mapping[str, Any]
    config: str


class TicketRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket in a list. ``subject`` are the first words of the report."""

    ticket: Ticket
    subject: str
    reporter: Party
    assignee: Party | None = None
    offered_to: Party | None = None


class TicketView(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket with everything that may be shown of it.

    ``words`` maps ``subject``, ``cause``, ``workaround`` and ``figure`` to what was written, where it was.
    """

    ticket: Ticket
    reporter: Party
    contact: Contact
    identities: tuple[Identity, ...]
    words: Mapping[str, str]
    assignee: Party | None = None
    offered_to: Party | None = None
    messages: tuple[MessageView, ...] = ()
    events: tuple[EventView, ...] = ()


class Page(msgspec.Struct, Generic[Item], frozen=True, kw_only=True):
    """A part of a list; ``next`` asks for the part after it."""

    items: tuple[Item, ...]
    next: str | None = None


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token as it is stored: never its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody must be told something once: a row of the outbox."""

    id: str
    position: int
    ticket: str | None
    event: str
    person: Person
    purpose: str
    params: Mapping[str, Any]
    address: str | None
    channel: Channel
    urgency: Urgency
    lane: str
    tries: int
    created_at: datetime
    # A worker before this one may have sent it: its lease ran out while it was sending.
    in_doubt: bool = False


class Briefing(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to say whether a notice is still relevant, and to put it into words.

    ``view`` is None for a notice without a ticket. ``words`` are the content rows that ``params`` names (id → words).
    ``replaces`` is the provider's id of the last message of the same purpose for the same person and ticket.
    ``answers`` is the provider's id of the reporter's newest message of this ticket, for a quote.
    """

    notice: Notice
    view: TicketView | None
    account: Account | None
    contact: Contact | None
    name: str | None
    identities: tuple[Identity, ...]
    words: Mapping[str, str]
    replaces: str | None = None
    answers: str | None = None
