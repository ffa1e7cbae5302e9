"""`sigap agent`: the people who solve."""

from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="The people who solve: add, list, invite.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name that customers and colleagues see.")],
    team: Annotated[list[str], typer.Option("--team", help="A team of teams.yaml; may be repeated.")],
    telegram_id: Annotated[int | None, typer.Option(help="Links the person's Telegram at once.")] = None,
    available: Annotated[bool, typer.Option("--available", help="Begins to get offers now.")] = False,
    role: Annotated[list[str] | None, typer.Option("--role", help="agent (default), lead, manager, …")] = None,
    capacity: Annotated[int | None, typer.Option(min=1, help="How many tickets at once.")] = None,
    language: Annotated[str | None, typer.Option(help="id or en.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a person; without --telegram-id, `sigap agent invite` makes the code that links one."""
    from console.acting import opened, perform
    from console.failure import Failure
    from console.printing import print_json, say

    if language not in (None, "id", "en"):
        raise Failure("--language is id or en", code=2)
    data: dict[str, Any] = {"name": name, "teams": team, "roles": role or ["agent"], "available": available}
    data |= {"telegram_id": telegram_id} if telegram_id is not None else {}
    data |= {"capacity": capacity} if capacity is not None else {}
    data |= {"language": language} if language is not None else {}
    with opened() as foundation:
        answer = perform(foundation, "add_account", data=data)
    if as_json:
        print_json({"account": answer.facts["account"], "name": name, "teams": team})
    else:
        say(f"{name} is in {', '.join(team)} ({answer.facts['account']})")


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """Everybody of the house."""
    from console.acting import opened
    from console.printing import print_items, table

    with opened() as foundation:
        rows = [
            {
                "id": account.id,
                "name": account.name,
                "roles": [role.value for role in account.roles],
                "teams": list(account.teams),
                "presence": account.presence.value,
                "capacity": account.capacity,
                "linked": account.telegram_id is not None,
                "active": account.active,
            }
            for account in foundation.reader.accounts()
        ]
    if as_json:
        print_items(rows)
    else:
        table(
            rows, ("name", "roles", "teams", "presence", "linked", "active"), none="Nobody yet: sigap agent add NAME …"
        )


@app.command("invite")
def invite(
    name: Annotated[str, typer.Argument(help="A name or an id of `sigap agent list`.")], as_json: AsJson = False
) -> None:
    """Make a code that links a Telegram account once, within 24 hours."""
    from console.acting import opened, perform
    from console.failure import Failure
    from console.printing import print_json, say

    with opened() as foundation:
        found = [one for one in foundation.reader.accounts() if name in (one.id, one.name)]
        if not found:
            raise Failure(f"nobody is called {name}; see: sigap agent list")
        answer = perform(foundation, "invite", subject=found[0].id)
    if as_json:
        print_json({"account": found[0].id, "code": answer.facts["code"]})
    else:
        say(f"{found[0].name} sends this to the bot within 24 hours:  /start {answer.facts['code']}")
