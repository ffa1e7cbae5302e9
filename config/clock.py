"""The clock of the process. In the sandbox it can be put forward, so that nobody waits 24 hours to see a reminder."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Tells the time, aware and in UTC. Instances are callable, for those who take a plain function.

    With a path it adds ``{"offset_seconds": n}`` of that file, which the sandbox writes; without one it is the
    machine's clock and nothing can move it. A file that is missing or cannot be read counts as no offset.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta()

    def now(self) -> datetime:
        """The present moment, or the sandbox's."""
        return datetime.now(UTC) + self.offset()

    __call__ = now

    def offset(self) -> timedelta:
        """How far the sandbox has put the clock forward. One ``stat`` a call; the file is read when it has changed."""
        if self._file is None:
            return self._offset
        try:
            found = self._file.stat()
        except OSError:
            self._seen, self._offset = None, timedelta()
            return self._offset
        mark = (found.st_mtime_ns, found.st_ino)
        if mark != self._seen:
            self._seen, self._offset = mark, _read(self._file)
        return self._offset


def _read(path: Path) -> timedelta:
    try:
        return timedelta(seconds=float(json.loads(path.read_text())["offset_seconds"]))
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return timedelta()
