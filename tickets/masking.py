"""Takes out of words what nobody at a desk may read: card numbers, NIK, OTP and PIN. Pure.

Found by shape and check digit, not by guess: a card number passes Luhn's check (ISO/IEC 7812-1), a NIK carries a
province and a date of birth, a code stands beside the word that names it. References, telephone numbers and amounts
stay.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Secret = Literal["card", "nik", "otp", "pin"]

_MASK: Final = "•"
# 13 to 19 digits, singly or in groups, that are no part of a word, a decimal number or a telephone number.
_DIGITS: Final = re.compile(r"(?<![\w+#/=-])(?<![\d][.,])\d(?:[ .\u2010-\u2015-]?\d){12,18}(?![\w]|[.,]\d)")
# What stands before a number that is an amount or an account, not a card.
_NO_CARD: Final = re.compile(
    r"(?:[$€]|\b(?:rp|idr|usd|va|virtual account|rek|rekening)"
    r"(?:\s+(?:no|nomor|bca|bni|bri|bsi|mandiri|permata))?)[ .:]*$",
    re.IGNORECASE,
)
_LOOK_BACK: Final = 40
_GROUPS_OF_THREE: Final = re.compile(r"\d{1,3}(?:\.\d{3})+")
# Words that may stand between the name of a code and the code.
_BETWEEN: Final = (
    r"(?:[^\w\n]|\b(?:nya|saya|sy|aku|ini|itu|adalah|kode|code|is|my|the|masuk|yang|yg|dikirim|ke|kak|min|was|number|nomor|no|"
    r"baru|sms|wa|dari|bank|akun|atm|tadi|kartu|card|for|got|received|isinya|berapa|udah|sudah)\b){0,16}?"
)
_CODE: Final = r"(?<![\w-])(?P<code>\d(?:[ -]?\d){3,7})(?![\w-]|[.,]\d)"
_NAMED: Final[tuple[tuple[Secret, re.Pattern[str]], ...]] = (
    ("otp", re.compile(r"\b(?:cvv|cvc)2?(?:nya)?\b[^\w\n]{0,4}(?P<code>\d{3,4})(?!\w)", re.IGNORECASE)),
    (
        "otp",
        re.compile(
            r"\b(?:otp|kode verifikasi|verification code|one[- ]time (?:password|passcode|code)|security code)"
            rf"(?:nya|ku)?\b{_BETWEEN}{_CODE}",
            re.IGNORECASE,
        ),
    ),
    ("pin", re.compile(rf"\bm?pin(?:nya|ku)?\b{_BETWEEN}{_CODE}", re.IGNORECASE)),
    (
        "otp",
        re.compile(
            r"(?<![\w-])(?P<code>\d{4,8})\s{1,3}(?:is|adalah|itu|ini)\s{1,3}(?:\w{1,20}\s{1,3}){0,2}(?:otp|code|kode)\b",
            re.IGNORECASE,
        ),
    ),
)
# The first two digits of a NIK: the codes of the provinces.
_PROVINCES: Final = frozenset(
    (*range(11, 20), 21, *range(31, 37), 51, 52, 53, *range(61, 66), *range(71, 77), 81, 82, *range(91, 98))
)
_MONTHS: Final = 12
_DAYS: Final = 31
# The day of birth of a woman is written with 40 added.
_WOMAN: Final = 40
_KEPT_OF_A_CARD: Final = 4


@dataclass(frozen=True, slots=True)
class Masked:
    """The words with the digits of secrets replaced, and which kinds were found."""

    text: str
    found: frozenset[Secret]


def mask(text: str) -> Masked:
    """Replace the digits of secrets. Of a card the last four stay, so that people can tell which one was meant."""
    if sum(map(str.isdigit, text)) < 3:
        return Masked(text, frozenset())
    found: set[Secret] = set()

    def number(match: re.Match[str]) -> str:
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        kind = None if _NO_CARD.search(before) else _kind(match[0])
        if kind is None:
            return match[0]
        found.add(kind)
        return _dots(match[0], keep=_KEPT_OF_A_CARD if kind == "card" else 0)

    masked = _DIGITS.sub(number, text)
    for secret, pattern in _NAMED:
        # A second code after the same word is found only in a second look ("OTP 123456, bukan 654321" is not one).
        masked, count = pattern.subn(_hide, masked)
        if count:
            found.add(secret)
    return Masked(masked, frozenset(found))


def _kind(number: str) -> Secret | None:
    digits = "".join(character for character in number if character.isdigit())
    if _GROUPS_OF_THREE.fullmatch(number):
        return None
    if len(digits) == 16 and _is_nik(digits):
        return "nik"
    if digits.startswith("62") and len(digits) < 16:
        # An Indonesian telephone number without its plus; UnionPay's cards, which begin so too, have 16 digits or more.
        return None
    return "card" if digits[0] in "23456" and _luhn(digits) else None


def _luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1: every second digit from the right counts double."""
    if len(set(digits)) == 1:
        return False
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_nik(digits: str) -> bool:
    """Province, regency and district, then the date of birth as day, month, year."""
    day, month = int(digits[6:8]), int(digits[8:10])
    born = 1 <= (day - _WOMAN if day > _WOMAN else day) <= _DAYS and 1 <= month <= _MONTHS
    return int(digits[:2]) in _PROVINCES and digits[2:4] != "00" and digits[4:6] != "00" and born


def _hide(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("code"))
    return match[0][:start] + _dots(match["code"], keep=0) + match[0][end:]


def _dots(number: str, *, keep: int) -> str:
    """The number with dots for digits, all but the last ``keep``; its spaces and dashes stay."""
    shown = sum(map(str.isdigit, number)) - keep
    masked = []
    for character in number:
        hidden = character.isdigit() and shown > 0
        shown -= character.isdigit()
        masked.append(_MASK if hidden else character)
    return "".join(masked)
