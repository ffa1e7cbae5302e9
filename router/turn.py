"""One message being decided, and where it ends up."""

from dataclasses import dataclass

from router.draft import Draft
from router.received import Reading, Received
from tickets.model import Contact, Disposition, Ticket
from tickets.speech import Speech

# Parts that say something by themselves, without a word beside them.
_TELLING = {"voice", "image", "video", "document", "location", "contact"}


@dataclass(frozen=True, slots=True)
class Turn:
    """The message, its reading, the contact who wrote it, and the ids under which it is stored."""

    draft: Draft
    received: Received
    reading: Reading
    contact_id: str
    message_id: str
    content: str | None

    @property
    def contact(self) -> Contact:
        """The contact with what this decision did to them."""
        return self.draft.contact(self.contact_id)

    @property
    def contents(self) -> tuple[str, ...]:
        """The content rows that an event about this message seals; those that waited in the tray stand already."""
        return self.draft.sealable(self.content)

    @property
    def tells_something(self) -> bool:
        """Whether there is more in it than a greeting or a courtesy."""
        if self.received.text.strip():
            return self.received.speech is Speech.CONTENT
        return bool(_TELLING.intersection(self.received.message.parts)) or bool(self.received.message.media)


@dataclass(frozen=True, slots=True)
class Filing:
    """The disposition of a message, and the ticket that it belongs to."""

    disposition: Disposition
    ticket: Ticket | None = None
