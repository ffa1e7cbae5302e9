"""Who is offered a ticket: really there, a hand free, fewest open, longest idle; and nobody at random."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import load_config
from config.schema import ConfigSet
from router.assign import SHOWN, Choice, Want, choose, taking_team
from tickets.model import Account, Presence, Role

# A Tuesday, 10.00 in Jakarta.
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 15, 10, tzinfo=UTC)


@cache
def config() -> ConfigSet:
    return load_config(Path(__file__).resolve().parents[2] / "config")


def account(name: str, *teams: str, idle_minutes: int = 60, **rest: Any) -> Account:
    plain: dict[str, Any] = {
        "id": name.lower(),
        "name": name,
        "version": 1,
        "roles": (Role.AGENT,),
        "teams": teams or ("payments",),
        "language": "id",
        "timezone": "Asia/Jakarta",
        "capacity": 3,
        "presence": Presence.AVAILABLE,
        "presence_at": NOW - timedelta(minutes=idle_minutes),
        "telegram_id": 900,
    }
    return Account(**(plain | rest))


def chosen(
    *accounts: Account,
    team: str = "payments",
    priority: str = "P2",
    passed_by: tuple[str, ...] = (),
    loads: dict[str, int] | None = None,
    busy_since: dict[str, datetime] | None = None,
    now: datetime = NOW,
    files: ConfigSet | None = None,
) -> Choice:
    return choose(
        Want(team=team, priority=priority, passed_by=passed_by),
        accounts=accounts,
        loads=loads or {},
        busy_since=busy_since or {},
        config=files or config(),
        now=now,
    )


def why_not(choice: Choice) -> dict[str, str | None]:
    return {candidate["account"]: candidate["why_not"] for candidate in choice.reasons["candidates"]}


@pytest.mark.proves("D41")
def test_the_one_with_the_fewest_open_is_chosen() -> None:
    choice = chosen(account("Ani"), account("Budi"), loads={"ani": 2, "budi": 1})
    assert choice.account == "budi"
    assert choice.reasons["chosen_by"] == "fewest_open"
    assert why_not(choice) == {"budi": None, "ani": "more_open"}


@pytest.mark.proves("D41")
def test_on_a_tie_the_one_who_was_idle_longest() -> None:
    busy = {"ani": NOW - timedelta(minutes=5), "budi": NOW - timedelta(minutes=30)}
    choice = chosen(account("Ani"), account("Budi"), loads={"ani": 1, "budi": 1}, busy_since=busy)
    assert choice.account == "budi"
    assert choice.reasons["chosen_by"] == "longest_idle"
    assert why_not(choice)["ani"] == "less_idle"


@pytest.mark.proves("D41")
def test_who_came_on_duty_just_now_was_not_idle() -> None:
    assert chosen(account("Ani", idle_minutes=2), account("Budi", idle_minutes=90)).account == "budi"


@pytest.mark.parametrize(
    ("unfit", "reason"),
    [
        (account("Ani", presence=Presence.BUSY), "not_available"),
        (account("Ani", presence=Presence.AWAY), "not_available"),
        (account("Ani", presence=Presence.OFFLINE), "not_available"),
        (account("Ani", telegram_id=None), "not_linked"),
        (account("Ani", capacity=0), "full"),
    ],
)
@pytest.mark.proves("D41")
def test_who_is_not_really_there_is_not_offered_anything(unfit: Account, reason: str) -> None:
    choice = chosen(unfit)
    assert choice.account is None
    assert choice.reasons["chosen_by"] == "nobody"
    assert why_not(choice) == {"ani": reason}
    assert chosen(unfit, account("Budi")).account == "budi"


@pytest.mark.proves("D41")
def test_who_passed_is_not_asked_again() -> None:
    assert chosen(account("Ani"), passed_by=("ani",)).account is None
    assert why_not(chosen(account("Ani"), account("Budi"), passed_by=("ani",)))["ani"] == "passed"


def test_members_of_other_teams_leads_and_leavers_are_no_candidates() -> None:
    others = (
        account("Ani", "network"),
        account("Budi", roles=(Role.LEAD,)),
        account("Citra", active=False),
        account("Dedi"),
    )
    assert set(why_not(chosen(*others))) == {"dedi"}


@pytest.mark.proves("D31")
def test_a_team_without_members_is_served_by_the_shared_team() -> None:
    choice = chosen(account("Sari", "service-desk"), team="systems")
    assert (choice.account, choice.team) == ("sari", "service-desk")
    assert choice.reasons["wanted_team"] == "systems"
    assert taking_team("systems", [account("Tono", "systems")], config()) == "systems"


def test_a_restricted_team_without_members_is_served_by_nobody_else() -> None:
    choice = chosen(account("Sari", "service-desk"), team="security")
    assert (choice.account, choice.team) == (None, "security")
    assert taking_team("gone", [], config()) == "service-desk"


def test_a_team_whose_members_are_all_away_keeps_its_tickets() -> None:
    away = account("Tono", "security", presence=Presence.OFFLINE)
    choice = chosen(away, account("Sari", "service-desk"), team="security")
    assert (choice.account, choice.team) == (None, "security")


@pytest.mark.proves("D41")
def test_outside_the_hours_of_the_team_nobody_is_disturbed() -> None:
    choice = chosen(account("Nina", "network"), team="network", now=NIGHT)
    assert choice.account is None
    assert choice.outside_hours
    assert choice.opens_at == datetime(2026, 11, 25, 1, tzinfo=UTC)
    assert choice.reasons["chosen_by"] == "outside_hours"


@pytest.mark.proves("D22", "D41")
def test_a_p1_outside_hours_goes_to_the_person_on_call_whatever_their_presence() -> None:
    maya = account("Bu Maya", "service-desk", presence=Presence.OFFLINE)
    nina = account("Nina", "network")
    choice = chosen(nina, maya, team="network", priority="P1", now=NIGHT)
    assert (choice.account, choice.on_call, choice.outside_hours) == ("bu maya", True, True)
    assert choice.reasons["chosen_by"] == "on_call"
    again = chosen(nina, maya, team="network", priority="P1", now=NIGHT, passed_by=("bu maya",))
    assert (again.account, again.on_call) == ("nina", False)


def test_within_hours_a_p1_goes_to_whoever_is_there() -> None:
    maya = account("Bu Maya", "service-desk")
    assert chosen(account("Nina", "network"), maya, team="network", priority="P1").account == "nina"


def test_reasons_are_plain_values_and_bounded() -> None:
    choice = chosen(*(account(f"Agent {number:03}") for number in range(50)), loads={"agent 001": 1})
    assert len(choice.reasons["candidates"]) == SHOWN
    assert choice.reasons["more_candidates"] == 30
    assert msgspec.json.decode(msgspec.json.encode(choice.reasons)) == choice.reasons
    assert "Agent 001" not in str(choice.reasons)


PRESENCES = st.sampled_from(list(Presence))
CROWD = st.lists(
    st.tuples(PRESENCES, st.integers(0, 4), st.integers(0, 3), st.integers(0, 500), st.booleans()), max_size=8
)


@given(CROWD, st.randoms())
@pytest.mark.proves("D41")
def test_no_fitter_one_is_ever_left_out_and_order_does_not_matter(
    crowd: list[tuple[Presence, int, int, int, bool]], random: Any
) -> None:
    accounts = [
        account(f"A{number}", presence=presence, capacity=capacity, idle_minutes=idle)
        for number, (presence, _, capacity, idle, _) in enumerate(crowd)
    ]
    loads = {f"a{number}": load for number, (_, load, _, _, _) in enumerate(crowd)}
    passed = tuple(f"a{number}" for number, (*_, said_no) in enumerate(crowd) if said_no)
    choice = chosen(*accounts, loads=loads, passed_by=passed)
    fit = [
        one
        for one in accounts
        if one.presence is Presence.AVAILABLE and loads[one.id] < one.capacity and one.id not in passed
    ]
    if not fit:
        assert choice.account is None
        return
    best = min(fit, key=lambda one: (loads[one.id], one.presence_at, one.id))
    assert choice.account == best.id
    shuffled = list(accounts)
    random.shuffle(shuffled)
    assert chosen(*shuffled, loads=loads, passed_by=passed) == choice
