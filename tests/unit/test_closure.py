"""What people answer when asked whether it works, and what it is taken for.

``id`` and ``en`` are the fixtures that the rules were made with and must all hold. ``heldout_*`` were written before
the word lists, by the same hand: 123 of 126 were right at the first run. ``fresh_*`` were written after that, in order
to fail: 93 of 118 were right, with one false yes; their general causes were mended since. ``third``, written
after that, had 62 of 72 and no false yes: so good is a guess at what nobody has seen. ``never_yes`` must never close
anything.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from config.textfiles import load_texts
from config.wordlists import load_words
from tickets.closure import Verdict, closure_verdict

ROOT = Path(__file__).parents[2]
WORDS = load_words(ROOT / "config" / "words")
TEXTS = load_texts(ROOT / "config" / "texts")
CLOSES = {Verdict.YES, Verdict.WITHDRAW}


def _phrases(name: str) -> Iterator[tuple[str, str, str]]:
    """(asked or unasked, verdict, phrase)."""
    document = YAML(typ="safe", pure=True).load(ROOT / "tests" / "data" / "closure" / f"{name}.yaml")
    for when, verdicts in document.items():
        for verdict, phrases in verdicts.items():
            for phrase in phrases:
                yield when, verdict, phrase


@pytest.mark.proves("D37", "N2", "N3")
@pytest.mark.parametrize(("when", "verdict", "phrase"), [*_phrases("id"), *_phrases("en")])
def test_verdict(when: str, verdict: str, phrase: str) -> None:
    assert closure_verdict(phrase, WORDS, asked=when == "asked") == verdict


@pytest.mark.parametrize("language", ["id", "en"])
def test_there_are_enough_phrases(language: str) -> None:
    assert len(list(_phrases(language))) >= 110
    assert len(list(_phrases(f"heldout_{language}"))) >= 50


@pytest.mark.proves("N2")
@pytest.mark.parametrize("name", ["heldout_id", "heldout_en", "fresh_id", "fresh_en", "third"])
def test_phrases_that_the_rules_were_not_made_with(name: str) -> None:
    wrong = []
    for when, verdict, phrase in _phrases(name):
        found = closure_verdict(phrase, WORDS, asked=when == "asked")
        if found != verdict:
            wrong.append((phrase, verdict, found.value))
            assert found not in CLOSES, phrase
    assert len(wrong) <= 6, wrong


@pytest.mark.proves("D37", "N1")
@pytest.mark.parametrize(
    "phrase", YAML(typ="safe", pure=True).load(ROOT / "tests" / "data" / "closure" / "never_yes.yaml")["phrases"]
)
def test_never_a_yes(phrase: str) -> None:
    assert closure_verdict(phrase, WORDS, asked=True) is not Verdict.YES
    assert closure_verdict(phrase, WORDS, asked=False) not in CLOSES


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("purpose", ["confirm", "remind", "contradiction", "confirm_answered", "confirm_withdrawn"])
def test_a_button_that_is_typed_means_the_same(language: str, purpose: str) -> None:
    for code, title in TEXTS.choices[language][purpose].items():
        assert closure_verdict(title, WORDS, asked=True) == code, title


@pytest.mark.parametrize(("number", "verdict"), [("1", "yes"), ("2", "no"), ("3", "not_yet"), (" 1. ", "yes")])
def test_numbers_answer_the_numbered_text(number: str, verdict: str) -> None:
    assert closure_verdict(number, WORDS, asked=True) == verdict
    assert closure_verdict(number, WORDS, asked=False) is Verdict.NONE


def test_a_failure_of_the_service_itself_is_no_other_problem() -> None:
    assert closure_verdict("printer error kak", WORDS, asked=True) is Verdict.NONE
    assert closure_verdict("printer error kak", WORDS, asked=True, about={"printer"}) is Verdict.NO


@given(st.text(max_size=200), st.booleans())
def test_any_text_has_a_verdict(text: str, asked: bool) -> None:
    assert closure_verdict(text, WORDS, asked=asked) in Verdict


@given(st.sampled_from(["masih error", "belum bisa", "still failing", "does not work"]), st.text(max_size=20))
def test_a_complaint_is_never_a_yes(complaint: str, more: str) -> None:
    assert closure_verdict(f"{complaint}. {more}", WORDS, asked=True) is not Verdict.YES
