"""Ticket references: ``INC-`` and eight characters of Crockford's base32, the last of them a check character.

Numbers come in blocks per process and pass through a keyed permutation, so that a reference does not tell how many
tickets there are. See https://www.crockford.com/base32.html; the check is a weighted sum in the field of 32 elements,
which finds every single wrong character and every swap of two neighbours.
"""

import hashlib
import hmac
import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = "INC-"
LENGTH: Final = 7
SPACE: Final = 32**LENGTH
# x^5 + x^2 + 1, which makes the field of 32 elements: each place weighs another power of x.
_FIELD: Final = 0b100101
_HALF_BITS: Final = 18
_HALF: Final = (1 << _HALF_BITS) - 1
_ROUNDS: Final = 6
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_IN_TEXT: Final = re.compile(r"\bINC[-\s]?([0-9A-Z]{8})\b", re.IGNORECASE | re.ASCII)


def _round(key: bytes, number: int, half: int) -> int:
    mac = hmac.new(key, bytes([number]) + half.to_bytes(4, "big"), hashlib.sha256).digest()
    return int.from_bytes(mac[:4], "big") & _HALF


def permute(number: int, key: bytes) -> int:
    """Map ``number`` (0 ≤ number < 32**7) to another of that range, one to one: a Feistel network, cycle walking."""
    if not 0 <= number < SPACE:
        raise ValueError(f"number out of range: {number}")
    while True:
        left, right = number >> _HALF_BITS, number & _HALF
        for index in range(_ROUNDS):
            left, right = right, left ^ _round(key, index, right)
        number = left << _HALF_BITS | right
        if number < SPACE:
            return number


def _check(payload: str) -> str:
    total = 0
    for character in payload:
        total ^= _VALUES[character]
        total = (total << 1) ^ (_FIELD if total & 16 else 0)
    return ALPHABET[total]


def reference(number: int, key: bytes) -> str:
    """The reference of the ``number``-th ticket under the installation's key."""
    value = permute(number, key)
    characters = []
    for _ in range(LENGTH):
        value, digit = divmod(value, 32)
        characters.append(ALPHABET[digit])
    payload = "".join(reversed(characters))
    return PREFIX + payload + _check(payload)


def read(text: str) -> str | None:
    """The canonical form of a typed reference, or None where it is none or its check character is wrong.

    Read without case and hyphen, with O, I, L as 0, 1, 1; the prefix may be left out.
    """
    compact = re.sub(r"[\s\-–—]", "", text).upper()
    if len(compact) == LENGTH + 1 + 3 and compact.startswith(("INC", "1NC", "LNC")):
        compact = compact[3:]
    compact = compact.translate(_READ_AS)
    if len(compact) != LENGTH + 1 or any(character not in _VALUES for character in compact):
        return None
    if _check(compact[:LENGTH]) != compact[LENGTH]:
        return None
    return PREFIX + compact


def find(text: str) -> tuple[str, ...]:
    """The references that stand in a text with their prefix, in order, each once."""
    found = (read(match.group(0)) for match in _IN_TEXT.finditer(text))
    return tuple(dict.fromkeys(reference for reference in found if reference))
