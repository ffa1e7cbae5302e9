"""What a reporter's words say about whether it works: the question that nobody may answer for them.

``closure_verdict`` reads plain words (``tickets/wording.py``) clause by clause into signs, then weighs them. When in
doubt it asks: a wrong ``yes`` closes a report that still hurts, a wrong ``ask`` costs one message. Pure.
"""

from collections.abc import Collection
from enum import StrEnum

from config.wordlists import Words
from tickets.closure_segments import Signs
from tickets.closure_signs import read_signs
from tickets.wording import normalise

# So many words that say nothing about working or not make a message that is about something else.
_OTHER = 3


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
    plain = normalise(text, words)
    if asked and plain.text in _NUMBERS:
        return _NUMBERS[plain.text]
    signs = read_signs(plain, words, frozenset(about))
    return _asked(signs) if asked else _unasked(signs)


def _asked(signs: Signs) -> Verdict:
    if signs.other_problem:
        return Verdict.CONTRADICTION if signs.says_works else Verdict.NONE
    if signs.withdrawn:
        if signs.fails and signs.lasting:
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
    if signs.reservation:
        return Verdict.CONTRADICTION
    if signs.works:
        return Verdict.YES
    if signs.tried and not signs.done_alone:
        # "Iya saya coba": agreed to try.
        return Verdict.NOT_YET
    # "Iya siap" takes note, and a yes with more behind it may be to something else.
    return Verdict.ASK if signs.ok or signs.unknown or signs.talk or signs.contrast else Verdict.YES


def _neither(signs: Signs) -> Verdict:
    if signs.no:
        return Verdict.NO
    if signs.hedged or signs.ok or signs.tried:
        return Verdict.ASK if signs.unknown < _OTHER else Verdict.NONE
    if signs.courtesy and signs.unknown < _OTHER:
        return Verdict.COURTESY
    return Verdict.NONE


def _unasked(signs: Signs) -> Verdict:
    if signs.other_problem:
        return Verdict.NONE
    if signs.withdrawn:
        return Verdict.NONE if signs.lasting else Verdict.WITHDRAW
    if signs.fails or signs.degraded:
        if signs.works or signs.requests or not signs.lasting or signs.unknown or signs.reservation:
            return Verdict.NONE
        return Verdict.NO
    if signs.works:
        clear = signs.firm and not signs.contrast and not signs.not_yet and signs.unknown < _OTHER
        return Verdict.WITHDRAW if clear else Verdict.NONE
    if signs.not_yet or signs.requests:
        return Verdict.NONE
    if signs.asks:
        return Verdict.QUESTION if signs.unknown < 2 else Verdict.NONE
    if (signs.courtesy or signs.ok) and not signs.unknown and not signs.yes and not signs.no:
        return Verdict.COURTESY
    return Verdict.NONE
