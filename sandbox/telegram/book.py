"""What Telegram remembers for one bot: chats, updates that wait, files, callback queries, its webhook."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

UPDATES_KEPT: Final = timedelta(hours=24)
_EPOCH_S: Final = 1_700_000_000
# Kinds that a bot gets only when it asks for them by name.
_ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True, kw_only=True)
class Said:
    """A message of a chat: ``body`` is the Message object as Telegram has it. ``revision`` counts its edits."""

    body: dict[str, Any]
    from_bot: bool
    silent: bool = False
    revision: int = 0
    pinned: bool = False
    deleted: bool = False
    force_reply: bool = False
    reaction: str | None = None

    @property
    def id(self) -> int:
        number: int = self.body["message_id"]
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    file_id: str
    unique_id: str
    path: str
    name: str
    content_type: str
    data: bytes

    def as_json(self) -> dict[str, Any]:
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.data),
            "file_path": self.path,
        }


@dataclass(slots=True, kw_only=True)
class Query:
    """A press on a button; ``answer`` is what the bot said to it, None while it said nothing."""

    id: str
    chat: int
    message_id: int
    asked: datetime
    answer: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class Webhook:
    url: str
    secret: str | None
    max_connections: int
    last_error: str | None = None
    last_error_at: datetime | None = None


@dataclass(slots=True)
class Turn:
    """One running getUpdates; ``over`` is set when another one has taken its place."""

    over: asyncio.Event = field(default_factory=asyncio.Event)


class TelegramBook:
    """State of the bot; ``bell`` rings when an update has come."""

    def __init__(self) -> None:
        self.chats: dict[int, dict[int, Said]] = {}
        self.updates: list[tuple[datetime, dict[str, Any]]] = []
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.blocked: set[int] = set()
        self.webhook: Webhook | None = None
        self.allowed: frozenset[str] | None = None
        self.bell = asyncio.Event()
        self._turn: Turn | None = None
        # Numbers begin with the time, so that those of a later run are higher: the product remembers the old ones.
        self._message_id = self._update_id = int((time.time() - _EPOCH_S) * 10)

    def forget(self) -> None:
        """Chats go; numbers go on, so that nothing said later is taken for something said before."""
        self.chats.clear()
        self.updates.clear()
        self.queries.clear()
        self.blocked.clear()

    def count_on(self) -> None:
        """After chats and updates of an earlier run were put in: number what comes above all of them."""
        self._message_id = max([self._message_id, *(number for said in self.chats.values() for number in said)])
        self._update_id = max([self._update_id, *(update["update_id"] for _, update in self.updates)])

    def next_message_id(self) -> int:
        self._message_id += 1
        return self._message_id

    def find(self, chat: int, message_id: int) -> Said | None:
        said = self.chats.get(chat, {}).get(message_id)
        return None if said is None or said.deleted else said

    def keep(self, chat: int, said: Said) -> Said:
        self.chats.setdefault(chat, {})[said.id] = said
        return said

    def queue(self, kind: str, body: dict[str, Any], now: datetime) -> int | None:
        """Put an update in line; its id, or None when the bot does not want this kind."""
        wanted = self.allowed is None and kind not in _ON_REQUEST
        if not wanted and (self.allowed is None or kind not in self.allowed):
            return None
        self._update_id += 1
        self.updates.append((now, {"update_id": self._update_id, kind: body}))
        self.ring()
        return self._update_id

    def ring(self) -> None:
        self.bell.set()
        self.bell = asyncio.Event()

    def waiting(self, now: datetime) -> list[dict[str, Any]]:
        """Updates that were not confirmed; Telegram keeps them for a day."""
        self.updates = [(at, update) for at, update in self.updates if now - at < UPDATES_KEPT]
        return [update for _, update in self.updates]

    def confirm(self, offset: int) -> None:
        """Forget what lies before ``offset``; a negative one keeps that many from the end."""
        if offset < 0:
            self.updates = self.updates[offset:]
        elif offset > 0:
            self.updates = [(at, update) for at, update in self.updates if update["update_id"] >= offset]

    def take_turn(self) -> Turn:
        """Begin a getUpdates, ending the one that runs."""
        if self._turn is not None:
            self._turn.over.set()
        self._turn = Turn()
        return self._turn

    def end_turn(self, turn: Turn) -> None:
        if self._turn is turn:
            self._turn = None

    def store(self, kind: str, name: str, content_type: str, data: bytes) -> StoredFile:
        folder = {"photo": "photos", "voice": "voice"}.get(kind, "documents")
        extension = name.rsplit(".", 1)[-1] if "." in name else "bin"
        file = StoredFile(
            file_id=secrets.token_urlsafe(36),
            unique_id=secrets.token_urlsafe(11),
            path=f"{folder}/file_{len(self.files)}_{secrets.token_hex(2)}.{extension}",
            name=name,
            content_type=content_type,
            data=data,
        )
        self.files[file.file_id] = file
        return file
