"""Events: what happened, in bytes that can be checked for ever.

An event's body is canonical JSON (sorted keys, no spaces, times in UTC with microseconds). Each event of a stream
carries the hash of the one before it, and the stream's row the head and the count, so a change or a cut tail is found.
Events hold codes, ids, figures and times; words live in content rows, of which an event holds a salted digest.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from tickets.commands import Actor

GENESIS: Final = "0" * 64
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to one stream (``ticket:…``, ``account:…``, ``contact:…``, ``system:…``)."""

    stream: str
    seq: int
    type: str
    v: int
    body: str
    previous: str
    hash: str

    @property
    def data(self) -> dict[str, Any]:
        """The facts, in the newest shape of this type."""
        facts: dict[str, Any] = self.document["data"]
        return upgrade(self.type, self.v, facts)

    @property
    def document(self) -> dict[str, Any]:
        read: dict[str, Any] = _decoder.decode(self.body)
        return read

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.document["at"])


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was decided and has no place in its stream yet.

    Keys of ``data`` that are fields of the projection (a Ticket's, an Account's) set them; other keys are facts about
    what happened. ``contents`` names the content rows whose digests the event seals.
    """

    stream: str
    type: str
    data: dict[str, Any]
    actor: Actor
    contents: tuple[str, ...] = ()
    v: int = 1


_PLAIN: Final = frozenset({str, int, bool, float, type(None)})


def instant(at: datetime) -> str:
    """RFC 3339 in UTC with six decimals, always the same length, so that the bytes are the same everywhere."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """``value`` as JSON has it; times by ``instant``."""
    if type(value) in _PLAIN:
        # Most of what is asked, about a hundred times a message; whether something is a mapping is dear to find out.
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def seal(
    event: NewEvent, *, seq: int, previous: str, at: datetime, config: str, command: str, digests: Mapping[str, str]
) -> Event:
    """Give a decided event its place: sequence, body and hash.

    ``config`` is the hash of the configuration set that decided it, ``command`` the key of what asked for it.
    """
    document = {
        "actor": str(event.actor),
        "at": instant(at),
        "command": command,
        "config": config,
        "data": plain(event.data),
        "digests": {content: digests[content] for content in event.contents},
        "seq": seq,
        "stream": event.stream,
        "type": event.type,
        "v": event.v,
    }
    body = _encoder.encode(document).decode()
    return Event(
        stream=event.stream,
        seq=seq,
        type=event.type,
        v=event.v,
        body=body,
        previous=previous,
        hash=chain(previous, body),
    )


def chain(previous: str, body: str) -> str:
    """The hash of an event: SHA-256 over the hash before it and its own bytes."""
    return hashlib.sha256(previous.encode() + b"\n" + body.encode()).hexdigest()


def digest(salt: str, words: str) -> str:
    """The digest of a content row; the salt stands in the row, so that erasing the row erases the words for good."""
    return hashlib.sha256(salt.encode() + b"\n" + words.encode("utf-8", "surrogatepass")).hexdigest()


UPGRADES: Final[Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""(type, version) → a pure function that reads those facts as the next version does. Bodies are never rewritten."""


def upgrade(kind: str, version: int, data: dict[str, Any]) -> dict[str, Any]:
    """The facts in the newest shape; a type that is not known passes as it is."""
    while step := UPGRADES.get((kind, version)):
        data, version = step(data), version + 1
    return data
