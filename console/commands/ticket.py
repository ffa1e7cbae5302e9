"""`sigap ticket`: look at tickets."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tickets.views import TicketRow, TicketView

app = typer.Typer(no_args_is_help=True, help="Look at tickets: list, show.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def show_all(
    every: Annotated[bool, typer.Option("--all", help="Ended ones too.")] = False,
    team: Annotated[str | None, typer.Option()] = None,
    status: Annotated[str | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    cursor: Annotated[str | None, typer.Option(help="The `next` of the list before.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tickets, newest first."""
    from console.acting import opened
    from console.printing import print_items, say, table

    with opened() as foundation:
        page = foundation.reader.tickets(
            open_only=not every and status is None, team=team, status=status, limit=limit, cursor=cursor
        )
    rows = [_row(row) for row in page.items]
    if as_json:
        print_items(rows, page.next)
        return
    columns = ("reference", "priority", "status", "team", "assignee", "opened_at", "subject")
    table(rows, columns, none="No tickets.")
    if page.next:
        say(f"more: --cursor {page.next}")


@app.command("show")
def show(
    reference: Annotated[str, typer.Argument(help="INC-…, in any case, with or without the hyphen.")],
    as_json: AsJson = False,
) -> None:
    """One ticket with its conversation and its history."""
    from console.acting import opened
    from console.failure import Failure
    from console.printing import print_json

    with opened() as foundation:
        view = foundation.reader.ticket(reference)
    if view is None:
        raise Failure(f"there is no ticket {reference}")
    if as_json:
        print_json(_document(view))
    else:
        _print(view)


def _row(row: "TicketRow") -> dict[str, Any]:
    ticket = row.ticket
    return {
        "reference": ticket.reference,
        "kind": ticket.kind.value,
        "status": ticket.status.value,
        "priority": ticket.priority.value,
        "category": ticket.category,
        "team": ticket.team,
        "assignee": row.assignee.name if row.assignee else None,
        "channel": ticket.channel.value,
        "organisation": ticket.organisation,
        "opened_at": ticket.opened_at,
        "subject": row.subject,
    }


def _document(view: "TicketView") -> dict[str, Any]:
    ticket = view.ticket
    return {
        "reference": ticket.reference,
        "kind": ticket.kind,
        "status": ticket.status,
        "waiting_for": ticket.waiting_for,
        "priority": ticket.priority,
        "impact": ticket.impact,
        "urgency": ticket.urgency,
        "category": ticket.category,
        "service": ticket.service,
        "team": ticket.team,
        "assignee": view.assignee.name if view.assignee else None,
        "channel": ticket.channel,
        "reporter": view.reporter.name,
        "organisation": ticket.organisation,
        "opened_at": ticket.opened_at,
        "version": ticket.version,
        "messages": view.messages,
        "events": view.events,
    }


def _print(view: "TicketView") -> None:
    from console.printing import say

    ticket = view.ticket
    holder = view.assignee.name if view.assignee else "nobody"
    say(f"{ticket.reference}  {ticket.priority.value}  {ticket.status.value}  {ticket.team}  held by {holder}")
    say(f"{ticket.category}, service {ticket.service or '-'}, by {ticket.channel.value}, opened {ticket.opened_at}")
    for message in view.messages:
        say(f"  {message.at:%Y-%m-%d %H:%M}  {message.author.name or message.author.kind}: {message.text}")
    say("")
    for event in view.events:
        say(f"  {event.seq:>4}  {event.at:%Y-%m-%d %H:%M:%S}  {event.type}  {event.actor}")
