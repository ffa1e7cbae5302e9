"""`sigap tray`: what people wrote that belongs to no report yet."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Messages that became no report: list.")


@app.callback()
def tray() -> None:
    """Messages that became no report."""


@app.command("list")
def show(
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What waits for somebody to look at it, newest first."""
    from console.acting import opened
    from console.printing import print_items, table
    from tickets.store.tray import Tray

    with opened() as foundation:
        found = Tray(foundation.database).list(limit)
    rows = [
        {"id": one.id, "at": one.at, "channel": one.channel, "text": one.text, "parts": " ".join(one.parts)}
        for one in found
    ]
    if as_json:
        print_items(rows)
    else:
        table(rows, ("at", "channel", "text", "parts"), none="The tray is empty.")
