"""Which literal must stand in a text before a pattern can match it: the prefilter's share of a pattern.

Only what is certain is used. Whatever this reader does not know ends a run of letters, and a pattern without a certain
literal is simply always run.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

SHORTEST: Final = 3
_SPECIAL: Final = frozenset(".^$*+?{}[]\\|()")
_OPTIONAL: Final = frozenset("*?{")
# Hexadecimal, Unicode class, quoted run and octal escapes: their letters are not letters of the text.
_STRANGE: Final = re.compile(r"\\[xpPQC0-7]")


@lru_cache(maxsize=4096)
def literals(pattern: str) -> frozenset[str] | None:
    """Lower-case literals of which at least one stands in every match; None when nothing is certain."""
    return None if _STRANGE.search(pattern) else _of_alternatives(_split(pattern, "|"))


def _of_alternatives(branches: Sequence[str]) -> frozenset[str] | None:
    found: set[str] = set()
    for branch in branches:
        part = _of_sequence(branch)
        if not part:
            return None
        found |= part
    return frozenset(found)


def _of_sequence(branch: str) -> frozenset[str] | None:
    """The best certain set of a branch without a bar of its own: the one whose shortest literal is longest."""
    best: frozenset[str] | None = None
    run = ""
    place = 0
    while place < len(branch):
        length, letter, group = _piece(branch, place)
        follows = branch[place + length : place + length + 1]
        optional = follows in _OPTIONAL and follows != ""
        if letter and not optional:
            run += letter
        else:
            best, run = _better(best, run), ""
            if group is not None and not optional:
                best = _longer(best, _of_alternatives(_split(group, "|")))
        if follows == "+" or optional:
            best, run = _better(best, run), ""
        place += length + _quantifier(branch, place + length)
    return _better(best, run)


def _piece(branch: str, place: int) -> tuple[int, str, str | None]:
    """How long the piece at a place is, the plain letter that it is, and what stands in it when it is a group."""
    char = branch[place]
    if char == "\\":
        following = branch[place + 1 : place + 2]
        plain = following if following and not following.isalnum() else ""
        return 2, plain.lower(), None
    if char == "[":
        return _class_length(branch, place), "", None
    if char == "(":
        inner = _group(branch, place)
        return len(inner) + 2, "", _body(inner)
    return 1, "" if char in _SPECIAL or not char.isascii() else char.lower(), None


def _quantifier(branch: str, place: int) -> int:
    """How long the quantifier at a place is."""
    length = 0
    if branch[place : place + 1] == "{":
        length = branch.find("}", place) - place + 1
    elif branch[place : place + 1] in ("*", "+", "?"):
        length = 1
    if length and branch[place + length : place + length + 1] == "?":
        length += 1
    return max(length, 0)


def _body(inner: str) -> str | None:
    """A group's content without its name; None for groups that set flags, of which nothing is certain."""
    if not inner.startswith("?"):
        return inner
    if inner.startswith("?:"):
        return inner[2:]
    if inner.startswith(("?P<", "?<")) and ">" in inner:
        return inner.split(">", 1)[1]
    return None


def _class_length(text: str, place: int) -> int:
    """How long a character class is; a bracket that comes first, or escaped, does not end it."""
    end = place + 1
    if text[end : end + 1] == "^":
        end += 1
    if text[end : end + 1] == "]":
        end += 1
    while end < len(text) and text[end] != "]":
        if text.startswith("[:", end):
            end = max(text.find(":]", end) + 1, end)
        elif text[end] == "\\":
            end += 1
        end += 1
    return end - place + 1


def _group(text: str, place: int) -> str:
    """What stands between the bracket at a place and the one that closes it."""
    depth = 0
    at = place
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "[":
            at += _class_length(text, at) - 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return text[place + 1 : at]
        at += 1
    return text[place + 1 :]


def _split(text: str, bar: str) -> list[str]:
    """The text at those bars that stand in no bracket."""
    parts: list[str] = []
    start = at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "[":
            at += _class_length(text, at) - 1
        elif text[at] == "(":
            at += len(_group(text, at)) + 1
        elif text[at] == bar:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def _better(best: frozenset[str] | None, run: str) -> frozenset[str] | None:
    return _longer(best, frozenset({run})) if len(run) >= SHORTEST else best


def _longer(best: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if not best or not other:
        return best or other
    return max(best, other, key=lambda one: min(map(len, one)))
