"""A real store with notices to deliver, and a wire that plays a provider's moods."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.contract.store_decider import CONFIG, NOW, TOKENS, Memory, SmallDecider, command, message
from tickets.model import Channel
from tickets.outbound import OutboundMessage
from tickets.store.engine import Database
from tickets.store.migrate import upgrade
from tickets.store.outbox import Outbox
from tickets.store.writer import ThreadWriter
from tickets.views import Briefing


class Wire:
    """A channel to a provider that does as it is told: ``moods`` are raised, one for each message that leaves."""

    def __init__(self, name: Channel = Channel.WHATSAPP) -> None:
        self.name = name
        self.moods: list[Exception | None] = []
        # What the provider has, by key; what it would tell when asked; when each was sent.
        self.arrived: list[OutboundMessage] = []
        self.asked: list[str] = []
        self.finds: list[Exception] = []
        self.irrelevant: set[str] = set()
        self.at_once = self.most_at_once = 0
        self.before: Callable[[OutboundMessage], None] = lambda message: None

    def compose(self, briefing: Briefing, now: datetime) -> OutboundMessage | None:
        notice = briefing.notice
        if notice.purpose in self.irrelevant:
            return None
        return OutboundMessage(
            key=notice.id,
            channel=self.name,
            address=notice.address or "",
            text=f"{notice.purpose} for {notice.person.id}",
            language="id",
            purpose=notice.purpose,
        )

    async def send(self, message: OutboundMessage) -> str:
        self.before(message)
        mood = self.moods.pop(0) if self.moods else None
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if mood is None or mood.args[-1:] == ("arrived",):
            self.arrived.append(message)
        if mood is not None:
            raise mood
        return f"SM{message.key}"

    async def find(self, message: OutboundMessage) -> str | None:
        self.asked.append(message.key)
        if self.finds:
            raise self.finds.pop(0)
        return next((f"SM{one.key}" for one in self.arrived if one.key == message.key), None)


class OutboxStage:
    """A migrated SQLite file, its writer, and a clock that stands where it is put."""

    def __init__(self, folder: Path, now: datetime = NOW) -> None:
        self.path = folder / "sigap.db"
        url = f"sqlite:///{self.path}"
        self.now = now
        self.writing = Database(url, checkpoints=True)
        upgrade(self.writing)
        self.database = Database(url)
        self.outbox = Outbox(self.database)
        self.rung: list[str] = []
        self.writer = ThreadWriter(
            self.writing,
            SmallDecider(),
            config=lambda: CONFIG,
            tokens=TOKENS,
            clock=lambda: self.now,
            blobs=Memory(),
            on_commit=lambda _tickets, lanes: self.rung.extend(lanes),
        )
        self.writer.start()
        self._keys = itertools.count()
        self.commits: Counter[str] = Counter()
        event.listen(self.database.engine, "commit", self._committed)

    def _committed(self, connection: Any) -> None:
        if connection.get_execution_options().get("writes"):
            self.commits["writes"] += 1

    def clock(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def person(self, number: int = 1) -> str:
        """Somebody who wrote; their acknowledgement waits. Returns the contact's id."""
        phone = f"+62812000{number:05d}"
        answer = self.writer.submit(message("wifi mati", key=f"wa:{next(self._keys)}", phone=phone)).result(5)
        assert answer.contact
        return answer.contact

    def tell(self, *people: str, **options: Any) -> None:
        """Notices to these people."""
        key = f"tell:{next(self._keys)}"
        self.writer.submit(command("tell", key=key, people=list(people), **options)).result(5)

    def states(self) -> Counter[str]:
        """How many notices are in which state."""
        with self.database.reading() as connection:
            rows = connection.exec_driver_sql("SELECT state FROM notice")
            return Counter(state for (state,) in rows)

    def close(self) -> None:
        self.writer.stop()
        self.writing.close()
        self.database.close()
