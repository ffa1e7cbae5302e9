"""Errors of the API as RFC 9457 has them: a sentence for people and a stable ``code`` for programs."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from tickets.commands import Refused

# Every code, its HTTP status and its title. The document of the API lists them from here.
CODES: Final[Mapping[str, tuple[int, str]]] = {
    "body": (400, "The body cannot be read"),
    "unknown_field": (400, "A field is not known here"),
    "missing": (400, "Something is missing"),
    "invalid": (400, "A value does not fit"),
    "unknown_action": (400, "There is no such action"),
    "unknown_service": (400, "There is no such service"),
    "unknown_team": (400, "There is no such team"),
    "unknown_account": (400, "There is no such account"),
    "token_in_address": (400, "A token does not belong into an address"),
    "unauthorized": (401, "A valid bearer token is needed"),
    "scope": (403, "The token may not do this"),
    "not_allowed": (403, "This is not for the caller to do"),
    "not_yours": (403, "The ticket is somebody else's"),
    "unknown_actor": (403, "Nobody acts by this name now"),
    "code_wrong": (403, "The code is wrong or has expired"),
    "not_found": (404, "There is nothing here"),
    "unknown_ticket": (404, "There is no such ticket"),
    "method": (405, "The method does not fit"),
    "timeout": (408, "The request took too long"),
    "stale": (409, "The ticket has changed since it was looked at"),
    "invalid_transition": (409, "The action does not fit the status"),
    "offer_gone": (409, "The offer is gone"),
    "already": (409, "This has been done already"),
    "key_reused": (409, "The key was used for another request"),
    "too_large": (413, "The request is too large"),
    "content_type": (415, "The body must be application/json"),
    "internal": (500, "Something broke here"),
    "quarantined": (500, "The desk could not decide this; it was put aside for people to look at"),
    "unavailable": (503, "Nothing can be stored now"),
}
_BY_STATUS: Final = {400: "body", 403: "not_allowed", 404: "not_found", 405: "method", 408: "timeout", 413: "too_large"}


class Problem(Exception):
    """An answer that says no. ``facts`` name what would be possible."""

    def __init__(self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.detail, self.facts = code, detail, facts
        self.status, self.title = CODES[code]
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        """The problem document."""
        document = {
            "type": f"/api/docs#problem-{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.facts,
        }
        return web.Response(
            body=msgspec.json.encode(document),
            status=self.status,
            content_type="application/problem+json",
            headers={"Cache-Control": "no-store", **self.headers},
        )


def refused(code: Refused, facts: Mapping[str, Any]) -> Problem:
    """What the desk said no to; its facts (``allowed``, ``version`` …) go along."""
    plain = {key: value for key, value in facts.items() if key not in ("type", "title", "status", "code", "detail")}
    detail = CODES[code.value][1] + "."
    if plain.get("allowed"):
        detail += " Possible: " + ", ".join(str(one) for one in plain["allowed"]) + "."
    return Problem(code.value, detail, **plain)


def unavailable(retry_after_s: int) -> Problem:
    """Nothing was stored; the same request may be sent again."""
    detail = f"Nothing was stored. Send the same request again in {retry_after_s} s."
    return Problem("unavailable", detail, headers={"Retry-After": str(retry_after_s)})


def internal() -> Problem:
    """What nobody expected."""
    return Problem("internal", "The request was not carried out. It has been logged and will be looked at.")


def of_status(status: int) -> Problem:
    """The problem for an HTTP status that aiohttp itself answered with."""
    code = "internal" if status >= 500 else _BY_STATUS.get(status, "body")
    return Problem(code, CODES[code][1] + ".")
