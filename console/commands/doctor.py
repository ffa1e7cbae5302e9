"""`sigap doctor`: looks at everything that this installation stands on, and says what is wrong with it."""

from typing import Annotated

import typer


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Look at Python, settings, files, database, Redis, ports and addresses; exit 1 when something is broken."""
    from console.checkup import examine
    from console.printing import print_items, table

    found = examine()
    rows = [{"check": finding.check, "state": finding.state, "says": finding.says} for finding in found]
    if as_json:
        print_items(rows)
    else:
        table(rows, ("state", "check", "says"), none="")
    raise typer.Exit(1 if any(finding.state == "bad" for finding in found) else 0)
