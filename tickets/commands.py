"""What enters the desk: messages of people, and commands. And what the desk answers.

A tap, a reply, a due timer and an API call are all a ``Command``; a bubble, a mail and a form are all an
``InboundMessage``. Each carries a key that is unique for ever, so that a repeat gets the stored answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

from tickets.model import Channel


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message: either its bytes, or the provider's address to fetch it from."""

    content_type: str
    filename: str | None = None
    url: str | None = None
    data: bytes | None = None


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote, as the channel knows it.

    ``address`` is E.164 (``+62…``) or a provider's id on WhatsApp, an address on mail, empty on a form without login.
    ``aliases`` are further addresses of the same person that the provider vouches for (Twilio's ``ExternalUserId``).
    """

    address: str
    name: str | None = None
    verified: bool = False
    aliases: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None


class InboundMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message from outside, in the domain's words. Pure data; ``raw`` is the original, byte for byte."""

    key: str
    channel: Channel
    sender: Sender
    received_at: datetime
    text: str = ""
    subject: str | None = None
    external_id: str | None = None
    sent_at: datetime | None = None
    # What the sender pressed: the payload that we put on the button.
    button: str | None = None
    # The provider's id of the message that this one quotes.
    quoted: str | None = None
    # The ticket that a tracking page or a reply address speaks of, proven by its secret.
    ticket: str | None = None
    contact: str | None = None
    media: tuple[Media, ...] = ()
    # Parts that are not words: "voice", "location", "contact", "sticker", "image", "video", "document".
    parts: tuple[str, ...] = ()
    forwarded: bool = False
    service: str | None = None
    occurred_at: datetime | None = None
    language: str | None = None
    organisation: str | None = None
    logged_by: str | None = None
    # Which of the door's own words count as received by the desk itself, e.g. the form's "name" was typed, not proven.
    raw: bytes = b""
    raw_type: str = "application/octet-stream"


class ActorKind(StrEnum):
    CONTACT = "contact"
    ACCOUNT = "account"
    # A Telegram user id; who that is now is looked up inside the transaction.
    TELEGRAM = "telegram"
    TOKEN = "token"
    CLOCK = "clock"
    DESK = "desk"
    OPERATOR = "operator"


class Actor(msgspec.Struct, frozen=True):
    """Who acts: a kind and an id, never a name."""

    kind: ActorKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind.value


DESK = Actor(ActorKind.DESK)
CLOCK = Actor(ActorKind.CLOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """The wish to change something.

    ``subject`` is a ticket's id or reference, an account's id, or empty. ``seen_version`` is the version of the subject
    that the actor looked at, or None where that does not matter (a timer re-checks by itself). ``data`` holds plain
    values, as JSON has them.
    """

    key: str
    action: str
    subject: str = ""
    actor: Actor
    at: datetime
    seen_version: int | None = None
    # For a timer: the time that its due row had when the clock read it. Another time there means that it is void.
    due_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class Refused(StrEnum):
    """Why a command changed nothing. Each has a text for people (``label("refused_…")``) and an API code."""

    UNKNOWN_ACTOR = "unknown_actor"
    NOT_ALLOWED = "not_allowed"
    NOT_YOURS = "not_yours"
    OFFER_GONE = "offer_gone"
    STALE = "stale"
    INVALID_TRANSITION = "invalid_transition"
    UNKNOWN_TICKET = "unknown_ticket"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_TEAM = "unknown_team"
    UNKNOWN_ACTION = "unknown_action"
    UNKNOWN_SERVICE = "unknown_service"
    MISSING = "missing"
    INVALID = "invalid"
    CODE_WRONG = "code_wrong"
    ALREADY = "already"
    KEY_REUSED = "key_reused"
    QUARANTINED = "quarantined"


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a message or a command was answered; stored under its key and given again to a repeat."""

    outcome: str = "done"
    ticket: str | None = None
    reference: str | None = None
    contact: str | None = None
    version: int | None = None
    refused: Refused | None = None
    facts: dict[str, Any] = {}
    repeated: bool = False

    @property
    def ok(self) -> bool:
        return self.refused is None


def refuse(code: Refused, **facts: Any) -> Answer:
    """An answer that says no, and what would be possible."""
    return Answer(outcome="refused", refused=code, facts=facts)


Urgency = Literal["page", "normal", "low"]


class Person(msgspec.Struct, frozen=True):
    """Who must be told: a contact or an account."""

    kind: Literal["contact", "account"]
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
