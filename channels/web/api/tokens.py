"""Who calls the API: a bearer token (RFC 6750) with scopes."""

import asyncio
from typing import Final

from aiohttp import web

from channels.web.api.problems import Problem
from channels.web.parts import PARTS
from tickets.views import ApiToken

_IN_ADDRESS: Final = ("token", "access_token", "api_key", "apikey", "key")


async def caller(request: web.Request, *scopes: str) -> ApiToken:
    """The token of a request, which must have one of ``scopes``. Raises ``Problem``."""
    if any(name in request.query for name in _IN_ADDRESS):
        detail = (
            "Send the token in the header 'Authorization: Bearer …'. An address ends up in logs: revoke this token."
        )
        raise Problem("token_in_address", detail)
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    if kind.lower() != "bearer" or not secret:
        raise Problem(
            "unauthorized",
            "Send the header 'Authorization: Bearer …' with a token made by 'sigap token create'.",
            headers={"WWW-Authenticate": 'Bearer realm="sigap"'},
        )
    fit = len(secret) <= 200 and secret.isascii()
    token = await asyncio.to_thread(request.app[PARTS].reader.api_token, secret) if fit else None
    if token is None or token.revoked_at is not None:
        raise Problem(
            "unauthorized",
            "The token is unknown or was revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="sigap", error="invalid_token"'},
        )
    if not set(scopes) & set(token.scopes):
        allowed = ", ".join(scopes)
        raise Problem(
            "scope",
            f"This needs a token of scope {allowed}.",
            headers={"WWW-Authenticate": f'Bearer realm="sigap", error="insufficient_scope", scope="{scopes[0]}"'},
            allowed=list(scopes),
        )
    return token
