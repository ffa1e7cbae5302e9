"""Cuts plain words into items (a word or phrase and what it means) and segments (items that belong together).

``Signs`` are what is read from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from config.wordlists import Words
from tickets.wording import Clause, Plain, normalise

# Where a word stands under several meanings, the earlier one of these counts.
_ORDER: Final = (
    "other_problem",
    "withdraw",
    "not_yet",
    "request",
    "question",
    "troubles",
    "fails",
    "degraded",
    "works",
    "gone",
    "ok",
    "courtesy",
    "hedge",
    "later",
    "check",
    "arrives",
    "contrast",
    "negation",
    "no",
    "yes",
    "done",
    "still",
    "again",
    "now",
    "past",
    "wish",
    "condition",
    "time",
    "greetings",
    "particles",
    "filler",
)
_LONGEST: Final = 4
_TAGS: Final = frozenset({"kan", "ya", "right", "apakah", "tidak", "belum", "no", "yes", "iya"})


@dataclass(slots=True)
class Signs:
    """What was found in a message. ``unknown`` counts words that say nothing about working or failing."""

    works: bool = False
    # Works, said with "sudah", "now", "again", or a word that can mean nothing else.
    firm: bool = False
    fails: bool = False
    # Fails, said with "masih", "still", "lagi" or as "does not work".
    lasting: bool = False
    # Fails, said of something that the report may not be about.
    elsewhere: bool = False
    degraded: bool = False
    yes: bool = False
    # The yes was a bare "sudah".
    done_alone: bool = False
    no: bool = False
    ok: bool = False
    courtesy: bool = False
    hedged: bool = False
    tried: bool = False
    not_yet: bool = False
    asks: bool = False
    # Asks with a question word, so that a failure in it is what is asked about.
    wonders: bool = False
    withdrawn: bool = False
    other_problem: bool = False
    requests: bool = False
    contrast: bool = False
    # After a word of contrast comes something that is not good news.
    reservation: bool = False
    unknown: int = 0
    # Other words that carry a sentence ("iya, saya dari …"): a bare yes has none.
    talk: bool = False

    @property
    def says_works(self) -> bool:
        return self.works or self.yes


@dataclass(frozen=True, slots=True)
class Item:
    """A word or phrase and what it means; ``unknown`` when nothing is known about it."""

    meaning: str
    words: tuple[str, ...]


@dataclass(slots=True)
class Segment:
    """Items that belong together. ``after`` a word of contrast or of now; ``asks`` ends in a question mark."""

    items: list[Item]
    contrast: bool = False
    now: bool = False
    asks: bool = False

    def has(self, *meanings: str) -> bool:
        return any(item.meaning in meanings for item in self.items)

    def says(self, single: frozenset[str]) -> bool:
        """Whether one of these words stands here by itself."""
        return any(len(item.words) == 1 and item.words[0] in single for item in self.items)

    def only(self, *meanings: str) -> bool:
        return all(item.meaning in meanings for item in self.items)


@lru_cache(maxsize=4)
def _lexicon(words: Words) -> dict[tuple[str, ...], str]:
    """Every word and phrase, spelled as ``normalise`` spells, with its first meaning."""
    found: dict[tuple[str, ...], str] = {}
    for meaning in _ORDER:
        for phrase in words.by_meaning[meaning]:
            plain = normalise(phrase, words, keep_vocatives=True).words
            if plain:
                found.setdefault(plain, meaning)
    for entries in words.stop.values():
        for word in entries:
            for part in normalise(word, words, keep_vocatives=True).words:
                found.setdefault((part,), "filler")
    return found


def _clauses(plain: Plain) -> Iterator[Clause]:
    """The clauses; a question mark after nothing of its own ("sudah bisa, kan?") asks the clause before it."""
    waiting: Clause | None = None
    for clause in plain.clauses:
        tag = clause.asks and len(clause.words) < 2 and _TAGS.issuperset(clause.words)
        if waiting is not None:
            yield Clause(waiting.words, asks=True) if tag else waiting
        waiting = clause if not (tag and waiting is not None) else None
    if waiting is not None:
        yield waiting


def _items(clause: Clause, lexicon: dict[tuple[str, ...], str]) -> list[Item]:
    """The clause as items, the longest known phrase first."""
    items: list[Item] = []
    position = 0
    while position < len(clause.words):
        for size in range(min(_LONGEST, len(clause.words) - position), 0, -1):
            phrase = clause.words[position : position + size]
            meaning = lexicon.get(phrase)
            if meaning or size == 1:
                # "bisa2" says no more than "bisa".
                if not items or items[-1].words != phrase:
                    items.append(Item(meaning or "unknown", phrase))
                position += size
                break
    return items


def _segments(items: list[Item], asks: bool) -> Iterator[Segment]:
    # "works now": the word at the end is of what stands before it.
    trailing = len(items) > 1 and items[-1].meaning == "now"
    if trailing:
        items = items[:-1]
    current = Segment([])
    for item in items:
        if item.meaning in ("contrast", "now"):
            if current.items:
                yield current
            contrast = item.meaning == "contrast" or (current.contrast and not current.items)
            current = Segment([], contrast=contrast, now=item.meaning == "now")
        else:
            current.items.append(item)
    current.asks, current.now = asks, current.now or trailing
    yield current


def segments(plain: Plain, words: Words) -> list[Segment]:
    """The segments of a message, in order."""
    lexicon = _lexicon(words)
    return [segment for clause in _clauses(plain) for segment in _segments(_items(clause, lexicon), clause.asks)]
