"""Notices to accounts as messages: which card, how loud, in place of what; None where it no longer matters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from channels.telegram import keyboards
from channels.telegram.cards import Card, Painter
from channels.telegram.discretion import Discretion
from channels.telegram.doors import Words
from channels.telegram.speech import Speech, Text
from config.schema import ConfigSet
from tickets.model import Account, Channel, Priority
from tickets.outbound import OutboundMessage, Permanent, Reason
from tickets.views import Briefing, TicketView

IN_PLACE: Final = frozenset({"card", "taken", "offer_gone", "transferred"})
"""Purposes that are shown by editing the ticket's card instead of a new message."""
_ALARMS: Final = frozenset(
    {
        "nobody_available",
        "everybody_passed",
        "escalated",
        "objected",
        "promise_missed",
        "p1_unconfirmed",
        "all_stopped",
        "quarantined",
        "undelivered",
        "second_person",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Turns briefings into messages. Pure but for the configuration that is active now."""

    words: Words
    discretion: Discretion
    config: Callable[[], ConfigSet]

    def painter(self, account: Account, now: datetime) -> Painter:
        """How to draw for this account."""
        speech = Speech(self.words, account.language, account.timezone)
        return Painter(speech=speech, discretion=self.discretion, config=self.config(), account=account, now=now)

    def compose(self, briefing: Briefing, now: datetime) -> OutboundMessage | None:
        """The message for a notice to an account, or None when nobody needs it any more.

        Raises ``Permanent`` for an account that has linked no Telegram.
        """
        account, notice = briefing.account, briefing.notice
        if account is None or not account.active:
            return None
        address = notice.address or (str(account.telegram_id) if account.telegram_id else None)
        if address is None:
            raise Permanent(Reason.NO_ADDRESS)
        card = self._card(briefing, account, now)
        if card is None:
            return None
        text = card.text
        if notice.in_doubt and not (notice.purpose in IN_PLACE and briefing.replaces):
            text = text.add(self.words.label(account.language, "tg_in_doubt")).fitted()
        return OutboundMessage(
            key=notice.id,
            channel=Channel.TELEGRAM,
            address=address,
            text=text.text,
            language=account.language,
            purpose=notice.purpose,
            rows=card.rows,
            replaces=briefing.replaces if notice.purpose in IN_PLACE else None,
            silent=_silent(briefing),
            bold=tuple(text.bold),
            in_doubt=notice.in_doubt,
        )

    def _card(self, briefing: Briefing, account: Account, now: datetime) -> Card | None:
        painter, view = self.painter(account, now), briefing.view
        if view is None:
            return _plain(briefing, painter)
        match briefing.notice.purpose:
            case "offer":
                return painter.offer(view) if view.ticket.offered_to == account.id else None
            case "card":
                return _kept(briefing, painter, view)
            case "customer_wrote":
                return _wrote(briefing, painter, view)
            case "page":
                elsewhere = view.ticket.assignee not in (None, account.id) or not view.ticket.open
                return (
                    None
                    if elsewhere
                    else painter.page(view, painter.speech("tg_page_yours" if view.ticket.assignee else "tg_page"))
                )
            case "reopened_for_you":
                card = painter.card(view)
                line = painter.speech("tg_reopened_for_you")
                return Card(Text().add(f"🔁 {line}").append(card.text).fitted(), card.rows)
            case purpose:
                return _headline(purpose, briefing, painter, view)


def _kept(briefing: Briefing, painter: Painter, view: TicketView) -> Card | None:
    """A card is kept up to date where it is; only the one who holds the ticket gets a new one."""
    account, ticket = painter.account, view.ticket
    if ticket.offered_to == account.id and ticket.assignee != account.id:
        return painter.offer(view) if briefing.replaces else None
    if ticket.assignee != account.id and not briefing.replaces:
        return None
    return painter.card(view)


def _wrote(briefing: Briefing, painter: Painter, view: TicketView) -> Card:
    params = briefing.notice.params
    message = next((m for m in view.messages if m.id == params.get("message")), None)
    if message is None:
        message = next((m for m in reversed(view.messages) if m.direction == "in"), None)
    words = _words(briefing) or (message.text if message else "")
    channel = message.channel if message else view.ticket.channel
    parts = message.parts if message else ()
    return painter.wrote(view, words, channel.value, parts)


def _words(briefing: Briefing) -> str | None:
    for name in ("words", "text", "content"):
        value = briefing.notice.params.get(name)
        if isinstance(value, str) and value in briefing.words:
            return briefing.words[value]
    return None


def _headline(purpose: str, briefing: Briefing, painter: Painter, view: TicketView) -> Card | None:
    params, speech, ticket = briefing.notice.params, painter.speech, view.ticket
    opening = keyboards.opening(ticket, speech)
    match purpose:
        case "alarm":
            reason = params.get("reason")
            line = speech(f"tg_alarm_{reason if reason in _ALARMS else 'other'}")
            return painter.headline(view, line, keyboards.alarm(ticket, painter.account, speech))
        case "promise":
            return painter.headline(view, _promise(params, painter), opening) if ticket.open else None
        case "transferred":
            team = speech.team(str(params.get("team") or ticket.team), painter.config)
            return painter.headline(view, speech("tg_transferred", team=team))
        case "taken":
            return painter.headline(view, speech("tg_taken", name=_name(params.get("by"), view)))
        case "offer_gone":
            why = params.get("why")
            key = f"tg_offer_gone_{why}" if why in ("passed", "offer_expired") else "tg_offer_gone"
            return painter.headline(view, speech(key))
    return painter.headline(view, speech("tg_news"), opening)


def _promise(params: Any, painter: Painter) -> str:
    if params.get("why") == "waiting_over":
        return painter.speech("tg_waiting_over")
    by = params.get("by")
    time = painter.speech.time(datetime.fromisoformat(by), painter.now) if isinstance(by, str) else "…"
    return painter.speech("tg_promise_missed" if params.get("missed") else "tg_promise_soon", time=time)


def _name(account: object, view: TicketView) -> str:
    for party in (view.assignee, view.offered_to):
        if party and party.id == account and party.name:
            return party.name
    return "…"


def _plain(briefing: Briefing, painter: Painter) -> Card | None:
    """A notice without a ticket: only alarms are made so."""
    if briefing.notice.purpose not in ("alarm", "page"):
        return None
    reason = briefing.notice.params.get("reason")
    key = f"tg_alarm_{reason}" if reason in _ALARMS else "tg_alarm_other"
    return Card(Text().add(f"🚨 {painter.speech(key)}", bold=True))


def _silent(briefing: Briefing) -> bool:
    """A page is always heard, what stands in place of something else never; a P3 is silent, all else is heard."""
    notice, view = briefing.notice, briefing.view
    if notice.urgency == "page" or notice.purpose == "page":
        return False
    if notice.purpose in IN_PLACE or notice.urgency == "low":
        return True
    return view is not None and view.ticket.priority is Priority.P3
