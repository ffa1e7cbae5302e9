"""The figures of the bottom strip: what the sandbox knows it did, beside what the product says it has.

Nothing here is the product's word about itself alone: a message counts as kept when the product shows its words.
"""

import asyncio
import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web

from sandbox.control.product import read_json
from sandbox.ledger import Entry
from sandbox.twilio.book import Message
from sandbox.world import WORLD, World

_REFERENCE: Final = re.compile(r"INC-[0-9A-Z]{8}")
_PAGE: Final = 100
_PAGES: Final = 50
_AT_ONCE: Final = 8
_CONFIRMED: Final = frozenset({"confirmed"})
# What may stand on no ticket.
_LOOSE: Final = frozenset({"greeting", "courtesy", "unclear", "command", "machine", "opt_out", "unreadable"})


async def counters(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    return web.json_response(spoken(world) | await recorded(world, request.app[BOOK]))


def spoken(world: World) -> dict[str, Any]:
    """``sent`` messages of customers, ``acknowledged`` ones, and ``to_agent_s`` of the newest report."""
    inbound = [message for message in world.twilio.messages.values() if message.direction == "inbound"]
    seconds, person = to_agent(world.ledger.entries)
    agent = world.agents.get(person or "")
    return {
        "sent": len(inbound),
        "acknowledged": len(_acknowledged(inbound)),
        "to_agent_s": seconds,
        "to_agent": agent.name if agent else None,
    }


def _acknowledged(inbound: list[Message]) -> list[Message]:
    return [message for message in inbound if message.taken is not None and 200 <= message.taken < 300]


def to_agent(entries: list[Entry]) -> tuple[float | None, str | None]:
    """Seconds from the newest first word of a report to its first card on Telegram, and whose card.

    The reference in the answer on the customer's phone tells which report became which card.
    """
    since: dict[str, float] = {}
    begun: dict[str, float] = {}
    cards: dict[str, Entry] = {}
    for entry in entries:
        found = _REFERENCE.search(str(entry.data.get("text", "")))
        person = entry.data.get("person")
        if entry.kind == "twilio.in" and person:
            since.setdefault(person, entry.real_s)
        elif entry.kind == "twilio.out" and person in since:
            if found:
                begun.setdefault(found[0], since.pop(person))
        elif entry.kind == "telegram.out" and found:
            cards.setdefault(found[0], entry)
    measured = [(cards[reference], start) for reference, start in begun.items() if reference in cards]
    if not measured:
        return None, None
    card, start = measured[-1]
    return round(max(card.real_s - start, 0.0), 2), card.data.get("person")


class Book:
    """What was read of the product before: tickets by reference and version, and the figures of the beginning."""

    def __init__(self) -> None:
        self.tickets: dict[str, tuple[int, dict[str, Any]]] = {}
        self.loose_before: int | None = None


BOOK: Final = web.AppKey("book", Book)


async def recorded(world: World, book: Book) -> dict[str, Any]:
    """``stored``, ``lost`` and ``doubled`` messages of this play, tickets, and those closed without a yes.

    A message that opened no ticket (a bare greeting, say) stands on none; the product counts it among its dispositions.
    """
    tickets = await _tickets(world, book)
    figures = await read_json(world, "/api/v1/figures")
    if tickets is None:
        return {"product": False}
    inbound = [one for one in world.twilio.messages.values() if one.direction == "inbound"]
    loose = sum(number for name, number in _dispositions(figures).items() if name in _LOOSE)
    if book.loose_before is None:
        book.loose_before = 0 if inbound else loose
    begun = inbound[0].created if inbound else world.clock.now()
    shown = Counter(_inbound_texts(tickets, begun - timedelta(seconds=2)))
    said = Counter(message.body.strip() for message in inbound)
    found = sum((said & shown).values())
    # Masked words (a card number, say) are shown otherwise than they were said.
    masked = sum(number for text, number in shown.items() if text not in said)
    stored = found + min(len(inbound) - found, masked + max(loose - book.loose_before, 0))
    closed = [ticket for ticket in tickets if ticket.get("status") == "closed"]
    return {
        "product": True,
        "stored": stored,
        "lost": max(
            len([one for one in inbound if one.taken is not None and one.taken < 300 and one.taken]) - stored, 0
        ),
        "doubled": sum(max(shown[text] - times, 0) for text, times in said.items()),
        "tickets": len(tickets),
        "closed": len(closed),
        "closed_without_yes": len([ticket for ticket in closed if not _confirmed(ticket)]),
    }


def _dispositions(figures: Any) -> dict[str, int]:
    return figures.get("dispositions", {}) if isinstance(figures, dict) else {}


def _inbound_texts(tickets: list[dict[str, Any]], since: datetime) -> list[str]:
    """The words of WhatsApp messages on tickets; one that joined several tickets counts once."""
    messages = {message.get("id"): message for ticket in tickets for message in ticket.get("messages", [])}
    return [
        str(message.get("text", "")).strip()
        for message in messages.values()
        if message.get("direction") == "in"
        and message.get("channel") == "whatsapp"
        and datetime.fromisoformat(str(message["at"])) >= since
    ]


async def _tickets(world: World, book: Book) -> list[dict[str, Any]] | None:
    """All tickets whole; those that have not changed since are not asked for again. None when the product is away."""
    rows = await _rows(world)
    if rows is None:
        return None
    gate = asyncio.Semaphore(_AT_ONCE)

    async def whole(row: dict[str, Any]) -> None:
        reference, version = str(row.get("reference")), int(row.get("version", 0))
        if book.tickets.get(reference, (None,))[0] == version:
            return
        async with gate:
            found = await read_json(world, f"/api/v1/tickets/{reference}")
        if isinstance(found, dict):
            book.tickets[reference] = (version, found)

    await asyncio.gather(*(whole(row) for row in rows))
    return [book.tickets[row["reference"]][1] for row in rows if row["reference"] in book.tickets]


async def _rows(world: World) -> list[dict[str, Any]] | None:
    """The product's list of tickets, page after page."""
    rows: list[dict[str, Any]] = []
    query = {"limit": str(_PAGE)}
    for _ in range(_PAGES):
        listed = await read_json(world, "/api/v1/tickets", query)
        if not isinstance(listed, dict):
            return None
        rows += listed.get("items", [])
        if not listed.get("next"):
            break
        query["cursor"] = str(listed["next"])
    return rows


def _confirmed(ticket: dict[str, Any]) -> bool:
    return any(event.get("type") in _CONFIRMED for event in ticket.get("events", []))
