"""The tables. DESIGN section 7 says why each key is what it is; ``docs/store.md`` draws them.

Tables that belong to a ticket have the primary key ``(ticket_id, …)`` and no other unique key; what is unique in the
whole desk lives in small tables keyed by the value. Times are microseconds since 1970 in UTC (``Instant``).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

metadata = MetaData()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 in UTC: the same order and precision on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


class Json(TypeDecorator[Any]):
    """A plain value as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


Id = String(32)
# SQLite gives a rowid only to a column that is INTEGER; PostgreSQL wants 64 bits.
Position = BigInteger().with_variant(Integer, "sqlite")


def _id(name: str, **options: Any) -> Column[str]:
    return Column(name, Id, **options)


stream = Table(
    "stream",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("type", String(60), nullable=False),
    Column("v", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

content = Table(
    "content",
    metadata,
    _id("id", primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("about", Id),
    Column("salt", String(32), nullable=False),
    Column("words", Text, nullable=False),
)
Index(
    "content_about",
    content.c.about,
    sqlite_where=content.c.about.isnot(None),
    postgresql_where=content.c.about.isnot(None),
)

ticket = Table(
    "ticket",
    metadata,
    _id("id", primary_key=True),
    Column("reference", String(16), nullable=False),
    Column("organisation", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("status", String(24), nullable=False),
    Column("version", Integer, nullable=False),
    Column("category", String(20), nullable=False),
    Column("team", String(60), nullable=False),
    Column("service", String(60)),
    Column("impact", String(8), nullable=False),
    Column("urgency", String(8), nullable=False),
    Column("priority", String(2), nullable=False),
    Column("p1_suspected", Boolean, nullable=False),
    Column("quarantined", Boolean, nullable=False),
    Column("channel", String(12), nullable=False),
    Column("reporter", Id, nullable=False),
    Column("confirmer", Id, nullable=False),
    Column("logged_by", Id),
    Column("subject", Id),
    Column("opened_at", Instant, nullable=False),
    Column("occurred_at", Instant),
    Column("updated_at", Instant, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("remembered", String(24)),
    Column("merged_from", String(24)),
    Column("waiting_for", String(12)),
    Column("waiting_until", Instant),
    Column("assignee", Id),
    Column("offered_to", Id),
    Column("offer_no", Integer, nullable=False),
    Column("offer_until", Instant),
    Column("passed_by", Json, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("responded_at", Instant),
    Column("restored_at", Instant),
    Column("resolved_at", Instant),
    Column("verified_at", Instant),
    Column("ended_at", Instant),
    Column("next_update_by", Instant),
    Column("cause", Id),
    Column("workaround", Id),
    Column("checks", Json, nullable=False),
    Column("figure", Id),
    Column("asked_at", Instant),
    Column("reminders", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("merged_into", Id),
    Column("previous", Id),
    Column("recorded_by", Id),
    Column("recorded", Id),
    Column("told", Integer, nullable=False),
    Column("told_at", Instant),
    Column("score", String(8)),
)
Index("ticket_reporter", ticket.c.reporter, ticket.c.updated_at)
_still_open = text("ended_at IS NULL")
Index("ticket_open", ticket.c.assignee, ticket.c.offered_to, sqlite_where=_still_open, postgresql_where=_still_open)
Index("ticket_opened", ticket.c.opened_at)

reference = Table(
    "reference",
    metadata,
    Column("reference", String(16), primary_key=True),
    _id("ticket_id", nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

installation = Table(
    "installation",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    _id("id", primary_key=True),
    Column("organisation", String(60), nullable=False),
    Column("name", Id),
    Column("typed_email", Id),
    Column("typed_phone", Id),
    Column("language", String(5), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("asked", Json),
    Column("burst_ticket", Id),
    Column("burst_at", Instant),
    Column("greeted_at", Instant),
    Column("told_privacy", Boolean, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("channel", String(12), primary_key=True),
    Column("address", String(320), primary_key=True),
    _id("contact", nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("last_in_at", Instant),
    Column("opted_out", Boolean, nullable=False),
)
Index("identity_contact", identity.c.contact)

account = Table(
    "account",
    metadata,
    _id("id", primary_key=True),
    Column("name", String(120), nullable=False),
    Column("version", Integer, nullable=False),
    Column("roles", Json, nullable=False),
    Column("teams", Json, nullable=False),
    Column("language", String(5), nullable=False),
    Column("timezone", String(40), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("presence", String(10), nullable=False),
    Column("presence_at", Instant, nullable=False),
    Column("telegram_id", BigInteger),
    Column("active", Boolean, nullable=False),
    Column("link_code", String(64)),
    Column("link_until", Instant),
)

message = Table(
    "message",
    metadata,
    _id("id", primary_key=True),
    Column("key", String(200), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("direction", String(4), nullable=False),
    Column("at", Instant, nullable=False),
    Column("content", Id),
    Column("contact", Id),
    Column("account", Id),
    Column("external_id", String(200)),
    Column("disposition", String(12)),
    Column("purpose", String(30)),
    Column("parts", Json, nullable=False),
    Column("sent_at", Instant),
)
Index("message_contact", message.c.contact, message.c.at)
Index("message_external", message.c.external_id)

message_ticket = Table(
    "message_ticket",
    metadata,
    _id("ticket_id", primary_key=True),
    _id("message_id", primary_key=True),
)
Index("message_ticket_message", message_ticket.c.message_id)

original = Table(
    "original",
    metadata,
    _id("message_id", primary_key=True),
    Column("content_type", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    # Originals up to 64 KiB stand here, larger ones in the blob folder under their digest.
    Column("data", LargeBinary),
)

attachment = Table(
    "attachment",
    metadata,
    _id("message_id", primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("content_type", String(120), nullable=False),
    Column("filename", Id),
    Column("source", Text),
    Column("state", String(10), nullable=False),
    Column("reason", String(30)),
    Column("digest", String(64)),
    Column("size", Integer),
    Column("tries", Integer, nullable=False),
    Column("not_before", Instant),
)
_waiting_file = text("state = 'waiting'")
Index("attachment_waiting", attachment.c.not_before, sqlite_where=_waiting_file, postgresql_where=_waiting_file)

blob = Table(
    "blob",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary),
)

command_key = Table(
    "command_key",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("at", Instant, nullable=False),
    # What was asked, so that a key that comes again with other words is noticed.
    Column("digest", String(64), nullable=False),
    Column("answer", Text),
)

notice = Table(
    "notice",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    _id("id", nullable=False, unique=True),
    Column("ticket_id", Id),
    Column("event", String(100), nullable=False),
    Column("person_kind", String(8), nullable=False),
    Column("person", Id, nullable=False),
    Column("purpose", String(30), nullable=False),
    Column("params", Json, nullable=False),
    Column("address", String(320)),
    Column("channel", String(12), nullable=False),
    Column("urgency", String(8), nullable=False),
    Column("lane", String(24), nullable=False),
    Column("order_key", String(48), nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("claimed_by", String(60)),
    Column("tries", Integer, nullable=False),
    Column("settled_at", Instant),
    Column("reason", String(30)),
)
_unsettled = text("settled_at IS NULL")
Index("notice_waiting", notice.c.order_key, notice.c.position, sqlite_where=_unsettled, postgresql_where=_unsettled)
Index("notice_ticket", notice.c.ticket_id)

attempt = Table(
    "attempt",
    metadata,
    _id("notice_id", primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("channel", String(12), nullable=False),
    Column("address", String(320), nullable=False),
    Column("state", String(10), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("provider_id", String(200)),
    Column("delivery", String(10)),
    Column("reason", String(30)),
    Column("message_id", Id),
)
Index("attempt_provider", attempt.c.provider_id)
Index("attempt_message", attempt.c.message_id)

receipt = Table(
    "receipt",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("channel", String(12), nullable=False),
    Column("provider_id", String(200), nullable=False),
    Column("state", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", String(60)),
)
Index("receipt_provider", receipt.c.provider_id)

due = Table(
    "due",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("what", String(30), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("data", Json, nullable=False),
)
Index("due_at", due.c.at)

grant = Table(
    "tracking_grant",
    metadata,
    Column("digest", String(64), primary_key=True),
    _id("ticket_id", nullable=False),
    _id("contact", nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

api_token = Table(
    "api_token",
    metadata,
    Column("digest", String(64), primary_key=True),
    _id("id", nullable=False),
    Column("name", String(80), nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

cursor = Table(
    "cursor",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", String(200), nullable=False),
    Column("at", Instant, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(60), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", Instant, nullable=False),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("process", String(60), primary_key=True),
    Column("roles", String(80), nullable=False),
    Column("at", Instant, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("ticket_id", Id),
    Column("message_id", Id),
    Column("error", String(200), nullable=False),
    Column("trace", Text, nullable=False),
    Column("settled_at", Instant),
)

config_set = Table(
    "config_set",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("first_at", Instant, nullable=False),
)

# Where the database itself refuses an update or a delete.
APPEND_ONLY = ("event", "receipt")
