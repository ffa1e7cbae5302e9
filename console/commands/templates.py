"""`sigap templates`: our texts with buttons as Content objects at Twilio."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="WhatsApp's texts with buttons: push.")


@app.callback()
def templates() -> None:
    """WhatsApp's texts with buttons, as Content objects at Twilio."""


@app.command("push")
def push(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Create at Twilio what is missing, and ask WhatsApp to approve it. What is there already stays."""
    from console.acting import opened
    from console.printing import print_items, table
    from console.pushing import push_templates

    with opened() as foundation:
        rows = [{"name": name, "sid": sid, "new": new} for name, sid, new in push_templates(foundation)]
    if as_json:
        print_items(rows)
    else:
        table(rows, ("name", "sid", "new"), none="No text has buttons.")
