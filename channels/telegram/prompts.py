"""Questions that an agent answers in words. The question carries what the answer is for, so nothing is remembered.

A prompt begins with a mark that no other message of the bot begins with, holds no words of customers, and ends with
a line that says what the answer will be (``⌁ verb:reference8:version``). A reply to it is read from the message that
Telegram sends along. What an agent said so far for ``/new`` stands in lines of its own.
"""

from typing import Final

import msgspec

from channels.telegram import callback
from channels.telegram.callback import Tap

MARK: Final = "✍️"
_FOOT: Final = "⌁ "
_FACTS: Final = {"name": "👤 ", "number": "☎️ ", "service": "🧩 "}


class Prompt(msgspec.Struct, frozen=True):
    """What the answer to a question is for, and what was answered before it."""

    tap: Tap
    facts: dict[str, str] = {}


def ask(question: str, tap: Tap, facts: dict[str, str] | None = None) -> str:
    """The text of a prompt. ``question`` is ours, never a customer's words."""
    lines = [f"{MARK} {question}"]
    lines += [_FACTS[name] + " ".join(value.split()) for name, value in (facts or {}).items()]
    return "\n".join([*lines, _FOOT + tap.encode()])


def read(text: str | None) -> Prompt | None:
    """The prompt that this message of ours is, or None."""
    lines = (text or "").splitlines()
    if len(lines) < 2 or not lines[0].startswith(MARK) or not lines[-1].startswith(_FOOT):
        return None
    tap = callback.read(lines[-1].removeprefix(_FOOT))
    if tap is None:
        return None
    return Prompt(tap, _facts(lines[1:-1]))


def _facts(lines: list[str]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for line in lines:
        for name, mark in _FACTS.items():
            if line.startswith(mark):
                facts.setdefault(name, line.removeprefix(mark))
    return facts
