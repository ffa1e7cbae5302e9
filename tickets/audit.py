"""Whether what is stored is what was written: chains, cut tails, words under their digests, projections. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickets.events import GENESIS, Event, chain, digest
from tickets.model import Account, Ticket
from tickets.projection import P, differences, rebuild


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing that is wrong with a stream. ``seq`` is the event it was found at; 0 where none is left."""

    stream: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a stream's own row says of it."""

    count: int
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A content row: the words, and the salt of their digest."""

    salt: str
    words: str


NO_HEAD: Final = Head(count=0, head=GENESIS)


def check_chain(stream: str, events: Sequence[Event], head: Head | None) -> Fault | None:
    """Every event in its place and unchanged, and as many of them as the stream's row says."""
    previous = GENESIS
    for number, event in enumerate(events, 1):
        what = _wrong(event, number, previous)
        if what:
            return Fault(stream=stream, seq=number, what=what)
        previous = event.hash
    known = head or NO_HEAD
    if known.count != len(events):
        seq = min(known.count, len(events)) + 1
        return Fault(stream=stream, seq=seq, what=f"{known.count} events were written, {len(events)} are there")
    if known.head != previous:
        return Fault(stream=stream, seq=len(events), what="the stream's row names another last event")
    return None


def _wrong(event: Event, number: int, previous: str) -> str | None:
    if event.seq != number:
        return "an event is missing"
    if event.previous != previous:
        return "it does not follow the event before it"
    if chain(previous, event.body) != event.hash:
        return "its body was changed"
    try:
        document = event.document
        said = (document["stream"], document["seq"], document["type"], document["v"])
    except (ValueError, KeyError, TypeError):
        return "its body is no event"
    columns = (event.stream, event.seq, event.type, event.v)
    if said != columns:
        return "its columns say something else than its body"
    return None


def check_words(events: Sequence[Event], contents: Mapping[str, Kept]) -> Fault | None:
    """Words that are still there are those that were sealed. Erased ones are missing, and that is fine."""
    for event in events:
        for content, sealed in event.document["digests"].items():
            kept = contents.get(content)
            if kept is not None and digest(kept.salt, kept.words) != sealed:
                return Fault(stream=event.stream, seq=event.seq, what=f"the words {content} were changed")
    return None


def check_projection(stream: str, events: Sequence[Event], stored: Ticket | Account | None) -> Fault | None:
    """The row says what the events say. A stream that folds into nothing has no row."""
    family, _, identity = stream.partition(":")
    if family not in ("ticket", "account"):
        return None
    try:
        if family == "ticket":
            what = _differs(Ticket, identity, events, stored)
        else:
            what = _differs(Account, identity, events, stored)
    except (ValueError, TypeError):
        what = "its events do not fold"
    return Fault(stream=stream, seq=len(events), what=what) if what else None


def _differs(cls: type[P], identity: str, events: Sequence[Event], stored: Ticket | Account | None) -> str | None:
    rebuilt = rebuild(cls, identity, events)
    if rebuilt is None or not isinstance(stored, cls):
        return None if rebuilt is None and stored is None else "its row and its events do not go together"
    changed = differences(stored, rebuilt)
    return f"its row differs from its events in {', '.join(changed)}" if changed else None
