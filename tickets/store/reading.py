"""What the doors and the workers read. Synchronous: an event loop calls it through ``asyncio.to_thread``."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from tickets.commands import Answer
from tickets.events import Event
from tickets.model import Account, Channel, Priority, Ticket
from tickets.outbound import Blobs
from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.figures import Figures, count
from tickets.store.following import Cursor, events_after
from tickets.store.keys import read_answer
from tickets.store.notice_rows import notice_of
from tickets.store.rows import padded, value_of
from tickets.store.ticket_views import attachment_view, rows_of, ticket_id, views, words_of
from tickets.store.visibility import visible_to
from tickets.tokens import fingerprint
from tickets.views import ApiToken, AttachmentView, Notice, Page, TicketRow, TicketView

MOST = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _system_time() -> datetime:
    return datetime.now(UTC)


class Reader:
    """Reads one database. Raises ``Unavailable`` when the database cannot be read.

    ``clock`` says when a tracking secret has expired; ``blobs`` holds the large files.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime] = _system_time, blobs: Blobs | None = None
    ) -> None:
        self._database, self._clock, self._blobs = database, clock, blobs

    # Tickets.

    def ticket(self, subject: str, viewer: Account | None = None) -> TicketView | None:
        """A ticket with everything in it, by its id or its reference as somebody typed it."""
        with self._database.reading() as connection:
            identity = ticket_id(connection, subject)
            table = schema.ticket
            seen = select(table.c.id).where(table.c.id == identity, visible_to(viewer))
            if connection.execute(seen).first() is None:
                return None
            return views(connection, [identity]).get(identity)

    def tickets(
        self,
        *,
        open_only: bool = False,
        status: str | None = None,
        team: str | None = None,
        assignee: str | None = None,
        priority: str | None = None,
        organisation: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        viewer: Account | None = None,
    ) -> Page[TicketRow]:
        """A page of tickets, newest first. ``assignee`` is an account's id or name.

        Raises ``ValueError`` for a cursor that is not ours.
        """
        table = schema.ticket
        equal = {"status": status, "team": team, "priority": priority, "organisation": organisation}
        wanted = [table.c[name] == value for name, value in equal.items() if value]
        if open_only:
            wanted.append(table.c.ended_at.is_(None))
        if assignee:
            named = select(schema.account.c.id).where(schema.account.c.name == assignee)
            wanted.append(or_(table.c.assignee == assignee, table.c.assignee.in_(named)))
        if cursor:
            wanted.append(_older_than(cursor))
        limit = max(1, min(limit, MOST))
        order = (table.c.opened_at.desc(), table.c.id.desc())
        statement = select(table).where(visible_to(viewer), *wanted).order_by(*order).limit(limit + 1)
        with self._database.reading() as connection:
            found = [value_of(Ticket, row) for row in connection.execute(statement).mappings()]
            shown = found[:limit]
            more = _cursor(shown[-1]) if len(found) > limit else None
            return Page(items=tuple(rows_of(connection, shown)), next=more)

    def queue(self, account: str) -> list[TicketRow]:
        """An agent's open tickets: P1 first, then by the promise that is due first."""
        table = schema.ticket
        statement = select(table).where(table.c.assignee == account, table.c.ended_at.is_(None))
        with self._database.reading() as connection:
            held = [value_of(Ticket, row) for row in connection.execute(statement).mappings()]
            held.sort(key=lambda one: (one.priority is not Priority.P1, one.next_update_by or one.opened_at, one.id))
            return rows_of(connection, held)

    def words(self, ids: Sequence[str]) -> dict[str, str]:
        """The words of content rows; those that were erased are missing."""
        with self._database.reading() as connection:
            return words_of(connection, ids)

    def file(self, message: str, no: int) -> tuple[AttachmentView, bytes] | None:
        """A stored file of a message with its bytes, or None where there is none (yet)."""
        table, blob = schema.attachment, schema.blob
        statement = (
            select(table, blob.c.data)
            .outerjoin(blob, blob.c.digest == table.c.digest)
            .where(table.c.message_id == message, table.c.no == no, table.c.state == "stored")
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).mappings().first()
            if row is None:
                return None
            view = attachment_view(row, words_of(connection, [row["filename"]]))
        data = row["data"] if row["data"] is not None else self._large(row["digest"])
        return None if data is None else (view, data)

    def original(self, message: str) -> tuple[str, bytes] | None:
        """The content type and the bytes of a message as it came in."""
        table = schema.original
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(table.c.message_id == message)).first()
        if row is None:
            return None
        data = row.data if row.data is not None else self._large(row.digest)
        return None if data is None else (row.content_type, data)

    def _large(self, digest: str) -> bytes | None:
        return self._blobs.get(digest) if self._blobs else None

    # People and tokens.

    def account(self, account: str) -> Account | None:
        """An account by its id."""
        return self._one_account(schema.account.c.id == account)

    def account_on_telegram(self, telegram_id: int) -> Account | None:
        """The active account that is linked to a Telegram user."""
        table = schema.account
        return self._one_account(and_(table.c.telegram_id == telegram_id, table.c.active))

    def accounts(self) -> list[Account]:
        """Every account, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(schema.account).order_by(schema.account.c.name)).mappings()
            return [value_of(Account, row) for row in rows]

    def _one_account(self, clause: ColumnElement[bool]) -> Account | None:
        with self._database.reading() as connection:
            row = connection.execute(select(schema.account).where(clause)).mappings().first()
            return value_of(Account, row) if row else None

    def grant(self, token: str) -> tuple[str, str] | None:
        """What a tracking secret opens: (ticket id, contact id); None when unknown, expired or revoked."""
        table = schema.grant
        valid = and_(table.c.revoked_at.is_(None), table.c.expires_at > self._clock())
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(table.c.digest == fingerprint(token), valid)).first()
            return (row.ticket_id, row.contact) if row else None

    def api_token(self, token: str) -> ApiToken | None:
        """The token that a secret belongs to, unless it was revoked."""
        table = schema.api_token
        clause = and_(table.c.digest == fingerprint(token), table.c.revoked_at.is_(None))
        found = self._api_tokens(clause)
        return found[0] if found else None

    def api_tokens(self) -> list[ApiToken]:
        """Every token, oldest first, the revoked ones too."""
        return self._api_tokens(None)

    def _api_tokens(self, clause: ColumnElement[bool] | None) -> list[ApiToken]:
        table = schema.api_token
        statement = select(table).order_by(table.c.created_at, table.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(statement if clause is None else statement.where(clause)).mappings()
            return [
                ApiToken(
                    id=row["id"],
                    name=row["name"],
                    scopes=tuple(row["scopes"]),
                    created_at=row["created_at"],
                    revoked_at=row["revoked_at"],
                )
                for row in rows
            ]

    # Keys, notices, events, figures.

    def answered(self, key: str) -> Answer | None:
        """The stored answer of a key. The secret of a tracking page is not stored, so it is not in it."""
        table = schema.command_key
        with self._database.reading() as connection:
            body = connection.execute(select(table.c.answer).where(table.c.key == key)).scalar()
            return read_answer(body) if body else None

    def unseen(self, keys: Sequence[str]) -> set[str]:
        """Those of these keys that were never taken."""
        wanted = padded(keys)
        if not wanted:
            return set()
        table = schema.command_key
        with self._database.reading() as connection:
            return set(keys) - set(connection.execute(select(table.c.key).where(table.c.key.in_(wanted))).scalars())

    def sent_as(self, channel: Channel, provider_id: str) -> Notice | None:
        """Which notice a provider's message id was sent for."""
        notice, attempt = schema.notice, schema.attempt
        statement = (
            select(notice)
            .join(attempt, attempt.c.notice_id == notice.c.id)
            .where(attempt.c.provider_id == provider_id, attempt.c.channel == channel.value)
            .order_by(notice.c.position.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).mappings().first()
            return notice_of(row) if row else None

    def figures(self) -> Figures:
        """Counts for the operator's eyes and alarms."""
        with self._database.reading() as connection:
            return count(connection, self._clock())

    def events_after(self, cursor: Cursor, limit: int = 500) -> tuple[list[Event], str]:
        """The events that were committed after ``cursor`` (None: from the first), and the cursor after them."""
        with self._database.reading() as connection:
            return events_after(connection, cursor, limit)


def _cursor(ticket: Ticket) -> str:
    return f"{(ticket.opened_at - _EPOCH) // timedelta(microseconds=1)}.{ticket.id}"


def _older_than(cursor: str) -> ColumnElement[bool]:
    at, _, identity = cursor.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 18 and len(identity) == 32):
        raise ValueError("not a cursor of ours")
    moment, table = _EPOCH + timedelta(microseconds=int(at)), schema.ticket
    return or_(table.c.opened_at < moment, and_(table.c.opened_at == moment, table.c.id < identity))
