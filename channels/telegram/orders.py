"""Slash commands of linked people. Linking itself is in ``bot.py``, because it is done by somebody unknown."""

from channels.telegram import new_report
from channels.telegram.reactions import Reaction
from channels.telegram.updates import Ordered
from channels.telegram.visit import Visit
from tickets.model import Presence

_PRESENCE = {"on": Presence.AVAILABLE, "busy": Presence.BUSY, "off": Presence.OFFLINE}


async def ordered(visit: Visit, intent: Ordered) -> list[Reaction]:
    """What happens at a slash command."""
    match intent.word:
        case "on" | "off" | "busy":
            return await _presence(visit, intent.word)
        case "queue":
            return [visit.show(visit.painter.queue(await visit.queue()))]
        case "t":
            return await _ticket(visit, intent.rest)
        case "new":
            return new_report.begin(visit)
    return [visit.say(visit.speech("tg_help", name=visit.account.name), reply=False)]


async def _presence(visit: Visit, word: str) -> list[Reaction]:
    answer = await visit.perform("presence", "", {"presence": _PRESENCE[word].value})
    if not answer.ok:
        return [visit.say(await visit.refusal(answer))]
    held = await visit.queue() if word != "on" else []
    text = visit.speech(f"tg_now_{word}")
    return [visit.say(f"{text} {visit.speech('tg_still_held', count=len(held))}" if held else text)]


async def _ticket(visit: Visit, words: str) -> list[Reaction]:
    view = await visit.view(words) if words else None
    if view is None:
        return [visit.say(visit.speech("tg_no_such_ticket" if words else "tg_t_usage"))]
    return [visit.show(visit.painter.card(view))]
