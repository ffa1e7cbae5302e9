"""The tracking page as a channel: what is stored for it is on it, so sending is done when it is written down."""

from collections.abc import Callable
from datetime import datetime

from tickets.model import Channel
from tickets.outbound import OutboundMessage
from tickets.replies import House, compose
from tickets.views import Briefing


class Published:
    """The channel ``web``. The row that delivery writes before it sends is the publication."""

    name = Channel.WEB

    def __init__(self, house: Callable[[], House]) -> None:
        self._house = house

    def compose(self, briefing: Briefing, now: datetime) -> OutboundMessage | None:
        """See ``channels.base.Channel``. The page has the buttons of the ticket's status by itself."""
        return compose(briefing, self._house(), channel=Channel.WEB, now=now)

    async def send(self, message: OutboundMessage) -> str:
        """Nothing leaves: the id says that it is on the page."""
        return f"web:{message.key}"

    async def find(self, message: OutboundMessage) -> str | None:
        """What was being published when a worker died is on the page."""
        return f"web:{message.key}"
