"""Labels and times in one agent's language and zone; and a text that grows line by line, with its bold spans."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from channels.telegram.doors import Words
from config.schema import ConfigSet
from tickets.texts import clock_time

TEXT_LIMIT: Final = 4096
_ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Speech:
    """How the bot speaks with one person."""

    source: Words
    language: str
    timezone: str

    def __call__(self, key: str, **variables: Any) -> str:
        return self.source.label(self.language, key, **variables)

    def done(self, verb: str) -> str:
        """That something was done, in the words of its button without its picture: ``✓ Selesai``."""
        title = self(f"tg_do_{verb}")
        picture, _, words = title.partition(" ")
        return f"✓ {words if words and not any(c.isalnum() for c in picture) else title}"

    def time(self, at: datetime, now: datetime) -> str:
        """A time on the reader's clock, with the day where it is not today: ``22.40 WIB``, ``25/11 09.00 WIB``."""
        zone = ZoneInfo(self.timezone)
        local, today = at.astimezone(zone), now.astimezone(zone).date()
        clock = clock_time(at, self.timezone, self.language)
        return clock if local.date() == today else f"{local:%d/%m} {clock}"

    def service(self, code: str | None, config: ConfigSet) -> str:
        """A service's name; its code where the configuration no longer knows it."""
        if code is None:
            return self("tg_no_service")
        found = config.services.get(code)
        return found.name.in_language(self.language) if found else code

    def team(self, code: str, config: ConfigSet) -> str:
        """A team's name; its code where the configuration no longer knows it."""
        found = config.teams.get(code)
        return found.name.in_language(self.language) if found else code


@dataclass(slots=True)
class Text:
    """A text that is put together. Bold goes by spans, never by marks in the text: words of people stay as they are."""

    text: str = ""
    bold: list[tuple[int, int]] = field(default_factory=list)

    def add(self, line: str | None, *, bold: bool = False) -> "Text":
        """One more line; nothing for None."""
        if line is None:
            return self
        if self.text:
            self.text += "\n"
        if bold and line:
            self.bold.append((len(self.text), len(line)))
        self.text += line
        return self

    def all(self, lines: Iterable[str | None]) -> "Text":
        """Several lines."""
        for line in lines:
            self.add(line)
        return self

    def append(self, other: "Text") -> "Text":
        """Another text under this one."""
        start = len(self.text) + 1 if self.text else 0
        self.bold += [(start + begin, length) for begin, length in other.bold]
        self.text += ("\n" if self.text else "") + other.text
        return self

    def fitted(self) -> "Text":
        """The same, cut to what Telegram takes in one message."""
        return Text(cut(self.text, TEXT_LIMIT), self.bold)


def cut(words: str, limit: int) -> str:
    """``words`` in at most ``limit`` UTF-16 units, as Telegram counts; an ellipsis stands for what is left out."""
    if units(words) <= limit:
        return words
    size, kept = 0, []
    for character in words:
        size += units(character)
        if size > limit - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + _ELLIPSIS


def units(words: str) -> int:
    """How many UTF-16 units a text has."""
    return len(words) + sum(1 for character in words if ord(character) > 0xFFFF)


def first_words(words: str, limit: int) -> str:
    """The beginning of a text in one line."""
    line = " ".join(words.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + _ELLIPSIS
