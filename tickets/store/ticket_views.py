"""Tickets as they are shown: projections with their words, conversations and histories, set by set."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from tickets import references
from tickets.events import Event
from tickets.model import Account, Channel, Contact, Disposition, Identity, Ticket
from tickets.outbound import Delivery
from tickets.store import schema
from tickets.store.rows import padded, value_of
from tickets.views import AttachmentView, EventView, MessageView, Party, TicketRow, TicketView

SUBJECT_CHARACTERS = 80


def words_of(connection: Connection, ids: Iterable[str | None]) -> dict[str, str]:
    """The words of content rows by id; those that were erased are missing."""
    wanted = padded(one for one in ids if one)
    if not wanted:
        return {}
    table = schema.content
    rows = connection.execute(select(table.c.id, table.c.words).where(table.c.id.in_(wanted)))
    return {row.id: row.words for row in rows}


def contacts_of(connection: Connection, ids: Iterable[str | None]) -> dict[str, Contact]:
    """Contacts by id."""
    wanted = padded(one for one in ids if one)
    if not wanted:
        return {}
    rows = connection.execute(select(schema.contact).where(schema.contact.c.id.in_(wanted))).mappings()
    return {row["id"]: value_of(Contact, row) for row in rows}


def accounts_of(connection: Connection, ids: Iterable[str | None]) -> dict[str, Account]:
    """Accounts by id."""
    wanted = padded(one for one in ids if one)
    if not wanted:
        return {}
    rows = connection.execute(select(schema.account).where(schema.account.c.id.in_(wanted))).mappings()
    return {row["id"]: value_of(Account, row) for row in rows}


def identities_of(connection: Connection, contacts: Iterable[str]) -> dict[str, list[Identity]]:
    """The addresses of contacts, by contact."""
    found: dict[str, list[Identity]] = defaultdict(list)
    wanted = padded(contacts)
    if wanted:
        table = schema.identity
        statement = select(table).where(table.c.contact.in_(wanted)).order_by(table.c.channel, table.c.address)
        for row in connection.execute(statement).mappings():
            found[row["contact"]].append(value_of(Identity, row))
    return found


class _People:
    """Names of those who stand in a set of tickets and messages."""

    def __init__(self, connection: Connection, contacts: Iterable[str | None], accounts: Iterable[str | None]) -> None:
        self.contacts = contacts_of(connection, contacts)
        self.accounts = accounts_of(connection, accounts)
        self._names = words_of(connection, (contact.name for contact in self.contacts.values()))

    def contact(self, identity: str) -> Party:
        known = self.contacts.get(identity)
        return Party(kind="contact", id=identity, name=self._names.get(known.name) if known and known.name else None)

    def account(self, identity: str | None) -> Party | None:
        if identity is None:
            return None
        known = self.accounts.get(identity)
        return Party(kind="account", id=identity, name=known.name if known else None)


def tickets_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Ticket]:
    """Projections by id."""
    wanted = padded(ids)
    if not wanted:
        return {}
    rows = connection.execute(select(schema.ticket).where(schema.ticket.c.id.in_(wanted))).mappings()
    return {row["id"]: value_of(Ticket, row) for row in rows}


def rows_of(connection: Connection, tickets: Sequence[Ticket]) -> list[TicketRow]:
    """Tickets as lines of a list, in the given order."""
    people = _People(
        connection,
        (ticket.reporter for ticket in tickets),
        (one for ticket in tickets for one in (ticket.assignee, ticket.offered_to)),
    )
    words = words_of(connection, (ticket.subject for ticket in tickets))
    return [
        TicketRow(
            ticket=ticket,
            subject=" ".join(words.get(ticket.subject or "", "").split())[:SUBJECT_CHARACTERS],
            reporter=people.contact(ticket.reporter),
            assignee=people.account(ticket.assignee),
            offered_to=people.account(ticket.offered_to),
        )
        for ticket in tickets
    ]


def views(connection: Connection, ids: Sequence[str]) -> dict[str, TicketView]:
    """Whole tickets by id."""
    tickets = tickets_by_id(connection, ids)
    messages = _messages(connection, list(tickets))
    events = _events(connection, list(tickets))
    rows = [row for some in messages.values() for row in some]
    people = _People(
        connection,
        [*(row["contact"] for row in rows), *(ticket.reporter for ticket in tickets.values())],
        [
            *(row["account"] for row in rows),
            *(one for ticket in tickets.values() for one in (ticket.assignee, ticket.offered_to)),
        ],
    )
    attachments = _attachments(connection, [row["id"] for row in rows])
    deliveries = _deliveries(connection, (row["id"] for row in rows if row["direction"] == "out"))
    named = {ticket.id: _named(ticket) for ticket in tickets.values()}
    words = words_of(
        connection, [*(row["content"] for row in rows), *(one for some in named.values() for one in some.values())]
    )
    identities = identities_of(connection, (ticket.reporter for ticket in tickets.values()))
    return {
        ticket.id: TicketView(
            ticket=ticket,
            reporter=people.contact(ticket.reporter),
            contact=people.contacts[ticket.reporter],
            identities=tuple(identities.get(ticket.reporter, ())),
            words={name: words[content] for name, content in named[ticket.id].items() if content in words},
            assignee=people.account(ticket.assignee),
            offered_to=people.account(ticket.offered_to),
            messages=tuple(_message(row, people, words, attachments, deliveries) for row in messages[ticket.id]),
            events=tuple(events[ticket.id]),
        )
        for ticket in tickets.values()
    }


def _named(ticket: Ticket) -> dict[str, str]:
    held = {name: getattr(ticket, name) for name in ("subject", "cause", "workaround", "figure")}
    return {name: content for name, content in held.items() if content}


def _messages(connection: Connection, tickets: list[str]) -> dict[str, list[Mapping[Any, Any]]]:
    """The rows of the conversations, oldest first."""
    found: dict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    wanted = padded(tickets)
    if wanted:
        message, joined = schema.message, schema.message_ticket
        statement = (
            select(message, joined.c.ticket_id)
            .join(joined, joined.c.message_id == message.c.id)
            .where(joined.c.ticket_id.in_(wanted))
            .order_by(message.c.at, message.c.id)
        )
        for row in connection.execute(statement).mappings():
            found[row["ticket_id"]].append(row)
    return found


def _events(connection: Connection, tickets: list[str]) -> dict[str, list[EventView]]:
    found: dict[str, list[EventView]] = defaultdict(list)
    wanted = padded(f"ticket:{ticket}" for ticket in tickets)
    if wanted:
        table = schema.event
        statement = select(table).where(table.c.stream.in_(wanted)).order_by(table.c.stream, table.c.seq)
        for row in connection.execute(statement).mappings():
            event = event_of(row)
            found[event.stream.partition(":")[2]].append(_event_view(event))
    return found


def event_of(row: Mapping[Any, Any]) -> Event:
    """An event from its row."""
    return Event(**{name: row[name] for name in Event.__struct_fields__})


def _event_view(event: Event) -> EventView:
    document = event.document
    return EventView(
        seq=event.seq,
        type=event.type,
        at=event.at,
        actor=document["actor"],
        data=event.data,
        config=document["config"],
    )


def _attachments(connection: Connection, messages: list[str]) -> dict[str, list[AttachmentView]]:
    found: dict[str, list[AttachmentView]] = defaultdict(list)
    wanted = padded(messages)
    if not wanted:
        return found
    table = schema.attachment
    statement = select(table).where(table.c.message_id.in_(wanted)).order_by(table.c.message_id, table.c.no)
    rows = list(connection.execute(statement).mappings())
    names = words_of(connection, (row["filename"] for row in rows))
    for row in rows:
        found[row["message_id"]].append(attachment_view(row, names))
    return found


def attachment_view(row: Mapping[Any, Any], names: Mapping[str, str]) -> AttachmentView:
    """A file's row with its name."""
    return AttachmentView(
        no=row["no"],
        content_type=row["content_type"],
        filename=names.get(row["filename"] or ""),
        state=row["state"],
        reason=row["reason"],
        size=row["size"],
    )


