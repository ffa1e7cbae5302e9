"""When deciding fails: the message is not lost. It opens a ticket in the fallback team, for people to look at."""

import re

from router.draft import Draft
from router.meeting import addresses
from router.offering import alarm, seek
from router.opening import open_page
from tickets.changes import Changes, NewMessage
from tickets.commands import Actor, ActorKind, Answer, InboundMessage
from tickets.masking import mask
from tickets.model import Channel, Contact, Disposition, Identity, Kind, Level, Priority, Status
from tickets.sla import next_update
from tickets.snapshot import Snapshot


def rescued(message: InboundMessage, state: Snapshot, error: str) -> Changes:
    """The least that a message becomes: a quarantined ticket with its words, an acknowledgement, an alarmed lead.

    Only plain copying happens here; none of the reading that may have failed.
    """
    draft = Draft(state, key=message.key, actor=Actor(ActorKind.DESK))
    contact = _sender(draft, message)
    content = draft.words(_masked(message.text), "message", contact.id) if message.text else None
    fallback, message_id = state.config.fallback, state.new_id()
    ticket = draft.happened(
        state.new_id(),
        "opened",
        draft.sealable(content),
        reference=state.new_reference(),
        organisation=contact.organisation,
        kind=Kind.INCIDENT,
        status=Status.NEW,
        category=fallback.category,
        team=fallback.team,
        impact=Level(fallback.impact),
        urgency=Level(fallback.urgency),
        priority=Priority.P3,
        quarantined=True,
        channel=message.channel if message.channel is not Channel.TELEGRAM else Channel.WEB,
        reporter=contact.id,
        confirmer=contact.id,
        subject=content,
        opened_at=draft.now,
        next_update_by=next_update(state.config, contact.organisation, Priority.P3, draft.now),
        message=message_id,
        error=error,
    )
    draft.keep(_kept(message, message_id, content, contact.id, ticket.id, draft))
    open_page(draft, ticket, contact)
    ticket = draft.tell_reporter(ticket, "ack")
    alarm(draft, ticket, "quarantined")
    ticket = seek(draft, ticket, quiet=True)
    facts = {"disposition": Disposition.OPENED.value, "message": message_id}
    return draft.done(
        Answer(outcome="opened", ticket=ticket.id, reference=ticket.reference, contact=contact.id, facts=facts)
    )


def _masked(text: str) -> str:
    """The words without secrets. Where masking is what failed, no digit is shown at all."""
    try:
        return mask(text).text
    except Exception:
        return re.sub(r"\d", "•", text)


def _sender(draft: Draft, message: InboundMessage) -> Contact:
    for address in addresses(message):
        identity = draft.state.identities.get(address)
        if identity and identity.contact in draft.state.contacts:
            return draft.state.contacts[identity.contact]
    contact = Contact(
        id=draft.state.new_id(),
        organisation=draft.state.config.desk.default_organisation,
        language=draft.state.language,
        created_at=draft.now,
    )
    for channel, value in addresses(message)[:1]:
        draft.known_as(Identity(channel=channel, address=value, contact=contact.id, verified=message.sender.verified))
    return draft.remember(contact)


def _kept(
    message: InboundMessage, message_id: str, content: str | None, contact: str, ticket: str, draft: Draft
) -> NewMessage:
    return NewMessage(
        id=message_id,
        key=message.key,
        channel=message.channel,
        direction="in",
        at=draft.now,
        content=content,
        tickets=(ticket,),
        contact=contact,
        external_id=message.external_id,
        disposition=Disposition.OPENED,
        parts=message.parts,
        media=message.media,
        raw=message.raw,
        raw_type=message.raw_type,
    )
