"""Indonesian or English, over 80 messages of each that people would write."""

from pathlib import Path

import pytest

from config.wordlists import load_words
from tickets.language import detect

ROOT = Path(__file__).parents[2]
WORDS = load_words(ROOT / "config" / "words")
# Measured at the first run: 159 of 160, though the person had spoken the other language before. The phrases and the
# stop words are by the same hand, so real messages will do worse.
FEWEST_RIGHT = 0.97


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_vote_is_right(language: str) -> None:
    phrases = (ROOT / "tests" / "data" / "language" / f"{language}.txt").read_text("utf-8").splitlines()
    other = "en" if language == "id" else "id"
    wrong = [phrase for phrase in phrases if detect(phrase, WORDS, other) != language]
    assert len(phrases) >= 80
    assert len(wrong) <= len(phrases) * (1 - FEWEST_RIGHT), wrong


@pytest.mark.parametrize("text", ["ok", "YA", "#123", "halo kak", "yes", "", "🙏", "12345 67890 11 22"])
@pytest.mark.parametrize("last", ["id", "en"])
def test_short_words_keep_the_last_language(text: str, last: str) -> None:
    assert detect(text, WORDS, last) == last