def _message(
    row: Mapping[Any, Any],
    people: _People,
    words: Mapping[str, str],
    attachments: Mapping[str, list[AttachmentView]],
    deliveries: Mapping[str, Delivery],
) -> MessageView:
    return MessageView(
        id=row["id"],
        at=row["at"],
        direction=row["direction"],
        channel=Channel(row["channel"]),
        author=_author(row, people),
        text=words.get(row["content"] or "", ""),
        purpose=row["purpose"],
        disposition=Disposition(row["disposition"]) if row["disposition"] else None,
        parts=tuple(row["parts"]),
        attachments=tuple(attachments.get(row["id"], ())),
        delivery=deliveries.get(row["id"]),
    )


def _author(row: Mapping[Any, Any], people: _People) -> Party:
    """An outbound message is an agent's when it names an account, else the desk's own."""
    if row["account"]:
        return people.account(row["account"]) or Party(kind="desk")
    if row["direction"] == "in" and row["contact"]:
        return people.contact(row["contact"])
    return Party(kind="desk")


_ENDED = {"sent": Delivery.SENT, "failed": Delivery.FAILED, "dropped": Delivery.FAILED}


def _deliveries(connection: Connection, messages: Iterable[str]) -> dict[str, Delivery]:
    """How far outbound messages have come, by the newest try of each."""
    wanted = padded(messages)
    if not wanted:
        return {}
    table = schema.attempt
    statement = (
        select(table.c.message_id, table.c.delivery, table.c.state)
        .where(table.c.message_id.in_(wanted))
        .order_by(table.c.started_at, table.c.no)
    )
    return {
        message: Delivery(delivery) if delivery else _ENDED.get(state, Delivery.QUEUED)
        for message, delivery, state in connection.execute(statement)
    }


def ticket_id(connection: Connection, subject: str) -> str:
    """The id of a ticket that is named by its id or its reference; what is neither comes back as it is."""
    canonical = references.read(subject)
    if canonical is None:
        return subject
    table = schema.reference
    found = connection.execute(select(table.c.ticket_id).where(table.c.reference == canonical)).scalar()
    return str(found) if found else subject
