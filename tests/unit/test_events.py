"""Events are bytes that stay the same, hold no words, and hang together."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets import events
from tickets.commands import DESK
from tickets.events import GENESIS, Event, NewEvent, chain, digest, instant, plain, seal, upgrade
from tickets.model import Check, Status

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def sealed(seq: int = 1, previous: str = GENESIS, **data: object) -> Event:
    new = NewEvent(stream="ticket:1", type="opened", data=data, actor=DESK, contents=("c1",))
    return seal(new, seq=seq, previous=previous, at=AT, config="cfg", command="SM1", digests={"c1": "d" * 64, "x": ""})


@pytest.mark.proves("D13")
def test_a_body_is_the_exact_bytes_that_were_hashed() -> None:
    event = sealed(status=Status.NEW, at=AT, checks=(Check(service="vpn", passed=True),))
    assert event.body == (
        '{"actor":"desk","at":"2026-11-23T03:00:00.000000Z","command":"SM1","config":"cfg",'
        '"data":{"at":"2026-11-23T03:00:00.000000Z","checks":[{"passed":true,"service":"vpn"}],"status":"new"},'
        '"digests":{"c1":"' + "d" * 64 + '"},"seq":1,"stream":"ticket:1","type":"opened","v":1}'
    )
    assert event.hash == chain(GENESIS, event.body)
    assert event.data["status"] == "new"
    assert event.at == AT


def test_the_same_facts_give_the_same_bytes_whatever_their_order() -> None:
    assert sealed(a=1, b=2).hash == sealed(b=2, a=1).hash
    assert sealed(a=1).hash != sealed(a=2).hash
    assert sealed(a=1).hash != sealed(a=1, previous="f" * 64).hash


def test_an_event_cannot_name_words_that_are_not_there() -> None:
    new = NewEvent(stream="ticket:1", type="opened", data={}, actor=DESK, contents=("gone",))
    with pytest.raises(KeyError):
        seal(new, seq=1, previous=GENESIS, at=AT, config="", command="", digests={})


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-12, 14))
def test_an_instant_is_the_same_in_every_zone_and_sorts_as_text(at: datetime, hours: int) -> None:
    there = at
    if datetime.min.replace(tzinfo=UTC) + timedelta(days=2) < at < datetime.max.replace(tzinfo=UTC) - timedelta(days=2):
        there = at.astimezone(timezone(timedelta(hours=hours)))
    assert instant(there) == instant(at)
    assert len(instant(at)) == 27
    assert datetime.fromisoformat(instant(at)) == at


@given(st.text(), st.text(), st.text())
def test_a_digest_needs_its_salt(salt: str, other: str, words: str) -> None:
    assert (digest(salt, words) == digest(other, words)) is (
        salt.encode("utf-8", "surrogatepass") == other.encode("utf-8", "surrogatepass")
    )


def test_plain_values_are_what_json_has() -> None:
    assert plain({"a": (AT, {Status.NEW}), 1: Check(service="x")}) == {
        "a": ["2026-11-23T03:00:00.000000Z", ["new"]],
        "1": {"service": "x", "passed": None},
    }


def test_old_facts_are_read_as_the_newest_version_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {
        ("opened", 1): lambda data: {**data, "team": data["group"]},
        ("opened", 2): lambda data: {key: value for key, value in data.items() if key != "group"},
    }
    monkeypatch.setattr(events, "UPGRADES", steps)
    assert upgrade("opened", 1, {"group": "network"}) == {"team": "network"}
    assert upgrade("opened", 2, {"group": "x", "team": "network"}) == {"team": "network"}
    assert upgrade("never_heard_of", 7, {"a": 1}) == {"a": 1}
