"""The bell and the worker's side of it, over a real Redis."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from tests.redis_stage import RedisStage
from workers import bell, jobs
from workers.limits import Limits, Rate


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[RedisStage]:
    opened = RedisStage(tmp_path)
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
def rung(stage: RedisStage) -> Iterator[bell.RqBell]:
    started = bell.RqBell(stage.connect())
    started.start()
    yield started
    started.stop()


def waiting(connection: redis.Redis, name: str = "sigap-normal") -> list[str]:
    queue = Queue(name, connection=connection, serializer=JSONSerializer)
    return [job.args[0] for job in queue.jobs]


def eventually(true: Callable[[], bool], timeout_s: float = 5.0) -> None:
    until = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.01)


def test_a_ring_is_one_job_that_carries_only_the_lane(stage: RedisStage, rung: bell.RqBell) -> None:
    connection = stage.connect()
    for _ in range(50):
        rung.ring({"whatsapp.normal"})
    eventually(lambda: waiting(connection) == ["whatsapp.normal"])
    stored = b"".join(value for key in connection.keys("rq:job:*") for value in connection.hgetall(key).values())
    assert b"+62" not in stored
    assert bell.enqueue(connection, "whatsapp.normal") is False


def test_pages_have_a_queue_of_their_own_that_is_looked_at_first(stage: RedisStage, rung: bell.RqBell) -> None:
    connection = stage.connect()
    rung.ring({"telegram.low", "telegram.page"})
    eventually(lambda: waiting(connection, "sigap-page") == ["telegram.page"])
    eventually(lambda: waiting(connection, "sigap-low") == ["telegram.low"])
    assert bell.queue_names()[0] == "sigap-page"


@pytest.mark.proves("N16")
def test_ringing_never_waits_and_never_fails_while_redis_is_away(stage: RedisStage, rung: bell.RqBell) -> None:
    stage.stop()
    for _ in range(1_000):
        # Each of them would cost 200 ms if it waited for an answer.
        rung.ring({"whatsapp.normal"})
    eventually(lambda: rung.failures > 0)
    assert not rung.up
    stage.start()
    connection = stage.connect()

    def rings() -> bool:
        rung.ring({"whatsapp.normal"})
        return waiting(connection) == ["whatsapp.normal"]

    eventually(rings)
    assert rung.up


def test_a_flush_loses_a_job_and_the_next_ring_makes_another(stage: RedisStage, rung: bell.RqBell) -> None:
    connection = stage.connect()
    rung.ring({"whatsapp.normal"})
    eventually(lambda: waiting(connection) == ["whatsapp.normal"])
    connection.flushall()
    rung.ring({"whatsapp.normal"})
    eventually(lambda: waiting(connection) == ["whatsapp.normal"])


def test_the_marker_goes_before_the_lane_is_drained(stage: RedisStage) -> None:
    connection = stage.connect()
    assert bell.enqueue(connection, "whatsapp.normal")
    seen = []

    def drain(lane: str) -> bool:
        seen.append((lane, connection.exists(bell.marker(lane))))
        return False

    jobs.serve(drain, connection)
    jobs.drain("whatsapp.normal")
    assert seen == [("whatsapp.normal", 0)]


def test_a_lane_that_has_more_is_rung_again(stage: RedisStage) -> None:
    connection = stage.connect()
    jobs.serve(lambda lane: True, connection)
    jobs.drain("whatsapp.normal")
    assert waiting(connection) == ["whatsapp.normal"]


def test_places_are_shared_by_all_workers(stage: RedisStage) -> None:
    limits = [Limits(stage.connect(), {"whatsapp": Rate(10, burst=2)}) for _ in range(2)]
    waits = [limits[number % 2].reserve("whatsapp") for number in range(6)]
    assert waits[:2] == [0.0, 0.0]
    assert waits[2:] == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.09)


def test_who_would_wait_too_long_takes_no_place(stage: RedisStage) -> None:
    limits = Limits(stage.connect(), {"whatsapp": Rate(0.5)})
    assert limits.reserve("whatsapp", patience_s=1) == 0.0
    first = limits.reserve("whatsapp", patience_s=1)
    assert 1 < first <= 2
    assert limits.reserve("whatsapp", patience_s=1) == pytest.approx(first, abs=0.2)


def test_a_hold_counts_for_everybody(stage: RedisStage) -> None:
    rates = {"whatsapp": Rate(100, burst=10)}
    Limits(stage.connect(), rates).hold("whatsapp", 30)
    assert Limits(stage.connect(), rates).reserve("whatsapp") == pytest.approx(30, abs=1)


def test_without_redis_each_goes_on_at_half_the_rate(stage: RedisStage) -> None:
    now = [100.0]
    limits = Limits(stage.connect(), {"whatsapp": Rate(10)}, monotonic=lambda: now[0])
    stage.stop()
    assert [limits.reserve("whatsapp") for _ in range(3)] == pytest.approx([0.0, 0.2, 0.4])
    limits.hold("whatsapp", 9)
    assert limits.reserve("whatsapp") == pytest.approx(9)
