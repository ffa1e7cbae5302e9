"""Salts of content rows, and words as both databases can hold them."""

import os

_SALT_BYTES = 16


def new_salts(count: int) -> list[str]:
    """Fresh salts of 128 bits in hex, from one read of the system's randomness."""
    random = os.urandom(_SALT_BYTES * count)
    return [random[start : start + _SALT_BYTES].hex() for start in range(0, len(random), _SALT_BYTES)]


def clean(words: str) -> str:
    """Words without NUL and lone surrogates (U+FFFD instead): PostgreSQL refuses the one, UTF-8 the other."""
    if "\0" in words:
        words = words.replace("\0", "\ufffd")
    try:
        words.encode()
    except UnicodeEncodeError:
        return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return words
