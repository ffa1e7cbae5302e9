"""Who may see which tickets: one clause that every read of a list goes through."""

from typing import Final

from sqlalchemy import ColumnElement, or_, true

from tickets.model import Account, Role
from tickets.store import schema

RESTRICTED_CATEGORY: Final = "security"
RESTRICTED_TEAM: Final = "security"


def visible_to(account: Account | None) -> ColumnElement[bool]:
    """The tickets that ``account`` may see; None is the operator, who sees all.

    Everybody of the house sees everything but data security, which only its team, leads and admins see, and whoever
    holds or is offered such a ticket.
    """
    if account is None or account_sees_all(account):
        return true()
    ticket = schema.ticket
    return or_(
        ticket.c.category != RESTRICTED_CATEGORY,
        ticket.c.assignee == account.id,
        ticket.c.offered_to == account.id,
    )


def account_sees_all(account: Account) -> bool:
    """Whether an account's roles or teams open data security tickets to them."""
    return RESTRICTED_TEAM in account.teams or Role.LEAD in account.roles or Role.ADMIN in account.roles
