"""The nouns of the desk as values: ticket, contact, identity, account.

Everything here is frozen and pure. A ticket or an account is a projection of its events
(``tickets/projection.py``); nothing but a fold makes a new one.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec


class Kind(StrEnum):
    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"
    NOT_AN_INCIDENT = "not_an_incident"


class Status(StrEnum):
    NEW = "new"
    OFFERED = "offered"
    ASSIGNED = "assigned"
    INVESTIGATING = "investigating"
    RESTORED = "restored"
    WAITING = "waiting"
    VERIFYING = "verifying"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CLOSED = "closed"
    LAPSED = "lapsed"
    MERGED = "merged"
    CANCELLED = "cancelled"


OPEN = frozenset(
    {
        Status.NEW,
        Status.OFFERED,
        Status.ASSIGNED,
        Status.INVESTIGATING,
        Status.RESTORED,
        Status.WAITING,
        Status.VERIFYING,
        Status.AWAITING_CONFIRMATION,
    }
)
ENDED = frozenset(Status) - OPEN
# An agent's hands are full of these; a ticket that waits for the reporter's yes takes none of their capacity.
OCCUPYING = OPEN - {Status.NEW, Status.OFFERED, Status.AWAITING_CONFIRMATION}


class Level(StrEnum):
    """How wide (impact) or how pressing (urgency)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class Channel(StrEnum):
    WHATSAPP = "whatsapp"
    MAIL = "mail"
    WEB = "web"
    API = "api"
    ALERT = "alert"
    TELEGRAM = "telegram"


class Presence(StrEnum):
    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"


class Role(StrEnum):
    AGENT = "agent"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Disposition(StrEnum):
    """What became of an inbound message; each has exactly one."""

    OPENED = "opened"
    JOINED = "joined"
    COMMAND = "command"
    GREETING = "greeting"
    COURTESY = "courtesy"
    UNCLEAR = "unclear"
    MACHINE = "machine"
    OPT_OUT = "opt_out"
    UNREADABLE = "unreadable"


class Check(msgspec.Struct, frozen=True):
    """One item of the re-test: the service itself or one that it affects."""

    service: str
    passed: bool | None = None


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A report on its way from the first word to the reporter's yes.

    ``version`` counts the events of the ticket's stream. Times are aware UTC. Words live in content rows; the ticket
    holds their ids only.
    """

    id: str
    reference: str
    organisation: str
    kind: Kind
    status: Status
    version: int
    category: str
    team: str
    service: str | None = None
    impact: Level
    urgency: Level
    priority: Priority
    p1_suspected: bool = False
    quarantined: bool = False
    channel: Channel
    reporter: str
    confirmer: str
    logged_by: str | None = None
    subject: str | None = None
    opened_at: datetime
    occurred_at: datetime | None = None
    updated_at: datetime
    # The version at which status, owner, team or priority last changed: who looked earlier has seen an old state.
    turn: int = 0
    # The status to go back to after a wait, and after an undone merge.
    remembered: Status | None = None
    merged_from: Status | None = None
    waiting_for: Literal["reporter", "vendor", "window"] | None = None
    waiting_until: datetime | None = None
    assignee: str | None = None
    offered_to: str | None = None
    offer_no: int = 0
    offer_until: datetime | None = None
    passed_by: tuple[str, ...] = ()
    # Pages for a P1 repeat until somebody has accepted it.
    pages: int = 0
    responded_at: datetime | None = None
    restored_at: datetime | None = None
    resolved_at: datetime | None = None
    verified_at: datetime | None = None
    ended_at: datetime | None = None
    next_update_by: datetime | None = None
    cause: str | None = None
    workaround: str | None = None
    checks: tuple[Check, ...] = ()
    figure: str | None = None
    asked_at: datetime | None = None
    reminders: int = 0
    reopened: int = 0
    merged_into: str | None = None
    previous: str | None = None
    # A yes by telephone: who wrote it down, and the words. A second person has to stand by it.
    recorded_by: str | None = None
    recorded: str | None = None
    # Outbound texts to the reporter that count against the budget of the ticket (tickets/notices.py).
    told: int = 0
    told_at: datetime | None = None
    score: Literal["good", "okay", "bad"] | None = None

    @property
    def open(self) -> bool:
        return self.status in OPEN


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """One address of a contact on one channel; the pair (channel, address) is unique."""

    channel: Channel
    address: str
    contact: str
    verified: bool
    last_in_at: datetime | None = None
    opted_out: bool = False


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The question that a contact has not answered yet, so that a bare "ya" or "1" means something."""

    what: Literal["confirm", "contradiction", "service", "which", "score"]
    at: datetime
    ticket: str | None = None
    choices: tuple[str, ...] = ()
    held: str | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person outside. ``burst_*`` remember the ticket that several bubbles in a row belong to."""

    id: str
    organisation: str
    name: str | None = None
    # Content ids of what the person typed into a form about themselves: unproven, shown to agents, never written to.
    typed_email: str | None = None
    typed_phone: str | None = None
    language: str
    created_at: datetime
    asked: Asked | None = None
    burst_ticket: str | None = None
    burst_at: datetime | None = None
    greeted_at: datetime | None = None
    told_privacy: bool = False


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the house. ``version`` counts the events of the account's stream."""

    id: str
    name: str
    version: int
    roles: tuple[Role, ...]
    teams: tuple[str, ...]
    language: str
    timezone: str
    capacity: int
    presence: Presence
    presence_at: datetime
    telegram_id: int | None = None
    active: bool = True
    link_code: str | None = None
    link_until: datetime | None = None

    @property
    def leads(self) -> bool:
        return Role.LEAD in self.roles or Role.MANAGER in self.roles or Role.ADMIN in self.roles
