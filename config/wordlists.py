"""The words that people use, by what they mean: ``words/{id,en}.yaml``, read into one frozen ``Words``.

Both files have the same keys. Entries are words or phrases in their plain spelling; ``slang`` maps short forms and
other spellings to it. People mix languages within a sentence, so all but ``stop`` is one vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.problems import ConfigErrors, ConfigProblem
from config.shapes import meant
from config.yamlfiles import Document, read_yaml

LANGUAGES: Final = ("id", "en")
MEANINGS: Final = (
    "greetings",
    "vocatives",
    "opt_out",
    "opt_in",
    "courtesy",
    "ok",
    "yes",
    "no",
    "negation",
    "not_yet",
    "later",
    "check",
    "works",
    "arrives",
    "fails",
    "troubles",
    "degraded",
    "contrast",
    "still",
    "done",
    "again",
    "now",
    "past",
    "wish",
    "condition",
    "hedge",
    "question",
    "withdraw",
    "other_problem",
    "request",
    "time",
    "gone",
    "particles",
    "filler",
)
_KEYS: Final = (*MEANINGS, "slang", "stop")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Words:
    """``by_meaning`` has every name of ``MEANINGS``; ``stop`` are the commonest words of each language.

    Compared by identity, so that what is worked out of it can be kept beside it.
    """

    by_meaning: Mapping[str, frozenset[str]]
    slang: Mapping[str, str]
    stop: Mapping[str, frozenset[str]]

    @property
    def greetings(self) -> frozenset[str]:
        return self.by_meaning["greetings"]

    @property
    def vocatives(self) -> frozenset[str]:
        return self.by_meaning["vocatives"]

    @property
    def negation(self) -> frozenset[str]:
        return self.by_meaning["negation"]

    @property
    def yes(self) -> frozenset[str]:
        return self.by_meaning["yes"]

    @property
    def no(self) -> frozenset[str]:
        return self.by_meaning["no"]

    @property
    def courtesy(self) -> frozenset[str]:
        return self.by_meaning["courtesy"]

    @property
    def contrast(self) -> frozenset[str]:
        return self.by_meaning["contrast"]

    @property
    def degraded(self) -> frozenset[str]:
        return self.by_meaning["degraded"]

    @property
    def time(self) -> frozenset[str]:
        return self.by_meaning["time"]


def load_words(folder: Path) -> Words:
    """Read ``folder/id.yaml`` and ``folder/en.yaml``; raises ``ConfigErrors`` with all problems of both."""
    documents = [(language, _document(folder, language)) for language in LANGUAGES]
    meanings: dict[str, set[str]] = {meaning: set() for meaning in MEANINGS}
    slang: dict[str, str] = {}
    stop: dict[str, frozenset[str]] = {}
    for language, document in documents:
        for meaning in MEANINGS:
            meanings[meaning] |= _entries(document, meaning)
        slang |= _slang(document)
        stop[language] = frozenset(_entries(document, "stop"))
        _look_at_keys(document)
    problems: list[ConfigProblem] = [problem for _, document in documents for problem in document.problems]
    if problems:
        raise ConfigErrors(sorted(problems))
    return Words({meaning: frozenset(found) for meaning, found in meanings.items()}, slang, stop)


def _document(folder: Path, language: str) -> Document:
    name = f"words/{language}.yaml"
    try:
        document = read_yaml(folder / f"{language}.yaml", name)
    except OSError as error:
        document = Document(name)
        document.complain((), f"the file cannot be read: {error.strerror}")
    if not document.problems and not isinstance(document.value, dict):
        document.complain((), "write one meaning and its words per line")
    return document


def _look_at_keys(document: Document) -> None:
    if not isinstance(document.value, dict):
        return
    for key in document.value:
        if key not in _KEYS:
            document.complain((key,), f"unknown key {key!r}{meant(key, _KEYS)}")
    for key in _KEYS:
        if key not in document.value:
            document.complain((), f"the key {key!r} is missing")


def _entries(document: Document, meaning: str) -> set[str]:
    """The words of one meaning, in lower case; a word that stands there twice, or is no word, is a problem."""
    value = document.value.get(meaning) if isinstance(document.value, dict) else None
    if value is None:
        return set()
    if not isinstance(value, list):
        document.complain((meaning,), f"{meaning}: write a list of words")
        return set()
    found: set[str] = set()
    for index, entry in enumerate(value):
        if not isinstance(entry, str) or not entry.strip():
            document.complain((meaning, index), f"{meaning}: {entry!r} is not a word; put it in quotes")
            continue
        word = entry.strip().lower()
        if word in found and meaning != "stop":
            document.complain((meaning, index), f"{meaning}: {word!r} stands here twice")
        found.add(word)
    return found


def _slang(document: Document) -> dict[str, str]:
    value = document.value.get("slang") if isinstance(document.value, dict) else None
    if value is None:
        return {}
    if not isinstance(value, dict):
        document.complain(("slang",), "slang: write one short form and its meaning per line")
        return {}
    found: dict[str, str] = {}
    for short, plain in value.items():
        if not isinstance(plain, str) or not plain.strip():
            document.complain(("slang", short), f"slang: {short!r} needs a meaning; put it in quotes")
        elif " " in short:
            document.complain(("slang", short), f"slang: {short!r} must be one word")
        else:
            found[short.lower()] = plain.strip().lower()
    return found
