"""`sigap quarantine`: messages and commands that could not be decided."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="What could not be decided: list, retry.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def show(
    settled: Annotated[bool, typer.Option("--all", help="Also what was seen to.")] = False, as_json: AsJson = False
) -> None:
    """What waits for somebody to look at it, oldest first."""
    from console.acting import opened
    from console.printing import print_items, table
    from tickets.store.quarantine import Quarantine

    with opened() as foundation:
        found = Quarantine(foundation.database).list(settled=settled)
    rows = [
        {"key": one.key, "at": one.at, "ticket": one.ticket, "message": one.message, "error": one.error}
        for one in found
    ]
    if as_json:
        print_items([{**row, "trace": one.trace} for row, one in zip(rows, found, strict=True)])
    else:
        table(rows, ("key", "at", "ticket", "error"), none="Nothing is quarantined.")


@app.command("retry")
def retry(
    key: Annotated[str | None, typer.Argument(help="A key of `sigap quarantine list`; all without.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide again what could not be decided; what opened a ticket already is only marked as seen to."""
    from console.acting import opened
    from console.failure import Failure
    from console.printing import print_items, say
    from console.retrying import try_again
    from tickets.store.quarantine import Quarantine

    with opened() as foundation:
        waiting = [one for one in Quarantine(foundation.database).list() if key is None or one.key == key]
        if key is not None and not waiting:
            raise Failure(f"nothing waits under {key}; see: sigap quarantine list")
        results = try_again(foundation, waiting)
    if as_json:
        print_items([{"key": one.key, "settled": one.settled, "says": one.says} for one in results])
    else:
        for one in results:
            say(f"{one.key}: {one.says}")
    raise typer.Exit(0 if all(one.settled for one in results) else 1)
