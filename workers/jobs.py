"""The RQ jobs. They run in a process that ``workers/worker.py`` has given something to work with."""

from collections.abc import Callable
from contextlib import suppress

import redis

from workers import bell


class NotServing(RuntimeError):
    """A job came to a process that has nothing to deliver with."""


_drains: dict[str, Callable[[str], bool]] = {}
_connections: dict[str, redis.Redis] = {}
_DEFAULT = ""


def serve(drain: Callable[[str], bool], connection: redis.Redis) -> None:
    """Let this process answer bells: ``drain(lane)`` returns whether there may be more."""
    _drains[_DEFAULT], _connections[_DEFAULT] = drain, connection


def serve_lane(lane: str, drain: Callable[[str], bool]) -> None:
    """Let a lane of its own kind (the fetching of files) be drained by something else."""
    _drains[lane] = drain


def drain(lane: str) -> None:
    """Answer one bell. The marker goes first, so that what is committed from now on rings anew."""
    work = _drains.get(lane) or _drains.get(_DEFAULT)
    if work is None:
        raise NotServing(lane)
    connection = _connections[_DEFAULT]
    with suppress(redis.RedisError):
        connection.delete(bell.marker(lane))
    if work(lane):
        with suppress(redis.RedisError):
            bell.enqueue(connection, lane)
