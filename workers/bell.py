"""The bell: an RQ job that carries only the name of a lane. What is to be sent stands in the database.

A job may be lost, doubled or late without harm: the clock sweeps the outbox and rings again. ``bell:{lane}`` marks a
lane that has a job already; the job deletes it before it drains, so that whatever is committed after that rings anew.
"""

import threading
import time
from collections.abc import Iterable
from typing import Final

import redis
import structlog
from rq import Queue
from rq.serializers import JSONSerializer

JOB: Final = "workers.jobs.drain"
URGENCIES: Final = ("page", "normal", "low")
MARKER_S: Final = 10
JOB_TIMEOUT_S: Final = 120

log = structlog.get_logger("workers.bell")


def queue_name(lane: str) -> str:
    """The RQ queue of a lane: one per urgency, so that a worker takes pages first."""
    urgency = lane.rpartition(".")[2]
    return f"sigap-{urgency if urgency in URGENCIES else 'normal'}"


def queue_names() -> list[str]:
    """All queues, the most urgent first: the order in which a worker looks."""
    return [f"sigap-{urgency}" for urgency in URGENCIES]


def marker(lane: str) -> str:
    """The Redis key that says that a lane has a job."""
    return f"bell:{lane}"


def enqueue(connection: redis.Redis, lane: str) -> bool:
    """Put one job for ``lane`` unless there is one. Raises ``redis.RedisError``."""
    if not connection.set(marker(lane), "1", nx=True, ex=MARKER_S):
        return False
    try:
        queue = Queue(queue_name(lane), connection=connection, serializer=JSONSerializer)
        queue.enqueue_call(JOB, args=(lane,), timeout=JOB_TIMEOUT_S, result_ttl=0, failure_ttl=60, description=lane)
    except BaseException:
        connection.delete(marker(lane))
        raise
    return True


class RqBell:
    """Rings from its own thread. ``ring`` only adds to a set: it neither blocks nor raises.

    Lanes that wait while Redis is slow are a set, so a thousand commits are one ring. What cannot be rung is dropped
    and counted; the sweep finds it.
    """

    def __init__(self, connection: redis.Redis) -> None:
        self._redis = connection
        self._waiting: set[str] = set()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.failures = 0
        self.up = True

    def start(self) -> None:
        """Begin to ring what was asked for."""
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Ring what waits, then end; what cannot be rung in time is left to the sweep."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread:
            self._thread.join(timeout_s)

    def ring(self, lanes: Iterable[str]) -> None:
        """Say that these lanes have something to do."""
        with self._changed:
            self._waiting.update(lanes)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stopping:
                    self._changed.wait()
                if not self._waiting:
                    return
                lanes, self._waiting = self._waiting, set()
            self._ring(lanes)

    def _ring(self, lanes: set[str]) -> None:
        try:
            for lane in sorted(lanes, key=queue_name, reverse=True):
                enqueue(self._redis, lane)
        except redis.RedisError as error:
            self.failures += 1
            if self.up:
                log.warning("bell_down", error=type(error).__name__)
            self.up = False
            time.sleep(0.2)
        else:
            if not self.up:
                log.info("bell_up")
            self.up = True


class SilentBell:
    """No workers to wake: for tests and the command line, where the sweep finds everything."""

    def ring(self, lanes: Iterable[str]) -> None:
        """Do nothing."""
