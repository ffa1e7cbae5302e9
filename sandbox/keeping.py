"""Keeps the play over a restart: the product remembers its tickets, so the phones must remember their chats.

Without this a message id could come twice, WhatsApp's window would be closed for everybody, and pushed templates gone.
What happened a second before a crash may be lost; providers do better, and nobody plays that here.
"""

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from aiohttp import web

from sandbox.people import Agent, Customer
from sandbox.telegram.book import Said, StoredFile
from sandbox.twilio.book import Content, Message
from sandbox.world import WORLD, World

MESSAGES: Final = 2_000
SAID: Final = 500
FILES: Final = 100
_PAUSE_S: Final = 1.0


@dataclass(slots=True, kw_only=True)
class Kept:
    """The file: what is needed to go on, newest last."""

    customers: list[Customer] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    chats: dict[int, list[Said]] = field(default_factory=dict)
    updates: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    blocked: list[int] = field(default_factory=list)


def encode(world: World) -> bytes:
    telegram = world.telegram
    kept = Kept(
        customers=list(world.customers.values()),
        agents=list(world.agents.values()),
        messages=list(world.twilio.messages.values())[-MESSAGES:],
        contents=list(world.twilio.contents.values()),
        chats={chat: list(said.values())[-SAID:] for chat, said in telegram.chats.items()},
        updates=telegram.updates,
        files=list(telegram.files.values())[-FILES:],
        commands=telegram.commands,
        blocked=sorted(telegram.blocked),
    )
    return msgspec.json.encode(kept)


def restore(world: World, data: bytes) -> None:
    """Put what was kept into a new world. Raises ``msgspec.ValidationError`` for a file of another shape."""
    kept = msgspec.json.decode(data, type=Kept)
    world.customers |= {one.id: one for one in kept.customers}
    world.agents |= {one.id: one for one in kept.agents}
    world.twilio.messages = {one.sid: one for one in kept.messages}
    world.twilio.contents = {one.sid: one for one in kept.contents}
    world.telegram.chats = {chat: {said.id: said for said in list_} for chat, list_ in kept.chats.items()}
    world.telegram.updates = kept.updates
    world.telegram.count_on()
    world.telegram.files = {one.file_id: one for one in kept.files}
    world.telegram.commands = kept.commands
    world.telegram.blocked = set(kept.blocked)


def write(file: Path, data: bytes) -> None:
    """Replace the file as a whole; only its owner may read what was said."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
    beside.replace(file)


async def _keep_on(world: World, file: Path) -> None:
    seen = world.ledger.head
    while True:
        await world.ledger.after(seen)
        seen = world.ledger.head
        await asyncio.to_thread(write, file, encode(world))
        await asyncio.sleep(_PAUSE_S)


async def kept(app: web.Application) -> Any:
    """Restore at the start, write while it runs and at the end. For ``app.cleanup_ctx``."""
    world = app[WORLD]
    file = world.settings.state_file
    if file is None:
        yield
        return
    try:
        if file.is_file():
            restore(world, file.read_bytes())
    except (msgspec.MsgspecError, OSError) as problem:
        sys.stderr.write(f"sandbox: begins anew, {file} cannot be read: {problem}\n")
    task = asyncio.get_running_loop().create_task(_keep_on(world, file))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    write(file, encode(world))
