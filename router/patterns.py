"""Finds the words and the patterns of the rules in a text, in time that no text can stretch.

Words and phrases are found by one Aho-Corasick pass; an unknown word is first compared with the known ones, so that a
typing mistake is forgiven. A pattern runs only when one of its literals was seen, and RE2 runs in linear time. What
goes in is cut to ``MAX_CHARS``, and what is compared to ``MAX_UNKNOWN`` words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import ahocorasick
import re2
from rapidfuzz import fuzz, process

from config.rulefile import pattern_options
from router.literals import literals

MAX_CHARS: Final = 4000
MAX_UNKNOWN: Final = 60
LIKENESS: Final = 85
SHORTEST_TYPO: Final = 4
SHORTEST_MEANT: Final = 5
MAX_TOKEN: Final = 40

_TOKEN = re.compile(r"[^\W_]+")
_DOUBLED = re.compile(r"([a-z])\1+")
# Endings that a word may carry, and how long what is left must be at least.
_ENDINGS: Final = (
    ("", 3),
    ("nya", 2),
    ("lah", 3),
    ("kah", 3),
    ("ku", 3),
    ("mu", 3),
    ("an", 4),
    ("in", 4),
    ("ne", 4),
    ("e", 4),
    ("s", 3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found. ``phrases`` maps a phrase to the place of its first letter; ``typos`` what was read for what.

    ``compared`` and ``ran`` count the work: words compared with the known ones, and patterns run.
    """

    phrases: dict[str, int]
    patterns: frozenset[str]
    typos: dict[str, str]
    compared: int = 0
    ran: int = 0


def words_of(text: str) -> list[str]:
    """The words of a normalised text, without punctuation."""
    return _TOKEN.findall(text)


def phrase_of(text: str) -> str:
    """A phrase as it is looked for: its words, one space between them."""
    return " ".join(words_of(text))


class Lexicon:
    """All words and patterns of one configuration, compiled. Immutable, so it may be shared by threads."""

    def __init__(self, phrases: Iterable[str], patterns: Iterable[str], known: Iterable[str] = ()) -> None:
        """``phrases`` and ``known`` are normalised; ``known`` are right words that must not be taken for typos."""
        wanted = {phrase for phrase in map(phrase_of, phrases) if phrase}
        self._phrases = _automaton((f" {phrase} ", phrase) for phrase in wanted)
        self._vocabulary = {word for phrase in wanted for word in phrase.split()}
        self._known = {word for entry in known for word in words_of(entry)}
        self._by_length = _by_length(self._vocabulary)
        self._compiled = {pattern: re2.compile(pattern, pattern_options()) for pattern in set(patterns)}
        self._unfiltered = [pattern for pattern in self._compiled if not literals(pattern)]
        by_literal: dict[str, list[str]] = {}
        for pattern in self._compiled:
            for literal in literals(pattern) or ():
                by_literal.setdefault(literal, []).append(pattern)
        self._literals = _automaton(by_literal.items())
        self._nearest = lru_cache(maxsize=16_384)(self._look_up)

    def read(self, text: str) -> Reading:
        """Everything of this lexicon that stands in a normalised text."""
        text = text[:MAX_CHARS]
        words, typos, compared = self._correct(words_of(text))
        padded = f" {' '.join(words)} "
        phrases: dict[str, int] = {}
        for end, phrase in _hits(self._phrases, padded):
            phrases.setdefault(phrase, end - len(phrase) - 1)
        candidates = set(self._unfiltered)
        for _, patterns in _hits(self._literals, text.casefold()):
            candidates.update(patterns)
        found = frozenset(pattern for pattern in candidates if self._compiled[pattern].search(text))
        return Reading(phrases=phrases, patterns=found, typos=typos, compared=compared, ran=len(candidates))

    def _correct(self, words: Sequence[str]) -> tuple[list[str], dict[str, str], int]:
        """The words with typing mistakes put right, what was put right, and how many were compared."""
        typos: dict[str, str] = {}
        unknown: set[str] = set()
        corrected: list[str] = []
        for word in words:
            if word not in self._vocabulary and word not in unknown and len(unknown) < MAX_UNKNOWN:
                unknown.add(word)
                nearest = self._nearest(word) if len(word) <= MAX_TOKEN else None
                if nearest:
                    typos[word] = nearest
            corrected.append(typos.get(word, word))
        return corrected, typos, len(unknown)

    def _look_up(self, word: str) -> str | None:
        """The known word that was meant: without its ending, or at least ``LIKENESS`` per cent alike."""
        stripped = word.rstrip("0123456789")
        once = _DOUBLED.sub(r"\1", stripped)
        if once != word and len(once) >= SHORTEST_TYPO and once in self._vocabulary:
            return once
        for ending, shortest in _ENDINGS:
            stem = stripped.removesuffix(ending)
            if len(stem) >= shortest and stem != word and stem in self._vocabulary:
                return stem
        if len(word) < SHORTEST_TYPO or word in self._known:
            return None
        lengths = range(int(len(word) * 0.74), int(len(word) * 1.36) + 1)
        near = [candidate for length in lengths for candidate in self._by_length.get(length, ())]
        best = process.extractOne(word, near, scorer=fuzz.ratio, score_cutoff=LIKENESS)
        return str(best[0]) if best else None


def _by_length(words: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in sorted(words):
        if len(word) >= SHORTEST_MEANT:
            found.setdefault(len(word), []).append(word)
    return found


def _automaton(entries: Iterable[tuple[str, Any]]) -> Any:
    automaton = ahocorasick.Automaton()
    for key, value in entries:
        automaton.add_word(key, value)
    if len(automaton):
        automaton.make_automaton()
    return automaton


def _hits(automaton: Any, text: str) -> Iterable[tuple[int, Any]]:
    """Pairs of the last letter's place and the value; nothing of an automaton without entries."""
    return automaton.iter(text) if len(automaton) else ()
