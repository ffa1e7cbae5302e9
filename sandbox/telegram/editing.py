"""What the bot does to messages that stand: edit, delete, pin, react; and its answer to a press."""

import json
from datetime import timedelta
from typing import Any, Final

from sandbox.telegram.book import Said
from sandbox.telegram.chats import reachable
from sandbox.telegram.keyboards import read_markup
from sandbox.telegram.sending import CAPTION, put_markup, read_text, shown_text
from sandbox.telegram.wire import Call, bad_request
from sandbox.world import World

# How long a press waits for its answer, and how long the bot may delete a message. The second is Telegram's own figure.
QUERY_LIVES: Final = timedelta(minutes=10)
DELETABLE: Final = timedelta(hours=48)
_COMPARED: Final = ("text", "entities", "caption", "caption_entities", "reply_markup")


async def edit_text(world: World, call: Call) -> dict[str, Any]:
    def change(body: dict[str, Any]) -> None:
        body["text"], entities = read_text(call)
        _put(body, "entities", entities)

    return _edit(world, call, change)


async def edit_caption(world: World, call: Call) -> dict[str, Any]:
    def change(body: dict[str, Any]) -> None:
        caption, entities = read_text(call, "caption", CAPTION)
        _put(body, "caption", caption)
        _put(body, "caption_entities", entities)

    return _edit(world, call, change)


async def edit_markup(world: World, call: Call) -> dict[str, Any]:
    return _edit(world, call, lambda body: None)


def _put(body: dict[str, Any], name: str, value: Any) -> None:
    if value:
        body[name] = value
    else:
        body.pop(name, None)


def _edit(world: World, call: Call, change: Any) -> dict[str, Any]:
    """Change a message of the bot; what is not given (the keyboard, say) is taken away, as Telegram does."""
    agent = reachable(world, call)
    said = world.telegram.find(agent.telegram_id, call.number("message_id"))
    if said is None:
        raise bad_request("message to edit not found")
    if not said.from_bot:
        raise bad_request("message can't be edited")
    markup, before = read_markup(call), _compared(said.body)
    changed = json.loads(json.dumps(said.body))
    change(changed)
    put_markup(changed, markup)
    if _compared(changed) == before:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a current "
            "content and reply markup of the message"
        )
    said.body = changed | {"edit_date": int(world.clock.now().timestamp())}
    said.revision += 1
    world.ledger.add("telegram.edit", person=agent.id, message_id=said.id, text=shown_text(said.body))
    return said.body


def _compared(body: dict[str, Any]) -> str:
    return json.dumps([body.get(name) for name in _COMPARED], sort_keys=True)


async def delete(world: World, call: Call) -> bool:
    agent = reachable(world, call)
    said = world.telegram.find(agent.telegram_id, call.number("message_id"))
    if said is None:
        raise bad_request("message to delete not found")
    if world.clock.now().timestamp() - said.body["date"] > DELETABLE.total_seconds():
        raise bad_request("message can't be deleted for everyone")
    said.deleted = True
    world.ledger.add("telegram.delete", person=agent.id, message_id=said.id)
    return True


def _standing(world: World, call: Call, missing: str) -> tuple[str, Said]:
    agent = reachable(world, call)
    said = world.telegram.find(agent.telegram_id, call.number("message_id"))
    if said is None:
        raise bad_request(missing)
    return agent.id, said


async def pin(world: World, call: Call) -> bool:
    person, said = _standing(world, call, "message to pin not found")
    said.pinned = True
    world.ledger.add("telegram.pin", person=person, message_id=said.id)
    return True


async def unpin(world: World, call: Call) -> bool:
    agent = reachable(world, call)
    wanted = call.number("message_id") if call.has("message_id") else None
    for said in world.telegram.chats.get(agent.telegram_id, {}).values():
        if wanted in {None, said.id}:
            said.pinned = False
    return True


async def react(world: World, call: Call) -> bool:
    person, said = _standing(world, call, "message to react not found")
    reactions = call.shape("reaction") or []
    said.reaction = reactions[0].get("emoji") if reactions else None
    world.ledger.add("telegram.reaction", person=person, message_id=said.id, reaction=said.reaction)
    return True


async def answer_query(world: World, call: Call) -> bool:
    query = world.telegram.queries.get(call.text("callback_query_id"))
    if query is None or query.answer is not None or world.clock.now() - query.asked > QUERY_LIVES:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answer = {"text": call.text("text"), "alert": call.flag("show_alert")}
    agent = world.agent_in(query.chat)
    person = agent.id if agent else None
    world.ledger.add("telegram.answer", person=person, message_id=query.message_id, query=query.id, **query.answer)
    return True
