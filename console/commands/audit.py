"""`sigap audit`: the proof that nothing was changed afterwards."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The proof that nothing was changed afterwards.")


@app.callback()
def group() -> None:
    """The proof that nothing was changed afterwards."""


@app.command("verify")
def verify(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Write rows anew from sound events.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read every event, word and row; exit 0, or 1 naming the first bad row."""
    from console.acting import opened
    from console.printing import complain, print_json, say
    from tickets.store.verify import verify as read_all

    with opened() as foundation:
        report = read_all(foundation.database, rebuild)
    bad = report.first_bad
    if as_json:
        first = {"stream": bad.stream, "seq": bad.seq, "what": bad.what} if bad else None
        print_json({"sound": report.sound, "first_bad": first, "counts": report.counts, "rebuilt": report.rebuilt})
    else:
        say(", ".join(f"{name} {number}" for name, number in report.counts.items()))
        if report.rebuilt:
            say(f"rows written anew from their events: {report.rebuilt}")
        if bad is None:
            say("sound")
        else:
            complain(f"first bad row: {bad}")
    # What was mended is sound now, but somebody should know that it was not.
    raise typer.Exit(0 if report.sound else 1)
