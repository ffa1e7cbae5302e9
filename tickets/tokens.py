"""Secrets that are derived, never stored: one key per purpose by HKDF (RFC 5869), and the tokens made with them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SIZE: Final = 16


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose only."""
    return HKDF(algorithm=SHA256(), length=32, salt=b"sigap", info=purpose.encode()).derive(key)


def _base(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key_id(key: bytes) -> str:
    """Two characters that tell which of several keys made a token."""
    return _base(hashlib.sha256(b"id" + key).digest())[:2]


class Tokens:
    """Makes and recognises the tokens of one installation. The first key makes; each of them is recognised."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [(key_id(key), derive(key, "tracking"), derive(key, "form")) for key in keys]

    def tracking(self, ticket: str, contact: str) -> str:
        """The secret of one person's tracking page of one ticket: 128 bits, the same each time it is asked for."""
        identifier, key, _ = self._keys[0]
        mac = hmac.new(key, f"{ticket}\n{contact}".encode(), hashlib.sha256).digest()[:_SIZE]
        return identifier + _base(mac)

    def form(self, nonce: str, issued: int) -> str:
        """A signature over a form's nonce and the time it was handed out (seconds), against foreign posts."""
        identifier, _, key = self._keys[0]
        return identifier + _base(hmac.new(key, f"{nonce}\n{issued}".encode(), hashlib.sha256).digest()[:_SIZE])

    def form_fits(self, nonce: str, issued: int, signature: str) -> bool:
        """Whether one of the keys signed this form."""
        return any(
            hmac.compare_digest(
                identifier + _base(hmac.new(key, f"{nonce}\n{issued}".encode(), hashlib.sha256).digest()[:_SIZE]),
                signature,
            )
            for identifier, _, key in self._keys
        )


def fingerprint(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex. Tokens have 128 bits or more, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(prefix: str) -> str:
    """A fresh random token of 192 bits with a readable prefix."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"


# Without letters and digits that look alike: a code is typed on a phone.
_CODE_ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def new_code() -> str:
    """A one-time code of eight characters (39 bits), valid for a day at most."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(8))
