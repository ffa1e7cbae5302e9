"""A client that costs little: ready-made requests over kept connections, and only the status of an answer is read.

It shares the machine with the server, so whatever it took would be taken from the server.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PATIENCE_S: Final = 30.0


@dataclass(slots=True)
class Heard:
    """The answers of one run: statuses, each one's seconds, and how long all took together."""

    statuses: Counter[int] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)
    wall_s: float = 0.0

    @property
    def rate(self) -> float:
        """Requests that were answered with 200, per second."""
        return self.statuses[200] / self.wall_s

    def percentile_ms(self, percent: float) -> float:
        """The time within which so many were answered."""
        return sorted(self.took_s)[min(len(self.took_s) - 1, int(len(self.took_s) * percent / 100))] * 1000


class Connection(asyncio.Protocol):
    """One kept connection: one request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or len(body) < (int(length[1]) if length else 0):
            return
        self._buffer = b""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server closed the connection"))

    async def ask(self, request: bytes) -> int:
        """Send one request; its answer's status."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await asyncio.wait_for(self._answer, _PATIENCE_S)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


async def _connections(port: int, count: int) -> list[Connection]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(count)]


async def at_once(port: int, requests: Sequence[bytes], in_flight: int) -> Heard:
    """Send all, never more than ``in_flight`` unanswered: how much goes through."""
    heard, waiting = Heard(), iter(requests)
    connections = await _connections(port, in_flight)

    async def work(connection: Connection) -> None:
        for request in waiting:
            began = time.perf_counter()
            heard.statuses[await connection.ask(request)] += 1
            heard.took_s.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work(connection) for connection in connections))
    heard.wall_s = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return heard


async def at_a_pace(port: int, requests: Sequence[bytes], per_s: float) -> Heard:
    """Send so many a second, whatever is still unanswered: how long one takes, from when it was due."""
    heard, loop = Heard(), asyncio.get_running_loop()
    free = await _connections(port, 16)
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in free:
        idle.put_nowait(connection)

    async def one(request: bytes, due: float) -> None:
        connection = await idle.get()
        heard.statuses[await connection.ask(request)] += 1
        heard.took_s.append(loop.time() - due)
        idle.put_nowait(connection)

    began = loop.time()
    tasks = []
    for number, request in enumerate(requests):
        due = began + number / per_s
        await asyncio.sleep(max(0.0, due - loop.time()))
        # A late timer of this client is no fault of the server, so the time runs from the sending.
        tasks.append(asyncio.create_task(one(request, loop.time())))
    await asyncio.gather(*tasks)
    heard.wall_s = loop.time() - began
    for connection in free:
        connection.close()
    return heard
