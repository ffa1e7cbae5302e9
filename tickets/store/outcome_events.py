"""The chain records the final outcome of each notice to a person outside: told, or not told and why."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from tickets.commands import DESK
from tickets.events import GENESIS, NewEvent, seal
from tickets.store import schema
from tickets.store.attempts import Outcome
from tickets.store.rows import padded, put, replace


def record_outcomes(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Append ``told`` or ``not_told`` to ``contact:…``, within the transaction that settles the notices.

    Notices to accounts stay in the tables of the outbox: an account's stream is folded into its projection, and a card
    that was brought up to date is nothing that anybody was promised.
    """
    told = [one for one in outcomes if one.notice.person.kind == "contact"]
    if not told:
        return
    table = schema.stream
    statement = select(table.c.stream, table.c.count, table.c.head).where(
        table.c.stream.in_(padded(f"contact:{one.notice.person.id}" for one in told))
    )
    if connection.dialect.name != "sqlite":
        statement = statement.order_by(table.c.stream).with_for_update()
    heads: dict[str, tuple[int, str]] = {
        stream: (count, newest) for stream, count, newest in connection.execute(statement)
    }
    events = []
    for one in sorted(told, key=lambda one: one.notice.position):
        stream = f"contact:{one.notice.person.id}"
        count, newest = heads.get(stream, (0, GENESIS))
        event = seal(
            _event(stream, one),
            seq=count + 1,
            previous=newest,
            at=now,
            config="",
            command=f"notice:{one.notice.id}",
            digests={},
        )
        heads[stream] = (event.seq, event.hash)
        events.append(event)
    put(connection, schema.event, [{name: getattr(one, name) for name in one.__struct_fields__} for one in events])
    grown = sorted({event.stream for event in events})
    replace(connection, table, [{"stream": one, "count": heads[one][0], "head": heads[one][1]} for one in grown])


def _event(stream: str, one: Outcome) -> NewEvent:
    notice = one.notice
    data = {
        "notice": notice.id,
        "purpose": notice.purpose,
        "ticket": notice.ticket,
        "channel": notice.channel,
        "state": one.state,
        "reason": one.reason,
        "in_doubt": notice.in_doubt,
    }
    return NewEvent(stream=stream, type="told" if one.state == "sent" else "not_told", data=data, actor=DESK)
