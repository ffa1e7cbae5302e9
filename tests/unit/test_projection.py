"""A projection says what its events say, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.commands import DESK
from tickets.events import GENESIS, NewEvent, seal
from tickets.model import Account, Channel, Check, Kind, Level, Presence, Priority, Role, Status, Ticket
from tickets.projection import differences, fold, rebuild

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OPENED: dict[str, Any] = {
    "reference": "INC-00000000",
    "organisation": "house",
    "kind": Kind.INCIDENT,
    "status": Status.NEW,
    "category": "other",
    "team": "service-desk",
    "impact": Level.LOW,
    "urgency": Level.MEDIUM,
    "priority": Priority.P3,
    "channel": Channel.WEB,
    "reporter": "c1",
    "confirmer": "c1",
    "opened_at": AT,
}


def opened(**more: Any) -> Ticket:
    return fold(Ticket, None, data=OPENED | more, identity="t1", seq=1, at=AT)


changes = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(list(Status)),
        "priority": st.sampled_from(list(Priority)),
        "assignee": st.none() | st.text(min_size=1, max_size=5),
        "waiting_until": st.none() | st.datetimes(timezones=st.just(UTC)),
        "checks": st.lists(st.builds(Check, service=st.text(max_size=3), passed=st.none() | st.booleans()), max_size=3),
        "passed_by": st.lists(st.text(max_size=3), max_size=3),
        "told": st.integers(0, 9),
        "reason": st.text(max_size=5),
    },
)


@pytest.mark.proves("D13")
@given(st.lists(changes, max_size=8))
def test_folding_as_one_goes_is_the_same_as_reading_it_all_again(steps: list[dict[str, Any]]) -> None:
    ticket, previous = opened(), GENESIS
    written = []
    for seq, data in enumerate([OPENED, *steps], 1):
        at = AT + timedelta(seconds=seq - 1)
        new = NewEvent(stream="ticket:t1", type="t", data=data, actor=DESK)
        event = seal(new, seq=seq, previous=previous, at=at, config="", command="", digests={})
        written.append(event)
        previous = event.hash
        if seq > 1:
            ticket = fold(Ticket, ticket, data=data, identity="t1", seq=seq, at=at)
    rebuilt = rebuild(Ticket, "t1", written)
    assert rebuilt == ticket
    assert differences(ticket, rebuilt) == []


def test_the_version_counts_events_and_the_turn_those_that_change_the_meaning_of_a_button() -> None:
    ticket = opened()
    assert (ticket.version, ticket.turn) == (1, 1)
    noted = fold(Ticket, ticket, data={"told": 1}, identity="t1", seq=2, at=AT + timedelta(minutes=1))
    assert (noted.version, noted.turn, noted.updated_at) == (2, 1, AT + timedelta(minutes=1))
    taken = fold(Ticket, noted, data={"assignee": "a"}, identity="t1", seq=3, at=AT)
    assert (taken.version, taken.turn) == (3, 3)


def test_facts_that_are_no_fields_and_fields_that_follow_set_nothing() -> None:
    ticket = opened()
    same = fold(Ticket, ticket, data={"why": "x", "id": "t2", "version": 9, "turn": 9}, identity="t1", seq=2, at=AT)
    assert differences(same, ticket) == ["version"]


@pytest.mark.parametrize("data", [{"status": "asleep"}, {"told": "many"}, {"opened_at": "yesterday"}])
def test_a_value_of_the_wrong_shape_cannot_be_written(data: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        fold(Ticket, opened(), data=data, identity="t1", seq=2, at=AT)


def test_accounts_fold_the_same_way_and_empty_streams_are_nothing() -> None:
    data = {
        "name": "Sari",
        "roles": [Role.AGENT],
        "teams": ["network"],
        "language": "id",
        "timezone": "Asia/Jakarta",
        "capacity": 3,
        "presence": Presence.AWAY,
        "presence_at": AT,
    }
    account = fold(Account, None, data=data, identity="a1", seq=1, at=AT)
    assert (account.roles, account.teams, account.version) == ((Role.AGENT,), ("network",), 1)
    assert rebuild(Account, "a1", []) is None
