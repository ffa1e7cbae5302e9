"""The role ``worker``: an RQ ``SimpleWorker`` that answers bells, and a watch that goes on without Redis.

No fork, so connections and the loop are reused. Signals end it after the chunk in hand.
"""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
import structlog
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from tickets.submission import Unavailable
from workers import jobs
from workers.bell import queue_names
from workers.delivery import Delivery

WORKER_TTL_S = 30
MAINTENANCE_S = 10
BEAT_S = 5.0
# A job ends well within this; a process that is in one for longer hangs, and stops to beat so that it is replaced.
HANGS_S = 60.0
WITHOUT_REDIS_S = 2.0

log = structlog.get_logger("workers.worker")


class _Bellman(SimpleWorker):  # type: ignore[misc]
    """RQ's worker, which looks for Redis again after two seconds at most and tells delivery when it is to stop."""

    max_connection_wait_time = 2.0
    on_stop: Callable[[], None] = staticmethod(lambda: None)

    def request_stop(self, signum: int, frame: Any) -> None:
        self.on_stop()
        super().request_stop(signum, frame)


class WorkerRole:
    """Runs until a signal comes. ``beat`` writes the heartbeat row of this process."""

    def __init__(
        self,
        *,
        connection: redis.Redis,
        quick: redis.Redis,
        delivery: Delivery,
        beat: Callable[[], None],
        lanes: dict[str, Callable[[str], bool]] | None = None,
    ) -> None:
        """``connection`` waits for jobs, ``quick`` (a short timeout) does the rest."""
        self._connection, self._quick, self._delivery, self._beat = connection, quick, delivery, beat
        self._own_lanes = lanes or {}
        self._stop = threading.Event()
        self._busy_since: float | None = None
        self._watch = threading.Thread(target=self._watching, name="watch", daemon=True)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; start again whenever Redis comes back."""
        jobs.serve(self._drain, self._quick)
        for lane, drain in self._own_lanes.items():
            jobs.serve_lane(lane, drain)
        self._watch.start()
        try:
            while not self._stop.is_set():
                self._install_signals()
                try:
                    self._work()
                except (redis.ConnectionError, redis.TimeoutError) as error:
                    log.warning("redis_away", error=type(error).__name__)
                    self._stop.wait(0.5)
        finally:
            self._ask_to_stop()
            self._watch.join(10)

    def _work(self) -> None:
        worker = _Bellman(
            queue_names(),
            connection=self._connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
            maintenance_interval=MAINTENANCE_S,
            log_job_description=False,
        )
        worker.on_stop = self._ask_to_stop
        worker.work(logging_level="WARNING")

    def _install_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self._ask_to_stop())

    def _ask_to_stop(self) -> None:
        self._stop.set()
        self._delivery.stop()

    def _drain(self, lane: str) -> bool:
        self._busy_since = time.monotonic()
        try:
            return self._delivery.drain(lane)
        finally:
            self._busy_since = None

    def _watching(self) -> None:
        next_beat = 0.0
        while not self._stop.is_set():
            if time.monotonic() >= next_beat:
                self._beat_if_alive()
                next_beat = time.monotonic() + BEAT_S
            if not self._redis_answers():
                self._drain_all()
            self._stop.wait(WITHOUT_REDIS_S)

    def _beat_if_alive(self) -> None:
        since = self._busy_since
        if since is not None and time.monotonic() - since > HANGS_S:
            log.error("worker_hangs")
            return
        try:
            self._beat()
        except Unavailable as error:
            log.warning("heartbeat_missed", reason=error.reason)

    def _redis_answers(self) -> bool:
        try:
            return bool(self._quick.ping())
        except redis.RedisError:
            return False

    def _drain_all(self) -> None:
        """No bell rings while Redis is away, so look for work without being called."""
        try:
            for lane in sorted(self._delivery.lanes(), key=lambda name: not name.endswith(".page")):
                self._delivery.drain(lane, slice_s=1.0)
        except Unavailable as error:
            log.warning("outbox_unavailable", reason=error.reason)
