"""Reads plain words into signs: works, fails, not tried, asks … with negation, time and doubt taken into account.

Each clause is cut into segments at words of contrast ("tapi", "but") and of now ("sekarang"); within a segment a
negation reaches the next word that can be negated. Which word means what stands in ``config/words/``.
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
    "condition",
    "time",
    "greetings",
    "particles",
    "filler",
)
_LONGEST: Final = 4
# A negation reaches over so many words that mean nothing here.
_REACH: Final = 2
# English "no" before these is an answer ("no, it works"), not a negation ("no errors").
_SUBJECTS: Final = frozenset({"it", "i", "we", "they", "that", "this", "you", "but"})
_ONCE_MORE: Final = frozenset({"lagi", "again"})
_POINTING: Final = frozenset({"it", "this", "that", "ini", "itu"})
_GOING_ON: Final = frozenset({"lagi", "sedang", "masih", "still"})
_YET: Final = frozenset({"yet"})
_BARE_NO: Final = frozenset({"no"})


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

    @property
    def says_works(self) -> bool:
        return self.works or self.yes


@dataclass(frozen=True, slots=True)
class _Item:
    """A word or phrase and what it means; ``unknown`` when nothing is known about it."""

    meaning: str
    words: tuple[str, ...]


@dataclass(slots=True)
class _Segment:
    """Items that belong together. ``after`` a word of contrast or of now; ``asks`` ends in a question mark."""

    items: list[_Item]
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


@lru_cache(maxsize=4)
def _emoji(words: Words) -> dict[str, str]:
    meanings = ("fails", "no", "ok", "courtesy", "greetings")
    return {mark: meaning for meaning in reversed(meanings) for mark in words.by_meaning[meaning] if not mark.isalnum()}


def read_signs(plain: Plain, words: Words, about: frozenset[str]) -> Signs:
    """All signs of a message."""
    signs = Signs()
    lexicon = _lexicon(words)
    segments = [segment for clause in _clauses(plain) for segment in _segments(_items(clause, lexicon), clause.asks)]
    was_bad = False
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        found = _Reader(segment, about, opening=index == 0).read()
        if segment.has("past") and not segment.now:
            if found.fails and segment.says(_ONCE_MORE):
                found.works = found.firm = False
                found.lasting = True
            elif len(segments) > 1 and not (segment.contrast and last):
                # What was is no news beside what is.
                was_bad = was_bad or found.fails or found.degraded
                continue
        if was_bad and segment.now and segment.items and all(item.meaning == "filler" for item in segment.items):
            found.works = found.firm = True
        _add(signs, found, segment)
    _add_emoji(signs, plain, _emoji(words))
    return signs


def _clauses(plain: Plain) -> Iterator[Clause]:
    """The clauses; a question mark after nothing of its own ("sudah bisa, kan?") asks the clause before it."""
    waiting: Clause | None = None
    for clause in plain.clauses:
        tag = clause.asks and len(clause.words) < 2 and clause.words in ((), ("kan",), ("ya",), ("right",), ("kah",))
        if waiting is not None:
            yield Clause(waiting.words, asks=True) if tag else waiting
        waiting = clause if not (tag and waiting is not None) else None
    if waiting is not None:
        yield waiting


def _items(clause: Clause, lexicon: dict[tuple[str, ...], str]) -> list[_Item]:
    """The clause as items, the longest known phrase first."""
    items: list[_Item] = []
    position = 0
    while position < len(clause.words):
        for size in range(min(_LONGEST, len(clause.words) - position), 0, -1):
            phrase = clause.words[position : position + size]
            meaning = lexicon.get(phrase)
            if meaning or size == 1:
                items.append(_Item(meaning or "unknown", phrase))
                position += size
                break
    return items


def _segments(items: list[_Item], asks: bool) -> Iterator[_Segment]:
    # "works now": the word at the end is of what stands before it.
    trailing = len(items) > 1 and items[-1].meaning == "now"
    if trailing:
        items = items[:-1]
    current = _Segment([])
    for item in items:
        if item.meaning in ("contrast", "now"):
            if current.items:
                yield current
            contrast = item.meaning == "contrast" or (current.contrast and not current.items)
            current = _Segment([], contrast=contrast, now=item.meaning == "now")
        else:
            current.items.append(item)
    current.asks, current.now = asks, current.now or trailing
    yield current


class _Reader:
    """Reads one segment."""

    def __init__(self, segment: _Segment, about: frozenset[str], *, opening: bool) -> None:
        self.segment, self.about, self.opening = segment, about, opening
        self.signs = Signs()
        # How many words a negation still reaches over; None when none is open.
        self.negated: int | None = None
        self.belum = False

    def read(self) -> Signs:
        items, signs = self.segment.items, self.signs
        for index, item in enumerate(items):
            self._take(item, items, index)
        self._end()
        self._condition()
        if self.segment.asks or signs.wonders:
            self._question()
        if signs.hedged:
            signs.works = signs.firm = signs.yes = signs.done_alone = False
        return signs

    def _take(self, item: _Item, items: list[_Item], index: int) -> None:
        follows = items[index + 1] if index + 1 < len(items) else None
        match item.meaning:
            case "negation":
                self._negation(item, follows)
            case "works":
                self._works(item, follows)
            case "fails" | "degraded":
                self._fails(item)
            case "gone":
                self._gone(item)
            case "arrives":
                self._arrives(item, items, index)
            case "check":
                self._check(items, index)
            case "yes":
                self.signs.yes = self.signs.yes or index == 0 or items[index - 1].meaning in ("yes", "ok", "greetings")
            case "done":
                if self.negated is not None:
                    self._answer_no()
            case _:
                self._plain(item)

    def _plain(self, item: _Item) -> None:
        signs = self.signs
        match item.meaning:
            case "no":
                signs.no = True
            case "ok" | "courtesy" | "not_yet" | "other_problem":
                setattr(signs, item.meaning, True)
            case "hedge":
                signs.hedged = True
            case "question":
                signs.asks = signs.wonders = True
            case "withdraw":
                signs.withdrawn = True
            case "request":
                signs.requests = True
            case "unknown":
                if not self.about.issuperset(item.words) and not item.words[0][0].isdigit():
                    signs.unknown += 1
                if self.negated is not None:
                    self.negated -= 1
                    if self.negated < 0:
                        self._answer_no()

    def _negation(self, item: _Item, follows: _Item | None) -> None:
        if item.words[0] in _BARE_NO and (follows is None or follows.words[0] in _SUBJECTS):
            self.signs.no = True
        elif item.words == ("belum",) and follows is None and (self.signs.works or self.segment.has("done")):
            # "sudah bisa belum"
            self.signs.asks = True
        else:
            self.negated, self.belum = _REACH, item.words == ("belum",)

    def _works(self, item: _Item, follows: _Item | None) -> None:
        if item.words == ("bisa",) and follows is not None and follows.meaning == "check":
            return
        if self.negated is not None:
            self.negated = None
            self.signs.fails = self.signs.lasting = True
            return
        self.signs.works = True
        firm = self.segment.now or self.segment.has("done", "again") or item.words != ("bisa",)
        self.signs.firm = self.signs.firm or firm

    def _fails(self, item: _Item) -> None:
        signs = self.signs
        if self.negated is not None:
            self.negated = None
            if item.words == ("masalah",) and not self.segment.now and self.segment.only("negation", "fails"):
                # "No problem", "gak masalah": a polite word, not a report.
                signs.ok = True
            else:
                signs.works = signs.firm = True
            return
        setattr(signs, item.meaning, True)
        signs.lasting = signs.lasting or self.segment.has("still", "again") or self.segment.now

    def _gone(self, item: _Item) -> None:
        """An error that is gone is good news; anything else that is gone is missing."""
        if self.signs.fails:
            self.signs.fails = self.signs.lasting = False
            self.signs.works = self.signs.firm = True
        else:
            self._fails(_Item("fails", item.words))

    def _arrives(self, item: _Item, items: list[_Item], index: int) -> None:
        """Words that say something only with a "belum" or a "sudah" before them."""
        later = items[index + 1 : index + 3]
        if self.negated is not None:
            if any(one.meaning in ("fails", "degraded") for one in later):
                return
            self.negated = None
            self.signs.fails = self.signs.lasting = True
        elif (index and items[index - 1].meaning == "done") or (
            item.words == ("can",) and (self.segment.now or self.segment.has("again"))
        ):
            self.signs.works = self.signs.firm = True

    def _check(self, items: list[_Item], index: int) -> None:
        going_on = any(len(one.words) == 1 and one.words[0] in _GOING_ON for one in items[:index])
        first = any(one.words == ("dulu",) for one in items[index + 1 :])
        if self.negated is not None:
            self.negated = None
            self.signs.not_yet = True
        elif going_on or first or self.segment.has("later"):
            self.signs.not_yet = True
        else:
            self.signs.tried = True

    def _end(self) -> None:
        """What a negation means that nothing followed, and what a bare "masih", "sudah", "besok" means."""
        signs, segment = self.signs, self.segment
        if self.negated is not None:
            self._answer_no()
        said = signs.works or signs.fails or signs.degraded or signs.tried or signs.not_yet
        if segment.has("later") and not (signs.works or signs.fails or signs.degraded):
            signs.not_yet = True
        elif segment.has("still") and not said and signs.unknown < 2:
            signs.fails = signs.lasting = True
        elif segment.has("done") and not (said or signs.unknown or signs.no or signs.asks or segment.has("filler")):
            signs.yes = signs.done_alone = True
        if signs.fails:
            bare = not signs.lasting and not signs.tried and not segment.says(_POINTING)
            signs.elsewhere = bare and signs.unknown > 0

    def _answer_no(self) -> None:
        """A negation with nothing to negate: "belum", "not really", and after something else "payment doesn't"."""
        self.negated = None
        if self.segment.says(_YET) and not self.signs.unknown:
            # "Not yet" may mean that it fails or that nobody has tried.
            self.signs.hedged = True
        elif not self.opening and (self.signs.unknown or self.segment.has("filler")):
            self.signs.fails = self.signs.lasting = True
        else:
            self.signs.no = True

    def _condition(self) -> None:
        if not self.segment.has("condition"):
            return
        signs = self.signs
        signs.not_yet = signs.not_yet or self.segment.has("later")
        signs.works = signs.firm = signs.fails = signs.lasting = signs.degraded = signs.yes = False

    def _question(self) -> None:
        signs = self.signs
        signs.asks = True
        signs.works = signs.firm = signs.yes = signs.done_alone = False


def _add(signs: Signs, found: Signs, segment: _Segment) -> None:
    """Put a segment's signs to those of the message."""
    good = found.works or found.yes or found.courtesy or found.ok or found.asks or found.not_yet
    if segment.contrast:
        signs.contrast = True
        signs.reservation = signs.reservation or (bool(segment.items) and not good)
    for name in Signs.__dataclass_fields__:
        value, more = getattr(signs, name), getattr(found, name)
        setattr(signs, name, value + more if name == "unknown" else value or more)
    if segment.contrast and found.works and signs.fails:
        signs.reservation = True


def _add_emoji(signs: Signs, plain: Plain, known: dict[str, str]) -> None:
    for mark in plain.marks:
        match known.get(mark):
            case "fails":
                signs.fails = signs.fails or not signs.says_works
            case "no":
                signs.no = True
            case "ok":
                signs.ok = True
            case "courtesy" | "greetings":
                signs.courtesy = True
