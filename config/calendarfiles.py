"""Reads ``config/calendars/*.yaml``: when people work."""

import re
from datetime import date, time
from itertools import pairwise
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from config.schema import Bilingual, Calendar, Day, Span
from config.shapes import fit, meant
from config.yamlfiles import Document, Where

DAYS: tuple[str, ...] = get_args(Day)
_KEYS = ("name", "timezone", "hours", "holidays")
_SPAN = re.compile(r"(?P<opens>\d\d:\d\d) ?[-–] ?(?P<closes>\d\d:\d\d)", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def read_time(text: Any) -> time | None:
    """``"08:00"`` as a time, or None."""
    return time.fromisoformat(text) if isinstance(text, str) and _TIME.fullmatch(text) else None


def known_zone(name: Any) -> bool:
    """Whether a time zone of this name exists."""
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def read_calendar(document: Document, code: str) -> Calendar | None:
    """The calendar of a file, or None after the document was told what is wrong."""
    before = len(document.problems)
    value = document.value
    if not isinstance(value, dict):
        document.complain((), "a calendar needs the keys timezone and hours")
        return None
    for key in value:
        if key not in _KEYS:
            document.complain((key,), f"unknown key {key!r}{meant(key, _KEYS)}")
    zone = value.get("timezone")
    if not known_zone(zone):
        document.complain(("timezone",), f"timezone: {zone!r} is not known{meant(str(zone), available_timezones())}")
    name = fit(document, value["name"], ("name",), Bilingual) if "name" in value else None
    week, holidays = _week(document, value.get("hours")), _holidays(document, value.get("holidays") or {})
    if len(document.problems) > before:
        return None
    return Calendar(code=code, timezone=str(zone), week=week, holidays=holidays, name=name)


def _week(document: Document, hours: Any) -> tuple[tuple[Span, ...], ...]:
    if not isinstance(hours, dict) or not hours:
        document.complain(("hours",), f"hours: name at least one day ({', '.join(DAYS)})")
        return ()
    for day in hours:
        if day not in DAYS:
            document.complain(("hours", day), f"unknown day {day!r}{meant(day, DAYS)}")
    week = tuple(_day(document, hours.get(day), ("hours", day)) for day in DAYS)
    if not any(week) and not document.problems:
        document.complain(("hours",), "hours: no day has an hour in which anybody works")
    return week


def _day(document: Document, value: Any, where: Where) -> tuple[Span, ...]:
    texts = [value] if isinstance(value, str) else value or []
    if not isinstance(texts, list):
        document.complain(where, "write hours like 08:00-17:00, several in a list")
        return ()
    found = [span for span in (_span(document, text, where) for text in texts) if span]
    for earlier, later in pairwise(found):
        if earlier.closes is None or later.opens < earlier.closes:
            document.complain(where, "these hours overlap or are not in order")
    return tuple(found)


def _span(document: Document, text: Any, where: Where) -> Span | None:
    parts = _SPAN.fullmatch(str(text).strip())
    opens = read_time(parts["opens"]) if parts else None
    closes = read_time(parts["closes"]) if parts else None
    whole = parts is not None and parts["closes"] == "24:00"
    if opens is None or (closes is None and not whole):
        document.complain(where, f"{text!r} is not a span of hours; write it like 08:00-17:00 (at most 24:00)")
        return None
    if closes is not None and closes <= opens:
        document.complain(where, f"{text!r} ends before it begins; split it at midnight")
        return None
    return Span(opens, closes)


def _holidays(document: Document, value: Any) -> dict[date, str]:
    if not isinstance(value, dict):
        document.complain(("holidays",), "holidays: write each as a date and a name, like 2026-12-25: Natal")
        return {}
    found: dict[date, str] = {}
    for key, name in value.items():
        try:
            found[date.fromisoformat(key)] = str(name or "")
        except ValueError:
            document.complain(("holidays", key), f"{key!r} is not a date; write it like 2026-12-25")
    return found
