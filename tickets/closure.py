"""What a reporter's words say about whether it works: the question that nobody may answer for them.

``closure_verdict`` reads plain words (``tickets/wording.py``) clause by clause into signs, then weighs them. When in
doubt it asks: a wrong ``yes`` closes a report that still hurts, a wrong ``ask`` costs one message. Pure.
"""

from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache
from typing import Final

from config.wordlists import Words
from tickets.closure_segments import Signs, add, segments
from tickets.closure_signs import SegmentReader
from tickets.wording import Plain, normalise

# So many words that say nothing about working or not make a message that is about something else.
_OTHER = 3
_OOPS: Final = frozenset({"eh", "oops", "ups"})
_AGREEING: Final = frozenset({"oke", "siap", "sip", "baik"})
_ONCE_MORE: Final = frozenset({"lagi", "again"})


class Verdict(StrEnum):
    """What the words amount to."""

    # It works.
    YES = "yes"
    # It fails, or works badly.
    NO = "no"
    # Both at once: ask one question.
    CONTRADICTION = "contradiction"
    # Not tried yet: ask again later.
    NOT_YET = "not_yet"
    # The reporter asks; an agent answers.
    QUESTION = "question"
    # Thanks and the like: nothing to do.
    COURTESY = "courtesy"
    # Neither yes nor no ("ok", "sepertinya"): ask one question.
    ASK = "ask"
    # The report is taken back, or (unasked) works again: ask for the confirmation now.
    WITHDRAW = "withdraw"
    # Nothing about this: a message like any other.
    NONE = "none"


_NUMBERS = {"1": Verdict.YES, "2": Verdict.NO, "3": Verdict.NOT_YET}


def closure_verdict(text: str, words: Words, *, asked: bool, about: Collection[str] = ()) -> Verdict:
    """What ``text`` says about whether the reported thing works.

    ``asked``: the reporter was asked and has not answered yet, so a bare "ya", "belum" or "1" is an answer. Not asked,
    only a clear statement counts: ``WITHDRAW`` (works now, or taken back), ``NO`` (still fails), ``QUESTION``,
    ``COURTESY``, else ``NONE``. ``about`` are words for the affected service, in plain spelling: a failure of them is
    a failure of this, not another problem.
    """
    plain = normalise(text, words, keep_vocatives=True)
    bare = " ".join(word for word in plain.words if word not in words.vocatives)
    if asked and bare in _NUMBERS:
        return _NUMBERS[bare]
    signs = _read(plain, words, frozenset(about))
    return _asked(signs) if asked else _unasked(signs)


def _read(plain: Plain, words: Words, about: frozenset[str]) -> Signs:
    """All signs of a message."""
    signs = Signs()
    parts = segments(plain, words)
    was_bad = False
    for index, segment in enumerate(parts):
        last = index == len(parts) - 1
        found = SegmentReader(segment, about, opening=index == 0).read()
        if segment.was():
            if found.fails and segment.says(_ONCE_MORE):
                found.works = found.firm = False
                found.lasting = True
            elif len(parts) > 1 and not (segment.contrast and last):
                # What was is no news beside what is.
                signs.refused = signs.refused or found.refused
                signs.hedged = signs.hedged or segment.has("hedge")
                signs.asks = signs.asks or segment.asks
                was_bad = was_bad or found.fails or found.degraded
                continue
        if was_bad and segment.now and segment.items and all(item.meaning == "filler" for item in segment.items):
            found.works = found.firm = True
        if signs.says_works and (found.no or (found.withdrawn and segment.says(_OOPS))):
            # "Works, not", "sudah lancar, eh gak jadi".
            signs.refused = True
        add(signs, found, segment)
    if signs.works and not signs.firm and not _AGREEING.isdisjoint(plain.words):
        # "Oke bisa" may be "can do".
        signs.partly = True
    _add_emoji(signs, plain, words)
    return signs


