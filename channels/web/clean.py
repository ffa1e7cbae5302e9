"""Text from outside, made fit to be stored and shown: once, at the door."""

import re
import unicodedata
from typing import Final

import phonenumbers

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
# Control characters (but tab and line feed), halves of surrogate pairs, and characters that are none.
_UNFIT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Marks that turn the direction of what follows, or that nobody sees: a file name could lie with them.
_DECEPTIVE: Final = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MAIL: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9.\u00a1-\uffff-]{0,250})")


def text(words: str) -> str:
    """Several lines: line ends made equal, unfit characters replaced, no space around."""
    return _UNFIT.sub(REPLACEMENT, words.replace("\r\n", "\n").replace("\r", "\n")).strip()


def line(words: str) -> str:
    """One line: every run of space is one space, and nothing that turns or hides text is left."""
    return " ".join(_DECEPTIVE.sub("", text(words)).split())


def fit(words: str) -> bool:
    """Whether a text can be stored as it is."""
    return not _UNFIT.search(words.replace("\r", ""))


def mail(words: str) -> str | None:
    """A mail address as it may be written to, or None where it is none. Its case is kept; nothing is merged."""
    found = line(words)
    if len(found) > 254 or not _MAIL.fullmatch(found):
        return None
    domain = found.rpartition("@")[2]
    return found if "." in domain and ".." not in domain and not domain.endswith((".", "-")) else None


def phone(words: str, region: str = "ID") -> str | None:
    """A telephone number in E.164, or None where it is none. Without a country code it is of ``region``."""
    found = line(words)
    if len(found) > 40:
        return None
    # People write 62812… as often as +62812….
    compact = re.sub(r"[\s().-]", "", found)
    if compact.startswith("62"):
        found = "+" + compact
    try:
        number = phonenumbers.parse(found, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def filename(words: str | None) -> str | None:
    """A name to show beside a file: its last part, one line, at most 120 characters; never a place on a disk."""
    if not words:
        return None
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", line(words)))[-1].strip(" .")
    if len(last) > 120:
        stem, dot, ending = last.rpartition(".")
        last = f"{stem[:100]}…{dot}{ending[:16]}" if dot else last[:119] + "…"
    return last or None
