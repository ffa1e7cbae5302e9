"""A whole batch of decisions as rows: one statement per table, however many items there are.

``write`` is the only place where decided things become rows. It runs inside the writer's transaction and touches
nothing when it fails, because the transaction is rolled back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from tickets.changes import Changes, Content, Due
from tickets.events import GENESIS, Event, digest, seal
from tickets.model import Account, Ticket
from tickets.outbound import Blobs
from tickets.snapshot import Snapshot
from tickets.store import schema
from tickets.store.flush_messages import MessageRows
from tickets.store.flush_notices import NoticeRows
from tickets.store.keys import Decided, write_answers
from tickets.store.rows import padded, put, replace, row_of
from tickets.store.salts import clean, new_salts

_forget_due = delete(schema.due).where(
    schema.due.c.stream == bindparam("of_stream"), schema.due.c.what == bindparam("of_what")
)


@dataclass(frozen=True, slots=True)
class Flushed:
    """What a commit changed: ids of tickets, and the lanes that have something to send."""

    tickets: frozenset[str]
    lanes: frozenset[str]


@dataclass(slots=True)
class _Heads:
    """The newest event of each stream concerned; grows as events are sealed."""

    counts: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)


def write(
    connection: Connection,
    state: Snapshot,
    decided: Sequence[Decided],
    blobs: Blobs,
    *,
    lock: bool,
    traces: Sequence[Mapping[str, Any]] = (),
) -> Flushed:
    """Write everything that was decided, and the answers under their keys.

    ``state`` is the snapshot after the last item. ``traces`` are rows for the quarantine. ``lock`` takes row locks.
    Raises whatever does not fit a column, and ``ValueError`` where a projection and its stream disagree.
    """
    changes = [one.changes for one in decided]
    digests = _contents(connection, changes)
    heads = _heads(connection, changes, lock=lock)
    events: list[Event] = []
    messages, notices = MessageRows(blobs, state.now), NoticeRows(state.now)
    for one in decided:
        sealed = _seal(one, state, heads, digests)
        events += sealed
        messages.add(one.changes)
        notices.add(one, sealed)
    touched = {event.stream for event in events}
    _check(state, heads, touched)
    put(connection, schema.event, [row_of_event(event) for event in events])
    replace(connection, schema.stream, _head_rows(heads, touched))
    tickets = _projections(connection, state, touched, {event.stream for event in events if event.seq == 1})
    _people(connection, state, changes)
    messages.write(connection)
    lanes = notices.write(connection)
    _due(connection, changes, heads)
    replace(connection, schema.grant, _grant_rows(changes))
    replace(connection, schema.quarantine, list(traces))
    write_answers(connection, decided, state.now)
    filed = {one.ticket for change in changes for one in change.filed}
    joined = {ticket for change in changes for message in change.messages for ticket in message.tickets}
    return Flushed(tickets | filed | joined, lanes)


def row_of_event(event: Event) -> dict[str, Any]:
    """An event as its row."""
    return {name: getattr(event, name) for name in event.__struct_fields__}


def _contents(connection: Connection, changes: Sequence[Changes]) -> dict[str, str]:
    """Write the words; the digests of these and of every earlier content row that an event names."""
    contents: list[Content] = [content for change in changes for content in change.contents]
    digests: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for content, salt in zip(contents, new_salts(len(contents)), strict=True):
        words = clean(content.words)
        digests[content.id] = digest(salt, words)
        rows.append({"id": content.id, "kind": content.kind, "about": content.about, "salt": salt, "words": words})
    put(connection, schema.content, rows)
    named = {content for change in changes for event in change.events for content in event.contents}
    earlier = padded(named - digests.keys())
    if earlier:
        table = schema.content
        wanted = select(table.c.id, table.c.salt, table.c.words).where(table.c.id.in_(earlier))
        digests.update({row.id: digest(row.salt, row.words) for row in connection.execute(wanted)})
    return digests


def _heads(connection: Connection, changes: Sequence[Changes], *, lock: bool) -> _Heads:
    streams = {event.stream for change in changes for event in change.events}
    streams |= {due.stream for change in changes for due in change.due if not due.cancelled}
    heads = _Heads()
    if not streams:
        return heads
    table = schema.stream
    columns = (table.c.stream, table.c.count, table.c.head)
    statement = select(*columns).where(table.c.stream.in_(padded(streams))).order_by(table.c.stream)
    for stream, count, newest in connection.execute(statement.with_for_update() if lock else statement):
        heads.counts[stream], heads.hashes[stream] = count, newest
    return heads


def _seal(one: Decided, state: Snapshot, heads: _Heads, digests: Mapping[str, str]) -> list[Event]:
    sealed: list[Event] = []
    for new in one.changes.events:
        event = seal(
            new,
            seq=heads.counts.get(new.stream, 0) + 1,
            previous=heads.hashes.get(new.stream, GENESIS),
            at=state.now,
            config=state.config.hash,
            command=one.key,
            digests=digests,
        )
        heads.counts[new.stream], heads.hashes[new.stream] = event.seq, event.hash
        sealed.append(event)
    return sealed


def _head_rows(heads: _Heads, touched: set[str]) -> list[dict[str, Any]]:
    return [
        {"stream": stream, "count": heads.counts[stream], "head": heads.hashes[stream]} for stream in sorted(touched)
    ]


def projected(state: Snapshot, stream: str) -> Ticket | Account | None:
    """The projection that a stream folds into, or None for a stream that has none."""
    family, _, identity = stream.partition(":")
    if family == "ticket":
        return state.tickets[identity]
    return state.accounts[identity] if family == "account" else None


def _check(state: Snapshot, heads: _Heads, touched: set[str]) -> None:
    for stream in touched:
        projection = projected(state, stream)
        if projection is not None and projection.version != heads.counts[stream]:
            raise ValueError(f"{stream} is at {heads.counts[stream]}, its projection at {projection.version}")


def _projections(connection: Connection, state: Snapshot, touched: set[str], begun: set[str]) -> frozenset[str]:
    """Write the tickets and accounts whose streams grew; the ids of those tickets."""
    changed = [projected(state, stream) for stream in sorted(touched)]
    tickets = [one for one in changed if isinstance(one, Ticket)]
    accounts = [one for one in changed if isinstance(one, Account)]
    replace(connection, schema.ticket, [row_of(ticket) for ticket in tickets])
    replace(connection, schema.account, [row_of(account) for account in accounts])
    new = [ticket for ticket in tickets if f"ticket:{ticket.id}" in begun]
    put(connection, schema.reference, [{"reference": one.reference, "ticket_id": one.id} for one in new])
    return frozenset(ticket.id for ticket in tickets)


def _people(connection: Connection, state: Snapshot, changes: Sequence[Changes]) -> None:
    """Contacts and identities as the last item left them."""
    contacts = sorted({contact.id for change in changes for contact in change.contacts})
    replace(connection, schema.contact, [row_of(state.contacts[contact]) for contact in contacts])
    identities = sorted({(one.channel, one.address) for change in changes for one in change.identities})
    replace(connection, schema.identity, [row_of(state.identities[identity]) for identity in identities])


def _due(connection: Connection, changes: Sequence[Changes], heads: _Heads) -> None:
    """The last word on each (stream, what) holds. A due row carries the version of its stream after the batch."""
    latest: dict[tuple[str, str], Due] = {}
    for change in changes:
        latest.update({(due.stream, due.what): due for due in change.due})
    rows = [
        {
            "stream": due.stream,
            "what": due.what,
            "at": due.at,
            "version": heads.counts.get(due.stream, 0),
            "data": due.data,
        }
        for _, due in sorted(latest.items())
        if not due.cancelled
    ]
    replace(connection, schema.due, rows)
    gone = [{"of_stream": stream, "of_what": what} for (stream, what), due in sorted(latest.items()) if due.cancelled]
    if gone:
        connection.execute(_forget_due, gone)


def _grant_rows(changes: Sequence[Changes]) -> list[dict[str, Any]]:
    """The same secret may be granted again; then the later expiry holds and a revocation ends."""
    latest = {grant.digest: grant for change in changes for grant in change.grants}
    return [
        {
            "digest": grant.digest,
            "ticket_id": grant.ticket,
            "contact": grant.contact,
            "expires_at": grant.expires_at,
            "revoked_at": None,
        }
        for _, grant in sorted(latest.items())
    ]
