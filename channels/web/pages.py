"""Renders a page in the reader's language. Words come from the texts, values are escaped, nothing is inline."""

import re
from collections.abc import Mapping
from typing import Any, Final

import aiohttp_jinja2
from aiohttp import web

from channels.web.parts import PARTS

LANGUAGES: Final = ("id", "en")
_RANGE: Final = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,20})?\s*(?:;\s*q=(\d(?:\.\d{1,3})?))?\s*")


def language_of(request: web.Request, fallback: str | None = None) -> str:
    """``?lang=``, else ``fallback`` (what we know of the person), else what the browser prefers, else the house's."""
    asked = request.query.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return fallback or preferred(request.headers.get("Accept-Language", "")) or request.app[PARTS].language


def preferred(header: str) -> str | None:
    """The language of ours that an ``Accept-Language`` header likes best (RFC 9110, 12.5.4)."""
    best: tuple[float, str] | None = None
    for part in header[:500].split(","):
        found = _RANGE.fullmatch(part)
        if not found:
            continue
        # Browsers of old phones still say "in" for Indonesian.
        language = {"in": "id", "ms": "id"}.get(found[1].lower(), found[1].lower())
        weight = float(found[2]) if found[2] else 1.0
        if language in LANGUAGES and weight > 0 and (best is None or weight > best[0]):
            best = (weight, language)
    return best[1] if best else None


def render(
    request: web.Request,
    template: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    language: str | None = None,
) -> web.Response:
    """A page. ``values`` are what the template asks for beside the words (``t``) and the language."""
    spoken = language or language_of(request)
    texts = request.app[PARTS].texts

    def words(key: str, **variables: Any) -> str:
        return texts.label(spoken, f"web_{key}", **variables)

    other = "en" if spoken == "id" else "id"
    context = {"t": words, "language": spoken, "other_language": other, "path": request.path, **values}
    response = aiohttp_jinja2.render_template(template, request, context, status=status)
    response.headers["Content-Language"] = spoken
    response.headers["Cache-Control"] = "no-store"
    return response
