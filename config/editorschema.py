"""JSON Schemas of the operator's files, so that an editor completes keys and underlines faults while one types."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from config.calendarfiles import DAYS
from config.schema import (
    Bilingual,
    Category,
    Desk,
    Fallback,
    Matrix,
    Organisation,
    Rule,
    Service,
    Signal,
    SlaPolicy,
    Team,
)

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

# Filled in by the reader, never written by a person.
_OURS: Final = ("code", "place")
_SECTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "services": {"services": dict[str, Service]},
    "teams": {"teams": dict[str, Team]},
    "organisations": {"organisations": dict[str, Organisation]},
    "sla": {"matrix": Matrix, "policies": dict[str, SlaPolicy]},
    "rules": {
        "categories": dict[str, Category],
        "fallback": Fallback,
        "vocabulary": dict[str, list[str]],
        "signals": list[Signal],
        "rules": list[Rule],
    },
}
FILES: Final = (*_SECTIONS, "desk", "calendar")


def editor_schema(file: str) -> dict[str, Any]:
    """The JSON Schema of one of ``FILES``. Raises ``KeyError`` for another name."""
    if file == "desk":
        (schema,), components = msgspec.json.schema_components([Desk], ref_template="#/$defs/{name}")
        return {"$schema": DIALECT, **_tidy(components)["Desk"]} if "$ref" in schema else schema
    if file == "calendar":
        return {"$schema": DIALECT, **_calendar()}
    sections = _SECTIONS[file]
    schemas, components = msgspec.json.schema_components(list(sections.values()), ref_template="#/$defs/{name}")
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": dict(zip(sections, schemas, strict=True)),
        "additionalProperties": False,
        "$defs": _tidy(components),
    }


def _tidy(components: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the reader fills in, closed to unknown keys, and with the short ways of writing a condition."""
    found: dict[str, Any] = {}
    for name, component in components.items():
        if name == "Place":
            continue
        tidy = dict(component)
        if "properties" in tidy:
            tidy["properties"] = {key: value for key, value in tidy["properties"].items() if key not in _OURS}
            tidy["required"] = [key for key in tidy.get("required", ()) if key not in _OURS]
            tidy["additionalProperties"] = False
        found[name] = tidy
    if "When" in found:
        found["When"]["properties"] = {
            group: {"type": "array", "items": _CONDITION} for group in ("any", "all", "none")
        }
        found["Clause"] |= {"minProperties": 1, "maxProperties": 1}
    return found


_CONDITION: Final = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Clause"}]}


def _calendar() -> dict[str, Any]:
    _, components = msgspec.json.schema_components([Bilingual], ref_template="#/$defs/{name}")
    span = {"type": "string", "pattern": r"^\d\d:\d\d ?[-–] ?\d\d:\d\d$"}
    day = {"anyOf": [span, {"type": "array", "items": span}]}
    return {
        "type": "object",
        "properties": {
            "name": {"$ref": "#/$defs/Bilingual"},
            "timezone": {"type": "string"},
            "hours": {"type": "object", "properties": dict.fromkeys(DAYS, day), "additionalProperties": False},
            "holidays": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["timezone", "hours"],
        "additionalProperties": False,
        "$defs": _tidy(components),
    }
