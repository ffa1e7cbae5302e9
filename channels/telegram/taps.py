"""Buttons: a wish for the desk, a page to show, or a question for words. The desk decides; here is only the way."""

import asyncio

from channels.telegram import keyboards, new_report, wishes
from channels.telegram.callback import NOBODY, Tap
from channels.telegram.reactions import Buttons, Hand, Reaction, Redraw
from channels.telegram.updates import Tapped
from channels.telegram.visit import Visit
from channels.telegram.writing import again, chosen
from tickets.commands import Answer, Refused
from tickets.model import Kind
from tickets.views import TicketView

# Messages that are no card: after the tap they say what happened, without buttons.
# Telegram takes photos up to this size; larger ones stay where they are.
LARGEST = 10 * 1024 * 1024
_ONCE = frozenset({"accept", "pass", "acknowledge", "mine"})


async def tapped(visit: Visit, intent: Tapped) -> list[Reaction]:
    """What happens at a tap."""
    tap = intent.tap
    if tap is None:
        return [visit.toast(intent.query, visit.speech("tg_button_unknown"), alert=True)]
    if tap.verb == "new_service":
        return new_report.service_chosen(visit, intent, tap)
    if tap.verb == "to":
        return await chosen(visit, intent, tap)
    if tap.verb == "again":
        return await again(visit, intent, tap)
    view = await visit.view(tap.reference) if tap.short != NOBODY else None
    if view is None:
        return [visit.toast(intent.query, visit.speech("tg_refused_unknown_ticket"), alert=True)]
    if tap.verb == "files":
        return await _files(visit, intent, view)
    if tap.verb in wishes.VIEWS:
        return _shown(visit, intent, tap, view)
    return _asked(visit, intent, tap, view) or await _wished(visit, intent, tap, view)


def _shown(visit: Visit, intent: Tapped, tap: Tap, view: TicketView) -> list[Reaction]:
    toast = visit.toast(intent.query)
    if tap.verb == "open":
        return [toast, visit.show(visit.painter.card(view))]
    if tap.verb == "more":
        rows = keyboards.more(view.ticket, visit.account, visit.speech)
        return [toast, Buttons(chat=visit.origin.chat, message=visit.origin.message, rows=rows)]
    return [toast, _redraw(visit, view)]


async def _files(visit: Visit, intent: Tapped, view: TicketView) -> list[Reaction]:
    """What the customer sent, for those who work on it; a matter of security never comes here."""
    if visit.account.id not in (view.ticket.assignee, view.ticket.offered_to) and not visit.account.leads:
        return [visit.toast(intent.query, visit.speech("tg_refused_not_yours"), alert=True)]
    handed: list[Reaction] = []
    for message, shown in visit.painter.files(view):
        found = await asyncio.to_thread(visit.doors.reader.file, message, shown.no)
        if found and len(found[1]) <= LARGEST:
            name = found[0].filename or f"{view.ticket.reference}-{shown.no}"
            handed.append(Hand(chat=visit.origin.chat, name=name, content_type=found[0].content_type, data=found[1]))
    return [visit.toast(intent.query, "" if handed else visit.speech("tg_no_files")), *handed]


def _asked(visit: Visit, intent: Tapped, tap: Tap, view: TicketView) -> list[Reaction]:
    """A page of choices or a question for words, where the verb needs one first."""
    needs_service = tap.verb == "resolve" and view.ticket.service is None and view.ticket.kind is Kind.INCIDENT
    tap_now = tap.as_verb("set_service") if needs_service else tap
    rows = keyboards.menu(tap_now, view.ticket, visit.speech, visit.painter.config)
    if rows is not None:
        hint = visit.speech("tg_service_first") if needs_service else ""
        return [
            visit.toast(intent.query, hint, alert=bool(hint)),
            Buttons(chat=visit.origin.chat, message=visit.origin.message, rows=rows),
        ]
    if tap.verb in wishes.ASKS_WORDS:
        # They begin to write now, so what changed before this moment, their own last step too, makes nothing old.
        now = Tap(tap.verb, tap.short, view.ticket.version)
        return [visit.toast(intent.query), visit.ask(_question(visit, tap, view), now)]
    return []


def _question(visit: Visit, tap: Tap, view: TicketView) -> str:
    question = visit.speech(f"tg_ask_{tap.verb}", reference=view.ticket.reference)
    service = visit.painter.config.services.get(view.ticket.service or "")
    if tap.verb == "verify" and service and service.normal:
        normal = ", ".join(f"{name} {figure}" for name, figure in service.normal.items())
        return f"{question} ({visit.speech('tg_normal', figures=normal)})"
    return question


async def _wished(visit: Visit, intent: Tapped, tap: Tap, view: TicketView) -> list[Reaction]:
    wish = wishes.tapped(tap, visit.account.id, visit.now)
    if wish is None:
        return [visit.toast(intent.query, visit.speech("tg_button_unknown"), alert=True)]
    action, data = wish
    answer = await visit.perform(action, tap.reference, data, seen=tap.version)
    return await _answered(visit, intent, tap, answer)


async def _answered(visit: Visit, intent: Tapped, tap: Tap, answer: Answer) -> list[Reaction]:
    # The end of a wait is counted from the tap, so the same tap seen again asks for another time: it was done.
    if answer.ok or (tap.verb == "wait" and answer.refused is Refused.KEY_REUSED):
        text = visit.speech.done(tap.verb)
        toast = visit.toast(intent.query, text)
    else:
        text = await visit.refusal(answer)
        toast = visit.toast(intent.query, text, alert=True)
    if answer.refused in (Refused.UNKNOWN_ACTOR, Refused.UNKNOWN_TICKET):
        return [toast]
    view = await visit.view(tap.reference)
    if view is None:
        return [toast]
    if tap.verb == "accept" and answer.ok:
        return [toast, _redraw(visit, view), *_first_words(visit, view)]
    if tap.verb not in _ONCE:
        return [toast, _redraw(visit, view)]
    if not answer.ok and answer.refused is not Refused.OFFER_GONE:
        return [toast]
    passed = tap.verb == "pass" and answer.ok
    line = visit.speech("tg_offer_gone_passed") if passed else text
    return [toast, _settled(visit, view, line, opens=answer.ok and not passed)]


def _settled(visit: Visit, view: TicketView, text: str, *, opens: bool) -> Redraw:
    """A message that has had its answer keeps its head, and of its buttons at most the way to the card."""
    rows = keyboards.opening(view.ticket, visit.speech) if opens else ()
    card = visit.painter.headline(view, text, rows)
    return Redraw(chat=visit.origin.chat, message=visit.origin.message, card=card)


def _first_words(visit: Visit, view: TicketView) -> list[Reaction]:
    """The report itself as a message that can be replied to, right after it was taken."""
    said = [message for message in view.messages if message.direction == "in"]
    if not said:
        return []
    last = said[-1]
    return [visit.show(visit.painter.wrote(view, last.text, last.channel.value, last.parts))]


def _redraw(visit: Visit, view: TicketView) -> Redraw:
    card = visit.painter.card(view)
    return Redraw(chat=visit.origin.chat, message=visit.origin.message, card=card)
