"""What must never be taken for a yes, made of all combinations of how people deny, and what must stay one.

Before the rules were mended 1,484 of the 4,800 denials closed a ticket (all of them without a comma). Of the first
``lookalike`` phrases 46 of 90 (id) and 38 of 96 (en) did. Each further set was written after the one before it was
mended, and closed at first look: the second 15 of 176, the third 26 of 265, the fourth 21 of 188 (53 with the old
rules). Seven of them are fair to read as a yes, or are one of our own buttons, and were left out, and so were two of
the fourth's 40 plain yeses, which asked nothing. All that is here holds now; of what is written in order to deceive
and that nobody has seen yet, one in ten may not.
"""

from itertools import product
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from config.wordlists import load_words
from tickets.closure import Verdict, closure_verdict

ROOT = Path(__file__).parents[2]
WORDS = load_words(ROOT / "config" / "words")
CLOSES = {Verdict.YES, Verdict.WITHDRAW}

NEGATIONS = ("tidak", "belum", "blm", "gak", "ga", "gk", "ndak", "no", "nope", "not yet")
CALLS = ("", "kak", "min", "pak")
STILL = ("", "masih", "tetap", "still", "tetep", "msh")
FAILS = ("error", "gagal", "mati", "gabisa", "ga bisa", "tidak bisa", "failing", "broken", "down", "lemot")
DONE = ("sudah", "udah", "sdh", "now", "already")
WORKS = ("bisa", "normal", "lancar", "works", "beres")
ENDS = ("", "kak", "makasih")


def _denials(comma: str) -> list[str]:
    found = []
    for negation, call, still, fails in product(NEGATIONS, CALLS, STILL, FAILS):
        answer, rest = f"{negation} {call}".strip(), f"{still} {fails}".strip()
        found.append(f"{answer}{comma} {rest}")
    return found


def _confirmations() -> list[str]:
    return [" ".join(filter(None, parts)) for parts in product(DONE, WORKS, ENDS)]


def _phrases(language: str, kind: str) -> list[str]:
    path = ROOT / "tests" / "data" / "closure" / f"lookalike_{language}.yaml"
    return list(YAML(typ="safe", pure=True).load(path)[kind])


def _asked(verdict: str) -> list[str]:
    """What people answer when asked, of all fixtures of this verdict."""
    folder = ROOT / "tests" / "data" / "closure"
    documents = [YAML(typ="safe", pure=True).load(path) for path in sorted(folder.glob("*.yaml"))]
    return [phrase for document in documents for phrase in document.get("asked", {}).get(verdict, [])]


def _closing(phrases: list[str]) -> list[tuple[str, bool, str]]:
    """Those that would close a ticket: (phrase, asked, verdict)."""
    found = [(p, asked, closure_verdict(p, WORDS, asked=asked)) for p in phrases for asked in (True, False)]
    return [(phrase, asked, verdict.value) for phrase, asked, verdict in found if verdict in CLOSES]


@pytest.mark.proves("D37", "N1")
@pytest.mark.parametrize("comma", ["", ","])
def test_no_denial_closes_a_ticket(comma: str) -> None:
    assert _closing(_denials(comma)) == []


@pytest.mark.proves("D37")
@pytest.mark.parametrize("phrase", _confirmations())
def test_a_plain_confirmation_stays_a_yes(phrase: str) -> None:
    assert closure_verdict(phrase, WORDS, asked=True) is Verdict.YES


@pytest.mark.proves("D37", "N1")
@pytest.mark.parametrize("phrase", [*_phrases("id", "never_yes"), *_phrases("en", "never_yes")])
def test_what_looks_like_a_yes_and_is_none(phrase: str) -> None:
    assert _closing([phrase]) == []


@pytest.mark.proves("D37", "N1")
@pytest.mark.parametrize("opening", ["ya", "yes", "iya kak", "ok", "sudah kak", "no", "tidak kak", "belum", "nope"])
def test_a_complaint_after_another_word_is_none_either(opening: str) -> None:
    assert _closing([f"{opening} {phrase}" for phrase in _asked("no") if phrase != "2"]) == []


@pytest.mark.proves("D37", "N1")
@pytest.mark.parametrize(
    "ending",
    [" tapi belum", " but no", " tapi masih error", ", eh belum", ". eh masih error", ", not", " katanya", " ?"],
)
def test_a_yes_that_is_taken_back_is_none(ending: str) -> None:
    assert _closing([phrase + ending for phrase in _asked("yes") if phrase != "1"]) == []


@pytest.mark.proves("D37", "N1")
@pytest.mark.parametrize("opening", ["belum", "nope", "semoga", "mungkin", "I doubt", "bukannya", "susah"])
def test_a_yes_under_a_doubt_is_none(opening: str) -> None:
    # "Susah, tadi error, sekarang udah bisa" is a yes.
    plain = [p for p in _asked("yes") if not set(p) & set("1,.") and not {"tadi", "was"} & set(p.split())]
    assert _closing([f"{opening} {phrase}" for phrase in plain]) == []


@pytest.mark.proves("D37")
@pytest.mark.parametrize("phrase", [*_phrases("id", "yes"), *_phrases("en", "yes")])
def test_a_plain_yes(phrase: str) -> None:
    assert closure_verdict(phrase, WORDS, asked=True) is Verdict.YES


def test_there_are_enough_of_them() -> None:
    for language in ("id", "en"):
        assert len(set(_phrases(language, "never_yes"))) >= 60
        assert len(set(_phrases(language, "yes"))) >= 40
