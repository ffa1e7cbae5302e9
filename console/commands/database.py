"""`sigap db`: the tables."""

import typer

app = typer.Typer(no_args_is_help=True, help="The tables of the database.")


@app.callback()
def group() -> None:
    """The tables of the database."""


@app.command("upgrade")
def bring_up() -> None:
    """Bring the tables up to date; `make run` does it by itself."""
    from console.checkout import settings_here
    from console.foundation import Foundation
    from console.printing import say
    from tickets.store.migrate import at_head, upgrade

    foundation = Foundation(settings_here())
    try:
        was = at_head(foundation.database)
        upgrade(foundation.database)
    finally:
        foundation.close()
    say("the tables were up to date" if was else "the tables are up to date now")
