"""What the web channel is built from. Everything is handed in by the composition root; nothing here reaches up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from channels.web.hub import TicketHub
from config.schema import ConfigSet
from tickets.commands import Answer, Command, InboundMessage
from tickets.tokens import Tokens
from tickets.views import ApiToken, AttachmentView, Page, TicketRow, TicketView


class Takes(Protocol):
    """The door for messages. Raises ``tickets.submission.Unavailable`` when nothing could be stored."""

    async def receive(self, message: InboundMessage) -> Answer: ...


class Performs(Protocol):
    """The door for commands. Raises ``tickets.submission.Unavailable`` when nothing could be stored."""

    async def perform(self, command: Command) -> Answer: ...


class Reads(Protocol):
    """What the pages read; blocking, so it is called in a thread."""

    def ticket(self, subject: str) -> TicketView | None: ...

    def tickets(
        self,
        *,
        open_only: bool = False,
        status: str | None = None,
        team: str | None = None,
        assignee: str | None = None,
        priority: str | None = None,
        organisation: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[TicketRow]: ...

    def grant(self, token: str) -> tuple[str, str] | None: ...

    def api_token(self, token: str) -> ApiToken | None: ...

    def file(self, message: str, no: int) -> tuple[AttachmentView, bytes] | None: ...

    def figures(self) -> Any: ...


class Speaks(Protocol):
    """The words of the pages, by language and key."""

    def label(self, language: str, key: str, **variables: Any) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """Everything that the web channel needs.

    ``redis_ping`` says whether the bell answers. ``routes`` add the doors of other channels that speak HTTP.
    ``poll_s`` is how often a live page looks for changes that another process made, in seconds.
    """

    intake: Takes
    desk: Performs
    reader: Reads
    tokens: Tokens
    texts: Speaks
    config: Callable[[], ConfigSet]
    clock: Callable[[], datetime]
    hub: TicketHub
    redis_ping: Callable[[], Awaitable[bool]]
    public_url: str
    timezone: str = "Asia/Jakarta"
    language: str = "id"
    poll_s: float = 10.0
    routes: Sequence[Callable[[web.Application], None]] = ()


PARTS = web.AppKey("parts", WebParts)
