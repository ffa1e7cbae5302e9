"""Playing somebody of the desk: what they type, tap, answer and send on Telegram."""

import re
import secrets
from typing import Any

from aiohttp import web

from sandbox.control import asked
from sandbox.control.samples import chosen
from sandbox.people import Agent
from sandbox.telegram.book import Query, Said
from sandbox.telegram.chats import bot_user, chat, quoted, user
from sandbox.telegram.entities import noticed
from sandbox.telegram.keyboards import find_button
from sandbox.telegram.sending import described, shown_text
from sandbox.world import WORLD, World


async def add(request: web.Request) -> web.Response:
    """One more on Telegram: ``{id, name, telegram_id, language?}``; the product has yet to get to know them."""
    world, wanted = request.app[WORLD], await asked.read(request)
    key = str(wanted.get("id", ""))
    if not re.fullmatch(r"[a-z0-9-]{1,32}", key) or key in world.agents:
        raise asked.wrong("id is missing, taken, or has other characters than a-z, 0-9 and -")
    world.agents[key] = Agent(
        id=key,
        name=str(wanted.get("name") or key.title()),
        telegram_id=int(wanted.get("telegram_id") or 900_000_000 + len(world.agents) + 1),
        role=str(wanted.get("role", "")),
        language=str(wanted.get("language", "id")),
    )
    world.ledger.add("agent", person=key)
    return web.json_response({"id": key, "telegram_id": world.agents[key].telegram_id}, status=201)


async def say(request: web.Request) -> web.Response:
    """``{text, reply_to?}`` → ``{message_id}``; a word that begins with / becomes a command."""
    return await _speak(request, await asked.read(request))


async def reply(request: web.Request) -> web.Response:
    """``{message_id | to, text}``: to a message by its number, or to the newest one of the bot with this pattern."""
    wanted = await asked.read(request)
    if "message_id" in wanted:
        return await _speak(request, wanted | {"reply_to": wanted["message_id"]})
    world, agent = request.app[WORLD], asked.agent(request)
    found = newest(
        world, agent, lambda said: bool(re.search(str(wanted.get("to", "")), shown_text(said.body), re.I | re.S))
    )
    if found is None:
        raise asked.wrong("there is no such message in this chat", 404)
    return await _speak(request, wanted | {"reply_to": found.id})


async def _speak(request: web.Request, wanted: dict[str, Any]) -> web.Response:
    text = str(wanted.get("text", ""))
    if not text:
        raise asked.wrong("text is missing")
    entities = noticed(text)
    return _put(request, {"text": text} | ({"entities": entities} if entities else {}), wanted.get("reply_to"))


async def send_photo(request: web.Request) -> web.Response:
    """``{kind?, text?, reply_to?}``: a photo, or a document or voice note by ``kind``."""
    wanted, world = await asked.read(request), request.app[WORLD]
    try:
        name, content_type, data = chosen(wanted)
    except ValueError as problem:
        raise asked.wrong(str(problem)) from None
    kind = {"image": "photo", "audio": "voice"}.get(content_type.split("/")[0], "document")
    parts: dict[str, Any] = {kind: described(kind, world.telegram.store(kind, name, content_type, data))}
    if wanted.get("text"):
        parts["caption"] = str(wanted["text"])
    return _put(request, parts, wanted.get("reply_to"))


def _put(request: web.Request, parts: dict[str, Any], reply_to: int | None) -> web.Response:
    world, agent = request.app[WORLD], asked.agent(request)
    body = {
        "message_id": world.telegram.next_message_id(),
        "from": user(agent),
        "chat": chat(agent),
        "date": int(world.clock.now().timestamp()),
        **parts,
    }
    if reply_to is not None:
        answered = world.telegram.find(agent.telegram_id, int(reply_to))
        if answered is None:
            raise asked.wrong("there is no such message to reply to", 404)
        body["reply_to_message"] = quoted(answered)
    said = world.telegram.keep(agent.telegram_id, Said(body=body, from_bot=False))
    update = world.telegram.queue("message", body, world.clock.now())
    world.ledger.add("telegram.in", person=agent.id, message_id=said.id, text=shown_text(body), update=update)
    return web.json_response({"message_id": said.id, "update_id": update})


async def press(request: web.Request) -> web.Response:
    """``{button, message_id?}``: data, a title or a pattern; without ``message_id`` the newest message that has it."""
    world, agent, wanted = request.app[WORLD], asked.agent(request), await asked.read(request)
    name, number = str(wanted.get("button", "")), wanted.get("message_id")
    said = newest(world, agent, lambda one: number in {None, one.id} and find_button(one.body, name) is not None)
    button = find_button(said.body, name) if said else None
    if said is None and number is not None and wanted.get("data"):
        # A tap that was under way when its button went: Telegram delivers it all the same.
        said = world.telegram.find(agent.telegram_id, int(number))
        button = {"callback_data": str(wanted["data"]), "text": name}
    if said is None or button is None:
        raise asked.wrong("there is no such button in this chat", 404)
    if "url" in button:
        return web.json_response({"url": button["url"]})
    query = Query(id=str(secrets.randbits(62)), chat=agent.telegram_id, message_id=said.id, asked=world.clock.now())
    world.telegram.queries[query.id] = query
    body = {
        "id": query.id,
        "from": user(agent),
        "message": said.body,
        "chat_instance": str(agent.telegram_id * 7919),
        "data": wanted.get("data") or button["callback_data"],
    }
    update = world.telegram.queue("callback_query", body, world.clock.now())
    world.ledger.add("telegram.press", person=agent.id, message_id=said.id, text=button["text"], query=query.id)
    return web.json_response({"query_id": query.id, "update_id": update, "message_id": said.id})


async def block(request: web.Request) -> web.Response:
    """``{on}``: the person blocks the bot, or lets it in again; the bot is told."""
    world, agent, wanted = request.app[WORLD], asked.agent(request), await asked.read(request)
    on = bool(wanted.get("on", True))
    if on:
        world.telegram.blocked.add(agent.telegram_id)
    else:
        world.telegram.blocked.discard(agent.telegram_id)
    before, after = ("member", "kicked") if on else ("kicked", "member")
    body = {
        "chat": chat(agent),
        "from": user(agent),
        "date": int(world.clock.now().timestamp()),
        "old_chat_member": _member(before),
        "new_chat_member": _member(after),
    }
    world.telegram.queue("my_chat_member", body, world.clock.now())
    world.ledger.add("telegram.block", person=agent.id, on=on)
    return web.json_response({"blocked": on})


def _member(status: str) -> dict[str, Any]:
    return {"user": bot_user(), "status": status} | ({"until_date": 0} if status == "kicked" else {})


def newest(world: World, agent: Agent, fits: Any) -> Said | None:
    """The newest standing message of the bot in this chat that ``fits``."""
    chat_of = world.telegram.chats.get(agent.telegram_id, {})
    return next(
        (said for said in reversed(chat_of.values()) if said.from_bot and not said.deleted and fits(said)), None
    )
