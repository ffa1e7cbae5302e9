"""The clock: real time, and the sandbox's when there is a file that moves it."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.clock import Clock


def test_without_a_file_nothing_moves_the_clock() -> None:
    before = datetime.now(UTC)
    assert before <= Clock()() <= datetime.now(UTC)


def test_the_sandbox_moves_it_forward_and_back(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = Clock(file)
    assert clock.offset() == timedelta()
    for step, seconds in enumerate((1500, 86_400), 1):
        file.write_text(json.dumps({"offset_seconds": seconds}))
        os.utime(file, ns=(step, step))
        assert clock.now() - datetime.now(UTC) > timedelta(seconds=seconds - 5)
    file.unlink()
    assert clock.offset() == timedelta()


def test_a_broken_file_is_no_offset(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    for text in ("", "[]", '{"offset_seconds": "x"}', '{"offset_seconds": 1e300}'):
        file.write_text(text)
        assert Clock(file).offset() == timedelta()
