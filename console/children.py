"""One child process of the supervisor: started, watched, started again, stopped."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

Probe = Callable[[], Awaitable[bool]]
Report = Callable[[str, str], None]

FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 5.0
# A child that lives this long is well again, and its next end is not counted together with earlier ones.
WELL_AFTER_S: Final = 10.0
SOON_S: Final = 5.0
DEATHS_BEFORE_REPORT: Final = 3
SLOW_START_S: Final = 30.0
LONGEST_SILENCE_S: Final = 20.0
_PROBE_EVERY_S: Final = 0.05
_LAST_WORDS: Final = 5
# A child ends with this code when starting it again cannot help: its settings or files are wrong.
EXIT_CONFIG: Final = 2
_PR_SET_PDEATHSIG: Final = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What to run. ``ready`` asks from outside; without it the child says so itself (``console/ready.py``)."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)
    ready: Probe | None = None
    # Whether the next stage waits until this one is ready.
    awaited: bool = True
    # Lines with these words are not passed on.
    unheard: tuple[str, ...] = ()
    # The child touches this file while it is well; one that stops to is hanging.
    beat: Path | None = None


class Hopeless(Exception):
    """A child cannot be started; the words are one line."""


class Keeper:
    """Keeps one child alive until ``stop``. ``report(name, line)`` gets its output and what happens to it."""

    def __init__(self, child: Child, run_dir: Path, report: Report) -> None:
        self.child, self._report = child, report
        self._pid_file = run_dir / f"{child.name}.pid"
        self.ready = asyncio.Event()
        self.process: asyncio.subprocess.Process | None = None
        self.task: asyncio.Task[None] | None = None
        self._stopping = False
        self._words: deque[str] = deque(maxlen=_LAST_WORDS)

    def begin(self) -> asyncio.Task[None]:
        """Start keeping, in a task that ends when the child was stopped, or with ``Hopeless``."""
        self.task = asyncio.create_task(self.keep(), name=self.child.name)
        return self.task

    @property
    def running(self) -> bool:
        return self.task is not None and not self.task.done()

    async def keep(self) -> None:
        """Run the child and start it again whenever it ends. Raises ``Hopeless`` when it never became ready."""
        pause, deaths = FIRST_PAUSE_S, 0
        while not self._stopping:
            began = asyncio.get_running_loop().time()
            code = await self._live()
            if self._stopping:
                return
            lived = asyncio.get_running_loop().time() - began
            if lived >= WELL_AFTER_S:
                pause = FIRST_PAUSE_S
            deaths = deaths + 1 if lived < SOON_S else 1
            self._explain(code, deaths, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _explain(self, code: int, deaths: int, pause: float) -> None:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        last = " / ".join(self._words) or "(it said nothing)"
        if not self.ready.is_set() and (code == EXIT_CONFIG or deaths >= DEATHS_BEFORE_REPORT):
            raise Hopeless(f"{self.child.name} cannot start ({how}): {last}")
        if deaths == DEATHS_BEFORE_REPORT:
            self._report("sigap", f"{self.child.name} keeps dying ({how}); its last words: {last}")
        else:
            self._report("sigap", f"{self.child.name} ended ({how}); starting it again in {pause:.1f} s")

    async def _live(self) -> int:
        said, ready_fd = os.pipe()
        heard, output_fd = os.pipe()
        os.set_blocking(said, False)
        try:
            process = await self._start(ready_fd, output_fd)
        except BaseException:
            os.close(heard)
            os.close(said)
            raise
        finally:
            os.close(ready_fd)
            os.close(output_fd)
        self.process = process
        self._words.clear()
        self._pid_file.write_text(f"{process.pid}\n")
        readiness = asyncio.create_task(self._await_ready(said))
        listener = asyncio.create_task(self._listen(heard))
        try:
            code = await process.wait()
            # What it left running must not hold the output, or a port, of the next one.
            _signal_group(process.pid, signal.SIGKILL)
            await asyncio.wait([listener], timeout=1)
            return code
        finally:
            readiness.cancel()
            listener.cancel()
            await asyncio.gather(readiness, listener, return_exceptions=True)
            os.close(said)
            self._pid_file.unlink(missing_ok=True)

    async def _start(self, ready_fd: int, output_fd: int) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                *self.child.command,
                stdin=asyncio.subprocess.DEVNULL,
                # A pipe of our own: asyncio's would count a child as alive while a grandchild holds its end.
                stdout=output_fd,
                stderr=output_fd,
                env={**os.environ, **self.child.environ, "SIGAP_READY_FD": str(ready_fd), "PYTHONUNBUFFERED": "1"},
                pass_fds=(ready_fd,),
                process_group=0,
                preexec_fn=_die_with(os.getpid()),
            )
        except OSError as error:
            raise Hopeless(f"{self.child.name} cannot start: {error}") from error

    async def _await_ready(self, said: int) -> None:
        began = asyncio.get_running_loop().time()
        slow = False
        while not await self._is_ready(said):
            await asyncio.sleep(_PROBE_EVERY_S)
            if not slow and asyncio.get_running_loop().time() - began > SLOW_START_S:
                slow = True
                self._report("sigap", f"{self.child.name} is running, but not ready after {SLOW_START_S:.0f} s")
        self.ready.set()
        if self.child.beat is not None:
            await self._watch(self.child.beat)

    async def _watch(self, beat: Path) -> None:
        """Kill a child that gives no sign of life any more; it is then started again like any that died."""
        began = time.time()
        while True:
            await asyncio.sleep(LONGEST_SILENCE_S / 10)
            last = max(began, _touched(beat))
            if time.time() - last > LONGEST_SILENCE_S and self.process is not None:
                self._report("sigap", f"{self.child.name} has hung for {LONGEST_SILENCE_S:.0f} s; killed")
                _signal_group(self.process.pid, signal.SIGKILL)
                return

    async def _is_ready(self, said: int) -> bool:
        if self.child.ready is not None:
            return await self.child.ready()
        try:
            return bool(os.read(said, 1))
        except BlockingIOError:
            return False

    async def _listen(self, heard: int) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(heard, "rb", buffering=0)
        )
        rest = b""
        try:
            while chunk := await reader.read(65_536):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._heard(line)
        finally:
            transport.close()
            self._heard(rest)

    def _heard(self, line: bytes) -> None:
        words = line.decode(errors="replace").rstrip()
        if words and not any(unheard in words for unheard in self.child.unheard):
            self._words.append(words)
            self._report(self.child.name, words)

    def ask_to_stop(self) -> None:
        """Tell the child to finish; it is not started again."""
        self._stopping = True
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.terminate()
        elif self.task is not None:
            # It only waits to be started again.
            self.task.cancel()

    def kill(self) -> None:
        """End the child and whatever it has started, at once."""
        self._stopping = True
        if self.process is not None and self.process.returncode is None:
            _signal_group(self.process.pid, signal.SIGKILL)


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _die_with(parent: int) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    prctl = _LIBC.prctl

    def in_the_child() -> None:
        # When the supervisor is killed, the kernel kills the child: nothing is left holding ports and files.
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return in_the_child


def http_answers(host: str, port: int, path: str) -> Probe:
    """Whether a GET is answered with 200."""

    async def ask() -> bool:
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        answer = await _exchange(asyncio.open_connection(host, port), request.encode())
        return answer.split(b" ")[1:2] == [b"200"]

    return ask


def redis_answers(socket: Path) -> Probe:
    """Whether a Redis on a Unix socket answers PING; one that is still loading does not."""

    async def ask() -> bool:
        return (await _exchange(asyncio.open_unix_connection(str(socket)), b"PING\r\n")).startswith(b"+PONG")

    return ask


async def _exchange(
    opening: Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]], request: bytes, patience_s: float = 2.0
) -> bytes:
    try:
        async with asyncio.timeout(patience_s):
            reader, writer = await opening
            try:
                writer.write(request)
                return await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return b""
