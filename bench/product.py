"""The product's front process with its own store and Redis in a folder of its own, for measuring."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from bench import machine
from config.settings import load_settings
from console import redis_server

ROOT: Final = Path(__file__).resolve().parent.parent


def environment(folder: Path, port: int, sandbox_port: int) -> dict[str, str]:
    """Settings of nobody's installation: the data in ``folder``, all providers played."""
    ours = ("SIGAP_", "TWILIO_", "TELEGRAM_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
        "PYTHONPATH": str(ROOT),
        "SIGAP_SETTINGS_FILE": str(folder / "none.env"),
        "SIGAP_DATA_DIR": str(folder / "data"),
        "SIGAP_HTTP_PORT": str(port),
        "SIGAP_SANDBOX_PORT": str(sandbox_port),
        "SIGAP_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SIGAP_LOG": "json",
    }


class Product:
    """Redis and one process with the role `web`, as it stands behind a load balancer: no worker, no sandbox.

    ``counts``: let it count statements and commits, which costs a little.
    """

    def __init__(self, folder: Path, *, counts: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = machine.free_port()
        environ = environment(folder, self.port, machine.free_port())
        settings = load_settings(environ, ROOT)
        self._counts = folder / "counts"
        redis_server.prepare_folders(settings.data_dir)
        subprocess.run([sys.executable, "-m", "console.prepare"], cwd=ROOT, env=environ, check=True)
        self._database = Path(settings.database_url.removeprefix("sqlite:///"))
        self._redis = subprocess.Popen(redis_server.command(settings.data_dir), stdout=subprocess.DEVNULL)
        program = ["bench.counted", str(self._counts)] if counts else ["console.run"]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *program, "web"], cwd=ROOT, env=environ, stdout=log, stderr=log
            )
        machine.listening(self.port, self.process)

    def counted(self) -> tuple[int, int]:
        """Statements and commits since the start."""
        self._counts.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        latest = time.monotonic() + 10
        while not self._counts.exists():
            if time.monotonic() > latest:
                raise RuntimeError("no counts came")
            time.sleep(0.01)
        statements, commits = self._counts.read_text().split()
        return int(statements), int(commits)

    def stored(self) -> tuple[int, int]:
        """Messages and tickets on the disk."""
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
        try:
            messages = connection.execute("SELECT count(*) FROM message WHERE direction = 'in'").fetchone()[0]
            return messages, connection.execute("SELECT count(*) FROM ticket").fetchone()[0]
        finally:
            connection.close()

    def stop(self) -> None:
        """End both processes."""
        machine.end(self.process)
        machine.end(self._redis)
