"""One action about to be decided: who, what, on which ticket; and the checks that every action passes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from router.draft import Draft
from tickets.commands import ActorKind, Answer, Command, Refused, refuse
from tickets.lifecycle import allowed
from tickets.masking import mask
from tickets.model import Account, Contact, Ticket

LONGEST_TEXT = 4_000


class Refusal(Exception):
    """The action changes nothing; the answer says why and what would be possible."""

    def __init__(self, code: Refused, **facts: Any) -> None:
        super().__init__(code.value)
        self.answer: Answer = refuse(code, **facts)


class Who(StrEnum):
    """Who may do an action."""

    OFFERED = "offered"
    WORKER = "worker"
    ANYONE = "anyone"
    LEAD = "lead"
    REPORTER = "reporter"
    DESK = "desk"


@dataclass(slots=True)
class Act:
    """What a handler gets. ``account`` or ``contact`` is the one who acts, where it is one of those."""

    draft: Draft
    command: Command
    ticket: Ticket
    account: Account | None
    contact: Contact | None

    @property
    def data(self) -> Mapping[str, Any]:
        return self.command.data

    @property
    def stream(self) -> str:
        """The stream of the ticket."""
        return f"ticket:{self.ticket.id}"

    def text(self, name: str = "text", *, longest: int = LONGEST_TEXT) -> str:
        """Words that the action cannot do without."""
        words = self.maybe(name, longest=longest)
        if words is None:
            raise Refusal(Refused.MISSING, field=name)
        return words

    def maybe(self, name: str, *, longest: int = LONGEST_TEXT) -> str | None:
        """Words that may be left out; blank ones count as left out."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > longest:
            raise Refusal(Refused.INVALID, field=name, longest=longest)
        # What people of the house write goes on to customers and into Telegram as well.
        return mask(value).text.strip() or None

    def instant(self, name: str) -> datetime | None:
        """A time with its zone, as RFC 3339 writes it."""
        value = self.maybe(name, longest=40)
        if value is None:
            return None
        try:
            at = datetime.fromisoformat(value)
            at = at.astimezone(UTC) if at.tzinfo else at
        except (ValueError, OverflowError):
            raise Refusal(Refused.INVALID, field=name, expected="RFC 3339") from None
        if at.tzinfo is None:
            raise Refusal(Refused.INVALID, field=name, expected="RFC 3339 with a zone")
        return at

    def one_of(self, name: str, choices: Mapping[str, Any] | tuple[str, ...]) -> str:
        """A code out of a closed list."""
        value = self.text(name, longest=60)
        if value not in choices:
            raise Refusal(Refused.INVALID, field=name, choices=sorted(choices))
        return value


Handler = Callable[[Act], Answer | None]


def check_actor(act: Act, who: Who) -> None:
    """Raise ``Refusal`` where the actor may not do this to this ticket now."""
    kind = act.command.actor.kind
    if who is Who.DESK:
        fits = kind in (ActorKind.CLOCK, ActorKind.DESK)
    elif who is Who.REPORTER:
        fits = act.contact is not None and act.contact.id in (act.ticket.reporter, act.ticket.confirmer)
    elif act.account is None:
        fits = kind in (ActorKind.TOKEN, ActorKind.OPERATOR) and who is not Who.OFFERED
    else:
        fits = _account_may(act.account, act.ticket, who)
    if fits:
        return
    if act.account and who is Who.OFFERED:
        raise Refusal(Refused.OFFER_GONE)
    if act.account and who is Who.WORKER:
        raise Refusal(Refused.NOT_YOURS)
    raise Refusal(Refused.NOT_ALLOWED)


def _account_may(account: Account, ticket: Ticket, who: Who) -> bool:
    if who is Who.OFFERED:
        return ticket.offered_to == account.id
    if who is Who.WORKER:
        return ticket.assignee == account.id or account.leads
    if who is Who.LEAD:
        return account.leads
    return True


def check_version(act: Act) -> None:
    """Raise ``Refusal`` where status, owner, team or priority changed since the actor looked."""
    seen = act.command.seen_version
    if seen is not None and seen < act.ticket.turn:
        raise Refusal(
            Refused.STALE,
            version=act.ticket.version,
            status=act.ticket.status.value,
            allowed=[action.value for action in allowed(act.ticket.kind, act.ticket.status)],
        )
