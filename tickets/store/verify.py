"""``sigap audit verify``: reads everything once, in pieces, and names the first row that is not as it was written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Connection, Table, func, select

from tickets.audit import Fault, Head, Kept, check_chain, check_projection, check_words
from tickets.events import Event
from tickets.model import Account, Ticket
from tickets.projection import rebuild
from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.rows import padded, replace, row_of, value_of
from tickets.store.ticket_views import event_of

STREAMS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was looked at, and what is wrong first. ``counts``: streams, events, contents, erased, messages, tickets."""

    first_bad: Fault | None
    counts: dict[str, int] = field(default_factory=dict)
    rebuilt: int = 0

    @property
    def sound(self) -> bool:
        return self.first_bad is None


def verify(database: Database, rebuild: bool = False) -> Report:
    """Check chains, tails, words, projections and dispositions.

    ``rebuild`` writes projections anew from sound events where they differ; it mends rows, never events.
    """
    counts = dict.fromkeys(("streams", "events", "contents", "erased", "messages", "tickets"), 0)
    faults: list[Fault] = []
    mend: list[str] = []
    with database.reading() as connection:
        counts["tickets"] = _number(connection, schema.ticket)
        for streams in _pieces(connection):
            _check_piece(connection, streams, counts, faults, mend)
        faults += _without_stream(connection)
        faults += _dispositions(connection, counts)
    rebuilt = _mend(database, mend) if rebuild and mend else 0
    return Report(first_bad=min(faults, key=_place) if faults else None, counts=counts, rebuilt=rebuilt)


def _place(fault: Fault) -> tuple[str, int]:
    return fault.stream, fault.seq


def _number(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def _pieces(connection: Connection) -> Iterator[list[str]]:
    """Names of streams, sorted, some at a time: those of the heads and those that only events know."""
    event, stream = schema.event, schema.stream
    after = ""
    while True:
        names = select(stream.c.stream).union(select(event.c.stream)).subquery()
        wanted = select(names.c.stream).where(names.c.stream > after).order_by(names.c.stream).limit(STREAMS_AT_ONCE)
        piece = list(connection.execute(wanted).scalars())
        if not piece:
            return
        yield piece
        after = piece[-1]


def _check_piece(
    connection: Connection, streams: list[str], counts: dict[str, int], faults: list[Fault], mend: list[str]
) -> None:
    events = _events(connection, streams)
    heads = _heads(connection, streams)
    contents = _contents(connection, events, counts)
    projections, unreadable = _projections(connection, streams)
    for stream in streams:
        mine = events.get(stream, [])
        counts["streams"] += 1
        counts["events"] += len(mine)
        fault = check_chain(stream, mine, heads.get(stream)) or check_words(mine, contents)
        if fault is None:
            fault = unreadable.get(stream) or check_projection(stream, mine, projections.get(stream))
            if fault is not None:
                mend.append(stream)
        if fault is not None:
            faults.append(fault)


def _events(connection: Connection, streams: list[str]) -> dict[str, list[Event]]:
    table = schema.event
    wanted = select(table).where(table.c.stream.in_(padded(streams))).order_by(table.c.stream, table.c.seq)
    found = (event_of(row) for row in connection.execute(wanted).mappings())
    return {stream: list(some) for stream, some in groupby(found, key=lambda event: event.stream)}


def _heads(connection: Connection, streams: list[str]) -> dict[str, Head]:
    table = schema.stream
    wanted = select(table.c.stream, table.c.count, table.c.head).where(table.c.stream.in_(padded(streams)))
    return {stream: Head(count=count, head=head) for stream, count, head in connection.execute(wanted)}


def _contents(connection: Connection, events: dict[str, list[Event]], counts: dict[str, int]) -> dict[str, Kept]:
    named = {content for some in events.values() for event in some for content in _named(event)}
    table = schema.content
    kept: dict[str, Kept] = {}
    ordered = sorted(named)
    for start in range(0, len(ordered), 512):
        wanted = padded(ordered[start : start + 512])
        rows = connection.execute(select(table.c.id, table.c.salt, table.c.words).where(table.c.id.in_(wanted)))
        kept.update({row.id: Kept(salt=row.salt, words=row.words) for row in rows})
    counts["contents"] += len(kept)
    counts["erased"] += len(named) - len(kept)
    return kept


def _named(event: Event) -> list[str]:
    """What an event seals; nothing where its body is no document any more (the chain says so)."""
    try:
        return list(event.document["digests"])
    except (ValueError, KeyError, TypeError):
        return []


def _projections(connection: Connection, streams: list[str]) -> tuple[dict[str, Ticket | Account], dict[str, Fault]]:
    """The rows that these streams fold into, and a fault for each that holds what no value can be."""
    found: dict[str, Ticket | Account] = {}
    faults: dict[str, Fault] = {}
    for family, table in (("ticket", schema.ticket), ("account", schema.account)):
        wanted = padded(one.partition(":")[2] for one in streams if one.startswith(f"{family}:"))
        if not wanted:
            continue
        for row in connection.execute(select(table).where(table.c.id.in_(wanted))).mappings():
            stream = f"{family}:{row['id']}"
            try:
                found[stream] = value_of(Ticket, row) if family == "ticket" else value_of(Account, row)
            except ValueError:
                faults[stream] = Fault(stream=stream, seq=0, what="its row cannot be read")
    return found, faults


def _without_stream(connection: Connection) -> list[Fault]:
    """Rows of tickets and accounts that no event ever made."""
    faults = []
    for family, table in (("ticket", schema.ticket), ("account", schema.account)):
        name = f"{family}:" + table.c.id
        head = select(schema.stream.c.stream).where(schema.stream.c.stream == name).exists()
        told = select(schema.event.c.stream).where(schema.event.c.stream == name).exists()
        rows = connection.execute(select(table.c.id).where(~head, ~told).order_by(table.c.id).limit(1))
        faults += [Fault(stream=f"{family}:{row.id}", seq=0, what="a row without any event") for row in rows]
    return faults


def _dispositions(connection: Connection, counts: dict[str, int]) -> list[Fault]:
    """Every message that came in has a disposition; one that opened or joined belongs to a ticket."""
    message, joined = schema.message, schema.message_ticket
    inbound = message.c.direction == "in"
    counts["messages"] = connection.execute(select(func.count()).select_from(message).where(inbound)).scalar() or 0
    lost = select(message.c.id).where(inbound, message.c.disposition.is_(None)).limit(1)
    belongs = select(joined.c.message_id).where(joined.c.message_id == message.c.id).exists()
    homeless = select(message.c.id).where(inbound, message.c.disposition.in_(("opened", "joined")), ~belongs).limit(1)
    faults = [
        Fault(stream=f"message:{row.id}", seq=0, what="it has no disposition") for row in connection.execute(lost)
    ]
    faults += [
        Fault(stream=f"message:{row.id}", seq=0, what="it belongs to no ticket") for row in connection.execute(homeless)
    ]
    return faults


def _mend(database: Database, streams: list[str]) -> int:
    """Write these projections from their events, which were found sound."""
    with database.writing() as connection:
        rows: dict[str, list[dict[str, object]]] = {"ticket": [], "account": []}
        for stream, events in _events(connection, streams).items():
            family, _, identity = stream.partition(":")
            made: Ticket | Account | None
            made = rebuild(Ticket, identity, events) if family == "ticket" else rebuild(Account, identity, events)
            if made is not None:
                rows[family].append(row_of(made))
        replace(connection, schema.ticket, rows["ticket"])
        replace(connection, schema.account, rows["account"])
    return len(rows["ticket"]) + len(rows["account"])
