"""A way back: the snapshot as it was before an item whose follow-up commands may still fail."""

from tickets.snapshot import Snapshot

_GROWING = (
    "tickets",
    "references",
    "contacts",
    "identities",
    "accounts",
    "loads",
    "busy_since",
    "quoted",
    "words",
    "due",
)


class Checkpoint:
    """Shallow copies are enough, because everything that a snapshot holds is frozen."""

    def __init__(self, state: Snapshot) -> None:
        self._copies = {name: getattr(state, name).copy() for name in _GROWING}

    def restore(self, state: Snapshot) -> None:
        """Put everything back."""
        for name, copy in self._copies.items():
            setattr(state, name, copy)
