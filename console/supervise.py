"""Runs children in the foreground: stage after stage, each child again when it dies, all stopped cleanly."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from console.children import Child, Hopeless, Keeper, Report

# From the signal to the end: everything else first, then the first stage (Redis). Together under 5 s.
STOP_WITHIN_S: Final = 4.0
STOP_FIRST_WITHIN_S: Final = 0.8


class Supervisor:
    """Children in stages: a stage starts when the one before is ready, and stops before it."""

    def __init__(self, stages: Sequence[Sequence[Child]], run_dir: Path, report: Report) -> None:
        self._stages = [[Keeper(child, run_dir, report) for child in stage] for stage in stages]
        self._report = report
        self._stop = asyncio.Event()
        self._signals = 0

    async def run(self, started: Sequence[str] = ()) -> int:
        """Start all, print ``started`` line by line, keep all alive until a signal, stop all. Returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop)
        try:
            for stage in self._stages:
                for keeper in stage:
                    keeper.begin()
                for keeper in stage:
                    if keeper.child.awaited:
                        await self._until_stopped(keeper.ready)
            for keeper in self._keepers():
                await self._until_stopped(keeper.ready)
            if not self._stop.is_set():
                for line in started:
                    self._report("", line)
            await self._until_stopped(asyncio.Event())
        except Hopeless as error:
            self._report("sigap", str(error))
            return 1
        finally:
            await self._stop_all()
        return 0

    def stop(self) -> None:
        """Ask for a clean stop. Asked again, everything is killed at once."""
        self._signals += 1
        self._stop.set()
        if self._signals > 1:
            for keeper in self._keepers():
                keeper.kill()

    async def _until_stopped(self, event: asyncio.Event) -> None:
        waits = [asyncio.create_task(waiting.wait()) for waiting in (event, self._stop)]
        kept = [keeper.task for keeper in self._keepers() if keeper.task is not None]
        try:
            done, _ = await asyncio.wait([*waits, *kept], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        for task in kept:
            if task in done:
                # Only a hopeless child ends by itself; its error comes out here.
                task.result()

    async def _stop_all(self) -> None:
        later = [keeper for stage in self._stages[1:] for keeper in stage]
        await self._stop_these(later, STOP_WITHIN_S)
        await self._stop_these(self._stages[0], STOP_FIRST_WITHIN_S)

    async def _stop_these(self, keepers: Sequence[Keeper], patience_s: float) -> None:
        tasks = []
        for keeper in reversed(keepers):
            if keeper.task is not None:
                keeper.ask_to_stop()
                tasks.append(keeper.task)
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=patience_s)
        for keeper in keepers:
            if keeper.running:
                self._report("sigap", f"{keeper.child.name} did not stop in time and was killed")
                keeper.kill()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keepers(self) -> list[Keeper]:
        return [keeper for stage in self._stages for keeper in stage]
