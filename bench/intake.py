"""`python -m bench.intake`: WhatsApp messages through the real HTTP door, beside the same server without a store.

Each round runs the limits and the product one after another on the same machine; ratios are taken within a round.
Every message is from another person, opens a ticket, and is signed; 200 is answered after its commit.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import client, machine, webhooks
from bench.limits import LIMITS
from bench.product import ROOT, Product

WARM_UP: Final = 100
PACE_PER_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one server did: messages per second, CPU per message, waiting under load (ms), memory at its most."""

    rate: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    peak_mib: float


def say(line: str = "") -> None:
    """One line for the reader."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def requests(port: int, count: int) -> list[bytes]:
    return webhooks.messages(f"http://127.0.0.1:{port}", f"127.0.0.1:{port}", count)


def loaded(port: int, pid: int, count: int, in_flight: int) -> Run:
    """Everything at once, after a warm-up. Raises RuntimeError when anything was not answered with 200."""
    warm, real = requests(port, WARM_UP), requests(port, count)
    asyncio.run(client.at_once(port, warm, in_flight))
    before = machine.cpu_s(pid)
    heard = asyncio.run(client.at_once(port, real, in_flight))
    used = machine.cpu_s(pid) - before
    if heard.statuses != {200: count}:
        raise RuntimeError(f"not every message was taken: {dict(heard.statuses)}")
    peak = machine.memory_mib(pid)[1]
    return Run(heard.rate, used / count * 1e6, heard.percentile_ms(50), heard.percentile_ms(99), peak)


def limit(kind: str, use: Callable[[int, int], Run]) -> Run:
    """Use a server that stores nothing."""
    port = machine.free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.limits", kind, str(port)], cwd=ROOT)
    try:
        machine.listening(port, process)
        return use(port, process.pid)
    finally:
        machine.end(process)


def product(folder: Path, use: Callable[[int, int], Run], expected: int) -> Run:
    """Use the product, and look on the disk for every message that it said yes to."""
    running = Product(folder)
    try:
        found = use(running.port, running.process.pid)
    finally:
        running.stop()
    messages, tickets = running.stored()
    if messages != expected:
        raise RuntimeError(f"{expected} messages were acknowledged and {messages} are stored")
    say(f"  stored {messages} messages, {tickets} tickets")
    return found


def shown(name: str, run: Run) -> None:
    say(
        f"  {name:<8} {run.rate:7.0f}/s   {run.cpu_us:6.0f} us CPU   p50 {run.p50_ms:6.1f} p99 {run.p99_ms:6.1f} ms"
        f"   peak {run.peak_mib:4.0f} MiB   load {machine.load():.1f}"
    )


def throughput(folder: Path, rounds: int, count: int, in_flight: int) -> None:
    """Rounds of limits and product; prints the median ratios with their range."""
    found: list[dict[str, Run]] = []
    for number in range(rounds):
        say(f"round {number + 1}: {count} messages, {in_flight} in flight")
        use = lambda port, pid: loaded(port, pid, count, in_flight)  # noqa: E731
        runs = {kind: limit(kind, use) for kind in LIMITS}
        runs["product"] = product(folder / f"round{number}", use, count + WARM_UP)
        for name, run in runs.items():
            shown(name, run)
        found.append(runs)
    for kind in LIMITS:
        rates = [runs["product"].rate / runs[kind].rate * 100 for runs in found]
        costs = [runs["product"].cpu_us / runs[kind].cpu_us for runs in found]
        say(f"product against {kind}: {_spread(rates)} % of the rate, {_spread(costs, 1)} times the CPU per message")


def _spread(values: Sequence[float], digits: int = 0) -> str:
    low, middle, high = (f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))
    return f"{middle} [{low}..{high}]"


def latency(folder: Path, count: int) -> None:
    """One message at a time, at a slow pace: how long a customer's provider waits for the yes."""

    def use(port: int, pid: int) -> Run:
        asyncio.run(client.at_once(port, requests(port, WARM_UP), 4))
        before = machine.cpu_s(pid)
        heard = asyncio.run(client.at_a_pace(port, requests(port, count), PACE_PER_S))
        used = machine.cpu_s(pid) - before
        return Run(
            heard.rate, used / count * 1e6, heard.percentile_ms(50), heard.percentile_ms(99), machine.memory_mib(pid)[1]
        )

    say(f"one at a time: {count} messages at {PACE_PER_S:.0f}/s")
    for kind in LIMITS:
        shown(kind, limit(kind, use))
    shown("product", product(folder / "latency", use, count + WARM_UP))


def counts(folder: Path, count: int, in_flight: int) -> None:
    """Statements and commits per message, alone and under load."""
    running = Product(folder / "counts", counts=True)
    try:
        asyncio.run(client.at_once(running.port, requests(running.port, WARM_UP), 4))
        for name, flying in (("alone", 1), (f"{in_flight} in flight", in_flight)):
            before = running.counted()
            asyncio.run(client.at_once(running.port, requests(running.port, count), flying))
            statements, commits = (now - then for now, then in zip(running.counted(), before, strict=True))
            say(
                f"{name}: {statements / count:.2f} statements and {commits / count:.3f} commits a message, "
                f"{count / commits:.1f} messages a commit"
            )
    finally:
        running.stop()


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m bench.intake")
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    say(machine.described())
    with tempfile.TemporaryDirectory(prefix="sigap-bench-") as name:
        folder = Path(name)
        throughput(folder, chosen.rounds, chosen.messages, chosen.in_flight)
        latency(folder, min(chosen.messages, 400))
        counts(folder, min(chosen.messages, 400), chosen.in_flight)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
