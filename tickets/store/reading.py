"""What the doors and the workers read. Synchronous: an event loop calls it through ``asyncio.to_thread``."""

from sqlalchemy import Connection, select

from tickets import references
from tickets.store import schema
from tickets.store.engine import Database
from tickets.store.ticket_views import views
from tickets.views import TicketView


class Reader:
    """Reads one database. Raises ``Unavailable`` when the database cannot be read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ticket(self, subject: str) -> TicketView | None:
        """A ticket with everything in it, by its id or its reference as somebody typed it."""
        with self._database.reading() as connection:
            ticket = ticket_id(connection, subject)
            return views(connection, [ticket]).get(ticket) if ticket else None


def ticket_id(connection: Connection, subject: str) -> str | None:
    """The id of a ticket that is named by its id or its reference."""
    canonical = references.read(subject)
    if canonical is None:
        return subject
    table = schema.reference
    found: str | None = connection.execute(select(table.c.ticket_id).where(table.c.reference == canonical)).scalar()
    return found or subject
