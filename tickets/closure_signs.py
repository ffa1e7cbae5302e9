"""Reads plain words into signs: works, fails, not tried, asks … with negation, time and doubt taken into account.

Each clause is cut into segments at words of contrast ("tapi", "but") and of now ("sekarang"); within a segment a
negation reaches the next word that can be negated. Which word means what stands in ``config/words/``.
"""

from functools import lru_cache
from typing import Final

from config.wordlists import Words
from tickets.closure_segments import Item, Segment, Signs, segments
from tickets.wording import Plain

# A negation reaches over so many words that mean nothing here.
_REACH: Final = 2
# English "no" before these is an answer ("no, it works"), not a negation ("no errors").
_SUBJECTS: Final = frozenset({"it", "i", "we", "they", "that", "this", "you", "but"})
_ONCE_MORE: Final = frozenset({"lagi", "again"})
# Verbs whose object is the trouble: "that fixed the issue".
_MENDED: Final = frozenset({"fixed", "fixes", "solved", "resolved", "mengatasi"})
# "The same", "masih sama": what was reported goes on.
_SAME: Final = frozenset({"same", "sama"})
_POINTING: Final = frozenset({"it", "this", "that", "ini", "itu"})
_GOING_ON: Final = frozenset({"lagi", "sedang", "masih", "still"})
_GOING_TO: Final = frozenset({"will", "akan", "mau", "would"})
_YET: Final = frozenset({"yet"})
_BARE_NO: Final = frozenset({"no"})


@lru_cache(maxsize=4)
def _emoji(words: Words) -> dict[str, str]:
    meanings = ("fails", "no", "ok", "courtesy", "greetings")
    return {mark: meaning for meaning in reversed(meanings) for mark in words.by_meaning[meaning] if not mark.isalnum()}


def read_signs(plain: Plain, words: Words, about: frozenset[str]) -> Signs:
    """All signs of a message."""
    signs = Signs()
    parts = segments(plain, words)
    was_bad = False
    for index, segment in enumerate(parts):
        last = index == len(parts) - 1
        found = _Reader(segment, about, opening=index == 0).read()
        if _was(segment):
            if found.fails and segment.says(_ONCE_MORE):
                found.works = found.firm = False
                found.lasting = True
            elif len(parts) > 1 and not (segment.contrast and last):
                # What was is no news beside what is.
                was_bad = was_bad or found.fails or found.degraded
                continue
        if was_bad and segment.now and segment.items and all(item.meaning == "filler" for item in segment.items):
            found.works = found.firm = True
        _add(signs, found, segment)
    _add_emoji(signs, plain, _emoji(words))
    return signs


def _was(segment: Segment) -> bool:
    """Whether a segment speaks of what was."""
    return segment.has("past") and not segment.now


