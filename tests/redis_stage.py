"""A Redis of a test's own: the embedded server, on a socket in the test's folder."""

import subprocess
import time
from pathlib import Path

import redis

from console.redis_server import command, prepare_folders, socket_path
from workers.connections import quick


class RedisStage:
    """Starts, kills and starts again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._opened: list[redis.Redis] = []

    def start(self) -> None:
        """Returns when it answers."""
        prepare_folders(self._folder)
        self._process = subprocess.Popen(command(self._folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connection = self.connect(0.5)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                if connection.ping():
                    return
            except redis.RedisError:
                time.sleep(0.02)
        raise TimeoutError("Redis does not answer")

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def connect(self, timeout_s: float = 0.2) -> redis.Redis:
        """A connection that waits ``timeout_s`` for an answer."""
        opened = quick(self.url, timeout_s)
        self._opened.append(opened)
        return opened

    @property
    def url(self) -> str:
        return f"unix://{socket_path(self._folder)}"

    def close(self) -> None:
        """Give the connections back and end it."""
        for one in self._opened:
            one.close()
        self.stop()
