"""Files that a provider holds: the rows of the store as the fetcher wants them, and the bell for those that wait."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from channels.whatsapp import media
from tickets.outbound import Bell
from tickets.store.attachments import Attachments
from tickets.store.attachments import WaitingFile as Row
from tickets.submission import Unavailable

EVERY_S: Final = 1.0


class WaitingFiles:
    """What the fetcher keeps and refuses, written to the store."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments
        self._claimed: dict[tuple[str, int], Row] = {}

    def waiting(self, now: datetime, limit: int) -> list[media.WaitingFile]:
        """Claim files whose time has come."""
        rows = self._attachments.claim(now, limit=limit)
        self._claimed |= {(row.message, row.no): row for row in rows}
        return [
            media.WaitingFile(
                message=row.message, no=row.no, content_type=row.content_type, source=row.url, tries=row.tries - 1
            )
            for row in rows
        ]

    def keep(self, message: str, no: int, data: bytes, content_type: str, now: datetime) -> None:
        """The bytes, and what they are by their content."""
        self._attachments.stored(self._claimed.pop((message, no)), data, content_type)

    def refuse(self, message: str, no: int, reason: str, now: datetime) -> None:
        """It cannot be had."""
        self._attachments.refused(self._claimed.pop((message, no)), reason)

    def later(self, message: str, no: int, not_before: datetime) -> None:
        """Try again."""
        self._attachments.later(self._claimed.pop((message, no)), not_before, "unreachable")


class FilesBell:
    """Rings for files that wait: no notice goes with them, so nothing else would."""

    def __init__(self, attachments: Attachments, bell: Bell, clock: Callable[[], datetime]) -> None:
        self._attachments, self._bell, self._clock = attachments, bell, clock

    async def run(self, stop: asyncio.Event) -> None:
        """Look every second, until ``stop``."""
        while not stop.is_set():
            with suppress(Unavailable):
                at = await asyncio.to_thread(self._attachments.next_at)
                if at is not None and at <= self._clock():
                    self._bell.ring([media.LANE])
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await stop.wait()
