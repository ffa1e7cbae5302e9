"""The hidden field of a form: a nonce that makes a double click one message, signed against posts from elsewhere."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from tickets.tokens import Tokens

MAX_AGE: Final = timedelta(days=7)
_LONGEST: Final = 200


def new(tokens: Tokens, now: datetime, page: str = "") -> str:
    """A fresh field for a form. ``page`` is the secret of the page that it stands on, where there is one."""
    nonce, issued = secrets.token_urlsafe(12), int(now.timestamp())
    return f"{nonce}.{issued}.{tokens.form(_bound(nonce, page), issued)}"


def read(tokens: Tokens, field: str, now: datetime, page: str = "") -> str | None:
    """The nonce, or None where the field was not made here, not for this page, or too long ago."""
    nonce, _, rest = field.partition(".")
    issued_text, _, signature = rest.partition(".")
    if len(field) > _LONGEST or not (nonce.isascii() and issued_text.isascii() and issued_text.isdigit()):
        return None
    issued = int(issued_text)
    age = now.timestamp() - issued
    if not -60 <= age <= MAX_AGE.total_seconds():
        return None
    if not signature.isascii() or not tokens.form_fits(_bound(nonce, page), issued, signature):
        return None
    return nonce


def _bound(nonce: str, page: str) -> str:
    return f"{nonce}:{page}" if page else nonce
