"""Timers, leases, cursors, heartbeats, tokens, files to fetch and the quarantine."""

from datetime import timedelta

import pytest

from tests.contract.store_decider import NOW, command, message
from tests.store_stage import Stage
from tickets.commands import Media
from tickets.store import schema
from tickets.store.attachments import Attachments
from tickets.store.engine import Database
from tickets.store.quarantine import Quarantine
from tickets.store.state import Cursors, Heartbeats, Leases
from tickets.store.timers import Timers
from tickets.store.tokens_store import ApiTokens


def later(stage: Stage, key: str, stream: str, minutes: float | None) -> None:
    at = (NOW + timedelta(minutes=minutes)).isoformat() if minutes is not None else None
    stage.do(command("later", key=key, subject=stream, at=at))


@pytest.mark.proves("D12")
def test_a_due_row_is_replaced_by_a_later_one_and_fires_in_order(stage: Stage) -> None:
    timers = Timers(stage.database)
    assert timers.next_at() is None
    later(stage, "K1", "ticket:b", 30)
    later(stage, "K2", "ticket:a", 20)
    later(stage, "K3", "ticket:b", 10)

    assert timers.next_at() == NOW + timedelta(minutes=10)
    assert timers.ripe(NOW + timedelta(minutes=9)) == []
    ripe = timers.ripe(NOW + timedelta(minutes=25))
    assert [(row.stream, row.what, row.data) for row in ripe] == [
        ("ticket:b", "promise", {"n": 1}),
        ("ticket:a", "promise", {"n": 1}),
    ]
    assert len(timers.ripe(NOW + timedelta(minutes=25), limit=1)) == 1
    later(stage, "K4", "ticket:b", None)
    assert [row.stream for row in timers.ripe(NOW + timedelta(minutes=25))] == ["ticket:a"]


def test_a_due_row_carries_the_version_of_its_ticket_after_the_batch(stage: Stage) -> None:
    answer = stage.do(message("!follow", key="SM1"))
    (row,) = Timers(stage.database).ripe(NOW)
    assert (row.stream, row.version) == (f"ticket:{answer.ticket}", 2)


def test_a_fired_row_is_forgotten_only_when_it_was_not_put_off(stage: Stage) -> None:
    timers = Timers(stage.database)
    later(stage, "K1", "ticket:a", 1)
    (row,) = timers.ripe(NOW + timedelta(minutes=1))
    later(stage, "K2", "ticket:a", 2)
    assert not timers.forget(row)
    (row,) = timers.ripe(NOW + timedelta(minutes=2))
    assert timers.forget(row)
    assert timers.next_at() is None


def test_a_lease_is_one_holders_until_it_runs_out(database: Database) -> None:
    leases = Leases(database)
    assert leases.take("polling", "one", NOW) == 1
    assert leases.take("polling", "two", NOW) is None
    assert leases.keep("polling", "one", NOW + timedelta(seconds=10))
    assert leases.take("polling", "two", NOW + timedelta(seconds=20)) is None
    assert leases.take("polling", "two", NOW + timedelta(seconds=26)) == 2
    assert not leases.keep("polling", "one", NOW + timedelta(seconds=26))
    leases.release("polling", "one")
    assert leases.take("polling", "one", NOW + timedelta(seconds=27)) is None
    leases.release("polling", "two")
    assert leases.take("polling", "one", NOW + timedelta(seconds=27)) == 3


def test_cursors_and_heartbeats_outlive_who_wrote_them(database: Database) -> None:
    cursors, beats = Cursors(database), Heartbeats(database)
    assert cursors.get("telegram") is None
    cursors.set("telegram", "7", NOW)
    cursors.set("telegram", "8", NOW)
    assert cursors.get("telegram") == "8"

    beats.beat("worker-1", "worker", NOW)
    beats.beat("front-1", "web clock", NOW + timedelta(seconds=15))
    assert [beat.process for beat in beats.stale(NOW + timedelta(seconds=21))] == ["worker-1"]
    beats.forget("worker-1")
    assert [beat.process for beat in beats.all()] == ["front-1"]


def test_a_token_is_known_by_its_secret_until_it_is_revoked(stage: Stage) -> None:
    tokens = ApiTokens(stage.database)
    secret = tokens.create("ci", ["read", "alerts:zabbix"], NOW)

    found = stage.reader.api_token(secret)
    assert found is not None
    assert (found.name, found.scopes) == ("ci", ("read", "alerts:zabbix"))
    assert secret not in str(stage.rows(schema.api_token))
    assert stage.reader.api_token(secret + "x") is None
    assert tokens.revoke(found.id, NOW)
    assert not tokens.revoke(found.id, NOW)
    assert stage.reader.api_token(secret) is None
    assert [one.revoked_at for one in stage.reader.api_tokens()] == [NOW]


def test_files_are_fetched_by_one_worker_and_kept_or_refused(stage: Stage) -> None:
    files = tuple(Media(content_type="image/jpeg", url=f"https://media.example/{n}") for n in range(3))
    answer = stage.do(message("lihat", key="SM1", media=files))
    fetching = Attachments(stage.database, stage.blobs)

    held = fetching.claim(NOW)
    assert [(one.no, one.url, one.tries) for one in held] == [(n, f"https://media.example/{n}", 1) for n in range(3)]
    assert fetching.claim(NOW) == []
    fetching.stored(held[0], b"jpeg" * 20_000, "image/jpeg")
    fetching.refused(held[1], "too_large")
    fetching.later(held[2], NOW + timedelta(seconds=5), "unreachable")
    assert fetching.next_at() == NOW + timedelta(seconds=5)
    assert [one.tries for one in fetching.claim(NOW + timedelta(seconds=5))] == [2]

    view = stage.reader.ticket(answer.ticket or "")
    assert view is not None
    shown = view.messages[0]
    assert [(one.state, one.reason) for one in shown.attachments] == [
        ("stored", None),
        ("refused", "too_large"),
        ("waiting", "unreachable"),
    ]
    found = stage.reader.file(shown.id, 0)
    assert found is not None
    assert found[1] == b"jpeg" * 20_000


def test_somebody_sees_to_what_is_quarantined(stage: Stage) -> None:
    stage.do(message("!poison", key="SM1"))
    quarantine = Quarantine(stage.database)

    (case,) = quarantine.list()
    assert (case.key, case.error) == ("SM1", "KeyError")
    assert case.ticket
    assert quarantine.settle("SM1", NOW)
    assert not quarantine.settle("SM1", NOW)
    assert quarantine.list() == []
    assert len(quarantine.list(settled=True)) == 1
