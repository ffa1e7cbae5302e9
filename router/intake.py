"""The door for messages: read without the database, then wait for the writer, then answer. Acknowledge after commit."""

import asyncio
import hashlib
from collections.abc import Callable

import msgspec

from config.schema import ConfigSet
from router.decide import Router, Undigested
from router.meeting import addresses
from router.received import pressed, read
from tickets.commands import Answer, InboundMessage
from tickets.model import Channel
from tickets.references import PREFIX, find
from tickets.submission import Needs, Rank, Submission, Writer

_OVERHEAD = 512


class Intake:
    """Takes messages of every channel. ``config`` gives the set that is active now."""

    def __init__(self, writer: Writer, router: Router, config: Callable[[], ConfigSet]) -> None:
        self._writer, self._router, self._config = writer, router, config

    async def receive(self, message: InboundMessage) -> Answer:
        """Store a message and decide it; returns when it is on the disk.

        Raises ``Unavailable`` when it could not be stored (then it was not), ``Overloaded`` when too many wait.
        """
        return await asyncio.wrap_future(self._writer.submit(self.submission(message)))

    def submission(self, message: InboundMessage) -> Submission:
        """The message as the writer takes it."""
        item: object
        try:
            item = read(message, self._router.reading(self._config()))
        except Exception as error:
            # Whatever a message does to the reading, it is kept.
            item = Undigested(message, type(error).__name__)
        return Submission(
            key=message.key,
            digest=_digest(message),
            item=item,
            needs=needs_of(message),
            rank=Rank.ALERT if message.channel is Channel.ALERT else Rank.MESSAGE,
            size=_OVERHEAD + len(message.raw) + len(message.text) + sum(len(m.data or b"") for m in message.media),
        )


def needs_of(message: InboundMessage) -> Needs:
    """The rows that deciding this message looks at."""
    press = pressed(message.button)
    named = [PREFIX + press.reference] if press and press.reference else []
    return Needs(
        identities=addresses(message),
        contacts=(message.contact,) if message.contact else (),
        tickets=(message.ticket,) if message.ticket else (),
        references=(*find(message.text), *named),
        quoted=(message.quoted,) if message.quoted else (),
    )


def _digest(message: InboundMessage) -> str:
    """What tells a repeat from a key used twice. A provider's id is its own proof; an API caller chooses the key."""
    if message.channel is not Channel.API:
        return ""
    told = (message.text, message.subject, message.service, message.language, message.sender, message.occurred_at)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()
