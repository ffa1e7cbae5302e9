"""How much of a person Telegram may show. Bot chats are not end-to-end encrypted, and lie abroad."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tickets.model import Channel, Ticket
from tickets.views import TicketView

SECRET_CATEGORIES: Final = frozenset({"security"})


class Showing(StrEnum):
    """The setting ``telegram_content``."""

    FULL = "full"
    MASKED = "masked"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discretion:
    """What the operator allows. ``mask`` takes secrets out of words; ``link`` makes an address."""

    showing: Showing
    mask: Callable[[str], str]
    link: Callable[[str], str]

    def of(self, ticket: Ticket) -> Showing:
        """How much of this ticket may be shown; a matter of security is a reference and a link only."""
        return Showing.LINK if ticket.category in SECRET_CATEGORIES else self.showing

    def words(self, ticket: Ticket, words: str) -> str | None:
        """A person's words as they may be shown, or None."""
        if self.of(ticket) is Showing.LINK:
            return None
        return self.mask(words).strip() or "…"

    def person(self, view: TicketView) -> str | None:
        """The reporter as they may be shown: whole, as first name and last digits, or None."""
        showing = self.of(view.ticket)
        if showing is Showing.LINK:
            return None
        address = _address(view)
        name = " ".join((view.reporter.name or "").split())
        if showing is Showing.FULL:
            return " ".join(part for part in (name, address) if part) or None
        first, digits = name.split(" ")[0], _last_digits(address)
        return " ".join(part for part in (first, digits) if part) or None

    def name(self, view: TicketView) -> str | None:
        """Only what the reporter is called, where that is known and may be shown; else as ``person``."""
        if self.of(view.ticket) is Showing.LINK:
            return None
        name = " ".join((view.reporter.name or "").split())
        return (name if self.showing is Showing.FULL else name.split(" ")[0]) or self.person(view)


def _address(view: TicketView) -> str:
    known = [identity for identity in view.identities if identity.channel in (Channel.WHATSAPP, Channel.MAIL)]
    own = [identity for identity in known if identity.channel is view.ticket.channel]
    return (own or known)[0].address if known else ""


def _last_digits(address: str) -> str:
    if "@" in address:
        return ""
    digits = [character for character in address if character.isdigit()]
    return "…" + "".join(digits[-3:]) if len(digits) > 3 else ""
