"""Messages of the bot: text, pictures, files, voice, places (core.telegram.org/bots/api#available-methods)."""

from typing import Any, Final

from sandbox.people import Agent
from sandbox.telegram.book import Said, StoredFile
from sandbox.telegram.chats import bot_user, chat, reachable, replied_to
from sandbox.telegram.entities import parse, utf16
from sandbox.telegram.keyboards import read_markup
from sandbox.telegram.wire import Call, bad_request
from sandbox.world import World

TEXT: Final = 4096
CAPTION: Final = 1024


def read_text(call: Call, name: str = "text", limit: int = TEXT) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities of a call; raises Refused (400) for one that is empty, too long or cannot be parsed."""
    entities = "entities" if name == "text" else "caption_entities"
    plain, marks = parse(call.text(name), call.text("parse_mode"), call.shape(entities))
    if not plain and name == "text":
        raise bad_request("message text is empty")
    if utf16(plain) > limit:
        raise bad_request("message is too long" if name == "text" else "message caption is too long")
    return plain, marks


def put_markup(body: dict[str, Any], markup: dict[str, Any] | None) -> None:
    """Only inline keyboards stand in the Message object; others act on the person's own keyboard."""
    body.pop("reply_markup", None)
    if markup and markup.get("inline_keyboard"):
        body["reply_markup"] = {"inline_keyboard": markup["inline_keyboard"]}


def keep(world: World, agent: Agent, call: Call, parts: dict[str, Any]) -> dict[str, Any]:
    """Put a message of the bot into the chat and return it as Telegram does."""
    markup = read_markup(call)
    reply = replied_to(world, call, agent.telegram_id)
    body = {
        "message_id": world.telegram.next_message_id(),
        "from": bot_user(),
        "chat": chat(agent),
        "date": int(world.clock.now().timestamp()),
        **parts,
    }
    if reply is not None:
        body["reply_to_message"] = reply
    put_markup(body, markup)
    said = Said(
        body=body,
        from_bot=True,
        silent=call.flag("disable_notification"),
        force_reply=bool(markup and markup.get("force_reply")),
    )
    world.telegram.keep(agent.telegram_id, said)
    world.ledger.add("telegram.out", person=agent.id, message_id=said.id, text=shown_text(body), silent=said.silent)
    return body


def shown_text(body: dict[str, Any]) -> str:
    return str(body.get("text", body.get("caption", "")))


async def send_message(world: World, call: Call) -> dict[str, Any]:
    agent = reachable(world, call)
    text, entities = read_text(call)
    return keep(world, agent, call, {"text": text} | ({"entities": entities} if entities else {}))


async def send_photo(world: World, call: Call) -> dict[str, Any]:
    return _send_file(world, call, "photo")


async def send_document(world: World, call: Call) -> dict[str, Any]:
    return _send_file(world, call, "document")


async def send_voice(world: World, call: Call) -> dict[str, Any]:
    return _send_file(world, call, "voice")


async def send_audio(world: World, call: Call) -> dict[str, Any]:
    return _send_file(world, call, "audio")


async def send_video(world: World, call: Call) -> dict[str, Any]:
    return _send_file(world, call, "video")


async def send_location(world: World, call: Call) -> dict[str, Any]:
    agent = reachable(world, call)
    place = {"latitude": float(call.text("latitude", "0")), "longitude": float(call.text("longitude", "0"))}
    return keep(world, agent, call, {"location": place})


def _send_file(world: World, call: Call, kind: str) -> dict[str, Any]:
    """``photo`` and the like: an upload, ``attach://`` to one, or the id of a file that Telegram has."""
    agent = reachable(world, call)
    file = _file(world, call, kind)
    caption, entities = read_text(call, "caption", CAPTION)
    parts: dict[str, Any] = {kind: described(kind, file)}
    if caption:
        parts["caption"] = caption
    if entities:
        parts["caption_entities"] = entities
    return keep(world, agent, call, parts)


def _file(world: World, call: Call, kind: str) -> StoredFile:
    given = call.text(kind)
    upload = call.uploads.get(given.removeprefix("attach://") if given.startswith("attach://") else kind)
    if upload is not None:
        if not upload.data:
            raise bad_request("file must be non-empty")
        return world.telegram.store(kind, upload.name, upload.content_type, upload.data)
    if given in world.telegram.files:
        return world.telegram.files[given]
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    raise bad_request("wrong file identifier/HTTP URL specified")


def described(kind: str, file: StoredFile) -> Any:
    """A file inside a Message; a photo comes in sizes, of which we have one."""
    common = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": len(file.data)}
    if kind == "photo":
        return [common | {"width": 1, "height": 1}]
    if kind in {"voice", "audio"}:
        return common | {"duration": 1, "mime_type": file.content_type}
    if kind == "video":
        return common | {"duration": 1, "width": 1, "height": 1, "mime_type": file.content_type}
    return common | {"file_name": file.name, "mime_type": file.content_type}
