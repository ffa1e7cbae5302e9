"""The outbox: notices are claimed under a lease, said to be leaving, and settled; three commits for a chunk of them.

A lease that runs out gives a notice back. What was still waiting to be sent is queued again; what was ``sending`` is in
doubt, because a worker died or the connection broke after the request had left: the next worker has to find out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, func, select, update
from sqlalchemy.exc import IntegrityError

from tickets.model import Channel, Identity
from tickets.outbound import Delivery, Receipt
from tickets.store import schema
from tickets.store.attempts import Attempt, Outcome, keep_attempts
from tickets.store.briefings import brief
from tickets.store.deliveries import advance_deliveries, reported
from tickets.store.engine import Conflict, Database
from tickets.store.notice_rows import claimable, notice_of
from tickets.store.outcome_events import record_outcomes
from tickets.store.rows import padded, put
from tickets.store.undelivered import failed_for_good, failed_late, look_at
from tickets.views import Briefing, Notice

__all__ = ["Attempt", "Outbox", "Outcome"]
REPEATS: Final = 3


class Outbox:
    """The workers' side of the notices. Raises ``Unavailable`` when the database is locked or gone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lanes(self, now: datetime) -> set[str]:
        """The lanes that have something claimable."""
        with self._database.reading() as connection:
            return set(connection.execute(select(schema.notice.c.lane).where(claimable(now)).distinct()).scalars())

    def claim(self, lane: str, worker: str, now: datetime, *, limit: int = 8, lease_s: int = 30) -> list[Notice]:
        """Lease the oldest notices of a lane, at most ``limit`` and one per person; ``in_doubt`` as said above."""
        notice = schema.notice
        mine = select(notice.c.position).where(notice.c.lane == lane, claimable(now)).order_by(notice.c.position)
        with self._database.reading() as connection:
            # Nobody takes the write lock only to find nothing.
            if connection.execute(mine.limit(1)).first() is None:
                return []
        wanted = mine.limit(limit)
        if not self._database.sqlite:
            wanted = wanted.with_for_update(skip_locked=True)
        statement = (
            update(notice)
            .where(notice.c.position.in_(wanted))
            .values(
                state=case((notice.c.state == "sending", "sending"), else_="leased"),
                claimed_by=worker,
                lease_until=now + timedelta(seconds=lease_s),
            )
            .returning(notice)
        )
        with self._database.writing() as connection:
            rows = list(connection.execute(statement).mappings())
        rows.sort(key=lambda row: row["position"])
        return [notice_of(row, in_doubt=row["state"] == "sending") for row in rows]

    def brief(self, notices: Sequence[Notice]) -> list[Briefing]:
        """All that is needed to put these notices into words, in their order."""
        with self._database.reading() as connection:
            return brief(connection, notices)

    def sending(self, attempts: Sequence[Attempt], now: datetime) -> frozenset[str]:
        """Say that these leave now: one commit, before the first request. Returns the ids that may really leave.

        Whose lease has run out meanwhile may be on its way by somebody else: each try has a number, and only one
        worker gets it.
        """
        if not attempts:
            return frozenset()
        with self._database.writing() as connection:
            attempts = self._still_ours(connection, attempts, now)
            if not attempts:
                return frozenset()
            connection.execute(_leaving, [{"of_id": one.notice.id} for one in attempts])
            doubtful = [{"of_notice": one.notice.id, "at": now} for one in attempts if one.notice.in_doubt]
            if doubtful:
                connection.execute(_never_known, doubtful)
            keep_attempts(connection, attempts, now)
        return frozenset(one.notice.id for one in attempts)

    def _still_ours(self, connection: Connection, attempts: Sequence[Attempt], now: datetime) -> list[Attempt]:
        notice = schema.notice
        statement = (
            select(notice.c.id, notice.c.tries)
            .where(notice.c.id.in_(padded(one.notice.id for one in attempts)))
            .where(notice.c.settled_at.is_(None), notice.c.lease_until >= now)
            .order_by(notice.c.id)
        )
        rows = connection.execute(statement if self._database.sqlite else statement.with_for_update())
        standing = {row.id: row.tries for row in rows}
        return [one for one in attempts if standing.get(one.notice.id) == one.notice.tries]

    def settle(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Write what became of them: one commit."""
        if not outcomes:
            return
        for left in range(REPEATS, -1, -1):
            try:
                self._settle(outcomes, now)
                return
            except (Conflict, IntegrityError):
                # Somebody else has just begun the same contact's stream.
                if not left:
                    raise

    def _settle(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        with self._database.writing() as connection:
            final = [one for one in outcomes if one.state != "retry" and one.fallback is None]
            again = [one for one in outcomes if one.state == "retry"]
            other = [(one, one.fallback) for one in outcomes if one.state != "retry" and one.fallback]
            if final:
                connection.execute(_settled, [_final_row(one, now) for one in final])
            if again:
                connection.execute(_queued_again, [_again_row(one, now) for one in again])
            if other:
                connection.execute(_elsewhere, [_elsewhere_row(one, to, now) for one, to in other])
            known = reported(connection, [one.provider_id for one in outcomes if one.provider_id])
            connection.execute(_tried, [_tried_row(one, known, now) for one in outcomes])
            record_outcomes(connection, final, now)
            look_at(connection, failed_for_good(final), now)

    def release(self, notices: Sequence[str]) -> None:
        """Give claimed notices back that were not sent."""
        wanted = padded(notices)
        if not wanted:
            return
        notice = schema.notice
        statement = (
            update(notice)
            .where(notice.c.id.in_(wanted), notice.c.state == "leased")
            .values(state="queued", claimed_by=None, lease_until=None)
        )
        with self._database.writing() as connection:
            connection.execute(statement)

    def record(self, receipts: Sequence[Receipt], channel: Channel) -> None:
        """Keep what a provider reported, whatever the order, and move the attempts on."""
        if not receipts:
            return
        rows = [
            {
                "channel": channel,
                "provider_id": one.provider_id[:200],
                "state": one.state,
                "at": one.at,
                "reason": one.reason[:60] if one.reason else None,
            }
            for one in receipts
        ]
        with self._database.writing() as connection:
            put(connection, schema.receipt, rows)
            advance_deliveries(connection, receipts, channel)
            look_at(connection, failed_late(connection, receipts, channel), max(one.at for one in receipts))


_by_id = schema.notice.c.id == bindparam("of_id")
_unsettled = schema.notice.c.settled_at.is_(None)
_leaving = update(schema.notice).where(_by_id, _unsettled).values(state="sending", tries=schema.notice.c.tries + 1)
_settled = (
    update(schema.notice)
    .where(_by_id, _unsettled)
    .values(
        state=bindparam("to_state"),
        settled_at=bindparam("at"),
        reason=bindparam("why"),
        claimed_by=None,
        lease_until=None,
    )
)
_queued_again = (
    update(schema.notice)
    .where(_by_id, _unsettled)
    .values(state="queued", not_before=bindparam("later"), reason=bindparam("why"), claimed_by=None, lease_until=None)
)
_elsewhere = (
    update(schema.notice)
    .where(_by_id, _unsettled)
    .values(
        state="queued",
        not_before=bindparam("later"),
        reason=bindparam("why"),
        channel=bindparam("to_channel"),
        address=bindparam("to_address"),
        lane=bindparam("to_lane"),
        claimed_by=None,
        lease_until=None,
    )
)
_never_known = (
    update(schema.attempt)
    .where(schema.attempt.c.notice_id == bindparam("of_notice"), schema.attempt.c.ended_at.is_(None))
    .values(state="unknown", ended_at=bindparam("at"))
)
_same_notice = schema.attempt.alias("same_notice")
_latest = (
    select(func.max(_same_notice.c.no)).where(_same_notice.c.notice_id == bindparam("of_notice")).scalar_subquery()
)
_tried = (
    update(schema.attempt)
    .where(schema.attempt.c.notice_id == bindparam("of_notice"), schema.attempt.c.no == _latest)
    .where(schema.attempt.c.ended_at.is_(None))
    .values(
        state=bindparam("to_state"),
        ended_at=bindparam("at"),
        provider_id=bindparam("by_provider"),
        delivery=bindparam("to_delivery"),
        reason=bindparam("why"),
    )
)


def _final_row(one: Outcome, now: datetime) -> dict[str, Any]:
    return {"of_id": one.notice.id, "to_state": one.state, "at": now, "why": one.reason}


def _again_row(one: Outcome, now: datetime) -> dict[str, Any]:
    return {"of_id": one.notice.id, "later": one.not_before or now, "why": one.reason}


def _elsewhere_row(one: Outcome, to: Identity, now: datetime) -> dict[str, Any]:
    return {
        "of_id": one.notice.id,
        "later": now,
        "why": one.reason,
        "to_channel": to.channel,
        "to_address": to.address,
        "to_lane": f"{to.channel}.{one.notice.urgency}",
    }


def _tried_row(one: Outcome, known: dict[str, Delivery], now: datetime) -> dict[str, Any]:
    delivery = known.get(one.provider_id or "", Delivery.SENT) if one.state == "sent" else None
    return {
        "of_notice": one.notice.id,
        "to_state": one.state,
        "at": now,
        "by_provider": one.provider_id,
        "to_delivery": delivery,
        "why": one.reason,
    }
