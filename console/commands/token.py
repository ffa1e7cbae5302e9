"""`sigap token`: keys for programs."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Keys for programs: create, list, revoke.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SCOPES = ("admin", "read", "report")


@app.command("create")
def create(
    scope: Annotated[list[str], typer.Option("--scope", help="admin, read, report or alerts:SOURCE; may be repeated.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    as_json: AsJson = False,
) -> None:
    """Make a token and show it this once."""
    from console.acting import opened
    from console.failure import Failure
    from console.printing import print_json, say
    from tickets.store.tokens_store import ApiTokens

    for one in scope:
        if one not in SCOPES and not (one.startswith("alerts:") and len(one) > len("alerts:")):
            raise Failure(f"{one} is no scope; there are {', '.join(SCOPES)} and alerts:SOURCE", code=2)
    with opened() as foundation:
        secret = ApiTokens(foundation.database).create(name, scope, foundation.clock())
    if as_json:
        print_json({"token": secret, "name": name, "scopes": scope})
    else:
        say(secret)


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """All tokens, without their secrets."""
    from console.acting import opened
    from console.printing import print_items, table

    with opened() as foundation:
        rows = [
            {
                "id": token.id,
                "name": token.name,
                "scopes": list(token.scopes),
                "created_at": token.created_at,
                "revoked_at": token.revoked_at,
            }
            for token in foundation.reader.api_tokens()
        ]
    if as_json:
        print_items(rows)
    else:
        table(rows, ("id", "name", "scopes", "created_at", "revoked_at"), none="No tokens.")


@app.command("revoke")
def revoke(token: Annotated[str, typer.Argument(help="An id of `sigap token list`.")]) -> None:
    """Make a token worthless at once."""
    from console.acting import opened
    from console.failure import Failure
    from tickets.store.tokens_store import ApiTokens

    with opened() as foundation:
        if token not in {one.id for one in foundation.reader.api_tokens()}:
            raise Failure(f"there is no token {token}; see: sigap token list")
        ApiTokens(foundation.database).revoke(token, foundation.clock())
