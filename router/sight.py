"""What an account may see at all."""

from tickets.model import Account, Ticket
from tickets.snapshot import Snapshot


def in_sight(account: Account | None, ticket: Ticket, state: Snapshot) -> bool:
    """A restricted team's tickets exist only for its members, those who hold them, and leads; None is the house."""
    team = state.config.teams.get(ticket.team)
    if account is None or team is None or not team.restricted:
        return True
    return account.leads or ticket.team in account.teams or account.id in (ticket.assignee, ticket.offered_to)
