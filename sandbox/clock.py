"""The clock that can be put forward, for the sandbox and, through a file, for a product that plays along."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Real time plus an offset. The offset lies in ``file`` as ``{"offset_seconds": n}``, replaced atomically."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.offset_s = _read(file)
        if file is not None and not file.exists():
            self._write()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

    def forward(self, seconds: float) -> None:
        """Raises ValueError for a step back: time of people only runs forward, ``reset`` begins a new play."""
        if seconds < 0:
            raise ValueError("the clock goes forward only")
        self.offset_s += seconds
        self._write()

    def reset(self) -> None:
        self.offset_s = 0.0
        self._write()

    def _write(self) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}.new")
        with beside.open("w", encoding="utf-8") as out:
            json.dump({"offset_seconds": self.offset_s}, out)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self._file)


def _read(file: Path | None) -> float:
    """The offset of an earlier run, so that a restart of the sandbox alone does not turn the product's time back."""
    if file is None or not file.is_file():
        return 0.0
    try:
        return float(json.loads(file.read_text(encoding="utf-8"))["offset_seconds"])
    except (ValueError, KeyError, TypeError):
        return 0.0
