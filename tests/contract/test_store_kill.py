"""A writing process that is killed at any moment has lost nothing that it answered, and stored nothing by halves."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store_stage import Stage
from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.verify import verify

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, ANSWERS = 4, 20

PROGRAM = """
import sys
from tests.contract.store_decider import message
from tests.store_stage import Stage
from tickets.store.engine import Database

stage = Stage(Database(sys.argv[1], door=True, checkpoints=True))
stage.writer.start()
number = int(sys.argv[2])
while True:
    # Several wait at once, so that a kill meets batches, too.
    keys = [f"SM{number + n}" for n in range(5)]
    futures = [stage.writer.submit(message("!follow", key=key, phone=f"+62{key}")) for key in keys]
    for key, future in zip(keys, futures):
        print(key, future.result().reference, flush=True)
    number += 5
"""


@pytest.mark.proves("D4")
def test_what_was_answered_is_stored_once_and_whole_after_every_kill(database: Database, database_url: str) -> None:
    answered: dict[str, str] = {}
    for round_ in range(ROUNDS):
        # Each process begins some keys before where the last one was killed: those are repeats.
        first = max(0, len(answered) - 3)
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, database_url, str(first)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            for _ in range(ANSWERS + round_):
                key, reference = process.stdout.readline().split()
                assert answered.setdefault(key, reference) == reference
            os.kill(process.pid, signal.SIGKILL)
            for line in process.stdout:
                if not line.endswith("\n"):
                    # Killed in the middle of saying it: nobody was told.
                    break
                key, reference = line.split()
                assert answered.setdefault(key, reference) == reference

    stage = Stage(database)
    for key, reference in answered.items():
        stored = stage.reader.answered(key)
        assert stored is not None
        assert stored.reference == reference
    report = verify(database)
    assert report.sound, report.first_bad
    # Every ticket has both its events, its message and its key: nothing was stored by halves.
    tickets = stage.count(schema.ticket)
    assert tickets >= len(answered)
    assert stage.count(schema.message) == stage.count(schema.notice) == tickets
    assert stage.count(schema.event) == 2 * tickets
    assert stage.count(schema.command_key) == 3 * tickets
