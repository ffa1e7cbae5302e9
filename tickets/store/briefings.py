"""What a notice is made from, for a chunk of notices at once."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from tickets.model import Account, Contact, Identity
from tickets.store import schema
from tickets.store.rows import padded
from tickets.store.ticket_views import accounts_of, contacts_of, identities_of, views, words_of
from tickets.views import Briefing, Notice, TicketView

_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
CARDS: Final = frozenset({"offer", "card", "page", "taken", "offer_gone", "transferred", "reopened_for_you"})
"""Purposes that show a ticket as a card: one of them takes the place of any other, so a ticket has one card."""


def brief(connection: Connection, notices: Sequence[Notice]) -> list[Briefing]:
    """Briefings in the order of the notices."""
    tickets = views(connection, sorted({one.ticket for one in notices if one.ticket}))
    people = {one.person.id for one in notices}
    accounts, contacts = accounts_of(connection, people), contacts_of(connection, people)
    identities = identities_of(connection, contacts)
    named = {one.id: sorted(set(_ids(one.params))) for one in notices}
    words = words_of(
        connection,
        [*(one for some in named.values() for one in some), *(contact.name for contact in contacts.values())],
    )
    latest = _latest_sent(connection, notices)
    heard = _latest_heard(connection, notices)
    return [
        _briefing(one, tickets, accounts, contacts, identities, words, named[one.id], latest, heard) for one in notices
    ]


def _briefing(
    one: Notice,
    tickets: dict[str, TicketView],
    accounts: dict[str, Account],
    contacts: dict[str, Contact],
    identities: dict[str, list[Identity]],
    words: dict[str, str],
    named: list[str],
    latest: dict[tuple[str, str, str], str],
    heard: dict[tuple[str, str, str], str],
) -> Briefing:
    contact = contacts.get(one.person.id) if one.person.kind == "contact" else None
    account = accounts.get(one.person.id) if one.person.kind == "account" else None
    name = words.get(contact.name) if contact and contact.name else account.name if account else None
    place = (one.person.id, one.ticket or "", _family(one.purpose))
    return Briefing(
        notice=one,
        view=tickets.get(one.ticket) if one.ticket else None,
        account=account,
        contact=contact,
        name=name,
        identities=tuple(identities.get(one.person.id, ())) if contact else (),
        words={content: words[content] for content in named if content in words},
        replaces=latest.get(place) if one.ticket else None,
        answers=heard.get((one.person.id, one.ticket or "", one.channel.value)) if contact else None,
    )


def _ids(value: Any) -> Iterator[str]:
    """Every id that stands anywhere in a notice's parameters; those that are no content rows find no words."""
    if isinstance(value, str):
        if _ID.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _ids(item)


def _family(purpose: str) -> str:
    return "card" if purpose in CARDS else purpose


def _latest_sent(connection: Connection, notices: Sequence[Notice]) -> dict[tuple[str, str, str], str]:
    """The provider's id of what each person saw last, by ticket and kind of purpose."""
    notice, attempt = schema.notice, schema.attempt
    tickets = padded(one.ticket for one in notices if one.ticket)
    if not tickets:
        return {}
    statement: Select[Any] = (
        select(notice.c.person, notice.c.ticket_id, notice.c.purpose, attempt.c.provider_id)
        .join(attempt, attempt.c.notice_id == notice.c.id)
        .where(
            notice.c.ticket_id.in_(tickets),
            notice.c.order_key.in_(padded(str(one.person) for one in notices)),
            attempt.c.provider_id.isnot(None),
        )
        .order_by(attempt.c.started_at, notice.c.position, attempt.c.no)
    )
    rows = connection.execute(statement)
    return {(person, ticket, _family(purpose)): provider_id for person, ticket, purpose, provider_id in rows}


def _latest_heard(connection: Connection, notices: Sequence[Notice]) -> dict[tuple[str, str, str], str]:
    """The provider's id of each person's newest message, by ticket and channel."""
    message, joined = schema.message, schema.message_ticket
    tickets = padded(one.ticket for one in notices if one.ticket and one.person.kind == "contact")
    if not tickets:
        return {}
    statement: Select[Any] = (
        select(message.c.contact, joined.c.ticket_id, message.c.channel, message.c.external_id)
        .join(joined, joined.c.message_id == message.c.id)
        .where(
            joined.c.ticket_id.in_(tickets),
            message.c.direction == "in",
            message.c.external_id.isnot(None),
            message.c.contact.isnot(None),
        )
        .order_by(message.c.at, message.c.id)
    )
    rows = connection.execute(statement)
    return {(contact, ticket, channel): external_id for contact, ticket, channel, external_id in rows}
