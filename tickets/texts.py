"""Puts texts into words: rendered in a sandbox, in the reader's language, with the reader's own clock.

Templates come from ``config/textfiles.py``. ``*bold*`` in a template is WhatsApp's markup; other channels take
``formatted``, which gives plain words and the bold spans. Asterisks in values never make anything bold.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from config.textfiles import Text, TextFiles

# Stands for an asterisk that came in with a value, while the markup of the template is read.
_LITERAL: Final = "\ue000"
_BOLD: Final = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\w*])")
_NAME_LIMIT: Final = 20
_TITLED: Final = re.compile(r"^(pak|bu|bapak|ibu|mas|mbak|kak|bang)\s", re.IGNORECASE)
_PRONOUN: Final = {"kak": "Kakak", "bapak_ibu": "Bapak/Ibu", "anda": "Anda"}
_DAYS: Final = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
Spans = tuple[tuple[int, int], ...]


class UnknownText(KeyError):
    """There is no such text, label or language: a fault of the program or of the files, never of a person."""


class RenderError(ValueError):
    """A text could not be put together: a variable is missing, or the template failed."""


class Texts:
    """All texts of an installation, compiled once."""

    def __init__(self, files: TextFiles) -> None:
        environment = SandboxedEnvironment(
            undefined=StrictUndefined, autoescape=False, finalize=_finalize, trim_blocks=True, lstrip_blocks=True
        )
        self._messages = {
            language: {purpose: environment.from_string(text.source) for purpose, text in texts.items()}
            for language, texts in files.messages.items()
        }
        self._labels = {
            language: {key: _compiled(environment, text) for key, text in labels.items()}
            for language, labels in files.labels.items()
        }
        self._files = files

    def render(self, language: str, purpose: str, **variables: Any) -> str:
        """A message with ``*bold*`` markup. Raises ``UnknownText`` or ``RenderError``."""
        return self._rendered(language, purpose, variables).replace(_LITERAL, "*")

    def formatted(self, language: str, purpose: str, **variables: Any) -> tuple[str, Spans]:
        """A message without markup, and the spans (start, length in characters) that are bold."""
        plain, spans = bold_spans(self._rendered(language, purpose, variables))
        return plain.replace(_LITERAL, "*"), spans

    def choices(self, language: str, purpose: str) -> Mapping[str, str]:
        """The buttons of a text, code → title, in order; empty where it has none."""
        if purpose not in self._files.messages.get(language, {}):
            raise UnknownText(f"{language}/{purpose}")
        return self._files.choices[language].get(purpose, {})

    def label(self, language: str, key: str, **variables: Any) -> str:
        """Short words under a key. Raises ``UnknownText`` for a key that does not exist."""
        found = self._labels.get(language, {}).get(key)
        if found is None:
            raise UnknownText(f"{language}/{key}")
        if isinstance(found, str):
            return found
        return _filled(found, f"{language}/{key}", variables).replace(_LITERAL, "*")

    def has_label(self, key: str) -> bool:
        """Whether the key exists; both languages have the same."""
        return all(key in labels for labels in self._labels.values())

    def variables(self, language: str, purpose: str) -> frozenset[str]:
        """The variables that a message needs."""
        found = self._files.messages.get(language, {}).get(purpose)
        if found is None:
            raise UnknownText(f"{language}/{purpose}")
        return found.variables

    def _rendered(self, language: str, purpose: str, variables: Mapping[str, Any]) -> str:
        template = self._messages.get(language, {}).get(purpose)
        if template is None:
            raise UnknownText(f"{language}/{purpose}")
        return _tidy(_filled(template, f"{language}/{purpose}", variables))


def _compiled(environment: SandboxedEnvironment, text: Text) -> str | Template:
    return environment.from_string(text.source) if "{" in text.source else text.source


def _filled(template: Template, name: str, variables: Mapping[str, Any]) -> str:
    try:
        return template.render(variables)
    except TemplateError as error:
        raise RenderError(f"{name}: {error.message}") from None


def _finalize(value: Any) -> Any:
    """What an expression of a template gives: nothing for None, and no markup from a value."""
    if value is None:
        return ""
    return value.replace("*", _LITERAL) if isinstance(value, str) else value


def _tidy(text: str) -> str:
    """No double spaces within a line and no empty lines in a row, where an optional part was left out."""
    lines = [re.sub(r"(?<=\S) {2,}(?=\S)", " ", line).rstrip() for line in text.strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def bold_spans(text: str) -> tuple[str, Spans]:
    """Take WhatsApp's ``*bold*`` out of a text: the plain words, and what was bold as (start, length)."""
    plain: list[str] = []
    spans: list[tuple[int, int]] = []
    size = end = 0
    for found in _BOLD.finditer(text):
        before, words = text[end : found.start()], found[1]
        plain += (before, words)
        spans.append((size + len(before), len(words)))
        size += len(before) + len(words)
        end = found.end()
    return "".join((*plain, text[end:])), tuple(spans)


