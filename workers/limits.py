"""Token buckets: how fast we may speak to a provider, shared by all workers through Redis.

One key per bucket holds the time at which it would be full again (GCRA). Without Redis each process goes on by itself
at half the rate, so that two workers together keep the limit.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

import redis

_RESERVE: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
if full < now then full = now end
local interval, room, patience = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local wait = full + interval - room - now
if wait < 0 then wait = 0 end
local held = redis.call('PTTL', KEYS[2])
if held > wait then wait = held end
if wait > patience then return wait end
local next = full + interval
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', string.format('%.0f', next - now + 1000))
return wait
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second, and so many at once after a rest."""

    per_second: float
    burst: int = 1


UNLIMITED: Final = Rate(1_000, 1_000)


class Limits:
    """Hands out places. Never raises: a Redis that is away costs at most its socket's timeout, once in a while."""

    def __init__(
        self,
        connection: redis.Redis | None,
        rates: Mapping[str, Rate],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis, self._rates, self._monotonic = connection, rates, monotonic
        self._script = connection.register_script(_RESERVE) if connection else None
        self._full: dict[str, float] = {}
        self._held: dict[str, float] = {}
        self._away_until = 0.0
        self._lock = Lock()

    def reserve(self, name: str, patience_s: float = 5.0) -> float:
        """Take a place in bucket ``name``: the seconds to wait before using it.

        More than ``patience_s`` means that no place was taken; come back after that many seconds.
        """
        rate = self._rates.get(name, UNLIMITED)
        script = self._script
        if script is not None and self._monotonic() >= self._away_until:
            try:
                arguments = [1000 / rate.per_second, 1000 * rate.burst / rate.per_second, 1000 * patience_s]
                keys = [f"limit:{name}", f"hold:{name}"]
                return max(float(script(keys=keys, args=[f"{number:.3f}" for number in arguments])) / 1000, 0.0)
            except redis.RedisError:
                self._away_until = self._monotonic() + 2
        return self._reserve_here(name, rate, patience_s)

    def hold(self, name: str, seconds: float) -> None:
        """Nobody uses bucket ``name`` for so long: its provider asked for it."""
        with self._lock:
            self._held[name] = max(self._held.get(name, 0.0), self._monotonic() + seconds)
        if self._redis is None or seconds <= 0:
            return
        try:
            self._redis.set(f"hold:{name}", "1", px=max(int(seconds * 1000), 1))
        except redis.RedisError:
            self._away_until = self._monotonic() + 2

    def _reserve_here(self, name: str, rate: Rate, patience_s: float) -> float:
        slow = rate.per_second / 2
        with self._lock:
            now = self._monotonic()
            full = max(self._full.get(name, 0.0), now)
            wait = max(full + 1 / slow - rate.burst / slow - now, self._held.get(name, 0.0) - now, 0.0)
            if wait <= patience_s:
                self._full[name] = full + 1 / slow
            return wait
