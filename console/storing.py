"""The writer of a process and the bell that it rings, from a foundation."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis

from console.foundation import Foundation
from console.redis_server import redis_url
from tickets.store.writer import ThreadWriter
from tickets.submission import Committed
from workers.bell import RqBell
from workers.connections import quick


def quick_redis(foundation: Foundation) -> redis.Redis:
    """A connection for ringing and counting: it gives up after 200 ms."""
    return quick(redis_url(foundation.settings))


@contextmanager
def ringing(foundation: Foundation) -> Iterator[RqBell]:
    """A bell that rings in its own thread."""
    connection = quick_redis(foundation)
    bell = RqBell(connection)
    bell.start()
    try:
        yield bell
    finally:
        bell.stop()
        connection.close()


@contextmanager
def writing(foundation: Foundation, bell: RqBell, on_commit: Committed | None = None) -> Iterator[ThreadWriter]:
    """This process's writer, from start to stop."""
    settings = foundation.settings
    writer = ThreadWriter(
        foundation.database,
        foundation.router,
        config=lambda: foundation.config,
        tokens=foundation.tokens,
        clock=foundation.clock,
        blobs=foundation.blobs,
        on_commit=on_commit,
        bell=bell,
        timezone=settings.timezone,
        language=settings.language,
    )
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()
