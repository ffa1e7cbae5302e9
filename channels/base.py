"""What every channel can do. Protocols only; ``channels/registry.py`` finds a channel by its name."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from tickets.model import Channel as ChannelName
from tickets.outbound import OutboundMessage
from tickets.views import Briefing


class Channel(Protocol):
    """One wire to the outside, as delivery sees it."""

    @property
    def name(self) -> ChannelName:
        """Which channel it is."""
        ...

    def compose(self, briefing: Briefing, now: datetime) -> OutboundMessage | None:
        """The message for a notice, or None when it is no longer relevant. No I/O.

        Raises ``Permanent`` where it cannot be said or nobody can be reached (``NO_ADDRESS``, ``OPTED_OUT``).
        """
        ...

    async def send(self, message: OutboundMessage) -> str:
        """Hand the message over and return the provider's id of it.

        Raises ``Temporary``, ``Permanent``, or ``Unknown`` when the connection broke after the request had left.
        """
        ...

    async def find(self, message: OutboundMessage) -> str | None:
        """The provider's id of a message that a try before this one may have sent, or None: it does not know it.

        Raises ``Temporary`` when the provider cannot be asked now.
        """
        ...


@runtime_checkable
class Closable(Protocol):
    """A channel that holds connections."""

    async def close(self) -> None:
        """Give them back."""
        ...
