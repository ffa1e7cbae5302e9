"""The worker as a process: flushed and killed Redis, a killed worker, a clean stop."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.outbox_stage import OutboxStage
from tests.redis_stage import RedisStage
from tickets.store.state import Heartbeats
from workers.bell import enqueue, marker
from workers.delivery import LEASE_S

ROOT = Path(__file__).resolve().parents[2]
LANE = "whatsapp.normal"


class Desk:
    """A store, a Redis, and workers that can be killed. The test itself sweeps, as the clock does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = OutboxStage(folder, datetime.now(UTC))
        self.redis = RedisStage(folder)
        self.redis.start()
        self.near = self.redis.connect()
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_worker(self, ahead_s: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.delivering_worker", str(self.folder), self.redis.url, str(ahead_s)]
        log = (self.folder / "worker.log").open("ab")
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        log.close()
        self.workers.append(process)
        return process

    def say(self, number: int) -> None:
        self.store.now = datetime.now(UTC)
        self.store.person(number)

    def ring(self) -> None:
        with contextlib.suppress(Exception):
            enqueue(self.near, LANE)

    def arrived(self) -> list[str]:
        path = self.folder / "arrived"
        return path.read_text().split() if path.exists() else []

    def eventually(self, true: Callable[[], bool], *, sweeps: bool = False, ahead_s: int = 0) -> None:
        until = time.monotonic() + 20
        while not true():
            if time.monotonic() > until:
                raise AssertionError((self.folder / "worker.log").read_text()[-3_000:])
            if sweeps and self.store.outbox.lanes(datetime.now(UTC) + timedelta(seconds=ahead_s)):
                self.ring()
            time.sleep(0.05)

    def sent(self, count: int) -> Callable[[], bool]:
        return lambda: self.store.states()["sent"] == count

    def close(self) -> None:
        for process in self.workers:
            process.kill()
            process.wait(10)
        self.redis.close()
        self.store.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.close()


@pytest.mark.proves("N16")
def test_a_flushed_redis_in_the_middle_loses_and_doubles_nothing(desk: Desk) -> None:
    desk.start_worker()
    for number in range(30):
        desk.say(number)
        desk.ring()
        if number % 7 == 3:
            desk.near.flushall()
    desk.eventually(desk.sent(30), sweeps=True)
    assert len(desk.arrived()) == len(set(desk.arrived())) == 30


@pytest.mark.proves("N16")
def test_redis_killed_under_the_worker_delays_nothing_for_long(desk: Desk) -> None:
    worker = desk.start_worker()
    desk.say(1)
    desk.ring()
    desk.eventually(desk.sent(1))
    desk.redis.stop()
    desk.say(2)
    desk.eventually(desk.sent(2))
    desk.redis.start()
    desk.say(3)
    desk.eventually(desk.sent(3), sweeps=True)
    assert worker.poll() is None
    assert len(desk.arrived()) == 3


def test_a_worker_that_starts_without_redis_works(desk: Desk) -> None:
    desk.redis.stop()
    desk.say(1)
    worker = desk.start_worker()
    desk.eventually(desk.sent(1))
    assert worker.poll() is None


@pytest.mark.proves("N16")
def test_a_worker_killed_while_it_sends_leaves_one_message_and_one_resolution(desk: Desk) -> None:
    (desk.folder / "hang").touch()
    worker = desk.start_worker()
    desk.say(1)
    desk.ring()
    desk.eventually(lambda: desk.arrived() != [])
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    assert desk.store.states() == {"sending": 1}
    (desk.folder / "hang").unlink()
    desk.start_worker(ahead_s=LEASE_S + 1)
    desk.eventually(desk.sent(1), sweeps=True, ahead_s=LEASE_S + 1)
    assert len(desk.arrived()) == 1


def test_a_worker_says_that_it_lives_and_stops_cleanly(desk: Desk) -> None:
    worker = desk.start_worker()
    beats = Heartbeats(desk.store.database)
    desk.eventually(lambda: [beat.roles for beat in beats.all()] == ["worker"])
    desk.say(1)
    desk.ring()
    desk.eventually(desk.sent(1))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert desk.near.exists(marker(LANE)) == 0


def test_a_worker_stops_cleanly_while_redis_is_away(desk: Desk) -> None:
    worker = desk.start_worker()
    desk.say(1)
    desk.ring()
    desk.eventually(desk.sent(1))
    desk.redis.stop()
    desk.say(2)
    desk.eventually(desk.sent(2))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
