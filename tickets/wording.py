"""Brings what people type into plain words: spelling, short forms, stretched letters, emoji, forms of address.

``"Erroorrr gan, gk bs login2 🙏"`` becomes ``error · tidak bisa login login`` with the emoji beside it. Rules, closure
and the look for greetings all read the same plain words. Pure; a short message takes some microseconds.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from config.wordlists import Words

# What is longer is not read word by word; nobody answers a question in ten pages.
MAX_CHARACTERS: Final = 20_000
_TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]|_", re.UNICODE)
_RUN: Final = re.compile(r"([^\W\d_])\1+")
_LONG_RUN: Final = re.compile(r"([^\W\d_])\1{2,}")
_TWICE: Final = re.compile(r"^([^\W\d_]{3,})2$")
_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_ENDS: Final = frozenset(".,;:!?…()[]\n")
_SUFFIXES: Final = ("nya", "ny", "ku", "mu", "lah", "kah")
_NOT: Final = {"can't": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not"}
_SHORT: Final = {"'s": "is", "'re": "are", "'m": "am", "'ll": "will", "'ve": "have", "'d": "would"}
# Joiners and colours of emoji, which mean nothing by themselves.
_SILENT: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


@dataclass(frozen=True, slots=True)
class Clause:
    """Words up to the next stop; ``asks`` when that is a question mark."""

    words: tuple[str, ...]
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in plain words. ``marks`` are its emoji, in order; ``called`` whether a form of address was dropped."""

    clauses: tuple[Clause, ...]
    marks: tuple[str, ...] = ()
    called: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for clause in self.clauses for word in clause.words)

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(self.words)

    @property
    def asks(self) -> bool:
        return any(clause.asks for clause in self.clauses)


def normalise(text: str, words: Words, *, keep_vocatives: bool = False) -> Plain:
    """The plain words of a text. ``keep_vocatives`` leaves "kak", "min", "pak" where they are."""
    known = vocabulary(words)
    clauses: list[Clause] = []
    marks: list[str] = []
    current: list[str] = []
    called = False
    for token in _tokens(text):
        if token in _ENDS:
            if current or token == "?":
                clauses.append(Clause(tuple(current), token == "?"))
            current = []
        elif token[0].isalnum():
            plain = known.plain(token)
            if plain in words.vocatives and not keep_vocatives:
                called = True
            else:
                current += plain.split()
        elif _is_emoji(token):
            marks.append(token)
    if current:
        clauses.append(Clause(tuple(current)))
    return Plain(tuple(clauses), tuple(marks), called)


def raw_words(text: str) -> list[str]:
    """The words of a text in lower case, as they were written."""
    return [token for token in _tokens(text) if token[0].isalnum()]


def _tokens(text: str) -> list[str]:
    known = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).translate(_APOSTROPHES).lower()
    # A line is a clause: few people end a bubble with a full stop.
    return _TOKEN.findall(_SILENT.sub("", known).replace("\n", " . "))


def _is_emoji(token: str) -> bool:
    return unicodedata.category(token) in ("So", "Sk")


class Vocabulary:
    """All known words, and how to find one of them behind another spelling."""

    def __init__(self, words: Words) -> None:
        entries = {word for found in words.by_meaning.values() for entry in found for word in entry.split()}
        entries |= {word for found in words.stop.values() for word in found}
        self._slang = words.slang
        self._known = frozenset(
            entries | set(words.slang) | {w for plain in words.slang.values() for w in plain.split()}
        )
        self._bones = {_bones(word): word for word in sorted(self._known) if len(word) > 3 and word.isalpha()}
        self._plain = lru_cache(maxsize=20_000)(self._find)

    def plain(self, word: str) -> str:
        """The plain spelling of a word: itself where nothing is known about it. May be several words."""
        return self._plain(word)

    def _find(self, word: str) -> str:
        if "'" in word:
            return self._contraction(word)
        if word in self._slang:
            return self._slang[word]
        if word in self._known:
            return word
        twice = _TWICE.match(word)
        if twice:
            return f"{self.plain(twice[1])} {self.plain(twice[1])}"
        found = self._stretched(word) or self._without_suffix(word)
        return self._slang.get(found, found) if found else word

    def _contraction(self, word: str) -> str:
        if word in _NOT:
            return _NOT[word]
        if word.endswith("n't"):
            return f"{word[:-3]} not"
        for short, plain in _SHORT.items():
            if word.endswith(short):
                return f"{self.plain(word[: -len(short)])} {plain}"
        return self.plain(word.replace("'", ""))

    def _stretched(self, word: str) -> str | None:
        """``erroorrr`` → ``error``: the known word with the same letters when each run counts once."""
        if not _RUN.search(word):
            return self._bones.get(word) if len(word) > 3 else None
        once = _LONG_RUN.sub(r"\1", word)
        for candidate in (once, _LONG_RUN.sub(r"\1\1", word), _RUN.sub(r"\1", word)):
            if candidate != word and candidate in self._known:
                return candidate
        bones = _bones(word)
        if len(bones) > 3 and bones in self._bones:
            return self._bones[bones]
        return self._without_suffix(once) or (once if once != word else None)

    def _without_suffix(self, word: str) -> str | None:
        for suffix in _SUFFIXES:
            stem = word.removesuffix(suffix)
            if stem != word and len(stem) > 2 and stem in self._known:
                return stem
        stem = word.removesuffix("nya")
        # "-nya" goes with every noun ("wifinya"), but "bertanya" is a word of its own.
        return stem if stem != word and len(stem) > 3 and not word.endswith("tanya") else None


def _bones(word: str) -> str:
    return _RUN.sub(r"\1", word)


@lru_cache(maxsize=4)
def vocabulary(words: Words) -> Vocabulary:
    """The vocabulary of a set of words, made once."""
    return Vocabulary(words)
