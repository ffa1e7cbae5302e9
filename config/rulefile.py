"""Reads ``rules.yaml``: categories, fallback, vocabulary, signals and rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
import re2

from config.schema import Category, Clause, Fallback, Place, Rule, Signal, When
from config.shapes import fit, meant
from config.yamlfiles import Document, Where

Entry = TypeVar("Entry", Rule, Signal)

_SECTIONS = ("categories", "fallback", "vocabulary", "signals", "rules")
_LISTS = ("words", "patterns", "services", "channels", "organisations", "parts")
MAX_PATTERN = 1000


@dataclass(slots=True)
class RuleFile:
    """What the file says."""

    categories: Mapping[str, Category] = field(default_factory=dict)
    fallback: Fallback = field(default_factory=Fallback)
    signals: tuple[Signal, ...] = ()
    rules: tuple[Rule, ...] = ()


def pattern_options() -> Any:
    """How every pattern is read: without case, and bounded in memory."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 20
    return options


def read_rules(document: Document) -> RuleFile:
    """The file's content; what is wrong with it stands in the document."""
    value = document.value
    if not isinstance(value, dict):
        if not document.problems:
            document.complain((), "the keys 'categories' and 'rules' are missing")
        return RuleFile()
    for key in value:
        if key not in _SECTIONS:
            document.complain((key,), f"unknown key {key!r}{meant(key, _SECTIONS)}")
    vocabulary = _vocabulary(document, value.get("vocabulary") or {})
    fallback = fit(document, value["fallback"], ("fallback",), Fallback) if "fallback" in value else Fallback()
    return RuleFile(
        categories=_categories(document, value.get("categories")),
        fallback=fallback or Fallback(),
        signals=_entries(document, "signals", Signal, vocabulary),
        rules=_entries(document, "rules", Rule, vocabulary),
    )


def _categories(document: Document, value: Any) -> Mapping[str, Category]:
    if not isinstance(value, dict) or not value:
        document.complain(("categories",), "categories: at least one is needed")
        return {}
    found: dict[str, Category] = {}
    for code, entry in value.items():
        whole = {**entry, "code": code} if isinstance(entry, dict) else entry
        category = fit(document, whole, ("categories", code), Category)
        if category:
            found[code] = category
    return found


def _vocabulary(document: Document, value: Any) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        document.complain(("vocabulary",), "vocabulary: write a name and a list of words")
        return {}
    found: dict[str, list[str]] = {}
    for name, words in value.items():
        if not isinstance(words, list) or not words:
            document.complain(("vocabulary", name), f"{name}: write a list of words")
            continue
        found[name] = _expand(document, words, ("vocabulary", name), found)
    return found


def _expand(document: Document, words: list[Any], where: Where, vocabulary: Mapping[str, list[str]]) -> list[str]:
    """Put in the place of ``@name`` the words of that name."""
    found: list[str] = []
    for index, word in enumerate(words):
        if not isinstance(word, str) or not word.strip():
            document.complain((*where, index), f"{word!r} is not a word; put it in quotes")
        elif not word.startswith("@"):
            found.append(word)
        elif word[1:] in vocabulary:
            found.extend(vocabulary[word[1:]])
        else:
            near = meant(word[1:], vocabulary)
            document.complain((*where, index), f"no vocabulary of the name {word[1:]!r} stands above{near}")
    return found


def _entries(
    document: Document, section: str, shape: type[Entry], vocabulary: Mapping[str, list[str]]
) -> tuple[Entry, ...]:
    value = document.value.get(section) or []
    if not isinstance(value, list):
        document.complain((section,), f"{section}: write a list, each entry beginning with '- id:'")
        return ()
    found: dict[str, Entry] = {}
    for index, raw in enumerate(value):
        where: Where = (section, index)
        entry = _entry(document, raw, where, shape, vocabulary)
        if entry is None:
            continue
        if entry.id in found:
            first = found[entry.id].place.line
            document.complain((*where, "id"), f"the id {entry.id!r} is used twice (first on line {first})")
            continue
        found[entry.id] = entry
    return tuple(found.values())


def _entry(
    document: Document, raw: Any, where: Where, shape: type[Entry], vocabulary: Mapping[str, list[str]]
) -> Entry | None:
    if not isinstance(raw, dict):
        document.complain(where, "write an entry as keys: id, when, why …")
        return None
    groups = raw.get("when")
    when = {
        group: _clauses(document, clauses, (*where, "when", group), vocabulary)
        for group, clauses in (groups.items() if isinstance(groups, dict) else ())
    }
    plain = {**raw, "when": when} if when else raw
    entry = fit(document, plain, where, shape)
    if entry is None:
        return None
    if not (entry.when.any or entry.when.all):
        document.complain((*where, "when"), f"{entry.id}: 'any' or 'all' must say when it holds")
        return None
    _check_patterns(document, entry.when, (*where, "when"))
    examples = tuple(document.line((*where, "examples", index)) for index in range(len(entry.examples)))
    place = Place(document.file, document.line((*where, "id")), examples)
    return msgspec.structs.replace(entry, place=place)


def _clauses(document: Document, value: Any, where: Where, vocabulary: Mapping[str, list[str]]) -> Any:
    """Clauses in full: a bare word is a clause of its own, and so is a mapping with one key."""
    items = value if isinstance(value, list) else [value]
    clauses: list[Any] = []
    for index, item in enumerate(items):
        place = (*where, index) if isinstance(value, list) else where
        if isinstance(item, str):
            clauses.append({"words": _expand(document, [item], place, vocabulary)})
        elif isinstance(item, dict):
            if len(item) != 1:
                document.complain(place, "a condition has exactly one key; write several as several conditions")
            clauses.append({key: _listed(document, key, part, (*place, key), vocabulary) for key, part in item.items()})
        else:
            clauses.append(item)
    return clauses


def _listed(document: Document, key: str, part: Any, where: Where, vocabulary: Mapping[str, list[str]]) -> Any:
    if key in _LISTS and isinstance(part, str):
        part = [part]
    if key == "words" and isinstance(part, list):
        return _expand(document, part, where, vocabulary)
    return part


def _check_patterns(document: Document, when: When, where: Where) -> None:
    for group, index, clause in _each(when):
        for pattern in clause.patterns:
            place = (*where, group, index)
            if len(pattern) > MAX_PATTERN:
                document.complain(place, f"a pattern has at most {MAX_PATTERN} characters")
                continue
            try:
                re2.compile(pattern, pattern_options())
            except re2.error as error:
                document.complain(place, f"the pattern {pattern!r} is not RE2: {_reason(error)}")


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else str(error)
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def _each(when: When) -> Iterator[tuple[str, int, Clause]]:
    for group in ("any", "all", "none"):
        for index, clause in enumerate(getattr(when, group)):
            yield group, index, clause
