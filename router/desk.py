"""The door for commands: taps, replies, clicks, API calls and timers all come through here."""

import asyncio
import hashlib
from collections.abc import Mapping

import msgspec

from tickets.commands import ActorKind, Answer, Command
from tickets.events import plain
from tickets.references import read
from tickets.submission import Needs, Rank, Submission, Writer


class Desk:
    """Takes commands of people and of the clock."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def perform(self, command: Command) -> Answer:
        """Decide a command; returns when its effect is on the disk.

        A refusal is an answer, not an error. Raises ``Unavailable`` when nothing could be stored.
        """
        return await asyncio.wrap_future(self._writer.submit(submission(command)))

    def perform_now(self, command: Command) -> Answer:
        """The same for callers without an event loop, such as the command line."""
        return self._writer.submit(submission(command)).result()


def submission(command: Command) -> Submission:
    """The command as the writer takes it."""
    return Submission(
        key=command.key, digest=_digest(command), item=command, needs=needs_of(command), rank=Rank.COMMAND
    )


def needs_of(command: Command) -> Needs:
    """The rows that deciding this command looks at."""
    named = [read(name) for name in (command.subject, _words(command.data, "into")) if name]
    actor = command.actor
    plain_id = bool(command.subject) and read(command.subject) is None
    # Leaving passes one's offers on, coming takes what waits.
    moves_people = command.action in ("presence", "add_account", "deactivate")
    return Needs(
        tickets=(command.subject,) if plain_id else (),
        references=tuple(name for name in named if name),
        contacts=(actor.id,) if actor.kind is ActorKind.CONTACT else (),
        due=((f"ticket:{command.subject}", command.action),) if command.due_at else (),
        unheld=moves_people,
    )


def _words(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _digest(command: Command) -> str:
    told = (command.action, command.subject, str(command.actor), plain(command.data))
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()
