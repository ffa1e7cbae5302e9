"""What Telegram needs of the rest of the house, by shape: the doors, a reader, the words, the tables of state."""

from datetime import datetime
from typing import Any, Protocol

from tickets.commands import Answer, Command, InboundMessage
from tickets.model import Account, Channel
from tickets.views import AttachmentView, Notice, TicketRow, TicketView


class Desk(Protocol):
    """The door for commands."""

    async def perform(self, command: Command) -> Answer:
        """Decide and store; raises ``tickets.submission.Unavailable`` when the house cannot store now."""
        ...


class Intake(Protocol):
    """The door for messages."""

    async def receive(self, message: InboundMessage) -> Answer:
        """Store with one disposition; raises ``tickets.submission.Unavailable``."""
        ...


class Reader(Protocol):
    """Reads what is committed; blocking, so it is called in a thread."""

    def ticket(self, subject: str, viewer: Account | None = None) -> TicketView | None: ...

    def queue(self, account: str) -> list[TicketRow]: ...

    def file(self, message: str, no: int) -> tuple[AttachmentView, bytes] | None: ...

    def account(self, account: str) -> Account | None: ...

    def account_on_telegram(self, telegram_id: int) -> Account | None: ...

    def sent_as(self, channel: Channel, provider_id: str) -> Notice | None: ...


class Words(Protocol):
    """Labels in a person's language."""

    def label(self, language: str, key: str, **variables: Any) -> str: ...


class Leases(Protocol):
    """Who may act once at a time."""

    def take(self, name: str, holder: str, now: datetime, seconds: int = 15) -> int | None: ...

    def keep(self, name: str, holder: str, now: datetime, seconds: int = 15) -> bool: ...

    def release(self, name: str, holder: str) -> None: ...


class Cursors(Protocol):
    """Positions that outlive a process."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str, now: datetime) -> None: ...
