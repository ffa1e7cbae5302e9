"""Reads plain words into signs: works, fails, not tried, asks … with negation, time and doubt taken into account.

Each clause is cut into segments at words of contrast ("tapi", "but") and of now ("sekarang"); within a segment a
negation reaches the next word that can be negated. Which word means what stands in ``config/words/``.
"""

from typing import Final

from tickets.closure_segments import NO_MORE, OVER, PAPERS, STOPPED, Item, Segment, Signs

# A negation reaches over so many words that mean nothing here.
_REACH: Final = 2
# English "no" before these is an answer ("no, it works"), not a negation ("no errors").
_SUBJECTS: Final = frozenset({"it", "i", "we", "they", "that", "this", "you", "but"})
# Verbs whose object is the trouble: "that fixed the issue".
_MENDED: Final = frozenset({"fixed", "fixes", "solved", "resolved", "mengatasi"})
# "The same", "masih sama": what was reported goes on.
_SAME: Final = frozenset({"same", "sama"})
_POINTING: Final = frozenset({"it", "this", "that", "ini", "itu"})
_GOING_ON: Final = frozenset({"lagi", "sedang", "masih", "still"})
_GOING_TO: Final = frozenset({"will", "akan", "mau", "would"})
_CAN: Final = frozenset({"bisa", "aman"})
_FINE: Final = frozenset({"oke", "baik", "mantap", "sip", "keren", "good", "fine", "great", "perfect"})
_WITHOUT: Final = frozenset({("without",), ("tanpa",)})
_REFUSING: Final = frozenset({"belum", "never", "bukannya"})
_RESIGNED: Final = frozenset({"gitu", "gini", "begitu", "begini", "deh", "lah", "saja"})
_LETTING_GO: Final = frozenset({"deh", "lah"})
# Trouble that these words are said of is over; "errornya lancar" is a joke.
_ENDED: Final = frozenset(
    {"fixed", "solved", "resolved", "sorted", "settled", "beres", "selesai", "teratasi", "tuntas", "kelar", "pulih"}
)
_GOOD: Final = frozenset({"works", "arrives", "fails", "troubles", "degraded", "ok", "gone"})
_YET: Final = frozenset({"yet"})
_BARE_NO: Final = ("no",)


