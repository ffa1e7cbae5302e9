"""The command line `sigap`. What goes wrong is told on stderr, a line for each thing, with exit code 1 or 2."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any, Final

import typer
from typer.core import TyperGroup

# Word → module under console/commands; a module is imported when its word is used.
GROUPS: Final = {
    "config": "configuration",
    "rules": "rules",
    "agent": "agent",
    "token": "token",
    "ticket": "ticket",
    "audit": "audit",
    "quarantine": "quarantine",
    "tray": "tray",
    "db": "database",
    "templates": "templates",
}
COMMANDS: Final = {"run": "run", "init": "run", "doctor": "doctor"}


class Lazy(TyperGroup):
    """A group that imports only what was asked for, so that `sigap` answers fast."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS, *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in GROUPS:
            command = typer.main.get_command(_module(GROUPS[cmd_name]).app)
            command.name = cmd_name
            return command
        if cmd_name in COMMANDS:
            single = typer.Typer(add_completion=False)
            single.command(cmd_name)(getattr(_module(COMMANDS[cmd_name]), cmd_name))
            return typer.main.get_command(single)
        return None


def _module(name: str) -> Any:
    return importlib.import_module(f"console.commands.{name}")


app = typer.Typer(
    cls=Lazy, add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def sigap() -> None:
    """An omnichannel intake desk for incidents that closes only on the reporter's yes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit code, or leaves with it."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="sigap")
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        told = told_to_the_operator(error)
        if told is None:
            raise
        lines, code = told
        sys.stderr.writelines(f"sigap: {line}\n" for line in lines)
        return code
    return 0


def told_to_the_operator(error: Exception) -> tuple[list[str], int] | None:
    """An error that the operator can do something about, as lines and exit code; None for a fault of ours."""
    from config.problems import ConfigErrors
    from config.settings import SettingsError
    from console.failure import Failure
    from tickets.submission import Unavailable

    if isinstance(error, SettingsError | ConfigErrors):
        return [str(problem) for problem in error.problems], 2
    if isinstance(error, Failure):
        return str(error).splitlines(), error.code
    if isinstance(error, Unavailable):
        return [f"the database cannot be used now: {error.reason.replace('_', ' ')}"], 1
    if isinstance(error, OSError):
        return [f"{error.filename}: {error.strerror}" if error.filename else str(error)], 1
    return None


if __name__ == "__main__":
    raise SystemExit(main())
