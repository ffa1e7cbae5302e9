"""The supervisor over real processes: order, readiness, restart, clean stop, no orphans."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# A supervisor over the embedded Redis and two children: one that works, one that the test chooses.
PROGRAM = """
import asyncio, sys
from pathlib import Path
from console import redis_server
from console.children import Child, redis_answers
from console.processes import printer
from console.supervise import Supervisor

data = Path(sys.argv[1])
redis_server.prepare_folders(data)
(data / "run").mkdir(exist_ok=True)
redis = Child(
    name="redis", command=redis_server.command(data), ready=redis_answers(redis_server.socket_path(data))
)
worker = Child(name="worker", command=[sys.executable, "-c", sys.argv[2]])
code = asyncio.run(Supervisor([[redis], [worker]], data / "run", printer(False)).run(["all up"]))
print("left with", code, flush=True)
sys.exit(code)
"""
SAY_READY = "from console.ready import say_ready; say_ready();"
GOOD = f"import signal, time; {SAY_READY} print('at work', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SAY_READY}\nwhile True: signal.pause()"
PARENT = f"import subprocess, signal; subprocess.Popen(['sleep', '300']); {SAY_READY} signal.pause()"


class Running:
    """A supervisor that a test started, its output in a file."""

    def __init__(self, data: Path, program: str, output: Path) -> None:
        self.data, self.output = data, output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(data), program], stdout=file, stderr=subprocess.STDOUT
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def pid(self, name: str) -> int:
        return int((self.data / "run" / f"{name}.pid").read_text())

    def up(self) -> None:
        wait_for(lambda: "all up" in self.said or self.process.poll() is not None, lambda: self.said)
        assert self.process.poll() is None, self.said


def wait_for(condition: Callable[[], bool], explain: Callable[[], str], patience_s: float = 20.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    started: list[Running] = []

    def begin(program: str) -> Running:
        started.append(Running(tmp_path / "data", program, tmp_path / "output"))
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(10)


def test_it_starts_all_and_stops_all_on_one_signal(start: Callable[[str], Running]) -> None:
    running = start(GOOD)
    running.up()
    pids = [running.pid("redis"), running.pid("worker")]
    assert running.said.splitlines()[-1] == "all up" or "worker  | at work" in running.said
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(10) == 0
    assert not any(alive(pid) for pid in pids)
    assert not list((running.data / "run").glob("*.pid"))


@pytest.mark.parametrize("name", ["redis", "worker"])
def test_a_child_that_was_killed_comes_back(start: Callable[[str], Running], name: str) -> None:
    running = start(GOOD)
    running.up()
    old = running.pid(name)
    os.kill(old, signal.SIGKILL)

    def is_back() -> bool:
        try:
            return running.pid(name) != old
        except (FileNotFoundError, ValueError):
            return False

    wait_for(is_back, lambda: running.said)
    assert f"{name} ended (signal 9); starting it again in 0.2 s" in running.said


def test_a_child_that_cannot_start_ends_everything_with_its_last_words(start: Callable[[str], Running]) -> None:
    running = start("import sys; sys.exit('the port is taken')")
    assert running.process.wait(20) == 1
    assert "worker cannot start (exit code 1): the port is taken" in running.said
    assert "all up" not in running.said


def test_a_child_that_says_that_its_settings_are_wrong_is_not_tried_again(start: Callable[[str], Running]) -> None:
    running = start("import sys; print('rules.yaml:3: no such team', file=sys.stderr); sys.exit(2)")
    assert running.process.wait(20) == 1
    assert running.said.count("worker  | rules.yaml:3: no such team") == 1


def test_a_child_that_does_not_stop_is_killed_in_time(start: Callable[[str], Running]) -> None:
    running = start(STUBBORN)
    running.up()
    running.process.terminate()
    assert running.process.wait(10) == 0
    assert "worker did not stop in time and was killed" in running.said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_no_orphan_survives_a_killed_supervisor(start: Callable[[str], Running]) -> None:
    running = start(GOOD)
    running.up()
    pids = [running.pid("redis"), running.pid("worker")]
    running.process.kill()
    running.process.wait(10)
    wait_for(lambda: not any(alive(pid) for pid in pids), lambda: f"{pids} are left")


def test_what_a_child_started_goes_with_it(start: Callable[[str], Running]) -> None:
    running = start(PARENT)
    running.up()
    worker = running.pid("worker")
    grandchild = int(Path(f"/proc/{worker}/task/{worker}/children").read_text().split()[0])
    running.process.terminate()
    running.process.wait(10)
    assert not alive(grandchild)
