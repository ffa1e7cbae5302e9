"""Who wrote: the contact behind an address, known or new."""

from datetime import datetime

import msgspec

from router.clients import organisation_of
from router.draft import Draft
from router.received import Reading, Received
from tickets.commands import InboundMessage
from tickets.language import detect
from tickets.model import Channel, Contact, Identity

# A form's address is typed, not proven: it makes no identity, so that nobody can pose as somebody else.
_PROVING = (Channel.WHATSAPP, Channel.MAIL)


def addresses(message: InboundMessage) -> tuple[tuple[Channel, str], ...]:
    """The addresses by which a sender may be known; none for a form or an API call."""
    if message.channel not in _PROVING or not message.sender.address:
        return ()
    return tuple(dict.fromkeys((message.channel, one) for one in (message.sender.address, *message.sender.aliases)))


def meet(draft: Draft, received: Received, reading: Reading) -> Contact:
    """The contact who wrote; a new one where nobody is known by these addresses. Their language follows their words."""
    message = received.message
    known = _known(draft, message)
    language = message.language or detect(
        received.text, reading.words, known.language if known else draft.state.language
    )
    contact = known or _new(draft, message, language)
    if contact.language != language:
        contact = draft.remember(contact, language=language)
    for channel, address in addresses(message):
        before = draft.state.identities.get((channel, address))
        draft.known_as(
            Identity(
                channel=channel,
                address=address,
                contact=contact.id,
                verified=message.sender.verified or bool(before and before.verified),
                last_in_at=_latest(before, draft.now),
                opted_out=bool(before and before.opted_out),
            )
        )
    return contact


def _latest(before: Identity | None, now: datetime) -> datetime:
    return max(before.last_in_at, now) if before and before.last_in_at else now


def _known(draft: Draft, message: InboundMessage) -> Contact | None:
    if message.contact and message.contact in draft.state.contacts:
        return draft.state.contacts[message.contact]
    for address in addresses(message):
        identity = draft.state.identities.get(address)
        if identity and identity.contact in draft.state.contacts:
            return draft.state.contacts[identity.contact]
    return None


def _new(draft: Draft, message: InboundMessage, language: str) -> Contact:
    sender = message.sender
    identity = draft.state.new_id()

    def kept(words: str | None) -> str | None:
        return draft.words(words[:200], "name", identity) if words else None

    contact = Contact(
        id=identity,
        organisation=organisation_of(draft.state.config, message),
        name=kept(sender.name),
        typed_email=kept(sender.email),
        typed_phone=kept(sender.phone),
        language=language,
        created_at=draft.now,
    )
    return draft.remember(contact)


def renamed(draft: Draft, contact: Contact, name: str | None) -> Contact:
    """The contact with a name, where they had none before."""
    if contact.name or not name:
        return contact
    after: Contact = msgspec.structs.replace(contact, name=draft.words(name[:200], "name", contact.id))
    return draft.remember(after)