class SegmentReader:
    """Reads one segment."""

    def __init__(self, segment: Segment, about: frozenset[str], *, opening: bool) -> None:
        self.segment, self.about, self.opening = segment, about, opening
        self.signs = Signs()
        # How many words a negation still reaches over; None when none is open.
        self.negated: int | None = None
        self.denial: tuple[str, ...] = ()
        # The only thing that fails is "the problem", so that it can be solved further on.
        self.troubled = False
        self.mended = False
        # What comes after "please", "harus", "want" is not so yet.
        self.wished = False
        # "Ya sudah", "ya gitu deh": let it be.
        self.resigned = False

    def read(self) -> Signs:
        items, signs = self.segment.items, self.signs
        for index, item in enumerate(items):
            self._take(item, items, index)
        self._end()
        self._limits()
        self._condition()
        if self.segment.asks or signs.wonders:
            self._question()
        if signs.works and self.segment.was() and not signs.tried:
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
                self._fails(item, items, index)
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
                self._resign(items, index)
            case "still" if self.negated is not None:
                # "Belum masih error" is "belum, masih error".
                self._answer_no()
                self.signs.no = True
            case "ok" if index and items[index - 1].meaning == "done" and item.words[0] in _FINE:
                # "Sudah oke".
                self.signs.works = self.signs.firm = True
            case _:
                self._plain(item)

    def _plain(self, item: Item) -> None:
        signs = self.signs
        match item.meaning:
            case "no":
                signs.no = signs.refused = True
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
        if self.negated is not None:
            # "Not no more errors", "gak, belum bisa".
            self._answer_no()
        self.denial = item.words
        self.signs.refused = self.signs.refused or item.words[0] in _REFUSING
        if item.words == _BARE_NO and (follows is None or follows.words[0] in _SUBJECTS):
            self.signs.no = True
            self.signs.refused = self.signs.refused or self.signs.works
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
        over = self.segment.has("done", "now") or self.segment.now or item.words[-1] in _ENDED
        if self.troubled and over and not self.segment.has("still"):
            # "Masalahnya sudah beres", "problem solved".
            self.signs.fails = self.signs.lasting = False
        self.signs.works = True
        self.mended = item.words[0] in _MENDED
        firm = self.segment.now or self.segment.has("done", "again") or item.words[0] not in _CAN
        self.signs.firm = self.signs.firm or firm

    def _fails(self, item: Item, items: list[Item], index: int) -> None:
        signs = self.signs
        if self.negated is not None:
            self.negated = None
            self._relief(item, items, index)
            return
        if item.meaning == "troubles" and self.mended:
            return
        self.troubled = self.troubled or (item.meaning == "troubles" and not signs.fails)
        setattr(signs, "degraded" if item.meaning == "degraded" else "fails", True)
        signs.lasting = (
            signs.lasting or self.segment.has("still", "again") or self.segment.now or item.words[0] in _SAME
        )

    def _relief(self, item: Item, items: list[Item], index: int) -> None:
        """A failure with a negation before it: over, a polite word, or a no whose comma is missing."""
        signs = self.signs
        at = max(n for n in range(index) if items[n].meaning == "negation")
        before, between, after = items[:at], items[at + 1 : index + 1], items[index + 1 :]
        if any(one.called for one in between):
            # "Tidak kak error".
            signs.no = signs.fails = signs.lasting = True
        elif items[at].words[0] not in _REFUSING and (
            (items[at].words in OVER and (at == index - 1 or items[at].words != STOPPED))
            or any(one.meaning in ("done", "now") for one in before)
            or (self.segment.now and not any(one.meaning == "again" for one in after))
            or (items[at].words != _BARE_NO and after and after[0].words in NO_MORE and not after[0].called)
            or (items[at].words == _BARE_NO and any(one.words in NO_MORE - {("lagi",)} for one in after))
        ):
            signs.works = signs.firm = True
        elif item.words == ("masalah",) and self.segment.only("negation", "troubles"):
            # "No problem", "gak masalah".
            signs.ok = True
        elif items[at].words not in _WITHOUT and not signs.works:
            signs.relieved = True

    def _resign(self, items: list[Item], index: int) -> None:
        """ "Ya sudah" lets it be, unless something good comes after it."""
        word = items[index - 1].words if index else ()
        after = items[index + 1 :]
        if word in (("ya",), ("iya",)) and not any(
            one.meaning in ("works", "arrives", "gone", "negation") for one in after
        ):
            self.resigned = word == ("ya",) or bool(after and after[0].words[0] in _LETTING_GO)

    def _limits(self) -> None:
        """Works, but only here, only for so long, or beside words that nothing is known about."""
        signs, segment = self.signs, self.segment
        if not signs.works:
            return
        sure = segment.sure()
        signs.partly = segment.limited(signs.unknown + signs.relieved)
        first = next(n for n, item in enumerate(segment.items) if item.meaning in _GOOD)
        if segment.has("later") and not sure and any(item.meaning == "later" for item in segment.items[:first]):
            signs.works = signs.firm = False
            signs.not_yet = True

    def _gone(self, item: Item) -> None:
        """An error that is gone is good news; anything else that is gone is missing."""
        if self.signs.fails:
            self.signs.fails = self.signs.lasting = False
            self.signs.works = self.signs.firm = True
        else:
            self._fails(Item("fails", item.words), self.segment.items, self.segment.items.index(item))

    def _arrives(self, item: Item, items: list[Item], index: int) -> None:
        """Words that say something only with a "belum" or a "sudah" before them."""
        later = items[index + 1 : index + 3]
        if self.negated is not None:
            if any(one.meaning in ("fails", "degraded", "troubles") for one in later):
                return
            self.negated = None
            self.signs.fails = self.signs.lasting = True
        elif self.segment.says(PAPERS):
            # "Laporannya sudah masuk".
            self.signs.talk = True
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
        if self.resigned or (signs.yes and (segment.says(_RESIGNED) or segment.has("again", "greetings"))):
            signs.yes = signs.done_alone = False
            signs.ok = True
        if signs.fails:
            bare = not signs.lasting and not signs.tried and not segment.says(_POINTING)
            signs.elsewhere = bare and signs.unknown > 0

    def _answer_no(self) -> None:
        """A negation with nothing to negate: "belum", "not really", and after something else "payment doesn't"."""
        self.negated = None
        self.signs.refused = self.signs.refused or self.denial == ("not",)
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
        signs.conditional = True
        signs.not_yet = signs.not_yet or self.segment.has("later")
        signs.works = signs.firm = signs.fails = signs.lasting = signs.degraded = signs.yes = False

    def _question(self) -> None:
        signs = self.signs
        signs.asks = True
        signs.works = signs.firm = signs.yes = signs.done_alone = False
