"""The whole product on real processes, as `make run` starts it, for story tests. Nothing is faked but the world."""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from tests.sandbox_client import Sandbox

ROOT: Final = Path(__file__).resolve().parent.parent
UP_WITHIN_S: Final = 60.0


def free_port() -> int:
    """A port that nobody listens on now, below those that outgoing connections are given."""
    for _ in range(100):
        port = random.randint(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


class Product:
    """A running Sigap with its sandbox, in a folder of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port, self.sandbox_port = free_port(), free_port()
        self.url, self.sandbox_url = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.sandbox_port}"
        self.environ = {
            **{
                key: value
                for key, value in os.environ.items()
                if not key.startswith(("SIGAP_", "TWILIO_", "TELEGRAM_"))
            },
            "SIGAP_DATA_DIR": str(folder / "data"),
            "SIGAP_SETTINGS_FILE": str(folder / "none.env"),
            "SIGAP_HTTP_PORT": str(self.port),
            "SIGAP_SANDBOX_PORT": str(self.sandbox_port),
            "SIGAP_PUBLIC_URL": self.url,
            "SIGAP_LOG": "text",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Everything that the processes said."""
        path = self.folder / "output"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> None:
        """Start it; returns when the address is printed."""
        with (self.folder / "output").open("ab") as output:
            before = output.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "console.cli", "run"],
                cwd=ROOT,
                env=self.environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + UP_WITHIN_S
        while "Buka http" not in self.log[before:]:
            assert self._process.poll() is None, f"it ended with {self._process.returncode}:\n{self.log}"
            assert time.monotonic() < deadline, f"not up within {UP_WITHIN_S:g} s:\n{self.log}"
            time.sleep(0.05)

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=10)

    def kill(self) -> None:
        """End it, however it stands."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(timeout=10)

    def pid(self, name: str) -> int:
        """The process of a child: ``web``, ``worker``, ``redis``, ``sandbox``."""
        return int((self.folder / "data" / "run" / f"{name}.pid").read_text())

    def kill_child(self, name: str) -> None:
        """kill -9; the supervisor starts it again."""
        os.kill(self.pid(name), signal.SIGKILL)

    def sigap(self, *arguments: str) -> Any:
        """The command line beside the running processes; its JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "console.cli", *arguments, "--json"],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, f"sigap {' '.join(arguments)}: {done.stderr}{done.stdout}"
        return json.loads(done.stdout)


@contextlib.asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[tuple[Product, Sandbox]]:
    """A product that is up, and a connection to its sandbox."""
    product = Product(folder, **settings)
    try:
        await asyncio.to_thread(product.start)
        async with Sandbox.opened(product.sandbox_url) as sandbox:
            yield product, sandbox
    finally:
        with contextlib.suppress(Exception):
            await asyncio.to_thread(product.stop)
        product.kill()
