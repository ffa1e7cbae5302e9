"""The whole play as JSON: for the page, and for a test that says what it saw."""

import contextlib
import json
from typing import Any

from aiohttp import web
from aiohttp_sse import sse_response

from sandbox.people import COMPANY, VISITOR
from sandbox.settings import ACCOUNT_SID
from sandbox.telegram.book import Said
from sandbox.telegram.sending import shown_text
from sandbox.twilio.book import Message
from sandbox.world import WORLD, World

_FILES = ("photo", "voice", "document", "audio", "video")


def whatsapp_bubble(message: Message) -> dict[str, Any]:
    return {
        "id": message.sid,
        "mine": message.direction == "inbound",
        "text": message.body,
        "at": message.created.isoformat(),
        "status": message.status,
        "error_code": message.error_code,
        "buttons": [{"title": one.title, "payload": one.payload, "url": one.url} for one in message.buttons],
        "list_title": message.list_title,
        "quoted": message.quoted,
        "media": [
            {
                "url": f"/sandbox/media/{message.sid}/{one.sid}",
                "content_type": one.content_type,
                "filename": one.filename,
            }
            for one in message.media
        ],
        "taken": message.taken,
        "webhooks": message.webhooks,
    }


def telegram_bubble(said: Said) -> dict[str, Any]:
    body = said.body
    return {
        "id": said.id,
        "mine": not said.from_bot,
        "text": shown_text(body),
        "entities": body.get("entities", body.get("caption_entities", [])),
        "at": body["date"],
        "keyboard": body.get("reply_markup", {}).get("inline_keyboard", []),
        "reply_to": body.get("reply_to_message", {}).get("message_id"),
        "edited": "edit_date" in body,
        "revision": said.revision,
        "silent": said.silent,
        "pinned": said.pinned,
        "force_reply": said.force_reply,
        "reaction": said.reaction,
        "file": next((kind for kind in _FILES if kind in body), None),
    }


def whole(world: World) -> dict[str, Any]:
    customers = [
        {
            "id": one.id,
            "name": one.name,
            "organisation": one.organisation,
            "has_number": one.number is not None,
            "chat": [whatsapp_bubble(message) for message in world.twilio.chat(one.id)],
        }
        for one in world.customers.values()
    ]
    agents = [
        {
            "id": one.id,
            "name": one.name,
            "role": one.role,
            "telegram_id": one.telegram_id,
            "blocked": one.telegram_id in world.telegram.blocked,
            "chat": [
                telegram_bubble(s) for s in world.telegram.chats.get(one.telegram_id, {}).values() if not s.deleted
            ],
        }
        for one in world.agents.values()
    ]
    return {
        "company": COMPANY,
        "head": world.ledger.head,
        "now": world.clock.now().isoformat(),
        "offset_seconds": world.clock.offset_s,
        "product_url": world.settings.signed_url,
        "account_sid": ACCOUNT_SID,
        "visitor": VISITOR,
        "customers": customers,
        "agents": agents,
        "faults": world.faults.as_json(),
    }


async def state(request: web.Request) -> web.Response:
    return web.json_response(whole(request.app[WORLD]))


async def ledger(request: web.Request) -> web.Response:
    """``?after=seq``: everything that happened since, at once."""
    world = request.app[WORLD]
    after = int(request.query.get("after", 0))
    return web.json_response({"entries": [entry.as_json() for entry in world.ledger.entries[max(after, 0) :]]})


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events: one per ledger entry, from ``?after=seq`` or ``Last-Event-ID`` on, else from now on."""
    world = request.app[WORLD]
    given = request.headers.get("Last-Event-ID") or request.query.get("after")
    seen = int(given) if given and given.isdigit() else world.ledger.head
    async with sse_response(request) as stream:
        # Whoever has gone is noticed when the next thing happens.
        with contextlib.suppress(ConnectionResetError):
            while stream.is_connected():
                for entry in await world.ledger.after(seen):
                    await stream.send(json.dumps(entry.as_json(), ensure_ascii=False), id=str(entry.seq))
                    seen = entry.seq
    return stream