class _Reader:
    """Reads one segment."""

    def __init__(self, segment: Segment, about: frozenset[str], *, opening: bool) -> None:
        self.segment, self.about, self.opening = segment, about, opening
        self.signs = Signs()
        # How many words a negation still reaches over; None when none is open.
        self.negated: int | None = None
        # The only thing that fails is "the problem", so that it can be solved further on.
        self.troubled = False
        self.mended = False
        # What comes after "please", "harus", "want" is not so yet.
        self.wished = False

    def read(self) -> Signs:
        items, signs = self.segment.items, self.signs
        for index, item in enumerate(items):
            self._take(item, items, index)
        self._end()
        self._condition()
        if self.segment.asks or signs.wonders:
            self._question()
        if signs.works and _was(self.segment) and not signs.tried:
            # "Tadi bisa", "it used to work": and now?
            signs.hedged = True
        if signs.hedged:
            signs.works = signs.firm = signs.yes = signs.done_alone = False
        return signs

    def _take(self, item: Item, items: list[Item], index: int) -> None:
        follows = items[index + 1] if index + 1 < len(items) else None
        match item.meaning:
            case "negation":
                self._negation(item, follows)
            case "works":
                self._works(item, follows)
            case "fails" | "degraded" | "troubles":
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
            case "ok" if index and items[index - 1].meaning == "done":
                # "Sudah oke".
                self.signs.works = self.signs.firm = True
            case _:
                self._plain(item)

    def _plain(self, item: Item) -> None:
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
                signs.requests = signs.talk = self.wished = True
            case "wish":
                self.wished = signs.talk = True
            case "filler" | "time":
                signs.talk = True
            case "unknown":
                if not self.about.issuperset(item.words) and not item.words[0][0].isdigit():
                    signs.unknown += 1
                if self.negated is not None:
                    self.negated -= 1
                    if self.negated < 0:
                        self._answer_no()

    def _negation(self, item: Item, follows: Item | None) -> None:
        if item.words[0] in _BARE_NO and (follows is None or follows.words[0] in _SUBJECTS):
            self.signs.no = True
        elif item.words == ("belum",) and follows is None and (self.signs.works or self.segment.has("done")):
            # "sudah bisa belum"
            self.signs.asks = self.signs.wonders = True
        else:
            self.negated = _REACH

    def _works(self, item: Item, follows: Item | None) -> None:
        if self.wished or (item.words == ("bisa",) and follows is not None and follows.meaning == "check"):
            return
        if self.negated is not None:
            self.negated = None
            self.signs.fails = self.signs.lasting = True
            return
        if self.troubled and not self.segment.has("still"):
            # "Masalahnya sudah beres", "problem solved".
            self.signs.fails = self.signs.lasting = False
        self.signs.works = True
        self.mended = item.words[0] in _MENDED
        firm = self.segment.now or self.segment.has("done", "again") or item.words != ("bisa",)
        self.signs.firm = self.signs.firm or firm

    def _fails(self, item: Item) -> None:
        signs = self.signs
        if self.negated is not None:
            self.negated = None
            if item.words == ("masalah",) and not self.segment.now and self.segment.only("negation", "troubles"):
                # "No problem", "gak masalah": a polite word, not a report.
                signs.ok = True
            else:
                signs.works = signs.firm = True
            return
        if item.meaning == "troubles" and self.mended:
            return
        self.troubled = self.troubled or (item.meaning == "troubles" and not signs.fails)
        setattr(signs, "degraded" if item.meaning == "degraded" else "fails", True)
        signs.lasting = (
            signs.lasting or self.segment.has("still", "again") or self.segment.now or item.words[0] in _SAME
        )

    def _gone(self, item: Item) -> None:
        """An error that is gone is good news; anything else that is gone is missing."""
        if self.signs.fails:
            self.signs.fails = self.signs.lasting = False
            self.signs.works = self.signs.firm = True
        else:
            self._fails(Item("fails", item.words))

    def _arrives(self, item: Item, items: list[Item], index: int) -> None:
        """Words that say something only with a "belum" or a "sudah" before them."""
        later = items[index + 1 : index + 3]
        if self.negated is not None:
            if any(one.meaning in ("fails", "degraded", "troubles") for one in later):
                return
            self.negated = None
            self.signs.fails = self.signs.lasting = True
        elif (index and items[index - 1].meaning == "done") or (
            item.words == ("can",) and (self.segment.now or self.segment.has("again"))
        ):
            self.signs.works = self.signs.firm = True

    def _check(self, items: list[Item], index: int) -> None:
        going_on = any(len(one.words) == 1 and one.words[0] in _GOING_ON for one in items[:index])
        first = any(one.words == ("dulu",) for one in items[index + 1 :])
        if self.negated is not None:
            self.negated = None
            self.signs.not_yet = True
        elif going_on or first or self.segment.has("later") or self.segment.says(_GOING_TO):
            self.signs.not_yet = True
        else:
            self.signs.tried = True

    def _end(self) -> None:
        """What a negation means that nothing followed, and what a bare "masih", "sudah", "besok" means."""
        signs, segment = self.signs, self.segment
        said = signs.works or signs.fails or signs.degraded or signs.tried or signs.not_yet
        if segment.asks and self.negated is not None:
            # "Masih lama gak?"
            signs.fails = signs.lasting = signs.degraded = False
            self.negated = None
        if segment.has("time") and segment.only("time", "particles", "yes", "ok"):
            signs.not_yet = True
        if self.negated is not None:
            self._answer_no()
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
        elif self.signs.works or (not self.opening and (self.signs.unknown or self.segment.has("filler"))):
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


def _add(signs: Signs, found: Signs, segment: Segment) -> None:
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
                signs.reservation = True
                signs.fails = signs.fails or not signs.says_works
            case "no":
                signs.no = True
            case "ok":
                signs.ok = signs.ok or not signs.says_works
            case "courtesy" | "greetings":
                signs.courtesy = True