def strip_bold(text: str) -> str:
    """A text without WhatsApp's ``*bold*``."""
    return bold_spans(text)[0]


def person_name(name: str | None) -> str | None:
    """A profile name that can be spoken: without emoji and signs, 2 letters or more, at most 20 characters."""
    known = unicodedata.normalize("NFKC", name or "")
    kept = "".join(c for c in known if unicodedata.category(c)[0] in "LMZ" or c in "'.-")
    kept = " ".join(kept.split()).strip("'.- ")
    letters = sum(1 for c in kept if c.isalpha())
    return kept if letters >= 2 and len(kept) <= _NAME_LIMIT else None


def salutation(name: str | None, style: str, language: str) -> str:
    """What stands after "Halo" or "Hi": ``Kak Ani``, ``Bapak/Ibu Hendra``, ``there``.

    ``style`` is the organisation's ``sapaan``: kak, bapak_ibu or anda (the bare name). A title in the name stays.
    """
    spoken = person_name(name)
    if language == "en":
        return spoken or "there"
    if spoken and (style == "anda" or _TITLED.match(spoken)):
        return spoken
    title = "Kak" if style == "kak" else "Bapak/Ibu"
    return f"{title} {spoken}" if spoken else title


def pronoun(style: str, language: str) -> str:
    """The word for "you" within a sentence: ``Kakak``, ``Bapak/Ibu``, ``Anda``."""
    return "you" if language == "en" else _PRONOUN.get(style, "Anda")


def clock_time(at: datetime, zone: str, language: str) -> str:
    """A time of day with its zone: ``22.40 WIB``, in English ``22:40 WIB``."""
    local = at.astimezone(ZoneInfo(zone))
    name = local.tzname() or ""
    # Zones without letters of their own are named by their distance, e.g. "+08".
    name = f"UTC{name}" if name[:1] in "+-" else name
    return f"{local:%H:%M} {name}" if language == "en" else f"{local:%H.%M} {name}"


def day_time(at: datetime, now: datetime, zone: str, language: str) -> str:
    """A time within a sentence, with its day where that is not today.

    ``pukul 22.40 WIB``, ``besok pukul 08.00 WIB``, ``Senin, 30 Nov pukul 08.00 WIB``; in English, after "at" or "by":
    ``22:40 WIB``, ``08:00 WIB tomorrow``, ``08:00 WIB on Monday 30 Nov``.
    """
    clock = clock_time(at, zone, language)
    days = (at.astimezone(ZoneInfo(zone)).date() - now.astimezone(ZoneInfo(zone)).date()).days
    date = date_words(at, zone, language)
    if language == "en":
        named = {0: "", 1: " tomorrow", -1: " yesterday"}.get(days, f" on {date}")
        return f"{clock}{named}"
    named = {0: "", 1: "besok ", -1: "kemarin "}.get(days, f"{date} ")
    return f"{named}pukul {clock}"


def date_words(at: datetime, zone: str, language: str) -> str:
    """A day: ``Senin, 30 Nov``, in English ``Monday 30 Nov``."""
    local = at.astimezone(ZoneInfo(zone))
    known = language if language in _DAYS else "id"
    day, month = _DAYS[known][local.weekday()], _MONTHS[known][local.month - 1]
    return f"{day} {local.day} {month}" if known == "en" else f"{day}, {local.day} {month}"
