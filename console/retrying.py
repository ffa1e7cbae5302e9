"""Takes quarantined items once more, after whatever broke on them was mended."""

import asyncio
from collections.abc import Sequence

import msgspec

from channels.whatsapp.parse import FORM, NotAMessage, fields_of, parse
from console.foundation import Foundation
from console.storing import ringing, writing
from router.intake import Intake
from tickets.store.quarantine import Quarantine, Quarantined
from tickets.submission import Unavailable


class Retried(msgspec.Struct, frozen=True):
    """What became of one item."""

    key: str
    settled: bool
    says: str


def try_again(foundation: Foundation, waiting: Sequence[Quarantined]) -> list[Retried]:
    """Decide each again, one by one; an item that fails again stays where it is."""
    with ringing(foundation) as bell, writing(foundation, bell) as writer:
        intake = Intake(writer, foundation.router, lambda: foundation.config)
        found = [_again(foundation, intake, one) for one in waiting]
    quarantine = Quarantine(foundation.database)
    for one in found:
        if one.settled:
            quarantine.settle(one.key, foundation.clock())
    return found


def _again(foundation: Foundation, intake: Intake, item: Quarantined) -> Retried:
    if item.ticket is not None:
        return Retried(item.key, True, f"is a ticket, where people see to it: {_reference(foundation, item.ticket)}")
    original = foundation.reader.original(item.message) if item.message else None
    if original is None:
        return Retried(item.key, True, "was a command; whoever sent it was told that it did not work")
    content_type, raw = original
    if content_type != FORM:
        return Retried(item.key, False, f"only WhatsApp's originals can be read again, this is {content_type}")
    try:
        message = parse(fields_of(raw), raw, item.at)
        # The old key has its stored answer already.
        again = msgspec.structs.replace(message, key=f"again:{foundation.clock():%Y%m%d%H%M%S}:{message.key}")
        answer = asyncio.run(intake.receive(again))
    except (NotAMessage, Unavailable) as error:
        return Retried(item.key, False, f"still does not work ({type(error).__name__})")
    good = answer.outcome != "quarantined"
    return Retried(item.key, good, f"is {answer.reference or answer.outcome} now" if good else "still does not work")


def _reference(foundation: Foundation, ticket: str) -> str:
    view = foundation.reader.ticket(ticket)
    return view.ticket.reference if view else ticket
