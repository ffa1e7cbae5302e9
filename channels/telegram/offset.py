"""How far updates have been taken: stored after the commit of what they did, so a crash shows them again."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

# After a week without updates Telegram goes on with any number, also a lower one, which an old offset would confirm
# unseen (core.telegram.org/bots/api#update).
FORGET_AFTER: Final = timedelta(days=6)


class Offset(msgspec.Struct, frozen=True):
    """The next update wanted, and when the last one came."""

    next: int
    at: datetime

    def wanted(self, now: datetime) -> int | None:
        """What to ask for; None, which is everything unconfirmed, when the numbers may have begun anew."""
        return None if now - self.at > FORGET_AFTER else self.next

    def encode(self) -> str:
        """As it stands in the table of cursors."""
        return f"{self.next} {self.at.isoformat()}"


def read(value: str | None) -> Offset | None:
    """A stored offset, or None where there is none yet."""
    number, _, at = (value or "").partition(" ")
    if not number.isdigit():
        return None
    return Offset(int(number), datetime.fromisoformat(at))


def after(taken: dict[int, bool]) -> int | None:
    """The offset after a batch: past every update up to the first that was not taken; None when the first was not."""
    moved = None
    for number in sorted(taken):
        if not taken[number]:
            break
        moved = number + 1
    return moved
