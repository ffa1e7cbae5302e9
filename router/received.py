"""What is worked out about a message before the transaction: nothing here looks anything up."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from config.schema import ConfigSet
from config.wordlists import Words
from router.clients import organisation_of
from router.facts import Facts, facts_of
from router.prioritise import Rating, assess
from router.rules import Classification, RuleBook
from tickets.commands import InboundMessage
from tickets.language import detect
from tickets.masking import mask
from tickets.speech import Speech, recognise

# Beyond this nobody reads, and rules need not either.
READ_AT_MOST = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message with its words in a form that rules and people can work with.

    ``text`` is what is stored and shown: card numbers, NIK, PIN and OTP are masked in it; ``masked`` says which.
    """

    message: InboundMessage
    text: str
    masked: frozenset[str]
    speech: Speech
    facts: Facts
    classification: Classification
    rating: Rating


@dataclass(frozen=True, slots=True)
class Reading:
    """What messages are read with: the word lists and the rules of one configuration set."""

    words: Words
    book: RuleBook
    config: ConfigSet


def read(message: InboundMessage, reading: Reading) -> Received:
    """Normalise, recognise and classify a message. Pure; the time it takes is bounded by ``READ_AT_MOST``."""
    masked = mask(message.text)
    if message.subject:
        message = msgspec.structs.replace(message, subject=mask(message.subject).text)
    text = masked.text
    language = message.language or detect(text[:READ_AT_MOST], reading.words, "id")
    organisation = organisation_of(reading.config, message)
    known: InboundMessage = msgspec.structs.replace(message, language=language, organisation=organisation)
    facts = facts_of(known, text[:READ_AT_MOST], reading.words)
    classification = reading.book.decide(facts)
    return Received(
        message=message,
        text=text,
        masked=frozenset(masked.found),
        speech=recognise(text[:READ_AT_MOST], reading.words),
        facts=facts,
        classification=classification,
        rating=assess(facts, classification, reading.config),
    )


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button's payload: what it says, about which ticket, and what else it carries."""

    verb: str
    reference: str | None
    value: str | None


# Where the reference stands in each payload, and whether a value stands beside it.
_SHAPES: Mapping[str, tuple[str, ...]] = {
    "yes": ("reference",),
    "no": ("reference",),
    "not_yet": ("reference",),
    "service": ("value", "reference"),
    "score": ("value", "reference"),
    "which": ("reference", "value"),
    "stopped": ("reference",),
    "object": ("reference",),
    "tell_when_fixed": ("reference",),
    "mine_differs": ("reference",),
}


def pressed(payload: str | None) -> Pressed | None:
    """Read a payload that we put on a button; None for anything else."""
    if not payload:
        return None
    verb, *rest = payload.split(":")
    shape = _SHAPES.get(verb)
    if shape is None or len(rest) != len(shape):
        return None
    parts = dict(zip(shape, rest, strict=True))
    return Pressed(verb, parts.get("reference"), parts.get("value"))
