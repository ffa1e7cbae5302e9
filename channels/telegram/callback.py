"""Callback data: ``verb:reference8:version[:argument]``, at most 64 bytes, so that a restart forgets no button.

Telegram clients may send any data whatever, so it is only read here and believed nowhere: who may do what to which
version of a ticket is decided in the desk.
"""

import re
from typing import Final

import msgspec

from tickets import references

LIMIT: Final = 64
NOBODY: Final = "00000000"
"""Stands where a button speaks of no ticket."""

_DATA: Final = re.compile(r"([a-z][a-z0-9_]{0,19}):([0-9A-Z]{8}):(\d{1,9})(?::([A-Za-z0-9._\-]{1,40}))?", re.ASCII)


class Tap(msgspec.Struct, frozen=True):
    """What a button says: a verb, the ticket it speaks of, the version it was drawn for, and an argument."""

    verb: str
    short: str
    version: int
    argument: str | None = None

    @property
    def reference(self) -> str:
        """The whole reference of the ticket."""
        return references.PREFIX + self.short

    def with_argument(self, argument: str | None) -> "Tap":
        """The same button with another argument."""
        return Tap(self.verb, self.short, self.version, argument)

    def as_verb(self, verb: str) -> "Tap":
        """Another verb for the same ticket and version, without an argument."""
        return Tap(verb, self.short, self.version)

    def encode(self) -> str:
        """The data for Telegram; raises ``ValueError`` when it does not fit."""
        data = f"{self.verb}:{self.short}:{self.version}"
        if self.argument is not None:
            data += f":{self.argument}"
        if len(data.encode()) > LIMIT or not _DATA.fullmatch(data):
            raise ValueError(f"callback data of {self.verb} does not fit")
        return data


def read(data: str | None) -> Tap | None:
    """What came back from a button, or None for anything that we would not have written."""
    match = _DATA.fullmatch(data or "")
    if match is None:
        return None
    verb, short, version, argument = match.groups()
    return Tap(verb, short, int(version), argument)


def on(reference: str, version: int, verb: str, argument: str | None = None) -> Tap:
    """A button for a ticket as it is now."""
    return Tap(verb, reference.removeprefix(references.PREFIX), version, argument)
