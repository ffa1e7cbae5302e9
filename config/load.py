"""Reads the operator's folder into one ``ConfigSet``, or refuses it whole with every problem at once.

What the words of the rules do (typing mistakes, examples) is not known down here; who knows it hands in a ``check``.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from config.calendarfiles import read_calendar, read_time
from config.crosscheck import check_references
from config.problems import ConfigErrors, ConfigProblem
from config.rulefile import RuleFile, read_rules
from config.schema import Calendar, ConfigSet, Desk, Matrix, Organisation, Service, SlaPolicy, Team
from config.shapes import fit, meant
from config.yamlfiles import Document, read_yaml

Shape = TypeVar("Shape")
Check = Callable[[ConfigSet], Iterable[ConfigProblem]]

_TIMES = ("quiet_from", "quiet_until")
_LEVELS = ("high", "medium", "low")


def load_config(folder: Path, *checks: Check) -> ConfigSet:
    """Read ``folder``; raises ``ConfigErrors`` with all problems, each with file and line."""
    documents = {name: _document(folder, name) for name in ("services", "teams", "organisations", "sla", "rules")}
    documents["desk"] = _document(folder, "desk", needed=False)
    calendars, calendar_documents = _calendars(folder)
    rules = read_rules(documents["rules"])
    config = ConfigSet(
        hash="",
        services=_section(documents["services"], "services", Service),
        teams=_section(documents["teams"], "teams", Team),
        organisations=_section(documents["organisations"], "organisations", Organisation),
        sla=_section(documents["sla"], "policies", SlaPolicy, beside=("matrix",)),
        calendars=calendars,
        matrix=_matrix(documents["sla"]),
        desk=_desk(documents["desk"]),
        words=_words(folder / "words"),
        **_fields(rules),
    )
    check_references(config, documents, [one.file.split("/")[-1].removesuffix(".yaml") for one in calendar_documents])
    problems = [problem for one in (*documents.values(), *calendar_documents) for problem in one.problems]
    if not problems:
        problems = [problem for check in checks for problem in check(config)]
    if problems:
        raise ConfigErrors(sorted(problems, key=lambda problem: (problem.file, problem.line)))
    return msgspec.structs.replace(config, hash=fingerprint(config))


def fingerprint(config: ConfigSet) -> str:
    """SHA-256 over the canonical form: the meaning of the files, not their layout."""
    plain = msgspec.to_builtins(config, order="deterministic", str_keys=True)
    plain.pop("hash")
    for entry in (*plain["rules"], *plain["signals"]):
        entry.pop("place", None)
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def _words(folder: Path) -> str:
    """A digest of the word lists: with other words the same rules decide otherwise."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _fields(rules: RuleFile) -> dict[str, Any]:
    return {name: getattr(rules, name) for name in ("categories", "fallback", "signals", "rules")}


def _document(folder: Path, name: str, *, needed: bool = True) -> Document:
    file = f"{name}.yaml"
    try:
        return read_yaml(folder / file, file)
    except FileNotFoundError:
        document = Document(file)
        if needed:
            near = meant(file, [path.name for path in folder.glob("*.y*ml")]) if folder.is_dir() else ""
            document.complain((), f"the file is missing in {folder}{near}")
    except OSError as error:
        document = Document(file)
        document.complain((), f"the file cannot be read: {error.strerror}")
    return document


def _section(
    document: Document, section: str, shape: type[Shape], *, beside: tuple[str, ...] = ()
) -> Mapping[str, Shape]:
    """The entries of a file's one section, each under its code."""
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get(section), dict) or not value[section]:
        if not document.problems:
            document.complain((), f"the key {section!r} with at least one entry is missing")
        return {}
    for key in value:
        if key not in (section, *beside):
            document.complain((key,), f"unknown key {key!r}{meant(key, (section, *beside))}")
    found: dict[str, Shape] = {}
    for code, entry in value[section].items():
        if not isinstance(entry, dict):
            document.complain((section, code), f"{code}: write its keys below it, indented")
            continue
        item = fit(document, {**entry, "code": code}, (section, code), shape)
        if item is not None:
            found[code] = item
    return found


def _matrix(document: Document) -> Matrix:
    value = document.value.get("matrix") if isinstance(document.value, dict) else None
    if value is None:
        if not document.problems:
            document.complain((), "the key 'matrix' (impact x urgency) is missing")
        return {}
    matrix = fit(document, value, ("matrix",), Matrix)  # type: ignore[type-abstract]
    if matrix is None:
        return {}
    for impact in _LEVELS:
        for urgency in _LEVELS:
            if urgency not in matrix.get(impact, {}):  # type: ignore[call-overload]
                document.complain(("matrix", impact), f"matrix: impact {impact}, urgency {urgency} has no priority")
    return matrix


def _desk(document: Document) -> Desk:
    value = document.value
    if value is None:
        return Desk()
    if not isinstance(value, dict):
        document.complain((), "write one key and its value per line")
        return Desk()
    plain = dict(value)
    for key in _TIMES:
        if key in plain:
            plain[key] = read_time(plain[key])
            if plain[key] is None:
                document.complain((key,), f"{key}: {value[key]!r} is not a time; write it like 21:00")
    return fit(document, {k: v for k, v in plain.items() if v is not None}, (), Desk) or Desk()


def _calendars(folder: Path) -> tuple[dict[str, Calendar], list[Document]]:
    found: dict[str, Calendar] = {}
    documents: list[Document] = []
    for path in sorted((folder / "calendars").glob("*.yaml")):
        document = read_yaml(path, f"calendars/{path.name}")
        documents.append(document)
        calendar = None if document.problems else read_calendar(document, path.stem)
        if calendar:
            found[calendar.code] = calendar
    return found, documents
