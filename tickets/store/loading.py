"""The reads of one batch: what the items need, set by set, never a statement per item."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, text, tuple_

from tickets.model import Account, Channel, Contact, Identity, Status, Ticket
from tickets.snapshot import Snapshot, occupied_by
from tickets.store import schema
from tickets.store.rows import padded, value_of
from tickets.submission import Needs

# A reporter's ended tickets stay in sight of matching this long, so that "masih error" finds the one it speaks of.
RECENT_DAYS = 30
# How many open tickets are looked at, those that nobody holds first, when somebody comes or leaves.
UNHELD = 200


def together(needs: Iterable[Needs]) -> Needs:
    """The needs of a whole batch, each named once."""
    many = list(needs)
    return Needs(
        identities=tuple(dict.fromkeys(one for need in many for one in need.identities)),
        contacts=tuple(dict.fromkeys(one for need in many for one in need.contacts)),
        tickets=tuple(dict.fromkeys(one for need in many for one in need.tickets)),
        references=tuple(dict.fromkeys(one for need in many for one in need.references)),
        quoted=tuple(dict.fromkeys(one for need in many for one in need.quoted)),
        contents=tuple(dict.fromkeys(one for need in many for one in need.contents)),
        due=tuple(dict.fromkeys(one for need in many for one in need.due)),
        unheld=any(need.unheld for need in many),
    )


def load(connection: Connection, state: Snapshot, needs: Needs, *, lock: bool) -> None:
    """Fill ``state`` with what ``needs`` names; ``lock`` takes row locks in the order of DESIGN section 2.

    Order: identities, then tickets (sorted by id), then accounts. SQLite has one lock for all and needs none of these.
    """
    if lock:
        _claim_addresses(connection, needs)
    _identities(connection, state, needs, lock=lock)
    contacts = {identity.contact for identity in state.identities.values()} | set(needs.contacts)
    tickets = set(needs.tickets) | _quoted(connection, state, needs) | _referenced(connection, state, needs)
    _tickets(connection, state, tickets, contacts, unheld=needs.unheld, lock=lock)
    _contents(connection, state, needs)
    _due(connection, state, needs)
    asked = {person for ticket in state.tickets.values() for person in (ticket.reporter, ticket.confirmer)}
    _contacts(connection, state, contacts | asked)
    _accounts(connection, state, lock=lock)
    _loads(connection, state)


def _claim_addresses(connection: Connection, needs: Needs) -> None:
    """Let nobody else decide about the same senders now, known or not (PostgreSQL).

    A row lock cannot be taken on an identity that does not exist yet, and two bubbles of a new sender would make two
    people of one. The lock lives as long as the transaction; sorted, so that two writers never wait in a ring.
    """
    names = sorted(f"{channel.value}\n{address}" for channel, address in needs.identities)
    if not names:
        return
    numbers = sorted(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True) for name in names)
    locks = text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")
    connection.execute(locks, {"numbers": numbers})


def _locked(statement: Select[Any], lock: bool) -> Select[Any]:
    return statement.with_for_update() if lock else statement


def _identities(connection: Connection, state: Snapshot, needs: Needs, *, lock: bool) -> None:
    if not needs.identities:
        return
    table = schema.identity
    wanted = sorted((channel.value, address) for channel, address in needs.identities)
    statement = _locked(select(table).where(tuple_(table.c.channel, table.c.address).in_(wanted)), lock)
    for row in connection.execute(statement.order_by(table.c.channel, table.c.address)).mappings():
        identity = value_of(Identity, row)
        state.identities[Channel(identity.channel), identity.address] = identity


def _quoted(connection: Connection, state: Snapshot, needs: Needs) -> set[str]:
    """Which tickets the quoted messages belong to: ours by the attempt that sent them, theirs by their own id."""
    if not needs.quoted:
        return set()
    ids = padded(needs.quoted)
    ours = (
        select(schema.attempt.c.provider_id, schema.notice.c.ticket_id)
        .join(schema.notice, schema.notice.c.id == schema.attempt.c.notice_id)
        .where(schema.attempt.c.provider_id.in_(ids), schema.notice.c.ticket_id.isnot(None))
    )
    theirs = (
        select(schema.message.c.external_id, schema.message_ticket.c.ticket_id)
        .join(schema.message_ticket, schema.message_ticket.c.message_id == schema.message.c.id)
        .where(schema.message.c.external_id.in_(ids))
    )
    for provider_id, ticket_id in (*connection.execute(theirs), *connection.execute(ours)):
        state.quoted[provider_id] = ticket_id
    return set(state.quoted.values())


def _referenced(connection: Connection, state: Snapshot, needs: Needs) -> set[str]:
    if not needs.references:
        return set()
    table = schema.reference
    for row in connection.execute(select(table).where(table.c.reference.in_(padded(needs.references)))):
        state.references[row.reference] = row.ticket_id
    return set(state.references.values())


def _tickets(
    connection: Connection, state: Snapshot, ids: set[str], contacts: set[str], *, unheld: bool, lock: bool
) -> None:
    table = schema.ticket
    wanted: list[ColumnElement[bool]] = []
    if ids:
        wanted.append(table.c.id.in_(padded(ids)))
    if contacts:
        in_sight = or_(table.c.ended_at.is_(None), table.c.ended_at > state.now - timedelta(days=RECENT_DAYS))
        wanted.append(and_(table.c.reporter.in_(padded(contacts)), in_sight))
    if unheld:
        free_first = (table.c.assignee.isnot(None), table.c.priority, table.c.opened_at)
        oldest = select(table.c.id).where(table.c.ended_at.is_(None)).order_by(*free_first).limit(UNHELD)
        wanted.append(table.c.id.in_(oldest))
    if not wanted:
        return
    statement = _locked(select(table).where(or_(*wanted)), lock).order_by(table.c.id)
    _keep_tickets(connection, state, statement)
    # What is said about a merged ticket concerns whoever works on the one that it went into.
    parents = {one.merged_into for one in state.tickets.values() if one.merged_into} - state.tickets.keys()
    if parents:
        into = _locked(select(table).where(table.c.id.in_(padded(parents))), lock).order_by(table.c.id)
        _keep_tickets(connection, state, into)


def _keep_tickets(connection: Connection, state: Snapshot, statement: Select[Any]) -> None:
    for row in connection.execute(statement).mappings():
        ticket = value_of(Ticket, row)
        state.tickets[ticket.id] = ticket
        state.references[ticket.reference] = ticket.id


def _due(connection: Connection, state: Snapshot, needs: Needs) -> None:
    if not needs.due:
        return
    table = schema.due
    wanted = select(table.c.stream, table.c.what, table.c.at).where(tuple_(table.c.stream, table.c.what).in_(needs.due))
    state.due.update({(row.stream, row.what): row.at for row in connection.execute(wanted)})


def _contents(connection: Connection, state: Snapshot, needs: Needs) -> None:
    if not needs.contents:
        return
    table = schema.content
    wanted = select(table.c.id, table.c.words).where(table.c.id.in_(padded(needs.contents)))
    state.words.update({row.id: row.words for row in connection.execute(wanted)})


def _contacts(connection: Connection, state: Snapshot, contacts: set[str]) -> None:
    if not contacts:
        return
    ids = padded(contacts)
    for row in connection.execute(select(schema.contact).where(schema.contact.c.id.in_(ids))).mappings():
        contact = value_of(Contact, row)
        state.contacts[contact.id] = contact
    _held(connection, state)
    # All addresses of a person: a notice may go to another one than the message came from.
    statement = select(schema.identity).where(schema.identity.c.contact.in_(ids))
    for row in connection.execute(statement).mappings():
        identity = value_of(Identity, row)
        state.identities[Channel(identity.channel), identity.address] = identity


def _held(connection: Connection, state: Snapshot) -> None:
    """The words that wait for the answer to "which report?": ``held`` is a message's id and its content's."""
    asked = (contact.asked.held for contact in state.contacts.values() if contact.asked and contact.asked.held)
    contents = [pair.partition(":")[2] for held in asked for pair in held.split(",")]
    if wanted := padded(one for one in contents if one and one not in state.words):
        table = schema.content
        for row in connection.execute(select(table.c.id, table.c.words).where(table.c.id.in_(wanted))):
            state.words[row.id] = row.words


def _accounts(connection: Connection, state: Snapshot, *, lock: bool) -> None:
    statement = _locked(select(schema.account).where(schema.account.c.active), lock).order_by(schema.account.c.id)
    for row in connection.execute(statement).mappings():
        account = value_of(Account, row)
        state.accounts[account.id] = account


def _loads(connection: Connection, state: Snapshot) -> None:
    """How much each account has in hand, and since when it has got nothing new."""
    table = schema.ticket
    held = func.coalesce(table.c.assignee, table.c.offered_to)
    statement = (
        select(table.c.status, table.c.assignee, table.c.offered_to, func.count(), func.max(table.c.updated_at))
        .where(table.c.ended_at.is_(None), held.isnot(None))
        .group_by(table.c.status, table.c.assignee, table.c.offered_to)
    )
    loads: Counter[str] = Counter()
    for status, assignee, offered_to, count, latest in connection.execute(statement):
        holder = occupied_by(Status(status), assignee, offered_to)
        if holder is None:
            continue
        loads[holder] += count
        state.busy_since[holder] = max(latest, state.busy_since.get(holder, latest))
    state.loads = loads
