"""The Bot API's addresses: every method of the table, and files. Faults strike before or after a method."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from sandbox.faults import Name
from sandbox.settings import BOT_TOKEN
from sandbox.telegram import editing, sending, updates
from sandbox.telegram.chats import bot_user, chat, reachable
from sandbox.telegram.wire import Call, Refused, bad_request, granted, read_call, refused
from sandbox.world import WORLD, World

Method = Callable[[World, Call], Awaitable[Any]]
_HANG_S: Final = 60.0


async def get_me(_world: World, _call: Call) -> dict[str, Any]:
    return bot_user() | {
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


async def get_chat(world: World, call: Call) -> dict[str, Any]:
    return chat(reachable(world, call)) | {"accent_color_id": 0, "max_reaction_count": 11}


async def done(_world: World, _call: Call) -> bool:
    """What changes nothing that anybody here could see."""
    return True


async def chat_action(world: World, call: Call) -> bool:
    agent = reachable(world, call)
    world.ledger.add("telegram.action", person=agent.id, action=call.text("action"))
    return True


async def set_commands(world: World, call: Call) -> bool:
    commands = call.shape("commands") or []
    for command in commands:
        name = str(command.get("command", ""))
        if not 0 < len(name) <= 32 or name != name.lower() or not name.replace("_", "").isalnum():
            raise bad_request("BOT_COMMAND_INVALID")
    world.telegram.commands[_scope(call)] = commands
    return True


async def get_commands(world: World, call: Call) -> list[dict[str, str]]:
    return world.telegram.commands.get(_scope(call), [])


async def delete_commands(world: World, call: Call) -> bool:
    world.telegram.commands.pop(_scope(call), None)
    return True


def _scope(call: Call) -> str:
    scope = call.shape("scope") or {"type": "default"}
    return f"{scope.get('type')}:{scope.get('chat_id', '')}:{call.text('language_code')}"


async def get_file(world: World, call: Call) -> dict[str, Any]:
    file = world.telegram.files.get(call.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return file.as_json()


READING: Final[dict[str, Method]] = {
    "getme": get_me,
    "getchat": get_chat,
    "getupdates": updates.get_updates,
    "setwebhook": updates.set_webhook,
    "deletewebhook": updates.delete_webhook,
    "getwebhookinfo": updates.webhook_info,
    "getmycommands": get_commands,
    "setmycommands": set_commands,
    "deletemycommands": delete_commands,
    "setmydescription": done,
    "setmyshortdescription": done,
    "setmyname": done,
    "setchatmenubutton": done,
    "logout": done,
    "close": done,
    "getfile": get_file,
}
WRITING: Final[dict[str, Method]] = {
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "sendvoice": sending.send_voice,
    "sendaudio": sending.send_audio,
    "sendvideo": sending.send_video,
    "sendlocation": sending.send_location,
    "sendchataction": chat_action,
    "editmessagetext": editing.edit_text,
    "editmessagecaption": editing.edit_caption,
    "editmessagereplymarkup": editing.edit_markup,
    "deletemessage": editing.delete,
    "pinchatmessage": editing.pin,
    "unpinchatmessage": editing.unpin,
    "unpinallchatmessages": editing.unpin,
    "setmessagereaction": editing.react,
    "answercallbackquery": editing.answer_query,
}


async def method(request: web.Request) -> web.Response:
    """One call. Method names are read without case, as Telegram does."""
    world = request.app[WORLD]
    try:
        _check_token(request.match_info["token"])
        name = request.match_info["method"].lower()
        called = READING.get(name) or WRITING.get(name)
        if called is None:
            raise Refused(404, "Not Found: method not found")
        call = await read_call(request)
        writes = name in WRITING
        if writes:
            _strike(world, call)
        result = await called(world, call)
        if writes and world.faults.strikes(Name.TELEGRAM_TIMEOUT_AFTER_ACCEPT, _person(world, call)):
            if request.transport is not None:
                request.transport.abort()
            await asyncio.sleep(_HANG_S)
        return granted(result)
    except Refused as refusal:
        return refused(refusal)


def _check_token(given: str) -> None:
    if ":" not in given:
        raise Refused(404, "Not Found")
    if not hmac.compare_digest(given.encode(), BOT_TOKEN.encode()):
        raise Refused(401, "Unauthorized")


def _person(world: World, call: Call) -> str | None:
    agent = world.agent_in(call.number("chat_id"))
    return agent.id if agent else None


def _strike(world: World, call: Call) -> None:
    person = _person(world, call)
    if limited := world.faults.strikes(Name.TELEGRAM_429, person):
        seconds = limited.retry_after
        raise Refused(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
    if world.faults.strikes(Name.TELEGRAM_500, person):
        raise Refused(500, "Internal Server Error")


async def file(request: web.Request) -> web.Response:
    try:
        _check_token(request.match_info["token"])
    except Refused as refusal:
        return refused(refusal)
    path = request.match_info["path"]
    found = next((one for one in request.app[WORLD].telegram.files.values() if one.path == path), None)
    if found is None:
        return refused(Refused(404, "Not Found"))
    return web.Response(body=found.data, content_type="application/octet-stream")


def add_routes(app: web.Application) -> None:
    app.router.add_route("*", "/bot{token}/{method}", method)
    app.router.add_get("/file/bot{token}/{path:.+}", file)
