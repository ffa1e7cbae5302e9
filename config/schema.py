"""What an operator's files say, as frozen values: one ``ConfigSet`` per hash, whole or not at all.

``config/load.py`` makes it from the folder; nothing else does. Codes are lower case with hyphens. Minutes are working
minutes of the calendar that is named beside them, unless a field says otherwise.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Literal

import msgspec

Language = Literal["id", "en"]
LevelName = Literal["high", "medium", "low"]
PriorityName = Literal["P1", "P2", "P3"]
KindName = Literal["incident", "service_request", "not_an_incident"]
TeamLevel = Literal["L1", "L2", "L3"]
Sapaan = Literal["kak", "bapak_ibu", "anda"]
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Place(msgspec.Struct, frozen=True):
    """Where in the files something and its examples stand. Not part of the hash."""

    file: str = ""
    line: int = 0
    examples: tuple[int, ...] = ()


class Bilingual(msgspec.Struct, frozen=True):
    """The same words in both languages."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """The words for a reader; Indonesian for every language that is not English."""
        return self.en if language == "en" else self.id


class Span(msgspec.Struct, frozen=True):
    """Open from ``opens`` (included) to ``closes`` (not included) on the clock of the calendar; 24:00 is None."""

    opens: time
    closes: time | None = None


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """When people work. ``week`` has seven entries, Monday first. ``holidays`` are whole days off."""

    code: str
    timezone: str
    week: tuple[tuple[Span, ...], ...]
    holidays: Mapping[date, str] = {}
    name: Bilingual | None = None


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A group of accounts. ``lead`` and ``on_call`` are names of accounts; who is a member stands in the accounts."""

    code: str
    name: Bilingual
    level: TeamLevel = "L1"
    lead: str
    calendar: str
    on_call: str | None = None
    escalates_to: str | None = None
    restricted: bool = False


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """An asset or a module that can break.

    ``affects`` are the services to re-test with it. ``normal`` maps a figure's name to what is normal, in words.
    ``customer_hint`` is what a customer should do while it is broken. ``keywords`` are words people use for it;
    ``vague_keywords`` speak for it only where no keyword of any service was found.
    """

    code: str
    name: Bilingual
    team: str
    category: str = "software"
    criticality: LevelName = "medium"
    owner: str | None = None
    affects: tuple[str, ...] = ()
    normal: Mapping[str, str] = {}
    customer_hint: Bilingual | None = None
    keywords: tuple[str, ...] = ()
    vague_keywords: tuple[str, ...] = ()
    # Whether customers may be asked to choose it; the office's printers are nobody's business outside.
    public: bool = True


class Stakeholder(msgspec.Struct, frozen=True, kw_only=True):
    """Who at a client is told about major incidents."""

    name: str
    mail: str


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """A client. ``domains`` and ``phones`` (E.164) say which contacts belong to it."""

    code: str
    name: str
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    sla: str = "standard"
    sapaan: Sapaan = "kak"
    language: Language | None = None
    timezone: str | None = None
    contact: str | None = None
    stakeholders: tuple[Stakeholder, ...] = ()


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes that a priority allows; ``restore`` is service usable again, ``resolve`` is verified."""

    response: int
    update: int
    restore: int
    resolve: int


class SlaPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Targets per priority, counted over ``calendar`` (those priorities in ``around_the_clock`` over 24x7)."""

    code: str
    calendar: str
    targets: Mapping[PriorityName, Target]
    around_the_clock: tuple[PriorityName, ...] = ("P1",)


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One condition; exactly one of its fields is set, and any one of the values is enough.

    ``words`` are words or phrases, found as whole words and with typing mistakes forgiven; ``patterns`` are RE2.
    """

    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    forwarded: bool | None = None


class When(msgspec.Struct, frozen=True, kw_only=True):
    """Holds when one of ``any`` (if there are some), each of ``all``, and not one of ``none`` holds."""

    any: tuple[Clause, ...] = ()
    all: tuple[Clause, ...] = ()
    none: tuple[Clause, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """The first rule that matches decides, unless it says ``continue``: then later ones fill what it left open.

    ``alone``: one person's word is enough for a P1. ``examples`` must lead here, else the files are refused.
    """

    id: str
    when: When
    why: Bilingual
    service: str | None = None
    category: str | None = None
    kind: KindName | None = None
    team: str | None = None
    impact: LevelName | None = None
    urgency: LevelName | None = None
    alone: bool = False
    examples: tuple[str, ...] = ()
    continue_: bool = msgspec.field(default=False, name="continue")
    place: Place = Place()


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Words that speak of how wide or how pressing something is; every one that matches counts.

    ``impact`` and ``urgency`` raise, or with ``lowers`` lower, to this level.
    """

    id: str
    when: When
    why: Bilingual
    impact: LevelName | None = None
    urgency: LevelName | None = None
    lowers: bool = False
    suspects_p1: bool = False
    examples: tuple[str, ...] = ()
    place: Place = Place()


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of trouble and the team that takes it where no service names one."""

    code: str
    name: Bilingual
    team: str


class Fallback(msgspec.Struct, frozen=True, kw_only=True):
    """What a report gets that no rule and no service speaks for."""

    category: str = "other"
    team: str = "service-desk"
    impact: LevelName = "low"
    urgency: LevelName = "medium"


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """How the desk itself behaves. Minutes and hours here are of the wall clock."""

    offer_timeout_minutes: int = 3
    p1_offer_timeout_minutes: int = 3
    p1_page_minutes: int = 3
    burst_seconds: int = 60
    reopen_days: int = 7
    confirm_reminder_hours: int = 24
    confirm_lapse_hours: int = 72
    took_over_silence_minutes: int = 10
    promise_warning_minutes: int = 5
    # The next news is due this long after the last, per priority.
    next_update_minutes: Mapping[PriorityName, int] = msgspec.field(
        default_factory=lambda: {"P1": 30, "P2": 120, "P3": 480}
    )
    quiet_from: time = time(21)
    quiet_until: time = time(7)
    shared_team: str = "service-desk"
    default_organisation: str = "house"
    default_capacity: int = 5
    privacy_link: str | None = None
    company: str = "Sigap"


Matrix = Mapping[LevelName, Mapping[LevelName, PriorityName]]


class ConfigSet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the operator's files say. ``hash`` is over their canonical form: the meaning, not the layout.

    ``matrix`` is read ``matrix[impact][urgency]``. ``words`` is a digest of the word
    lists that the rules were read with.
    """

    hash: str
    words: str = ""
    services: Mapping[str, Service] = {}
    teams: Mapping[str, Team] = {}
    organisations: Mapping[str, Organisation] = {}
    sla: Mapping[str, SlaPolicy] = {}
    calendars: Mapping[str, Calendar] = {}
    categories: Mapping[str, Category] = {}
    rules: tuple[Rule, ...] = ()
    signals: tuple[Signal, ...] = ()
    fallback: Fallback = Fallback()
    matrix: Matrix = {}
    desk: Desk = Desk()
