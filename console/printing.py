"""What the command line prints: tables for eyes, JSON for programs. The one place that writes to stdout."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec


def say(line: str = "") -> None:
    """One line for a person."""
    sys.stdout.write(f"{line}\n")


def complain(line: str) -> None:
    """One line about what went wrong."""
    sys.stderr.write(f"sigap: {line}\n")


def print_json(value: Any) -> None:
    """One JSON document; structs and times as the API writes them."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_items(items: Iterable[Any], following: str | None = None) -> None:
    """A list as the API gives lists."""
    print_json({"items": list(items), "next": following})


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, none: str) -> None:
    """Rows in columns that are as wide as their longest value; ``none`` is said where there is no row."""
    if not rows:
        say(none)
        return
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
    for line in [[column.upper() for column in columns], *cells]:
        say("  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        return ",".join(str(one) for one in value) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
