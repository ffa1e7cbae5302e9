"""A worker process for tests: the real role over a real store, with a provider that writes down what arrives.

``python -m tests.delivering_worker FOLDER REDIS_URL AHEAD_S``. While ``FOLDER/hang`` exists the provider takes a
message and does not answer. The clock of the process is ``AHEAD_S`` seconds ahead.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.outbox_stage import Wire
from tickets.outbound import OutboundMessage
from tickets.store.engine import Database
from tickets.store.outbox import Outbox
from tickets.store.state import Heartbeats
from workers.connections import patient, quick
from workers.delivery import Delivery
from workers.limits import Limits
from workers.loop import Loop
from workers.worker import WorkerRole


class Provider(Wire):
    """Its memory is a file, so that it outlives the worker."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    async def send(self, message: OutboundMessage) -> str:
        with (self._folder / "arrived").open("a") as arrived:
            arrived.write(f"{message.key}\n")
        while (self._folder / "hang").exists():
            await asyncio.sleep(0.01)
        return f"SM{message.key}"

    async def find(self, message: OutboundMessage) -> str | None:
        known = (self._folder / "arrived").read_text().split() if (self._folder / "arrived").exists() else []
        return f"SM{message.key}" if message.key in known else None


def main(folder: Path, url: str, ahead: timedelta) -> None:
    def now() -> datetime:
        return datetime.now(UTC) + ahead

    database = Database(f"sqlite:///{folder / 'sigap.db'}")
    wire, loop, near = Provider(folder), Loop(), quick(url)
    delivery = Delivery(
        outbox=Outbox(database),
        channels={wire.name: wire},
        limits=Limits(near, {}),
        loop=loop,
        worker=f"worker-{os.getpid()}",
        clock=now,
    )
    heartbeats = Heartbeats(database)
    (folder / "worker.pid").write_text(str(os.getpid()))
    WorkerRole(
        connection=patient(url),
        quick=near,
        delivery=delivery,
        beat=lambda: heartbeats.beat(f"worker-{os.getpid()}", "worker", now()),
    ).run()
    loop.close()
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], timedelta(seconds=int(sys.argv[3])))
