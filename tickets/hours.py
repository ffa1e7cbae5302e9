"""Arithmetic over working hours: open or not, when next, and a moment so many working minutes on.

Everything goes in and comes out as aware time; results are UTC. A day's hours are read on the calendar's own wall clock
and compared as instants, so a night on which the clocks change is as long as it really was.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from config.schema import Calendar

HORIZON: Final = timedelta(days=3660)
"""How far ahead anything is looked for; a calendar with nothing in ten years has nothing."""


class NeverOpen(ValueError):
    """The calendar has no working hour within the horizon."""


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether somebody works at this moment; the first minute belongs to the hours, the closing one does not."""
    return any(opens <= at < closes for opens, closes in _spans_of(calendar, _day(calendar, at)))


def next_open(calendar: Calendar, at: datetime) -> datetime:
    """The moment itself while it is open, else the next opening; raises ``NeverOpen``."""
    for opens, closes in _spans_from(calendar, at):
        if at < closes:
            return max(at, opens).astimezone(UTC)
    raise NeverOpen(calendar.code)


def add_working(calendar: Calendar, at: datetime, minutes: float) -> datetime:
    """The moment at which so many working minutes have passed since ``at``; raises ``NeverOpen``.

    Nought gives the next moment at which it is open.
    """
    if minutes < 0:
        raise ValueError("working minutes are not negative")
    left = timedelta(minutes=minutes)
    for opens, closes in _spans_from(calendar, at):
        begin = max(opens, at)
        if begin >= closes:
            continue
        if left <= closes - begin:
            return (begin + left).astimezone(UTC)
        left -= closes - begin
    raise NeverOpen(calendar.code)


def working_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; nothing when they are in the wrong order."""
    passed = timedelta()
    for opens, closes in _spans_from(calendar, start):
        if opens >= end:
            break
        passed += max(timedelta(), min(closes, end) - max(opens, start))
    return passed


def _day(calendar: Calendar, at: datetime) -> date:
    return at.astimezone(ZoneInfo(calendar.timezone)).date()


def _spans_from(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open spans of the day of ``at`` and of the days after it, in order, to the horizon."""
    first = _day(calendar, at)
    last = first + min(HORIZON, date.max - timedelta(days=2) - first)
    day = first
    while day <= last:
        yield from _spans_of(calendar, day)
        day += timedelta(days=1)


def _spans_of(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """A day's open spans as UTC instants, not overlapping and none of them empty."""
    if day in calendar.holidays:
        return []
    zone = ZoneInfo(calendar.timezone)
    spans: list[tuple[datetime, datetime]] = []
    for span in calendar.week[day.weekday()]:
        opens = datetime.combine(day, span.opens, zone).astimezone(UTC)
        if span.closes is None:
            closes = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        else:
            closes = datetime.combine(day, span.closes, zone).astimezone(UTC)
        if spans:
            # Where the clock jumps forward, the hour that does not exist would count for both of its neighbours.
            opens = max(opens, spans[-1][1])
        if opens < closes:
            spans.append((opens, closes))
    return spans
