"""`python -m bench.start`: how long `make run` takes on a fresh copy of the checkout, and when it is run again.

The packages come from pip's and uv's caches when those are warm. CPU is that of all processes until the desk is up.
"""

import argparse
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import machine
from bench.product import ROOT, environment


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the command to the line that says where the desk is, and CPU seconds of everything until then."""

    wall_s: float
    cpu_s: float


def start(copy: Path, environ: dict[str, str]) -> Start:
    """Start, wait for the last line, stop. Raises RuntimeError when it ends before."""
    began = time.monotonic()
    log = copy.parent / "log"
    with log.open("wb") as errors:
        # In a session of its own, so that its end can be asked for as Ctrl-C does: of the whole group.
        process = subprocess.Popen(
            ["make", "run"], cwd=copy, env=environ, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
    try:
        assert process.stdout is not None
        while not (line := process.stdout.readline()).startswith(b"Buka"):
            if not line:
                raise RuntimeError(f"it ended: {log.read_text(errors='replace')[-400:]}")
        wall_s = time.monotonic() - began
        return Start(wall_s, sum(machine.cpu_s(pid) for pid in machine.family(process.pid)))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=30)


def settings(folder: Path, *, bytecode: bool) -> dict[str, str]:
    """The environment of one installation."""
    environ = environment(folder, machine.free_port(), machine.free_port())
    environ.pop("PYTHONPATH")
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ if bytecode else {**environ, "PYTHONDONTWRITEBYTECODE": "1"}


def shown(name: str, starts: list[Start]) -> None:
    """The medians with their range."""
    walls, cpus = [one.wall_s for one in starts], [one.cpu_s for one in starts]
    sys.stdout.write(
        f"{name:<13} {statistics.median(walls):5.1f} s [{min(walls):.1f}..{max(walls):.1f}]"
        f"   {statistics.median(cpus):5.1f} s CPU [{min(cpus):.1f}..{max(cpus):.1f}]   load {machine.load():.1f}\n"
    )
    sys.stdout.flush()


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m bench.start")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-bytecode", action="store_true", help="as where PYTHONDONTWRITEBYTECODE is set")
    chosen = parser.parse_args()
    sys.stdout.write(f"{machine.described()}\n")
    fresh, again = [], []
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="sigap-bench-") as name:
            copy = Path(name) / "sigap"
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True, env=dict(os.environ))
            environ = settings(Path(name), bytecode=not chosen.no_bytecode)
            fresh.append(start(copy, environ))
            again += [start(copy, environ) for _ in range(chosen.rounds)]
    shown("fresh copy", fresh)
    shown("second start", again)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
