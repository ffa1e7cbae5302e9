"""What leaves the desk, and what comes back about it. The Protocols that the composition root hands around."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from tickets.model import Channel


class Choice(msgspec.Struct, frozen=True):
    """One answer that can be tapped: what comes back, and what stands on the button (at most 20 characters)."""

    payload: str
    title: str
    url: str | None = None


class OutboundMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message ready to leave: rendered, in the person's language, for one address.

    ``key`` is stable over every try of the same notice, so that a provider that knows keys can drop a double.
    ``replaces`` is the provider's id of an earlier message that this one takes the place of (a card is edited).
    ``rows`` are lines of buttons for channels that have rows; others take ``choices`` flat.
    """

    key: str
    channel: Channel
    address: str
    text: str
    language: str
    purpose: str
    rows: tuple[tuple[Choice, ...], ...] = ()
    replaces: str | None = None
    reply_to: str | None = None
    silent: bool = False
    wants_reply: bool = False
    # Spans of ``text`` shown bold: (start, length) in characters.
    bold: tuple[tuple[int, int], ...] = ()
    # A content template of the provider that carries the same words with buttons: its name and variables.
    template: str | None = None
    variables: dict[str, str] = {}
    status_url: str | None = None
    attachments: tuple[str, ...] = ()
    # A try before this one may have arrived; the channel looks, or says so.
    in_doubt: bool = False
    # The first try cannot have left before this; a look at the provider need not go further back.
    since: datetime | None = None

    @property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(choice for row in self.rows for choice in row)


class Delivery(StrEnum):
    """How far a message has come, as its provider says. A lattice: later reports never lower it (``advance``)."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


_RANK = {Delivery.QUEUED: 0, Delivery.SENT: 1, Delivery.FAILED: 2, Delivery.DELIVERED: 3, Delivery.READ: 4}


def advance(known: Delivery | None, reported: Delivery) -> Delivery:
    """The state after one more report, whatever their order: the higher one; failed stays unless delivered is known."""
    if known is None or _RANK[reported] > _RANK[known]:
        return reported
    return known


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider said about one message of ours."""

    provider_id: str
    state: Delivery
    at: datetime
    reason: str | None = None


class Reason(StrEnum):
    """Why a message could not be sent: a closed list, used in receipts, metrics and on the ticket."""

    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    AUTH = "auth"
    REJECTED = "rejected"
    INVALID_ADDRESS = "invalid_address"
    OPTED_OUT = "opted_out"
    BLOCKED = "blocked"
    WINDOW_CLOSED = "window_closed"
    NOT_JOINED = "not_joined"
    TOO_LARGE = "too_large"
    NO_ADDRESS = "no_address"
    UNRENDERABLE = "unrenderable"
    GIVEN_UP = "given_up"


class Temporary(Exception):
    """Try again later; ``retry_after_s`` is what the provider asked for."""

    def __init__(self, reason: Reason, retry_after_s: float | None = None) -> None:
        super().__init__(reason.value)
        self.reason, self.retry_after_s = reason, retry_after_s


class Permanent(Exception):
    """Trying again would not help."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Unknown(Exception):
    """The provider may have it, or not: the connection broke after the request had left."""


class Bell(Protocol):
    """Wakes the workers after a commit. Never delays an answer, and may fail: the sweep finds what it missed."""

    def ring(self, lanes: Iterable[str]) -> None:
        """Say that these lanes have something to do; returns within 200 ms and never raises."""
        ...


class Blobs(Protocol):
    """Bytes by their digest; what is put is on the disk when ``put`` returns."""

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256 in hex."""
        ...

    def get(self, digest: str) -> bytes | None:
        """The bytes, or None where they are gone."""
        ...
