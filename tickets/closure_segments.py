"""Cuts plain words into items (a word or phrase and what it means) and segments (items that belong together).

``Signs`` are what is read from them.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
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

# "Bisa di chrome aja", "only the login works", "works for five minutes".
_LIMITS: Final = frozenset({"saja"})
_HARD_LIMITS: Final = frozenset({"only", "menit", "detik", "minute", "minutes", "seconds", "second"})
# What works for others is no news of the report, nor what stands on it.
_OTHERS: Final = frozenset(
    {"lain", "teman", "sebelah", "others", "else", "colleague", "some", "cara", "teknisi", "sih"}
)
# "Tidak error lagi", "not failing anymore": over. "No error again" may be "no, error again".
NO_MORE: Final = frozenset({("lagi",), ("anymore",), ("any", "more")})
OVER: Final = frozenset({("no", "longer"), ("no", "more"), ("stopped",)})
STOPPED: Final = ("stopped",)
PAPERS: Final = frozenset(
    {"laporan", "laporannya", "tiket", "tiketnya", "keluhan", "notif", "notifikasi", "report", "ticket"}
)
# "Udah jalan 3 hari" is a complaint, "lancar sejak jam 3" is none.
_LASTED: Final = frozenset({"jam", "hari", "minggu", "bulan", "hour", "hours", "day", "days"})
_SINCE: Final = frozenset({"sejak", "dari", "since", "mulai"})
# "Aktifkan dulu" asks for it, "jelas" alone means "of course".
_FIRST: Final = frozenset({"dulu", "jelas"})
_CLOSED: Final = frozenset({"ditutup", "tutup", "close"})
_OUT_OF: Final = frozenset({"dari", "of"})
_BACK: Final = frozenset({"back", "again"})
_ONCE_AGAIN: Final = frozenset({"lagi", "again", "kembali"})


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
    # Works, but said of a part only ("bisa di chrome aja"), or beside words that may turn it round ("works my foot").
    partly: bool = False
    # Does not fail, which may be meant ("gak error") or be a denial without its comma ("gak, error").
    relieved: bool = False
    # It stands under a condition ("kalau malam").
    conditional: bool = False
    # "Belum", "nope": a no that nothing good beside it can take back.
    refused: bool = False
    unknown: int = 0
    # Other words that carry a sentence ("iya, saya dari …"): a bare yes has none.
    talk: bool = False

    @property
    def says_works(self) -> bool:
        return self.works or self.yes

    @property
    def doubted(self) -> bool:
        """Whether something that is not a plain statement stands beside it: "they say", "kalau malam", "ya?"."""
        return self.hedged or self.conditional or self.asks


@dataclass(frozen=True, slots=True)
class Item:
    """A word or phrase and what it means; ``unknown`` when nothing is known about it.

    ``called``: a form of address stands before it, so that "tidak kak error" is a no and an error.
    """

    meaning: str
    words: tuple[str, ...]
    called: bool = False


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

    def was(self) -> bool:
        """Whether it speaks of what was."""
        return self.has("past") and not self.now

    def sure(self) -> bool:
        """Whether it says "sudah" before what works, "now" or "again" right after it: that something has changed."""
        first = next((n for n, item in enumerate(self.items) if item.meaning in ("works", "arrives")), len(self.items))
        if self.now or any(item.meaning == "done" for item in self.items[:first]):
            return True
        if any(item.meaning == "works" and not _BACK.isdisjoint(item.words) for item in self.items) and not any(
            item.meaning == "unknown" for item in self.items[first:]
        ):
            return True
        after = [*takewhile(lambda item: item.meaning != "unknown", self.items[first:])]
        return Segment(after).says(_ONCE_AGAIN)

    def limited(self, unknown: int) -> bool:
        """Whether what works is said of a place, a part or a time only, or in a way that may turn it round."""
        if self.says(_HARD_LIMITS | _OTHERS) or (self.says(_LASTED) and not self.says(_SINCE)):
            return True
        closing = any(item.meaning == "works" and not _CLOSED.isdisjoint(item.words) for item in self.items)
        anymore = self.has("works") and any(item.words[:1] in (("anymore",), ("any",)) for item in self.items)
        if anymore or (self.says(PAPERS) and not closing):
            return True
        good = [n for n, item in enumerate(self.items) if item.meaning in ("works", "arrives", "gone")]
        if any(item.meaning == "still" for item in self.items[good[-1] + 1 if good else 0 :]):
            return True
        if self.says(_LIMITS):
            return unknown > 0 or self.has("filler", "time", "arrives", "check", "past")
        digits = any(item.words[0].isdigit() for item in self.items)
        if digits and self.says(_OUT_OF):
            return True
        counted = digits or unknown > 0 or self.says(_FIRST) or self.has("later", "time", "request")
        return counted and not self.sure()

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


def _clauses(plain: Plain, vocatives: Collection[str]) -> Iterator[Clause]:
    """The clauses; a question mark after nothing of its own ("sudah bisa, kan?") asks the clause before it."""
    waiting: Clause | None = None
    for clause in plain.clauses:
        said = [word for word in clause.words if word not in vocatives]
        if not said and not clause.asks:
            continue
        tag = clause.asks and len(said) < 2 and _TAGS.issuperset(said)
        if waiting is not None:
            yield Clause(waiting.words, asks=True) if tag else waiting
        waiting = clause if not (tag and waiting is not None) else None
    if waiting is not None:
        yield waiting


def _items(clause: Clause, words: Words) -> list[Item]:
    """The clause as items, the longest known phrase first, without its forms of address."""
    lexicon = _lexicon(words)
    plain, called = _uncalled(clause, words.vocatives)
    items: list[Item] = []
    position = 0
    while position < len(plain):
        for size in range(min(_LONGEST, len(plain) - position), 0, -1):
            phrase = plain[position : position + size]
            meaning = lexicon.get(phrase)
            if size > 1 and position + 1 in called and lexicon.get(phrase[:1]) == "negation":
                # "Tidak kak, jadi …" is not "tidak jadi".
                continue
            if meaning or size == 1:
                # "bisa2" says no more than "bisa".
                if not items or items[-1].words != phrase:
                    items.append(Item(meaning or "unknown", phrase, position in called))
                position += size
                break
    return items


def _uncalled(clause: Clause, vocatives: Collection[str]) -> tuple[tuple[str, ...], set[int]]:
    """The words without forms of address, and the positions of those that had one before them."""
    plain: list[str] = []
    called: set[int] = set()
    for word in clause.words:
        if word in vocatives:
            called.add(len(plain))
        else:
            plain.append(word)
    return tuple(plain), called


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
    return [
        segment
        for clause in _clauses(plain, words.vocatives)
        for segment in _segments(_items(clause, words), clause.asks)
    ]


def add(signs: Signs, found: Signs, segment: Segment) -> None:
    """Put a segment's signs to those of the message."""
    good = found.works or found.yes or found.courtesy or found.ok or found.asks or found.not_yet
    if segment.contrast:
        signs.contrast = True
        signs.reservation = signs.reservation or not good
    for name in Signs.__dataclass_fields__:
        value, more = getattr(signs, name), getattr(found, name)
        setattr(signs, name, value + more if name == "unknown" else value or more)
    if segment.contrast and found.works and signs.fails:
        signs.reservation = True
