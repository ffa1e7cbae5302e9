"""Connections to Redis: quick ones that give up at once, and the one on which a worker waits for jobs."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

QUICK_S = 0.2


def quick(url: str, timeout_s: float = QUICK_S) -> redis.Redis:
    """For the bell, the limits and the watch: one try of at most ``timeout_s``; what fails is swept up later."""
    return redis.Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=Retry(NoBackoff(), 0)
    )


def patient(url: str) -> redis.Redis:
    """For an RQ worker, which sets the timeout of its own long waits."""
    return redis.Redis.from_url(url, socket_connect_timeout=2.0, retry=Retry(NoBackoff(), 0))
