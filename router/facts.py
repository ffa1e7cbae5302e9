"""What the rules may look at: a report's words in normal form, and what the channel knows beside them."""

from dataclasses import dataclass, field

from config.wordlists import Words
from router.patterns import MAX_CHARS
from tickets.commands import InboundMessage
from tickets.model import Channel
from tickets.wording import normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Values only. ``text`` is normalised. ``service`` was chosen by the person, so it is not guessed.

    ``reporters`` counts the people who say the same now, this one included; ``vouched`` is true for a monitoring tool.
    """

    text: str
    channel: str = "web"
    language: str = "id"
    organisation: str = "house"
    service: str | None = None
    parts: tuple[str, ...] = ()
    forwarded: bool = False
    reporters: int = 1
    vouched: bool = field(default=False)


def plain(text: str, words: Words) -> str:
    """Any words in the form in which rules are compared; what lies beyond ``MAX_CHARS`` is not looked at."""
    return normalise(text[:MAX_CHARS], words, keep_vocatives=True).text


def facts_of(message: InboundMessage, text: str, words: Words) -> Facts:
    """The facts of an inbound message; ``text`` is what it says, masked, without its subject."""
    said = f"{message.subject}\n{text}" if message.subject else text
    return Facts(
        text=plain(said, words),
        channel=message.channel.value,
        language=message.language or "id",
        organisation=message.organisation or "house",
        service=message.service,
        parts=message.parts,
        forwarded=message.forwarded,
        vouched=message.channel is Channel.ALERT,
    )
