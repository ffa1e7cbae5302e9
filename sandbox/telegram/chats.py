"""Chats, users and the checks that every message to a chat passes."""

from typing import Any

from sandbox.faults import Name
from sandbox.people import Agent
from sandbox.settings import BOT_ID, BOT_USERNAME
from sandbox.telegram.book import Said
from sandbox.telegram.wire import Call, Refused, bad_request
from sandbox.world import World


def bot_user() -> dict[str, Any]:
    return {"id": BOT_ID, "is_bot": True, "first_name": "Sigap (peragaan)", "username": BOT_USERNAME}


def user(agent: Agent) -> dict[str, Any]:
    return {
        "id": agent.telegram_id,
        "is_bot": False,
        "first_name": agent.name,
        "username": agent.username,
        "language_code": agent.language,
    }


def chat(agent: Agent) -> dict[str, Any]:
    return {"id": agent.telegram_id, "type": "private", "first_name": agent.name, "username": agent.username}


def reachable(world: World, call: Call) -> Agent:
    """Who sits in the chat of this call; raises Refused where the bot cannot write to them."""
    agent = world.agent_in(call.number("chat_id"))
    if agent is None:
        raise bad_request("chat not found")
    if agent.telegram_id in world.telegram.blocked or world.faults.strikes(Name.TELEGRAM_BLOCKED, agent.id):
        raise Refused(403, "Forbidden: bot was blocked by the user")
    return agent


def quoted(said: Said) -> dict[str, Any]:
    """A message as it stands inside the one that replies to it: without what it replied to itself."""
    return {name: value for name, value in said.body.items() if name != "reply_to_message"}


def replied_to(world: World, call: Call, chat_id: int) -> dict[str, Any] | None:
    """The message that a call replies to; raises Refused (400) where there is none and the call insists."""
    wanted = call.shape("reply_parameters") or {}
    if not wanted and call.has("reply_to_message_id"):
        wanted = {"message_id": call.number("reply_to_message_id")}
        wanted["allow_sending_without_reply"] = call.flag("allow_sending_without_reply")
    if not wanted:
        return None
    said = world.telegram.find(chat_id, int(wanted.get("message_id", 0)))
    if said is not None:
        return quoted(said)
    if wanted.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")
