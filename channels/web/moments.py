"""Times as the pages say them, in the zone of the reader's organisation."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tickets.texts import clock_time, date_words


def said(at: datetime, now: datetime, zone: str, language: str) -> str:
    """When a message came: the hour, and the day where it is not today."""
    clock = clock_time(at, zone, language)
    if at.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date():
        return clock
    return f"{date_words(at, zone, language)}, {clock}"


def machine(at: datetime) -> str:
    """The same for ``<time datetime>``."""
    return at.isoformat(timespec="seconds")
