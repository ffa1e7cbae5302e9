"""Reads the JSON body of a request. Whatever is sent, the answer is an object or a problem, never a crash."""

import asyncio
import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from aiohttp import web

from channels.web import clean
from channels.web.api.problems import Problem

LARGEST: Final = 256 * 1024
DEEPEST: Final = 16
_LARGEST_INTEGER: Final = 2**53
_SECONDS: Final = 30.0


async def read(request: web.Request) -> tuple[dict[str, Any], bytes]:
    """The object in the body, and the bytes as they came. Raises ``Problem``."""
    if request.content_type != "application/json":
        raise Problem("content_type", "Send 'Content-Type: application/json'.", allowed=["application/json"])
    charset = (request.charset or "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise Problem("content_type", "JSON is UTF-8 (RFC 8259, 8.1).", allowed=["utf-8"])
    data = await _bytes(request)
    return parse(data), data


async def _bytes(request: web.Request) -> bytes:
    if (request.content_length or 0) > LARGEST:
        raise _too_large()
    data = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.content.iter_chunked(65536):
                data += chunk
                if len(data) > LARGEST:
                    raise _too_large()
    except TimeoutError:
        raise Problem("timeout", "The body did not arrive in time.") from None
    return bytes(data)


def parse(data: bytes) -> dict[str, Any]:
    """A JSON object: no double keys, no NaN, at most ``DEEPEST`` levels, nothing that cannot be stored."""
    try:
        words = data.decode()
    except UnicodeDecodeError:
        raise Problem("body", "The body is not UTF-8.") from None
    if _depth(words) > DEEPEST:
        raise Problem("body", f"The body is nested deeper than {DEEPEST} levels.")
    try:
        read = json.loads(words, object_pairs_hook=_pairs, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise Problem("body", "The body is not JSON as RFC 8259 has it.") from None
    if not isinstance(read, dict):
        raise Problem("body", "The body must be a JSON object.")
    _look(read, "")
    return read


def _too_large() -> Problem:
    return Problem("too_large", f"A body may have {LARGEST} bytes.", allowed=LARGEST)


def _depth(words: str) -> int:
    """How deep brackets nest, strings left out; cheap, and before anything recursive sees the text."""
    depth = deepest = 0
    quoted = escaped = False
    for character in words:
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem("body", "A key stands twice in one object.")
    return found


def _constant(name: str) -> Any:
    raise Problem("body", f"{name} is not JSON.")


def _look(value: Any, path: str) -> None:
    """Refuse what no database would take: NUL, halves of surrogate pairs, numbers beyond 2^53."""
    if isinstance(value, str):
        if not clean.fit(value):
            raise Problem("invalid", "The text holds characters that cannot be stored.", field=path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _look(key, path)
            _look(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _look(item, f"{path}[{index}]")
    elif isinstance(value, int | float) and abs(value) > _LARGEST_INTEGER:
        raise Problem("invalid", "The number is too large.", field=path)


def only(found: Mapping[str, Any], allowed: Collection[str]) -> None:
    """Refuse fields that are not known, and name those that are."""
    unknown = sorted(set(found) - set(allowed))
    if unknown:
        names = ", ".join(sorted(allowed))
        shown = [name[:60] for name in unknown[:10]]
        raise Problem("unknown_field", f"Possible: {names}.", fields=shown, allowed=sorted(allowed))


def words(found: Mapping[str, Any], field: str, most: int, *, needed: bool = False) -> str | None:
    """A text field without space around it; None where it is absent, null or empty."""
    value = found.get(field)
    if value is not None and not isinstance(value, str):
        raise Problem("invalid", f"{field} must be a text.", field=field)
    value = clean.text(value) if value else None
    if needed and not value:
        raise Problem("missing", f"{field} is needed.", field=field)
    if value and len(value) > most:
        raise Problem("invalid", f"{field} may have {most} characters.", field=field, allowed=most)
    return value or None