@lru_cache(maxsize=4)
def _emoji(words: Words) -> dict[str, str]:
    meanings = ("fails", "no", "ok", "courtesy", "greetings")
    return {mark: meaning for meaning in reversed(meanings) for mark in words.by_meaning[meaning] if not mark.isalnum()}


def _add_emoji(signs: Signs, plain: Plain, words: Words) -> None:
    """Put what its emoji say to the signs of a message."""
    known = _emoji(words)
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


def _asked(signs: Signs) -> Verdict:
    if signs.other_problem:
        return Verdict.CONTRADICTION if signs.says_works else Verdict.NONE
    if signs.withdrawn:
        if signs.fails and signs.lasting:
            return Verdict.CONTRADICTION
        if signs.partly or signs.relieved or signs.refused or (signs.works and signs.doubted):
            return Verdict.CONTRADICTION
        return Verdict.YES if signs.works else Verdict.WITHDRAW
    if signs.requests and not signs.says_works and not signs.fails:
        return Verdict.NONE
    if signs.fails or signs.degraded:
        return _complaint(signs)
    if signs.not_yet:
        return Verdict.NOT_YET
    if signs.works or signs.yes:
        return _agreement(signs)
    if signs.asks and not signs.no:
        return Verdict.NONE if signs.unknown >= _OTHER else Verdict.QUESTION
    return _neither(signs)


def _complaint(signs: Signs) -> Verdict:
    """Something fails, or works badly: no, unless a yes stands beside it."""
    if signs.wonders and not signs.lasting:
        return Verdict.QUESTION
    if signs.fails and signs.works:
        return Verdict.CONTRADICTION
    if signs.fails and signs.yes and (signs.contrast or signs.done_alone):
        return Verdict.CONTRADICTION
    if signs.elsewhere and not signs.yes:
        return Verdict.NONE
    return Verdict.NO


def _agreement(signs: Signs) -> Verdict:
    """A yes, when nothing speaks against it."""
    if signs.no and not signs.works:
        return Verdict.NO
    if signs.reservation or signs.refused or (signs.no and not signs.firm):
        return Verdict.CONTRADICTION
    if signs.works and signs.partly:
        return Verdict.CONTRADICTION
    if signs.doubted:
        return Verdict.ASK
    if signs.works:
        return Verdict.YES
    if signs.tried and not signs.done_alone:
        # "Iya saya coba": agreed to try.
        return Verdict.NOT_YET
    # "Iya siap" takes note, and a yes with more behind it may be to something else.
    return Verdict.ASK if signs.ok or signs.relieved or signs.unknown or signs.talk or signs.contrast else Verdict.YES


def _neither(signs: Signs) -> Verdict:
    if signs.no:
        return Verdict.NO
    if signs.hedged or signs.ok or signs.relieved or signs.tried:
        return Verdict.ASK if signs.unknown < _OTHER else Verdict.NONE
    if signs.courtesy and signs.unknown < _OTHER:
        return Verdict.COURTESY
    return Verdict.NONE


def _unasked(signs: Signs) -> Verdict:
    if signs.other_problem:
        return Verdict.NONE
    if signs.withdrawn:
        against = signs.lasting or signs.partly or signs.relieved or signs.no or signs.refused
        return Verdict.NONE if against or (signs.works and signs.doubted) else Verdict.WITHDRAW
    if signs.fails or signs.degraded:
        if signs.works or signs.requests or not signs.lasting or signs.unknown or signs.reservation:
            return Verdict.NONE
        return Verdict.NO
    if signs.works:
        against = signs.contrast or signs.partly or signs.refused or signs.no or signs.doubted or signs.not_yet
        clear = signs.firm and not against and signs.unknown < _OTHER
        return Verdict.WITHDRAW if clear else Verdict.NONE
    if signs.not_yet or signs.requests:
        return Verdict.NONE
    if signs.asks:
        return Verdict.QUESTION if signs.unknown < 2 else Verdict.NONE
    if (signs.courtesy or signs.ok) and not signs.unknown and not signs.yes and not signs.no:
        return Verdict.COURTESY
    return Verdict.NONE
