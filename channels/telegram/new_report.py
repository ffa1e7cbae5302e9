"""``/new``: a report for somebody who telephoned or came by, in four answers. The questions carry what was said."""

import re
from typing import Final

from channels.telegram import keyboards, prompts
from channels.telegram.callback import NOBODY, Tap
from channels.telegram.cards import Card
from channels.telegram.prompts import Prompt
from channels.telegram.reactions import Reaction, Redraw, Say
from channels.telegram.speech import Text
from channels.telegram.updates import Tapped
from channels.telegram.visit import Visit
from tickets.commands import InboundMessage, Sender
from tickets.model import Channel

STEPS: Final = frozenset({"new_name", "new_number", "new_service", "new_words"})
_NONE: Final = frozenset({"-", "0", "tidak ada", "none", "no"})
_NUMBER: Final = re.compile(r"\+?[\d\s().\-]{6,24}", re.ASCII)
_NAME_LIMIT: Final = 80
_EMPTY: Final = "-"


def begin(visit: Visit) -> list[Reaction]:
    """The first question: who."""
    return [visit.ask(visit.speech("tg_new_name"), _tap("new_name"))]


async def answered(visit: Visit, prompt: Prompt, words: str) -> list[Reaction]:
    """The answer to a question leads to the next one, the last to the report."""
    facts = dict(prompt.facts)
    match prompt.tap.verb:
        case "new_name":
            facts["name"] = " ".join(words.split())[:_NAME_LIMIT]
            return [visit.ask(visit.speech("tg_new_number"), _tap("new_number"), facts)]
        case "new_number":
            number = _EMPTY if words.strip().lower() in _NONE else " ".join(words.split())
            if number != _EMPTY and not _NUMBER.fullmatch(number):
                return [visit.ask(visit.speech("tg_new_number_again"), _tap("new_number"), facts)]
            return [_choose_service(visit, facts | {"number": number})]
        case "new_service":
            return [_choose_service(visit, facts)]
    return await _log(visit, facts, words)


def service_chosen(visit: Visit, intent: Tapped, tap: Tap) -> list[Reaction]:
    """The third answer is a tap; the last question follows."""
    prompt = prompts.read(intent.text)
    if prompt is None or prompt.tap.verb != "new_service":
        return [visit.toast(intent.query, visit.speech("tg_button_unknown"), alert=True)]
    code = tap.argument if tap.argument in visit.painter.config.services else None
    facts = prompt.facts | {"service": code or _EMPTY}
    name = visit.speech.service(code, visit.painter.config)
    done = Redraw(chat=visit.origin.chat, message=visit.origin.message, card=Card(Text(f"✓ {name}")))
    return [
        visit.toast(intent.query, name),
        done,
        visit.ask(visit.speech("tg_new_words"), _tap("new_words"), facts),
    ]


def _choose_service(visit: Visit, facts: dict[str, str]) -> Say:
    text = Text(prompts.ask(visit.speech("tg_new_service"), _tap("new_service"), facts))
    card = Card(text.fitted(), keyboards.services(visit.speech, visit.painter.config))
    return Say(chat=visit.origin.chat, card=card, silent=True)


async def _log(visit: Visit, facts: dict[str, str], words: str) -> list[Reaction]:
    number, service = facts.get("number", _EMPTY), facts.get("service", _EMPTY)
    answer = await visit.doors.intake.receive(
        InboundMessage(
            key=visit.origin.key,
            channel=Channel.TELEGRAM,
            sender=Sender(
                address="",
                name=facts.get("name") or None,
                phone=None if number == _EMPTY else number,
            ),
            received_at=visit.now,
            text=words,
            service=None if service == _EMPTY else service,
            logged_by=visit.account.id,
            raw=words.encode("utf-8", "surrogatepass"),
            raw_type="text/plain",
        )
    )
    if answer.reference is None:
        return [visit.say(visit.speech("tg_new_failed"))]
    return [visit.say(visit.speech("tg_new_done", reference=answer.reference, name=facts.get("name", "")))]


def _tap(step: str) -> Tap:
    return Tap(step, NOBODY, 0)
