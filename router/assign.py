"""Who is offered a ticket: somebody of the team who is really there and has a hand free, never a random pick."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from config.schema import ConfigSet, Team
from tickets.hours import is_open, next_open
from tickets.model import Account, Presence, Role

# So many candidates are written into the reasons of a decision; of the others only their number.
SHOWN = 20


class WhyNot(StrEnum):
    """Why an account of the team was not chosen."""

    PASSED = "passed"
    NOT_LINKED = "not_linked"
    NOT_AVAILABLE = "not_available"
    FULL = "full"
    MORE_OPEN = "more_open"
    LESS_IDLE = "less_idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What a ticket needs; ``passed_by`` are accounts that said no already."""

    team: str
    priority: str
    passed_by: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who it is, or None; and the reasons: plain values, ids and figures only, as an event keeps them.

    ``team`` is the team that looked, which is the shared one where the wanted team has no members. ``opens_at`` is set
    when the team is outside its hours.
    """

    account: str | None
    team: str
    on_call: bool = False
    outside_hours: bool = False
    opens_at: datetime | None = None
    reasons: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Candidate:
    account: Account
    open: int
    idle_since: datetime
    why_not: WhyNot | None = None

    def plain(self) -> dict[str, Any]:
        return {
            "account": self.account.id,
            "open": self.open,
            "capacity": self.account.capacity,
            "idle_since": self.idle_since.astimezone(UTC).isoformat(),
            "presence": self.account.presence.value,
            "why_not": self.why_not.value if self.why_not else None,
        }


def taking_team(team: str, accounts: Sequence[Account], config: ConfigSet) -> str:
    """The team itself, or the shared team where nobody is a member of it or it does not exist any more."""
    # A restricted team's tickets go to nobody else, even where it has no members yet: its lead is alarmed.
    if team in config.teams and (config.teams[team].restricted or _members(team, accounts)):
        return team
    return config.desk.shared_team


def choose(
    want: Want,
    *,
    accounts: Sequence[Account],
    loads: Mapping[str, int],
    busy_since: Mapping[str, datetime],
    config: ConfigSet,
    now: datetime,
) -> Choice:
    """The available member with spare capacity who has the fewest open, then the one who was idle longest.

    Outside the team's hours nobody is disturbed but for a P1, which goes to the person on call first.
    """
    code = taking_team(want.team, accounts, config)
    team = config.teams.get(code)
    opens_at = _opens_at(team, config, now)
    candidates = [_candidate(account, want, loads, busy_since) for account in _members(code, accounts)]
    reasons: dict[str, Any] = {"wanted_team": want.team, "team": code}
    if opens_at is not None:
        reasons["opens_at"] = opens_at.isoformat()
        if want.priority != "P1":
            reasons |= _listed(candidates) | {"chosen_by": "outside_hours"}
            return Choice(account=None, team=code, outside_hours=True, opens_at=opens_at, reasons=reasons)
        person = _on_call(team, accounts, want)
        if person:
            reasons |= _listed(candidates) | {"chosen_by": "on_call", "account": person.id}
            return Choice(
                account=person.id, team=code, on_call=True, outside_hours=True, opens_at=opens_at, reasons=reasons
            )
    ranked, chosen_by = _rank(candidates)
    account = ranked[0].account.id if chosen_by != "nobody" else None
    reasons |= _listed(ranked) | {"chosen_by": chosen_by, "account": account}
    return Choice(account=account, team=code, outside_hours=opens_at is not None, opens_at=opens_at, reasons=reasons)


def _members(team: str, accounts: Sequence[Account]) -> list[Account]:
    found = [one for one in accounts if one.active and team in one.teams and Role.AGENT in one.roles]
    return sorted(found, key=lambda one: one.id)


def _opens_at(team: Team | None, config: ConfigSet, now: datetime) -> datetime | None:
    """When a team that is closed now opens again; None while it is open."""
    calendar = config.calendars.get(team.calendar) if team else None
    if calendar is None or is_open(calendar, now):
        return None
    return next_open(calendar, now)


def _on_call(team: Team | None, accounts: Sequence[Account], want: Want) -> Account | None:
    """The person on call, whatever their presence says: to be woken is what they are there for."""
    if team is None or team.on_call is None:
        return None
    found = (one for one in accounts if one.active and one.name == team.on_call and one.telegram_id is not None)
    return next((one for one in found if one.id not in want.passed_by), None)


def _candidate(
    account: Account, want: Want, loads: Mapping[str, int], busy_since: Mapping[str, datetime]
) -> _Candidate:
    carried = loads.get(account.id, 0)
    why_not: WhyNot | None = None
    if account.id in want.passed_by:
        why_not = WhyNot.PASSED
    elif account.telegram_id is None:
        why_not = WhyNot.NOT_LINKED
    elif account.presence is not Presence.AVAILABLE:
        why_not = WhyNot.NOT_AVAILABLE
    elif carried >= account.capacity:
        why_not = WhyNot.FULL
    idle_since = max(account.presence_at, busy_since.get(account.id, account.presence_at))
    return _Candidate(account, carried, idle_since, why_not)


def _rank(candidates: Sequence[_Candidate]) -> tuple[list[_Candidate], str]:
    """The chosen one first, the others after it with the reason why not; and what the choice hung on."""
    eligible = [one for one in candidates if one.why_not is None]
    refused = [one for one in candidates if one.why_not is not None]
    if not eligible:
        return refused, "nobody"
    eligible.sort(key=lambda one: (one.open, one.idle_since, one.account.id))
    first, *others = eligible
    after = [
        _Candidate(
            one.account, one.open, one.idle_since, WhyNot.MORE_OPEN if one.open > first.open else WhyNot.LESS_IDLE
        )
        for one in others
    ]
    if not others:
        return [first, *refused], "only_one"
    return [first, *after, *refused], "longest_idle" if others[0].open == first.open else "fewest_open"


def _listed(candidates: Sequence[_Candidate]) -> dict[str, Any]:
    listed: dict[str, Any] = {"candidates": [one.plain() for one in candidates[:SHOWN]]}
    if len(candidates) > SHOWN:
        listed["more_candidates"] = len(candidates) - SHOWN
    return listed
