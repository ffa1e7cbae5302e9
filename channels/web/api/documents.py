"""The document of the API: ``/api/openapi.json`` for programs, ``/api/docs`` for people, both without the internet."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from aiohttp import web
from ruamel.yaml import YAML

from channels.web import pages
from channels.web.api.problems import CODES

_FILE: Final = Path(__file__).parents[1] / "openapi.yaml"
_METHODS: Final = ("get", "post")


@cache
def document() -> dict[str, Any]:
    """The hand-kept document, with the list of problem codes filled in from where they are defined."""
    found: dict[str, Any] = YAML(typ="safe").load(_FILE.read_text("utf-8"))
    found["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] = list(CODES)
    return found


@cache
def _bytes() -> bytes:
    return msgspec.json.encode(document())


async def raw(_request: web.Request) -> web.Response:
    """The document as JSON."""
    return web.Response(body=_bytes(), content_type="application/json")


async def page(request: web.Request) -> web.Response:
    """The same to read: every call with its fields, answers and an example."""
    found = document()
    calls = [
        {
            "method": method.upper(),
            "path": path,
            **_resolved(found, call),
            "anchor": f"{method}{path}".replace("/", "-").strip("-{}"),
        }
        for path, methods in found["paths"].items()
        for method, call in methods.items()
        if method in _METHODS
    ]
    schemas = found["components"]["schemas"]
    values = {
        "document": found,
        "calls": calls,
        "schemas": schemas,
        "codes": CODES,
        "name_of": name_of,
        "type_of": type_of,
    }
    return pages.render(request, "docs.html", values)


def _anchor(method: str, path: str) -> str:
    return f"{method}{path}".translate(str.maketrans("/", "-", "{}"))


def _resolved(found: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    """A call with its parameters and answers written out."""
    parts = found["components"]
    parameters = [
        parts["parameters"][name_of(one["$ref"])] if "$ref" in one else one for one in call.get("parameters", [])
    ]
    responses = {
        status: parts["responses"][name_of(one["$ref"])] if "$ref" in one else one
        for status, one in call["responses"].items()
    }
    return {**call, "parameters": parameters, "responses": responses}


def name_of(reference: str) -> str:
    """The last part of a ``$ref``."""
    return reference.rpartition("/")[2]


def type_of(schema: dict[str, Any]) -> str:
    """A schema's type in a few words."""
    if "$ref" in schema:
        return name_of(schema["$ref"])
    kind = schema.get("type", "any")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind
