"""Everything that was said and done, in the order in which it happened; nothing is ever taken out or changed.

A judge compares this ledger with the product's own record. The page and the tests follow it.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. ``at`` is the played time, ``real_s`` the process's own clock for measuring spans."""

    seq: int
    at: datetime
    real_s: float
    kind: str
    data: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"seq": self.seq, "at": self.at.isoformat(), "kind": self.kind, **self.data}


class Ledger:
    """An append-only list with a bell for those who follow it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bell = asyncio.Event()
        self.entries: list[Entry] = []

    @property
    def head(self) -> int:
        return len(self.entries)

    def add(self, kind: str, **data: Any) -> Entry:
        entry = Entry(seq=self.head + 1, at=self._clock.now(), real_s=time.monotonic(), kind=kind, data=data)
        self.entries.append(entry)
        self._bell.set()
        self._bell = asyncio.Event()
        return entry

    async def after(self, seq: int) -> list[Entry]:
        """The entries after ``seq``; waits while there are none."""
        while self.head <= seq:
            await self._bell.wait()
        return self.entries[max(seq, 0) :]
