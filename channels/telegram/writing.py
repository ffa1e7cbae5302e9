"""Words of an agent: to the customer, as a note, as the answer to a prompt; and never to somebody by a guess."""

import asyncio
import re
from typing import Final

from channels.telegram import api, callback, new_report, prompts, wishes
from channels.telegram.callback import Tap
from channels.telegram.cards import Card
from channels.telegram.keyboards import Rows
from channels.telegram.reactions import Reaction, Redraw
from channels.telegram.speech import Text
from channels.telegram.updates import Quoted, Tapped, Wrote
from channels.telegram.visit import Visit
from tickets import references
from tickets.commands import Answer, Refused
from tickets.model import Channel
from tickets.outbound import Choice
from tickets.views import TicketRow

SHOWN: Final = 3
# Our own messages begin so; the reference in the first line is written by us, before any name or word of a customer.
_WROTE: Final = re.compile(r"💬 (INC-[0-9A-Z]{8}) · ")
_CARD: Final = re.compile(r"(?:🔁 .*\n)?[🔴🟠🟢] (INC-[0-9A-Z]{8}) · ")


async def wrote(visit: Visit, intent: Wrote) -> list[Reaction]:
    """What becomes of words."""
    quoted = intent.quoted if intent.quoted and intent.quoted.ours else None
    if intent.media or not intent.text:
        return [visit.say(visit.speech("tg_text_only"))]
    prompt = prompts.read(quoted.text) if quoted else None
    if prompt and prompt.tap.verb in new_report.STEPS:
        return await new_report.answered(visit, prompt, intent.text)
    if prompt:
        return await _prompted(visit, prompt.tap, intent.text)
    target = await _target(visit, quoted) if quoted else None
    if target is None:
        return await _which(visit)
    action, subject = target
    return await _sent(visit, action, subject, intent.text)


async def chosen(visit: Visit, intent: Tapped, tap: Tap) -> list[Reaction]:
    """The ticket for words that replied to nothing. The words are those that our question stands under."""
    held = intent.quoted
    if held is None or held.author != visit.origin.user or not held.text:
        return [visit.toast(intent.query, visit.speech("tg_words_gone"), alert=True)]
    if tap.argument == "drop":
        return [visit.toast(intent.query), _closed(visit, visit.speech("tg_dropped"))]
    action = "note" if tap.argument == "note" else "reply"
    # The key is that of the words, so that a second tap cannot send them twice or to a second person.
    key = f"tg:held:{visit.origin.chat}:{held.message}"
    answer = await visit.perform(action, tap.reference, {"text": held.text}, seen=tap.version, key=key)
    text = await _outcome(visit, action, tap.reference, answer)
    return [visit.toast(intent.query, text, alert=not answer.ok), _closed(visit, text)]


async def again(visit: Visit, intent: Tapped, tap: Tap) -> list[Reaction]:
    """Words that were refused because the ticket had changed meanwhile, brought once more."""
    held = intent.quoted
    verb = tap.as_verb(tap.argument or "")
    wish = wishes.worded(verb, held.text) if held and held.author == visit.origin.user else None
    if wish is None:
        return [visit.toast(intent.query, visit.speech("tg_words_gone"), alert=True)]
    action, data = wish
    answer = await visit.perform(action, tap.reference, data, seen=tap.version)
    text = await _outcome(visit, action, tap.reference, answer)
    return [visit.toast(intent.query, text, alert=not answer.ok), _closed(visit, text)]


async def _prompted(visit: Visit, tap: Tap, words: str) -> list[Reaction]:
    wish = wishes.worded(tap, words)
    if wish is None:
        return await _which(visit)
    action, data = wish
    answer = await visit.perform(action, tap.reference, data, seen=tap.version)
    text = await _outcome(visit, action, tap.reference, answer)
    if answer.refused is Refused.STALE:
        # What was typed is not lost: the same words once more, now that the ticket was looked at again.
        button = callback.on(tap.reference, int(answer.facts.get("version", tap.version)), "again", tap.verb)
        return [visit.say(text, rows=((Choice(button.encode(), visit.speech("tg_again")),),))]
    return [visit.say(text)]


async def _sent(visit: Visit, action: str, subject: str, words: str) -> list[Reaction]:
    answer = await visit.perform(action, subject, {"text": words})
    return [visit.say(await _outcome(visit, action, subject, answer))]


async def _outcome(visit: Visit, action: str, subject: str, answer: Answer) -> str:
    """``→ Ani · WA`` for what went to a customer; else what was recorded, or why not."""
    if not answer.ok:
        return await visit.refusal(answer)
    reference = answer.reference or references.read(subject) or ""
    if action != "reply":
        return f"{visit.speech.done(action)} · {reference}"
    view = await visit.view(subject)
    person = visit.painter.discretion.name(view) if view else None
    channel = str(answer.facts.get("channel") or (view.ticket.channel if view else Channel.WEB))
    return f"→ {person or reference} · {visit.speech(f'tg_channel_{channel}')}"


async def _target(visit: Visit, quoted: Quoted) -> tuple[str, str] | None:
    """Whom a reply to a message of ours is for: a customer's words → the customer, a card → a note."""
    place = api.provider_id(visit.origin.chat, quoted.message)
    notice = await asyncio.to_thread(visit.doors.reader.sent_as, Channel.TELEGRAM, place)
    if notice is not None and notice.ticket is not None:
        return ("reply" if notice.purpose == "customer_wrote" else "note"), notice.ticket
    # A copy that was sent twice, or a card that was asked for, is not in the outbox.
    for action, shape in (("reply", _WROTE), ("note", _CARD)):
        found = shape.match(quoted.text)
        if found and references.read(found[1]):
            return action, found[1]
    return None


async def _which(visit: Visit) -> list[Reaction]:
    queue = sorted(await visit.queue(), key=lambda row: row.ticket.updated_at, reverse=True)[:SHOWN]
    if not queue:
        return [visit.say(visit.speech("tg_nothing_to_reply"))]
    return [visit.say(visit.speech("tg_which"), rows=_choices(visit, queue))]


def _choices(visit: Visit, queue: list[TicketRow]) -> Rows:
    rows = []
    for row in queue:
        tap = callback.on(row.ticket.reference, row.ticket.version, "to")
        name = (row.reporter.name or "").split(" ")[0] if not visit.painter.hides(row.ticket) else ""
        title = " · ".join(part for part in (f"💬 {name}".strip(), row.ticket.reference) if part)
        note = Choice(tap.with_argument("note").encode(), "📝 " + visit.speech("tg_note_short"))
        rows.append((Choice(tap.encode(), title), note))
    drop = callback.Tap("to", callback.NOBODY, 0, "drop")
    return (*rows, (Choice(drop.encode(), visit.speech("tg_drop")),))


def _closed(visit: Visit, text: str) -> Redraw:
    return Redraw(chat=visit.origin.chat, message=visit.origin.message, card=Card(Text(text)))
