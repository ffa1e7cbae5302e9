"""Delivery over a real store: three commits a chunk, order per person, doubt that is cleared up once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.outbox_stage import OutboxStage, Wire
from tickets.model import Channel
from tickets.outbound import Permanent, Reason, Temporary, Unknown
from workers.delivery import CHUNK, LEASE_S, Delivery
from workers.limits import Limits, Rate
from workers.loop import Loop

LANE = "whatsapp.normal"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[OutboxStage]:
    opened = OutboxStage(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def loop() -> Iterator[Loop]:
    opened = Loop()
    yield opened
    opened.close()


@pytest.fixture
def wire() -> Wire:
    return Wire()


def worker(stage: OutboxStage, loop: Loop, *wires: Wire, rates: dict[str, Rate] | None = None) -> Delivery:
    return Delivery(
        outbox=stage.outbox,
        channels={wire.name: wire for wire in wires},
        limits=Limits(None, rates or {}),
        loop=loop,
        worker="worker-1",
        clock=stage.clock,
        spread=lambda: 0.0,
    )


def attempts(stage: OutboxStage) -> list[tuple[str, str | None]]:
    with stage.database.reading() as connection:
        rows = connection.execute(text("SELECT state, reason FROM attempt ORDER BY notice_id, no"))
        return [(state, reason) for state, reason in rows]


@pytest.mark.proves("D4")
def test_what_waits_is_delivered_and_stands_in_the_conversation(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    person = stage.person()
    assert stage.rung == [LANE]
    assert worker(stage, loop, wire).drain(LANE) is False
    assert [message.text for message in wire.arrived] == [f"ack for {person}"]
    assert stage.states() == {"sent": 1}


def test_a_chunk_costs_three_commits_and_goes_out_together(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    for number in range(CHUNK):
        stage.person(number)
    stage.commits.clear()
    worker(stage, loop, wire).drain(LANE)
    assert len(wire.arrived) == CHUNK
    assert stage.commits["writes"] == 3
    assert wire.most_at_once == CHUNK


def test_forty_people_are_five_chunks(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    for number in range(5 * CHUNK):
        stage.person(number)
    stage.commits.clear()
    worker(stage, loop, wire).drain(LANE)
    assert len(wire.arrived) == 5 * CHUNK
    assert stage.commits["writes"] == 15


def test_one_person_reads_in_the_order_in_which_it_was_said(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    person = stage.person()
    for purpose in ("took_over", "workaround", "confirm"):
        stage.tell(person, purpose=purpose)
    worker(stage, loop, wire).drain(LANE)
    assert [message.purpose for message in wire.arrived] == ["ack", "took_over", "workaround", "confirm"]


def test_a_failed_try_holds_back_what_comes_after_it(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    person = stage.person()
    stage.tell(person, purpose="confirm")
    wire.moods = [Temporary(Reason.UNREACHABLE)]
    delivery = worker(stage, loop, wire)
    delivery.drain(LANE)
    assert wire.arrived == []
    stage.forward(3)
    delivery.drain(LANE)
    assert [message.purpose for message in wire.arrived] == ["ack", "confirm"]


def test_a_page_overtakes_what_waits_for_the_same_account(stage: OutboxStage, loop: Loop) -> None:
    telegram = Wire(Channel.TELEGRAM)
    for purpose, urgency in (("card", "low"), ("alarm", "page")):
        stage.tell("a" * 32, kind="account", channel="telegram", purpose=purpose, urgency=urgency)
    delivery = worker(stage, loop, telegram)
    delivery.drain("telegram.page")
    delivery.drain("telegram.low")
    assert [message.purpose for message in telegram.arrived] == ["alarm", "card"]


def test_what_is_no_longer_relevant_is_dropped_without_a_word(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    stage.person()
    wire.irrelevant = {"ack"}
    worker(stage, loop, wire).drain(LANE)
    assert wire.arrived == []
    assert stage.states() == {"dropped": 1}


def test_retry_after_is_honoured(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    stage.person()
    wire.moods = [Temporary(Reason.RATE_LIMITED, retry_after_s=30)]
    worker(stage, loop, wire).drain(LANE)
    stage.forward(29)
    assert stage.outbox.lanes(stage.now) == set()
    stage.forward(1)
    assert stage.outbox.lanes(stage.now) == {LANE}
    worker(stage, loop, wire).drain(LANE)
    assert len(wire.arrived) == 1


def test_a_provider_that_asks_for_rest_is_left_alone_by_everybody(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    stage.person(1)
    delivery = worker(stage, loop, wire)
    wire.moods = [Temporary(Reason.RATE_LIMITED, retry_after_s=30)]
    delivery.drain(LANE)
    stage.person(2)
    delivery.drain(LANE)
    assert wire.arrived == []
    assert stage.outbox.lanes(stage.now + timedelta(seconds=31)) == {LANE}


def test_a_day_of_failures_is_given_up(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    stage.person()
    delivery = worker(stage, loop, wire)
    for _ in range(60):
        wire.moods = [Temporary(Reason.UNREACHABLE)]
        delivery.drain(LANE)
        stage.forward(3_700)
    assert stage.states() == {"failed": 1}
    assert attempts(stage)[-1] == ("failed", "given_up")


@pytest.mark.parametrize("reason", [Reason.WINDOW_CLOSED, Reason.OPTED_OUT, Reason.BLOCKED])
def test_a_final_no_is_kept_with_its_reason(stage: OutboxStage, loop: Loop, wire: Wire, reason: Reason) -> None:
    stage.person()
    wire.moods = [Permanent(reason)]
    worker(stage, loop, wire).drain(LANE)
    assert stage.states() == {"failed": 1}
    assert attempts(stage) == [("failed", reason.value)]


def test_one_bad_message_does_not_stop_the_others_of_its_chunk(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    for number in range(4):
        stage.person(number)
    wire.moods = [Permanent(Reason.BLOCKED), None, Temporary(Reason.UNREACHABLE), None]
    worker(stage, loop, wire).drain(LANE)
    assert stage.states() == {"failed": 1, "sent": 2, "queued": 1}


def test_an_unknown_end_is_looked_up_and_not_sent_twice(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    stage.person()
    delivery = worker(stage, loop, wire)
    wire.moods = [Unknown("arrived")]
    delivery.drain(LANE)
    assert stage.states() == {"sending": 1}
    assert stage.outbox.lanes(stage.now) == set()
    stage.forward(LEASE_S + 1)
    delivery.drain(LANE)
    assert (len(wire.arrived), len(wire.asked)) == (1, 1)
    assert stage.states() == {"sent": 1}
    assert delivery.counts["found"] == 1


def test_an_unknown_end_that_never_arrived_is_sent_again(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    stage.person()
    delivery = worker(stage, loop, wire)
    wire.moods = [Unknown()]
    delivery.drain(LANE)
    stage.forward(LEASE_S + 1)
    delivery.drain(LANE)
    assert [message.in_doubt for message in wire.arrived] == [True]
    assert stage.states() == {"sent": 1}


def test_while_the_provider_cannot_be_asked_nothing_is_guessed(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    stage.person()
    delivery = worker(stage, loop, wire)
    wire.moods = [Unknown("arrived")]
    wire.finds = [Temporary(Reason.UNREACHABLE), Temporary(Reason.UNREACHABLE)]
    for _ in range(4):
        delivery.drain(LANE)
        stage.forward(LEASE_S + 1)
    assert len(wire.arrived) == 1
    assert stage.states() == {"sent": 1}


class Killed(BaseException):
    """What a SIGKILL is to a test in one process: nothing after it happens."""


@pytest.mark.parametrize("arrived", [True, False])
def test_a_worker_that_dies_between_sending_and_settling_leaves_one_resolution(
    stage: OutboxStage, loop: Loop, wire: Wire, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    stage.person()
    wire.moods = [] if arrived else [Unknown()]

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(stage.outbox, "settle", die)
        if arrived:
            with pytest.raises(Killed):
                worker(stage, loop, wire).drain(LANE)
        else:
            worker(stage, loop, wire).drain(LANE)
    stage.forward(LEASE_S + 1)
    workers = [worker(stage, loop, wire) for _ in range(3)]
    threads = [threading.Thread(target=one.drain, args=(LANE,)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(wire.arrived) == 1
    assert len(wire.asked) == 1
    assert stage.states() == {"sent": 1}


def test_a_dead_workers_notices_go_out_within_a_minute(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    stage.person()
    stage.outbox.claim(LANE, "dead", stage.now, lease_s=LEASE_S)
    assert stage.outbox.lanes(stage.now) == set()
    stage.forward(LEASE_S + 1)
    assert stage.outbox.lanes(stage.now) == {LANE}
    worker(stage, loop, wire).drain(LANE)
    assert len(wire.arrived) == 1


def test_a_closed_channel_says_so(stage: OutboxStage, loop: Loop) -> None:
    stage.person()
    worker(stage, loop).drain(LANE)
    assert stage.states() == {"failed": 1}


def test_two_workers_never_send_the_same_notice(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    for number in range(24):
        stage.person(number)
    threads = [threading.Thread(target=worker(stage, loop, wire).drain, args=(LANE,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({message.key for message in wire.arrived}) == len(wire.arrived) == 24


def test_a_slice_ends_so_that_a_page_gets_its_turn(stage: OutboxStage, loop: Loop, wire: Wire) -> None:
    for number in range(3 * CHUNK):
        stage.person(number)
    assert worker(stage, loop, wire).drain(LANE, slice_s=0.0) is True
    assert len(wire.arrived) == CHUNK
