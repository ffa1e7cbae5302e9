"""What a reporter can do on the tracking page: write, answer the question, choose a service, give a score.

Each is a post with the page's signed field. Buttons come in as messages with the payload that a button of the same
meaning carries on every other channel, so that the words are kept as evidence; the router decides what they mean.
"""

from datetime import datetime
from typing import Final

from aiohttp import web

from channels.web import formdata, nonces, pages, story, tracking
from channels.web.parts import PARTS
from tickets.commands import Actor, ActorKind, Answer, Command, InboundMessage, Refused, Sender
from tickets.model import Channel
from tickets.submission import Unavailable

# Button → the label that stands on it, which is also what the reporter is taken to have said.
BUTTONS: Final = {
    "yes": "answer_yes",
    "no": "answer_no",
    "not_yet": "answer_not_yet",
    "good": "score_good",
    "okay": "score_okay",
    "bad": "score_bad",
    "object": "answer_object",
    "stopped": "answer_stopped",
}
# This has no button elsewhere: it is a command of the contact.
WORKS: Final = "works"


async def reply(request: web.Request) -> web.StreamResponse:
    """Add words or files to the conversation."""
    found = await tracking.opened(request)
    parts = request.app[PARTS]
    form = await formdata.read(request)
    words, now = tracking.reply_words(form), parts.clock()
    nonce = nonces.read(parts.tokens, form.get("form"), now, found.token)
    if nonce is None:
        return tracking.page(request, found, typed=words, error="error_expired", status=400)
    if len(words) > tracking.MOST_REPLY:
        return tracking.page(request, found, typed=words, error="error_reply_long", status=400)
    if not words and not form.files:
        left = form.left_out
        return tracking.page(request, found, error="error_reply_empty", left_out=left, status=400)
    message = _message(found, nonce, words, form, now, pages.language_of(request, found.language))
    try:
        answer = await parts.intake.receive(message)
    except Unavailable as error:
        return await tracking.busy(request, error, words, form.get("form"))
    if answer.refused is Refused.KEY_REUSED:
        return tracking.page(request, found, typed=words, error="error_sent_before", status=409)
    return _back(found, "sent", form.left_out)


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer the closure question, say that it works, object to a cancellation, choose a service, or give a score."""
    found = await tracking.opened(request)
    parts = request.app[PARTS]
    form = await formdata.read(request)
    now = parts.clock()
    nonce = nonces.read(parts.tokens, form.get("form"), now, found.token)
    if nonce is None:
        return tracking.page(request, found, error="error_expired", status=400)
    choice = form.get("answer")
    if choice not in shown(story.tell(found.view, found.contact, parts.config(), now)):
        return _back(found, "changed")
    try:
        given = await _give(request, found, choice, f"web:{nonce}:{choice}")
    except Unavailable as error:
        return await tracking.busy(request, error, "", form.get("form"))
    return _back(found, "changed" if given.refused else "noted")


def shown(told: story.Story) -> set[str]:
    """The buttons that the page shows now; an old page may still show others."""
    asked = {
        "confirm": {"yes", "no", "not_yet"},
        "lapsed": {"yes", "no"},
        "score": {"good", "okay", "bad"},
        "cancelled": {"object"},
        None: set[str](),
    }[told.question]
    asked |= {f"service:{code}" for code in told.asks_service}
    asked |= {WORKS} if told.may_say_works else set()
    return asked | ({"stopped"} if told.opens_at else set())


async def _give(request: web.Request, found: tracking.Opened, choice: str, key: str) -> Answer:
    parts = request.app[PARTS]
    now, language = parts.clock(), pages.language_of(request, found.language)
    ticket = found.view.ticket
    if choice == WORKS:
        actor = Actor(ActorKind.CONTACT, found.contact)
        data = {"words": parts.texts.label(language, "web_answer_works")}
        return await parts.desk.perform(
            Command(key=key, action="reporter_says_works", subject=ticket.id, actor=actor, at=now, data=data)
        )
    short = ticket.reference.removeprefix("INC-")
    if choice.startswith("service:"):
        button = f"{choice}:{short}"
        service = parts.config().services.get(choice.removeprefix("service:"))
        words = service.name.in_language(language) if service else choice
    else:
        button = f"score:{choice}:{short}" if choice in ("good", "okay", "bad") else f"{choice}:{short}"
        words = parts.texts.label(language, f"web_{BUTTONS[choice]}")
    return await parts.intake.receive(
        InboundMessage(
            key=key,
            channel=Channel.WEB,
            sender=Sender(address=""),
            received_at=now,
            text=words,
            button=button,
            ticket=ticket.id,
            contact=found.contact,
            language=language,
            raw=button.encode(),
            raw_type="text/plain",
        )
    )


def _message(
    found: tracking.Opened, nonce: str, words: str, form: formdata.Form, now: datetime, language: str
) -> InboundMessage:
    return InboundMessage(
        key=f"web:{nonce}:{form.digest()}",
        channel=Channel.WEB,
        sender=Sender(address=""),
        received_at=now,
        text=words,
        ticket=found.view.ticket.id,
        contact=found.contact,
        media=tuple(form.files),
        parts=form.parts,
        language=language,
        raw=form.get("text").encode(),
        raw_type="text/plain",
    )


def _back(found: tracking.Opened, said: str, left_out: list[str] | None = None) -> web.Response:
    extra = f"&left_out={','.join(left_out)}" if left_out else ""
    location = f"/t/{found.token}?said={said}{extra}#status"
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})
