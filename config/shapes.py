"""Turns plain values into the structs of ``config/schema.py``, and says what does not fit in words of an operator.

msgspec stops at the first fault and knows no lines, so everything is looked at beforehand; msgspec has the last word.
"""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect
from rapidfuzz import fuzz, process

from config.yamlfiles import Document, Where

Shape = TypeVar("Shape")

# Which plain type a shape wants, and what an operator calls it.
_WANTED: Final[tuple[tuple[type[inspect.Type], type, str], ...]] = (
    (inspect.StrType, str, "a text (put it in quotes)"),
    (inspect.BoolType, bool, "true or false"),
    (inspect.IntType, int, "a whole number"),
    (inspect.VarTupleType, list, "a list"),
    (inspect.DictType, dict, "a mapping (key: value)"),
    (inspect.StructType, dict, "a mapping (key: value)"),
    (inspect.LiteralType, str, "a word"),
)
# Fields that the reader fills in by itself.
_OURS: Final = ("place", "hash")


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
        document.complain(where, str(error))
        return None


def _look(document: Document, value: Any, where: Where, shape: inspect.Type) -> None:
    """Find all that does not fit a shape."""
    if isinstance(shape, inspect.UnionType):
        options = [one for one in shape.types if not isinstance(one, inspect.NoneType)]
        if value is not None and len(options) == 1:
            _look(document, value, where, options[0])
        return
    wanted = next(((plain, words) for kind, plain, words in _WANTED if isinstance(shape, kind)), None)
    if wanted and (not isinstance(value, wanted[0]) or (wanted[0] is int and isinstance(value, bool))):
        document.complain(where, f"{_field(where)}: {_shown(value)} is not {wanted[1]}")
    elif isinstance(shape, inspect.StructType):
        _look_at_keys(document, value, where, shape)
    elif isinstance(shape, inspect.DictType):
        for key, item in value.items():
            _look(document, key, (*where, key), shape.key_type)
            _look(document, item, (*where, key), shape.value_type)
    elif isinstance(shape, inspect.VarTupleType):
        for index, item in enumerate(value):
            _look(document, item, (*where, index), shape.item_type)
    elif isinstance(shape, inspect.LiteralType) and value not in shape.values:
        allowed = [str(one) for one in shape.values]
        document.complain(
            where, f"{_field(where)}: {value!r} is not one of {', '.join(allowed)}{meant(value, allowed)}"
        )


def _look_at_keys(document: Document, value: dict[str, Any], where: Where, shape: inspect.StructType) -> None:
    fields = {field.encode_name: field for field in shape.fields if field.encode_name not in _OURS}
    for key, item in value.items():
        if key in fields:
            _look(document, item, (*where, key), fields[key].type)
        else:
            document.complain((*where, key), f"unknown key {key!r}{meant(key, fields)}")
    for name, field in fields.items():
        if field.required and name not in value:
            document.complain(where, f"{_field(where)}: the key {name!r} is missing")


def _field(where: Where) -> str:
    """The last name on the way to a place."""
    return next((str(step) for step in reversed(where) if isinstance(step, str)), "here")


def _shown(value: Any) -> str:
    """A value as an operator wrote it, in short."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else repr(value)
