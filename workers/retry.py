"""When to try again: a pure table of waits."""

from datetime import datetime, timedelta
from typing import Final

WAITS_S: Final = (2, 10, 60, 300, 900, 1_800, 3_600)
"""Seconds after the first, second, … failed try; the last one repeats."""

GIVE_UP: Final = timedelta(hours=24)
"""A notice that is older is given up."""

JITTER: Final = 0.2


def next_try(
    tries: int, created_at: datetime, now: datetime, *, spread: float, asked_s: float | None
) -> datetime | None:
    """When to try again after ``tries`` failed tries (≥ 1), or None to give up.

    ``spread`` is a random number in [0, 1) that keeps many failed sends from coming back together: a wait grows by up
    to a fifth. ``asked_s`` is what the provider asked for (``Retry-After``) and is never undercut.
    """
    wait = WAITS_S[min(max(tries, 1), len(WAITS_S)) - 1] * (1 + JITTER * spread)
    at = now + timedelta(seconds=max(wait, asked_s or 0))
    return None if at - created_at > GIVE_UP else at
