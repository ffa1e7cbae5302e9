"""What the machine says: load, CPU time and memory of processes; and how to end what was started. Linux only."""

import contextlib
import os
import platform
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def described() -> str:
    """The machine in one line, with its load now."""
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}, load {load():.1f}"


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def cpu_s(pid: int) -> float:
    """User and system seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS


def family(pid: int) -> Iterator[int]:
    """A process and all that it started and that lives."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            with contextlib.suppress(OSError):
                yield from family(int(child))


def memory_mib(pid: int) -> tuple[float, float]:
    """Resident memory now, and the most that there was."""
    found = {"VmRSS": 0.0, "VmHWM": 0.0}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) / 1024
    return found["VmRSS"], found["VmHWM"]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listening(port: int, process: "subprocess.Popen[bytes]", within_s: float = 60) -> None:
    """Wait until a process listens on a port. Raises RuntimeError when it ends or takes too long."""
    latest = time.monotonic() + within_s
    while time.monotonic() < latest:
        if process.poll() is not None:
            raise RuntimeError(f"ended with exit code {process.returncode}: {process.args!r}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port} after {within_s:.0f} s")


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a process of ours to stop, and insist after ten seconds."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
