"""The figures of the bottom strip: what the sandbox knows it did, beside what the product says it has.

Nothing here is the product's word about itself alone: a message counts as kept when the product shows its words.
"""

import re
from collections import Counter
from typing import Any, Final

from aiohttp import web

from sandbox.control.product import read_json
from sandbox.ledger import Entry
from sandbox.world import WORLD, World

_REFERENCE: Final = re.compile(r"INC-[0-9A-Z]{8}")
_PAGE: Final = 100
_CONFIRMED: Final = frozenset({"confirmed", "confirmation"})


async def counters(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    return web.json_response(spoken(world) | await recorded(world))


def spoken(world: World) -> dict[str, Any]:
    """``sent`` messages of customers, ``acknowledged`` ones, and ``to_agent_s`` of the newest report."""
    inbound = [message for message in world.twilio.messages.values() if message.direction == "inbound"]
    taken = [message for message in inbound if message.taken is not None and 200 <= message.taken < 300]
    return {"sent": len(inbound), "acknowledged": len(taken), "to_agent_s": to_agent(world.ledger.entries)}


def to_agent(entries: list[Entry]) -> float | None:
    """Seconds from the newest first word of a report to its first card on Telegram.

    The reference in the answer on the customer's phone tells which report became which card.
    """
    since: dict[str, float] = {}
    begun: dict[str, float] = {}
    spans: dict[str, float] = {}
    for entry in entries:
        found = _REFERENCE.search(str(entry.data.get("text", "")))
        person = entry.data.get("person")
        if entry.kind == "twilio.in" and person:
            since.setdefault(person, entry.real_s)
        elif entry.kind == "twilio.out" and person in since:
            if found:
                begun.setdefault(found[0], since.pop(person))
        elif entry.kind == "telegram.out" and found:
            spans.setdefault(found[0], entry.real_s)
    measured = [spans[reference] - start for reference, start in begun.items() if reference in spans]
    return round(max(measured[-1], 0.0), 2) if measured else None


async def recorded(world: World) -> dict[str, Any]:
    """``stored``, ``lost`` and ``doubled`` messages of this play, tickets, and those closed without a yes."""
    tickets = await _tickets(world)
    if tickets is None:
        return {"product": False}
    shown = Counter(
        str(message.get("text", ""))
        for ticket in tickets
        for message in ticket.get("messages", [])
        if message.get("direction") == "in" and message.get("channel") == "whatsapp"
    )
    said = Counter(message.body for message in world.twilio.messages.values() if message.direction == "inbound")
    stored = sum(min(times, shown[text]) for text, times in said.items())
    closed = [ticket for ticket in tickets if ticket.get("status") == "closed"]
    unconfirmed = [one for one in closed if not _confirmed(one)]
    return {
        "product": True,
        "stored": stored,
        "doubled": sum(max(shown[text] - times, 0) for text, times in said.items()),
        "tickets": len(tickets),
        "closed": len(closed),
        "closed_without_yes": len(unconfirmed),
    }


async def _tickets(world: World) -> list[dict[str, Any]] | None:
    listed = await read_json(world, "/api/v1/tickets", {"limit": str(_PAGE)})
    if not isinstance(listed, dict):
        return None
    found = []
    for row in listed.get("items", [])[:_PAGE]:
        whole = await read_json(world, f"/api/v1/tickets/{row.get('reference')}")
        if isinstance(whole, dict):
            found.append(whole)
    return found


def _confirmed(ticket: dict[str, Any]) -> bool:
    return any(str(event.get("type", "")).split(".")[-1] in _CONFIRMED for event in ticket.get("events", []))
