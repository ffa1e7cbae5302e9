"""A decision in the making: what it has changed so far, and the state as it stands with that.

A draft turns into ``Changes`` at the end. It reads the snapshot and never writes to it, so a decision that fails
half-way has changed nothing.
"""

from datetime import datetime
from typing import Any

import msgspec

from tickets.changes import Changes, Content, Due, Filed, Grant, NewMessage, NewNotice
from tickets.commands import Actor, ActorKind, Answer, Command, Person, Urgency
from tickets.events import NewEvent, plain
from tickets.lifecycle import Action, step
from tickets.model import Account, Channel, Contact, Identity, Priority, Status, Ticket
from tickets.projection import fold
from tickets.snapshot import Snapshot

# Notices that show the whole ticket already: no card beside them.
_SHOWS_CARD = frozenset({"card", "offer", "page", "reopened_for_you"})


class Draft:
    """Collects what one item changes. ``actor`` is who the events name; ``key`` is the key of the item."""

    def __init__(self, state: Snapshot, *, key: str, actor: Actor) -> None:
        self.state, self.key, self.actor = state, key, actor
        self.now: datetime = state.now
        self._events: list[NewEvent] = []
        self._contents: list[Content] = []
        self._messages: list[NewMessage] = []
        self._filed: list[Filed] = []
        self._notices: list[NewNotice] = []
        self._due: dict[tuple[str, str], Due] = {}
        self._grants: list[Grant] = []
        self._commands: list[Command] = []
        self._tickets: dict[str, Ticket] = {}
        self._accounts: dict[str, Account] = {}
        self._contacts: dict[str, Contact] = {}
        self._identities: dict[tuple[Channel, str], Identity] = {}

    # What stands now.

    def ticket(self, ticket: str) -> Ticket:
        """The ticket with what this draft did to it."""
        return self._tickets.get(ticket) or self.state.tickets[ticket]

    def account(self, account: str) -> Account:
        """The account with what this draft did to it."""
        return self._accounts.get(account) or self.state.accounts[account]

    def contact(self, contact: str) -> Contact:
        """The contact with what this draft did to them."""
        return self._contacts.get(contact) or self.state.contacts[contact]

    def holder(self, account: str | None) -> Account | None:
        """The active account that holds or is offered something, or None where there is none any more."""
        return (self._accounts.get(account) or self.state.accounts.get(account)) if account else None

    # What happened.

    def happened(self, ticket: Ticket | str, what: str, contents: tuple[str, ...] = (), **data: Any) -> Ticket:
        """An event of a ticket; ``data`` that names fields of the ticket sets them. Returns the ticket after it."""
        identity = ticket if isinstance(ticket, str) else ticket.id
        known = self._tickets.get(identity) or self.state.tickets.get(identity)
        after = fold(Ticket, known, data=data, identity=identity, seq=(known.version if known else 0) + 1, at=self.now)
        self._events.append(
            NewEvent(stream=f"ticket:{identity}", type=what, data=data, actor=self.actor, contents=contents)
        )
        self._tickets[identity] = after
        return after

    def moved(self, ticket: Ticket, action: Action, what: str, contents: tuple[str, ...] = (), **data: Any) -> Ticket:
        """An event that goes along an arrow of the lifecycle. Raises ``InvalidTransition``."""
        back = ticket.merged_from if ticket.status is Status.MERGED else ticket.remembered
        status = step(ticket.kind, ticket.status, action, back)
        if status is not ticket.status:
            data["status"] = status
        return self.happened(ticket, what, contents, **data)

    def changed(self, account: Account | str, what: str, **data: Any) -> Account:
        """An event of an account; returns the account after it."""
        identity = account if isinstance(account, str) else account.id
        known = self._accounts.get(identity) or self.state.accounts.get(identity)
        after = fold(Account, known, data=data, identity=identity, seq=(known.version if known else 0) + 1, at=self.now)
        self._events.append(NewEvent(stream=f"account:{identity}", type=what, data=data, actor=self.actor))
        self._accounts[identity] = after
        return after

    def noted(self, stream: str, what: str, **data: Any) -> None:
        """An event of a stream without a projection (``contact:…``, ``system:…``)."""
        self._events.append(NewEvent(stream=stream, type=what, data=data, actor=self.actor))

    def words(self, text: str, kind: Any, about: str | None = None) -> str:
        """Keep words of a person; returns the id of the content row."""
        content = Content(id=self.state.new_id(), words=text, kind=kind, about=about)
        self._contents.append(content)
        return content.id

    def sealable(self, content: str | None) -> tuple[str, ...]:
        """The content row for an event to seal, where this draft made it."""
        return (content,) if content and any(one.id == content for one in self._contents) else ()

    def remember(self, contact: Contact, **changes: Any) -> Contact:
        """Set fields of a contact."""
        after: Contact = msgspec.structs.replace(contact, **changes)
        self._contacts[after.id] = after
        return after

    def identities_of(self, contact: str) -> list[Identity]:
        """The addresses of a contact with what this draft did to them."""
        mine = {(i.channel, i.address): i for i in self.state.identities_of(contact)}
        mine.update({key: i for key, i in self._identities.items() if i.contact == contact})
        return list(mine.values())

    def opt(self, identity: Identity, *, out: bool) -> None:
        """Mark an address as one that must not, or may again, be written to."""
        after: Identity = msgspec.structs.replace(identity, opted_out=out)
        self.known_as(after)

    def known_as(self, identity: Identity) -> None:
        """Add or replace an address of a contact."""
        self._identities[identity.channel, identity.address] = identity

    def keep(self, message: NewMessage) -> None:
        """Store a message."""
        self._messages.append(message)

    def file(self, filed: Filed) -> None:
        """Give a message that waited in the tray to a ticket."""
        self._filed.append(filed)

    def grant(self, grant: Grant) -> None:
        """Open a tracking page."""
        self._grants.append(grant)

    # Who is told.

    def tell(self, account: Account | None, purpose: str, ticket: Ticket | None = None, **options: Any) -> None:
        """Tell an account something in Telegram; ``options`` are those of ``NewNotice``, ``params`` among them.

        An account that has not linked its Telegram yet gets the notice as soon as it has.
        """
        if account is None:
            return
        urgency: Urgency = options.pop("urgency", "normal")
        params = plain(options.pop("params", {}))
        self._notices.append(
            NewNotice(
                person=Person("account", account.id),
                purpose=purpose,
                channel=Channel.TELEGRAM,
                ticket=ticket.id if ticket else None,
                urgency=urgency,
                params=params,
                **options,
            )
        )

    def tell_contact(self, contact: Contact, purpose: str, ticket: Ticket | None = None, **options: Any) -> None:
        """Tell a person outside something, on the channel where they wrote last."""
        channel, address = self.reach(contact)
        urgency: Urgency = "page" if ticket and ticket.priority is Priority.P1 else "normal"
        params = plain(options.pop("params", {}))
        self._notices.append(
            NewNotice(
                person=Person("contact", contact.id),
                purpose=purpose,
                channel=channel,
                address=address,
                ticket=ticket.id if ticket else None,
                urgency=options.pop("urgency", urgency),
                params=params,
                **options,
            )
        )

    def tell_reporter(self, ticket: Ticket, purpose: str, **options: Any) -> Ticket:
        """Tell the confirmer of a ticket something, and count it against the ticket's budget of texts.

        The count stands in the newest event of the ticket, which this draft must have made.
        """
        self.tell_contact(self.contact(ticket.confirmer), purpose, ticket, **options)
        stream = f"ticket:{ticket.id}"
        last = next(event for event in reversed(self._events) if event.stream == stream)
        current = self.ticket(ticket.id)
        told = {"told": current.told + 1, "told_at": self.now}
        last.data.update(told)
        self._tickets[ticket.id] = after = msgspec.structs.replace(current, **told)
        return after

    def reach(self, contact: Contact) -> tuple[Channel, str | None]:
        """Where a person is written to: the proven address that wrote last, else the tracking page."""
        usable = [
            i for i in self.identities_of(contact.id) if i.verified and not i.opted_out and i.channel is not Channel.WEB
        ]
        if not usable:
            return Channel.WEB, None
        first = datetime.min.replace(tzinfo=self.now.tzinfo)
        latest = max(usable, key=lambda identity: (identity.last_in_at or first, identity.address))
        return latest.channel, latest.address

    # What comes later.

    def later(self, stream: str, what: str, at: datetime, **data: Any) -> None:
        """Look at something again; replaces an earlier time for the same thing."""
        self._due[stream, what] = Due(stream=stream, what=what, at=at, data=data)

    def never(self, stream: str, *whats: str) -> None:
        """Forget what was to be looked at again."""
        for what in whats:
            self._due[stream, what] = Due(stream=stream, what=what, at=None)

    def follow(self, action: str, ticket: Ticket, actor: Actor, **data: Any) -> None:
        """A command that is decided next, in the same transaction."""
        self._commands.append(
            Command(
                key=f"{self.key}/{len(self._commands) + 1}",
                action=action,
                subject=ticket.id,
                actor=actor,
                at=self.now,
                data=data,
            )
        )

    def done(self, answer: Answer | None = None) -> Changes:
        """The draft as changes. Cards of the holders of changed tickets are brought up to date."""
        self._refresh_cards()
        return Changes(
            answer=answer or Answer(),
            events=tuple(self._events),
            contents=tuple(self._contents),
            messages=tuple(self._messages),
            filed=tuple(self._filed),
            notices=tuple(self._notices),
            due=tuple(self._due.values()),
            contacts=tuple(self._contacts.values()),
            identities=tuple(self._identities.values()),
            grants=tuple(self._grants),
            commands=tuple(self._commands),
        )

    def _refresh_cards(self) -> None:
        fresh = {(n.person.id, n.ticket) for n in self._notices if n.purpose in _SHOWS_CARD}
        for ticket in self._tickets.values():
            holder = self.holder(ticket.assignee)
            if holder and (holder.id, ticket.id) not in fresh:
                self.tell(holder, "card", ticket, urgency="low", supersedes=True)
            waits = self.holder(ticket.offered_to)
            if waits and ticket.status is Status.OFFERED and (waits.id, ticket.id) not in fresh:
                self.tell(waits, "card", ticket, urgency="low", supersedes=True)


def actor_of(account: Account) -> Actor:
    """An account as the actor of an event."""
    return Actor(ActorKind.ACCOUNT, account.id)
