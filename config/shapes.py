"""Turns plain values into the structs of ``config/schema.py``, and says what does not fit in words of an operator."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import inspect
from rapidfuzz import fuzz, process

from config.yamlfiles import Document, Where

Shape = TypeVar("Shape")

_AT = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]")
_NAMES = {
    "`str`": "a text",
    "`int`": "a whole number",
    "`array`": "a list",
    "`object`": "a mapping (key: value)",
    "`bool`": "true or false",
    "`null`": "nothing",
    "`float`": "a number",
}


def meant(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` when a known word is near, else nothing."""
    best = process.extractOne(str(word), list(known), scorer=fuzz.ratio, score_cutoff=60)
    return f"; did you mean {best[0]!r}?" if best else ""


def fit(document: Document, value: Any, where: Where, shape: type[Shape]) -> Shape | None:
    """A struct of the value at a place, or None after the document was told all that is wrong with it."""
    before = len(document.problems)
    _look(document, value, where, inspect.type_info(shape))
    if len(document.problems) > before:
        return None
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        _translate(document, str(error), where)
        return None


def _look(document: Document, value: Any, where: Where, shape: inspect.Type) -> None:
    """Find unknown keys and words outside closed lists, all of them; msgspec finds the rest."""
    if isinstance(shape, inspect.UnionType):
        options = [one for one in shape.types if not isinstance(one, inspect.NoneType)]
        if value is not None and len(options) == 1:
            _look(document, value, where, options[0])
    elif isinstance(shape, inspect.StructType) and isinstance(value, dict):
        _look_at_keys(document, value, where, shape)
    elif isinstance(shape, inspect.DictType) and isinstance(value, dict):
        for key, item in value.items():
            _look(document, key, (*where, key), shape.key_type)
            _look(document, item, (*where, key), shape.value_type)
    elif isinstance(shape, inspect.VarTupleType) and isinstance(value, list):
        for index, item in enumerate(value):
            _look(document, item, (*where, index), shape.item_type)
    elif isinstance(shape, inspect.LiteralType) and isinstance(value, str) and value not in shape.values:
        allowed = [str(one) for one in shape.values]
        field = next((str(step) for step in reversed(where) if isinstance(step, str)), "value")
        document.complain(where, f"{field}: {value!r} is not one of {', '.join(allowed)}{meant(value, allowed)}")


def _look_at_keys(document: Document, value: dict[str, Any], where: Where, shape: inspect.StructType) -> None:
    fields = {field.encode_name: field.type for field in shape.fields if field.encode_name not in ("place", "hash")}
    for key, item in value.items():
        if key not in fields:
            document.complain((*where, key), f"unknown key {key!r}{meant(key, fields)}")
        else:
            _look(document, item, (*where, key), fields[key])


def _translate(document: Document, message: str, where: Where) -> None:
    """Put msgspec's message at its line, in plain words."""
    found = _AT.search(message)
    path = found["path"] if found else ""
    steps = tuple(step["key"] if step["key"] else int(step["index"]) for step in _STEP.finditer(path))
    text = _AT.sub("", message)
    for technical, plain in _NAMES.items():
        text = text.replace(technical, plain)
    text = text.replace("Object missing required field", "missing key").replace("`", "'").replace(" | nothing", "")
    text = text[:1].lower() + text[1:]
    field = next((str(step) for step in reversed((*where, *steps)) if isinstance(step, str)), "")
    document.complain((*where, *steps), f"{field}: {text}" if field else text)
