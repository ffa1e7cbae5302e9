"""A notice to a person outside, put into words: still relevant? where to? in which words? with which buttons? Pure.

The channel that sends it decides whether the buttons are real ones or numbers in the text (``numbered``).
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from config.schema import ConfigSet
from tickets.buttons import buttons
from tickets.model import Channel, Identity, Kind
from tickets.outbound import Choice, OutboundMessage, Permanent, Reason
from tickets.relevance import still_relevant
from tickets.texts import Texts, bold_spans
from tickets.variables import Scene, variables
from tickets.views import Briefing

LIMIT: Final = 1_600
"""Characters that fit into one WhatsApp message at Twilio."""

# What may still be said to somebody who does not want to hear from us.
_AFTER_OPT_OUT: Final = frozenset({"opt_out", "welcome_back"})
BY_NUMBER: Final = frozenset(
    {
        *("confirm", "confirm_answered", "confirm_withdrawn", "remind", "contradiction"),
        *("not_an_incident", "thanks", "which", "ask_service"),
    }
)
"""Texts whose question is remembered with its choices, so that "1" means something. A number below another is dead."""

# The person's own address is at fault, not the moment: another address may work.
_OF_THE_ADDRESS: Final = frozenset(
    {
        Reason.INVALID_ADDRESS,
        Reason.BLOCKED,
        Reason.WINDOW_CLOSED,
        Reason.NOT_JOINED,
        Reason.NO_ADDRESS,
        Reason.REJECTED,
        Reason.UNREACHABLE,
    }
)
_LOOPBACK: Final = ("localhost", "127.", "::1", "0.0.0.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the words need to know of the installation.

    ``tracking`` makes the secret of (ticket, contact). ``played``: the provider is the sandbox, whose page runs on this
    machine, so even a loopback link can be opened.
    """

    texts: Texts
    config: ConfigSet
    tracking: Callable[[str, str], str]
    public_url: str
    timezone: str
    played: bool = False

    def link(self, ticket: str, contact: str) -> str | None:
        """The address of a person's tracking page, or None where nobody outside could open it."""
        if not self.played and is_local(self.public_url):
            return None
        return f"{self.public_url.rstrip('/')}/t/{self.tracking(ticket, contact)}"


def is_local(url: str) -> bool:
    """Whether an address points at the machine that reads it."""
    host = urlsplit(url).hostname or ""
    return host.startswith(_LOOPBACK)


def compose(
    briefing: Briefing, house: House, *, channel: Channel, now: datetime, markup: bool = False
) -> OutboundMessage | None:
    """The message for a notice on ``channel``, or None when it is no longer relevant.

    ``markup``: the channel reads WhatsApp's ``*bold*``; others get plain words and the bold spans. Raises ``Permanent``
    with ``NO_ADDRESS`` or ``OPTED_OUT`` where the person cannot be told there.
    """
    contact, notice = briefing.contact, briefing.notice
    if contact is None or not still_relevant(briefing, now):
        return None
    address = address_of(briefing, channel)
    scene = Scene(briefing=briefing, config=house.config, timezone=house.timezone, language=contact.language, now=now)
    ticket = scene.ticket
    said = variables(scene, link=house.link(ticket.id, contact.id) if ticket else None)
    if notice.purpose in _WORDS_ARE_ALL and not said["words"]:
        # The words have been erased since: there is nothing left to say.
        return None
    purpose = wording_of(scene)
    marked = _rendered(house.texts, scene, purpose, said)
    text, bold = (marked, ()) if markup else bold_spans(marked)
    choices = buttons(scene, house.texts.choices(contact.language, purpose))
    return OutboundMessage(
        key=notice.id,
        channel=channel,
        address=address,
        text=text,
        bold=bold,
        language=contact.language,
        purpose=purpose,
        rows=tuple((choice,) for choice in choices),
        reply_to=briefing.answers,
        wants_reply=bool(choices),
        in_doubt=notice.in_doubt,
        since=notice.created_at,
    )


def wording_of(scene: Scene) -> str:
    """Which text says what the notice means, as things are now."""
    purpose, ticket = scene.briefing.notice.purpose, scene.ticket
    if ticket is None:
        return purpose
    if purpose == "confirm" and ticket.kind is Kind.NOT_AN_INCIDENT:
        return "confirm_answered"
    if purpose == "confirm" and ticket.resolved_at is None:
        return "confirm_withdrawn"
    return purpose


def _rendered(texts: Texts, scene: Scene, purpose: str, said: dict[str, Any]) -> str:
    text = texts.render(scene.language, purpose, **said)
    if not scene.briefing.notice.params.get("privacy"):
        return text
    return f"{text}\n\n{texts.render(scene.language, 'privacy', **said)}"


_WORDS_ARE_ALL: Final = frozenset({"reply", "workaround"})


def address_of(briefing: Briefing, channel: Channel) -> str:
    """Where a person is told: the notice's own address, else the one on ``channel`` that they wrote from last.

    The tracking page needs none. Raises ``Permanent``.
    """
    notice = briefing.notice
    mine = [identity for identity in briefing.identities if identity.channel is channel]
    if notice.address is not None:
        mine = [identity for identity in mine if identity.address == notice.address]
    usable = [one for one in mine if not one.opted_out or notice.purpose in _AFTER_OPT_OUT]
    if usable:
        return latest(usable).address
    if mine:
        raise Permanent(Reason.OPTED_OUT)
    if channel is Channel.WEB:
        return notice.address or ""
    if notice.address is None:
        raise Permanent(Reason.NO_ADDRESS)
    return notice.address


def latest(identities: list[Identity]) -> Identity:
    """The address that a person wrote from last; those that never wrote come last, in a stable order."""
    return max(identities, key=lambda one: (one.last_in_at.timestamp() if one.last_in_at else 0.0, one.address))


def another_way(briefing: Briefing, reason: Reason, open_channels: Container[Channel]) -> Identity | None:
    """Another proven address of the same person, on another channel, where this one cannot be reached at all."""
    if briefing.notice.person.kind != "contact" or reason not in _OF_THE_ADDRESS:
        return None
    others = [
        one
        for one in briefing.identities
        if one.channel is not briefing.notice.channel
        and one.verified
        and not one.opted_out
        and one.channel in open_channels
    ]
    return latest(others) if others else None


def numbered(text: str, choices: tuple[Choice, ...], lead: str) -> str:
    """The text with its choices as numbers, for channels without buttons; ``lead`` says what to do with a number."""
    if not choices:
        return text
    lines = [f"*{number}* {choice.title}" for number, choice in enumerate(choices, 1)]
    return "\n".join([text, "", lead, *lines])


def parts(text: str, limit: int = LIMIT) -> list[str]:
    """A text in pieces of at most ``limit`` characters, cut between words, each with its number where there are two."""
    if len(text) <= limit:
        return [text]
    room, pieces, rest = limit - len("(99/99) "), [], text
    while len(rest) > room:
        cut = max(rest.rfind("\n", 1, room), rest.rfind(" ", 1, room))
        cut = cut if cut > room // 2 else room
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    pieces.append(rest)
    return [f"({number}/{len(pieces)}) {piece}" for number, piece in enumerate(pieces, 1)]
