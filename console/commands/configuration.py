"""`sigap config`: the operator's files."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from console.foundation import Foundation

app = typer.Typer(no_args_is_help=True, help="The files that an operator edits: check, schema, apply.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def group() -> None:
    """The files that an operator edits."""


@app.command("check")
def check(as_json: AsJson = False) -> None:
    """Read all files; exit 0, or 2 with every problem, its file and its line."""
    from config.problems import ConfigErrors
    from console.checkout import settings_here
    from console.foundation import Foundation
    from console.printing import print_json, say

    foundation = Foundation(settings_here())
    try:
        counts = _read(foundation)
    except ConfigErrors as errors:
        if not as_json:
            raise
        print_json({"ok": False, "problems": [_plain(problem) for problem in errors.problems]})
        raise typer.Exit(2) from None
    finally:
        foundation.close()
    if as_json:
        print_json({"ok": True, "hash": foundation.config.hash, "counts": counts, "problems": []})
    else:
        say(f"{foundation.settings.config_dir}: " + ", ".join(f"{number} {name}" for name, number in counts.items()))
        say(f"sound, {foundation.config.hash[:12]}")


@app.command("schema")
def schema(
    file: Annotated[
        str, typer.Argument(help="services, teams, organisations, sla, rules, desk or calendar.")
    ] = "rules",
) -> None:
    """The JSON Schema of a file, for an editor that completes keys."""
    from config.editorschema import FILES, editor_schema
    from config.shapes import meant
    from console.failure import Failure
    from console.printing import print_json

    if file not in FILES:
        raise Failure(f"there is no file {file!r}; there are {', '.join(FILES)}{meant(file, FILES)}", code=2)
    print_json(editor_schema(file))


@app.command("apply")
def apply(as_json: AsJson = False) -> None:
    """Check all files and store them as one set under their hash; a bad set is refused whole.

    A running desk keeps the set that it was started with until it is started again.
    """
    from console.acting import opened
    from console.printing import print_json, say
    from tickets.store.configs import Known

    with opened() as foundation:
        counts = _read(foundation)
        with foundation.database.writing() as connection:
            Known().keep(connection, foundation.config, foundation.clock())
        if as_json:
            print_json({"hash": foundation.config.hash, "counts": counts})
        else:
            say(f"stored {foundation.config.hash[:12]}; a running desk takes it over when it is started again")


def _read(foundation: "Foundation") -> dict[str, int]:
    """How much stands in the files; raises ``ConfigErrors`` with the problems of all of them."""
    from config.problems import ConfigErrors, ConfigProblem

    problems: list[ConfigProblem] = []
    for part in ("words", "texts", "config"):
        try:
            getattr(foundation, part)
        except ConfigErrors as errors:
            problems += errors.problems
    if problems:
        raise ConfigErrors(sorted(set(problems)))
    config = foundation.config
    return {
        "services": len(config.services),
        "teams": len(config.teams),
        "organisations": len(config.organisations),
        "policies": len(config.sla),
        "calendars": len(config.calendars),
        "rules": len(config.rules),
        "signals": len(config.signals),
        "examples": sum(len(one.examples) for one in config.rules) + sum(len(one.examples) for one in config.signals),
    }


def _plain(problem: Any) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "message": problem.message}
