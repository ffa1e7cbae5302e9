"""Whoever changes what was written is found, and the stream and the event are named."""

import pytest
from sqlalchemy import text

from tests.contract.store_decider import command, message
from tests.store_stage import Stage
from tickets.events import GENESIS, chain
from tickets.store import schema
from tickets.store.verify import verify

SARI = "a" * 32


@pytest.fixture
def written(stage: Stage) -> Stage:
    """Five tickets of two events each, and an account."""
    stage.do(command("account", key="A1", id=SARI))
    stage.do_all([message("!follow", key=f"SM{n}", phone=f"+62{n}") for n in range(5)])
    return stage


def a_stream(stage: Stage) -> str:
    return sorted(row["stream"] for row in stage.rows(schema.stream) if row["stream"].startswith("ticket:"))[2]


@pytest.mark.proves("D13", "N12")
def test_what_nobody_touched_is_sound(written: Stage) -> None:
    report = verify(written.database)
    assert report.sound
    assert report.counts == {
        "streams": 6,
        "events": 11,
        "contents": 5,
        "erased": 0,
        "messages": 5,
        "tickets": 5,
    }


@pytest.mark.proves("D13", "N12")
@pytest.mark.parametrize(
    ("statement", "seq", "what"),
    [
        ("UPDATE event SET body = replace(body, 'offered', 'closed') WHERE stream = :s AND seq = 2", 2, "body"),
        ("UPDATE event SET type = 'other' WHERE stream = :s AND seq = 1", 1, "columns"),
        ("UPDATE event SET hash = previous WHERE stream = :s AND seq = 1", 1, "body"),
        ("UPDATE event SET previous = hash WHERE stream = :s AND seq = 2", 2, "follow"),
        ("DELETE FROM event WHERE stream = :s AND seq = 1", 1, "missing"),
        ("DELETE FROM event WHERE stream = :s AND seq = 2", 2, "2 events were written, 1 are there"),
        ("DELETE FROM event WHERE stream = :s", 1, "2 events were written, 0 are there"),
        ("DELETE FROM stream WHERE stream = :s", 1, "0 events were written, 2 are there"),
        ("UPDATE stream SET head = :g WHERE stream = :s", 2, "last event"),
        ("UPDATE ticket SET status = 'closed' WHERE id = :t", 2, "status"),
        ("UPDATE ticket SET status = 'nonsense' WHERE id = :t", 0, "cannot be read"),
        ("DELETE FROM ticket WHERE id = :t", 2, "do not go together"),
        ("UPDATE content SET words = 'other' WHERE id = (SELECT subject FROM ticket WHERE id = :t)", 1, "words"),
    ],
)
def test_every_tampering_is_found_and_named(written: Stage, statement: str, seq: int, what: str) -> None:
    stream = a_stream(written)
    values = {"s": stream, "t": stream.partition(":")[2], "g": GENESIS}
    written.tamper(statement, **{name: value for name, value in values.items() if f":{name}" in statement})

    fault = verify(written.database).first_bad
    assert fault is not None
    assert (fault.stream, fault.seq) == (stream, seq)
    assert what in fault.what


def test_a_cut_tail_is_found_even_when_the_row_of_the_ticket_was_cut_with_it(written: Stage) -> None:
    stream = a_stream(written)
    written.tamper("DELETE FROM event WHERE stream = :s AND seq = 2", s=stream)
    written.tamper("UPDATE ticket SET version = 1, status = 'new' WHERE id = :t", t=stream.partition(":")[2])

    fault = verify(written.database).first_bad
    assert fault is not None
    assert fault.stream == stream


def test_an_event_that_was_slipped_in_is_found(written: Stage) -> None:
    stream = a_stream(written)
    (last,) = written.rows(schema.event, stream=stream, seq=2)
    body = last["body"].replace('"seq":2', '"seq":3')
    written.tamper(
        "INSERT INTO event (stream, seq, type, v, body, previous, hash) VALUES (:s, 3, :y, 1, :b, :p, :h)",
        s=stream,
        y=last["type"],
        b=body,
        p=last["hash"],
        h=chain(last["hash"], body),
    )
    fault = verify(written.database).first_bad
    assert fault is not None
    assert (fault.stream, fault.seq) == (stream, 3)


def test_a_ticket_that_no_event_made_is_found(written: Stage) -> None:
    written.tamper("DELETE FROM stream")
    written.tamper("DELETE FROM event")
    fault = verify(written.database).first_bad
    assert fault is not None
    assert "without any event" in fault.what


@pytest.mark.proves("N18")
def test_erasing_words_keeps_the_chain_sound(written: Stage) -> None:
    written.tamper("DELETE FROM content")
    report = verify(written.database)
    assert report.sound
    assert (report.counts["contents"], report.counts["erased"]) == (0, 5)


@pytest.mark.proves("D4")
def test_a_message_without_a_disposition_or_a_ticket_is_found(written: Stage) -> None:
    lost = str(written.rows(schema.message)[0]["id"])
    written.tamper("DELETE FROM message_ticket WHERE message_id = :m", m=lost)
    fault = verify(written.database).first_bad
    assert fault is not None
    assert fault.stream == f"message:{lost}"
    written.tamper("UPDATE message SET disposition = NULL WHERE id = :m", m=lost)
    assert "disposition" in str(verify(written.database).first_bad)


def test_rebuilding_mends_rows_but_never_events(written: Stage) -> None:
    stream = a_stream(written)
    written.tamper("UPDATE ticket SET status = 'closed' WHERE id = :t", t=stream.partition(":")[2])
    written.tamper("UPDATE account SET capacity = 99")

    report = verify(written.database, rebuild=True)
    assert (report.sound, report.rebuilt) == (False, 2)
    assert verify(written.database).sound
    assert written.rows(schema.account)[0]["capacity"] == 5


def test_verifying_changes_nothing(written: Stage) -> None:
    before = written.totals()
    verify(written.database)
    assert written.totals() == before
    with written.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM event")).scalar() == 11
