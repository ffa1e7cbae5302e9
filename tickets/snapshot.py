"""What a decision may look at: the rows of one batch, read once, each item seeing what the earlier ones changed.

Only the writer fills it and only ``absorb`` changes it; deciding functions read.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from config.schema import ConfigSet
from tickets.changes import Changes
from tickets.events import NewEvent
from tickets.model import OCCUPYING, Account, Channel, Contact, Identity, Status, Ticket
from tickets.projection import fold
from tickets.tokens import Tokens, new_code


def occupied_by(status: Status, assignee: str | None, offered_to: str | None) -> str | None:
    """The account whose capacity a ticket takes: its assignee while there is work, else the one it is offered to."""
    if status is Status.OFFERED:
        return offered_to
    if status in OCCUPYING:
        return assignee
    return None


def occupied(ticket: Ticket) -> str | None:
    """``occupied_by`` of a ticket."""
    return occupied_by(ticket.status, ticket.assignee, ticket.offered_to)


@dataclass(slots=True, kw_only=True)
class Snapshot:
    """The state of the desk as one batch sees it. ``now`` is the time of the transaction."""

    now: datetime
    config: ConfigSet
    tokens: Tokens
    new_id: Callable[[], str]
    new_reference: Callable[[], str]
    new_code: Callable[[], str] = new_code
    # The zone and language of the installation, for people of whom nothing else is known.
    timezone: str = "Asia/Jakarta"
    language: str = "id"
    tickets: dict[str, Ticket] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    identities: dict[tuple[Channel, str], Identity] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    loads: Counter[str] = field(default_factory=Counter)
    busy_since: dict[str, datetime] = field(default_factory=dict)
    quoted: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    due: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def ticket(self, subject: str) -> Ticket | None:
        """A ticket by its id or its reference."""
        return self.tickets.get(self.references.get(subject, subject))

    def account_on_telegram(self, telegram_id: int) -> Account | None:
        """The active account that is linked to a Telegram user now."""
        return next((a for a in self.accounts.values() if a.active and a.telegram_id == telegram_id), None)

    def tickets_of(self, contact: str) -> list[Ticket]:
        """A reporter's tickets that were read, newest first."""
        mine = [ticket for ticket in self.tickets.values() if ticket.reporter == contact]
        return sorted(mine, key=lambda ticket: ticket.opened_at, reverse=True)

    def identities_of(self, contact: str) -> list[Identity]:
        """The addresses of a contact that were read."""
        return [identity for identity in self.identities.values() if identity.contact == contact]

    def named(self, name: str | None) -> Account | None:
        """An active account by its name, as the files of the operator write it."""
        return next((a for a in self.accounts.values() if a.active and a.name == name), None)

    def leads_of(self, team: str) -> list[Account]:
        """Who is alarmed for a team: its lead by name, else leads among its members, else every lead."""
        found = self.config.teams.get(team)
        lead = self.named(found.lead) if found else None
        if lead:
            return [lead]
        leads = [account for account in self.accounts.values() if account.active and account.leads]
        return [account for account in leads if team in account.teams] or leads

    def absorb(self, changes: Changes) -> None:
        """Let later items see these changes. Folds first and touches nothing when an event does not fit."""
        folded = self._fold(changes.events)
        for ticket in (one for one in folded if isinstance(one, Ticket)):
            self._count(ticket)
            self.tickets[ticket.id] = ticket
            self.references[ticket.reference] = ticket.id
        for account in (one for one in folded if isinstance(one, Account)):
            self.accounts[account.id] = account
        for due in changes.due:
            if due.at is None:
                self.due.pop((due.stream, due.what), None)
            else:
                self.due[due.stream, due.what] = due.at
        for contact in changes.contacts:
            self.contacts[contact.id] = contact
        for identity in changes.identities:
            self.identities[identity.channel, identity.address] = identity

    def _fold(self, events: Iterable[NewEvent]) -> list[Ticket | Account]:
        folded: dict[str, Ticket | Account] = {}
        for event in events:
            family, _, identity = event.stream.partition(":")
            if family == "ticket":
                known = folded.get(event.stream) or self.tickets.get(identity)
                before = known if isinstance(known, Ticket) else None
                seq = (before.version if before else 0) + 1
                folded[event.stream] = fold(Ticket, before, data=event.data, identity=identity, seq=seq, at=self.now)
            elif family == "account":
                held = folded.get(event.stream) or self.accounts.get(identity)
                account = held if isinstance(held, Account) else None
                seq = (account.version if account else 0) + 1
                folded[event.stream] = fold(Account, account, data=event.data, identity=identity, seq=seq, at=self.now)
        return list(folded.values())

    def _count(self, after: Ticket) -> None:
        before = self.tickets.get(after.id)
        was, now = occupied(before) if before else None, occupied(after)
        if was == now:
            return
        if was:
            self.loads[was] -= 1
        if now:
            self.loads[now] += 1
            self.busy_since[now] = self.now
