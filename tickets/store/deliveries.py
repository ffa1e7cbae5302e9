"""How far messages have come: receipts are kept as they arrive, and attempts move up the lattice."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select, update

from tickets.model import Channel
from tickets.outbound import Delivery, Receipt, advance
from tickets.store import schema
from tickets.store.rows import padded

_move = (
    update(schema.attempt)
    .where(schema.attempt.c.notice_id == bindparam("of_notice"), schema.attempt.c.no == bindparam("of_no"))
    .values(delivery=bindparam("to_delivery"), reason=bindparam("why"))
)


def reported(connection: Connection, provider_ids: Iterable[str]) -> dict[str, Delivery]:
    """What receipts that came before the answer to our own request say already."""
    wanted = padded(provider_ids)
    known: dict[str, Delivery] = {}
    if wanted:
        table = schema.receipt
        rows = connection.execute(select(table.c.provider_id, table.c.state).where(table.c.provider_id.in_(wanted)))
        for provider_id, state in rows:
            known[provider_id] = advance(known.get(provider_id, Delivery.SENT), Delivery(state))
    return known


def advance_deliveries(connection: Connection, receipts: Sequence[Receipt], channel: Channel) -> None:
    """Move the attempts of these messages on; a report that comes late changes nothing."""
    table = schema.attempt
    wanted = padded(one.provider_id for one in receipts)
    rows = connection.execute(
        select(table).where(table.c.provider_id.in_(wanted), table.c.channel == channel.value)
    ).mappings()
    moved = []
    for row in rows:
        delivery, reason = Delivery(row["delivery"]) if row["delivery"] else None, row["reason"]
        for one in receipts:
            if one.provider_id != row["provider_id"]:
                continue
            after = advance(delivery, one.state)
            if after is Delivery.FAILED and after is not delivery:
                reason = one.reason[:30] if one.reason else None
            delivery = after
        if delivery is not None and delivery.value != row["delivery"]:
            moved.append({"of_notice": row["notice_id"], "of_no": row["no"], "to_delivery": delivery, "why": reason})
    if moved:
        connection.execute(_move, moved)
