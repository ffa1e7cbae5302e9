"""What the rules may look at: a report's words in normal form, and what the channel knows beside them."""

import unicodedata
from dataclasses import dataclass, field

from router.patterns import MAX_CHARS
from tickets.commands import InboundMessage


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


def plain(text: str) -> str:
    """Any words in the form in which rules are compared."""
    return unicodedata.normalize("NFKC", text[:MAX_CHARS]).casefold()


def facts_of(message: InboundMessage, *, language: str, organisation: str, text: str | None = None) -> Facts:
    """The facts of an inbound message; ``text`` is its normalised form where the caller has one already."""
    words = " ".join(part for part in (message.subject, message.text) if part)
    return Facts(
        text=plain(words) if text is None else text[:MAX_CHARS],
        channel=message.channel.value,
        language=language,
        organisation=organisation,
        service=message.service,
        parts=message.parts,
        forwarded=message.forwarded,
        vouched=message.channel.value == "alert",
    )
