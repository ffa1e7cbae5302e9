"""Deciding a message: whose it is, which ticket it speaks of, and what it becomes. Exactly one disposition each."""

from datetime import timedelta

from router import answering, joining
from router.draft import Draft
from router.meeting import meet, renamed
from router.received import Pressed, Reading, Received, pressed
from router.turn import Filing, Turn
from tickets.changes import Changes, NewMessage
from tickets.closure import Verdict, closure_verdict
from tickets.commands import Actor, ActorKind, Answer
from tickets.matching import Clues, match
from tickets.model import Channel, Contact, Disposition
from tickets.references import find
from tickets.snapshot import Snapshot
from tickets.speech import Speech

ASKED_LATELY = timedelta(hours=24)
GREETED_LATELY = timedelta(minutes=10)
# Whoever fills in a form or calls the API reports something, however short the words.
_FORMS = (Channel.WEB, Channel.API)
# A greeting is answered after this pause, unless the first words of content arrive meanwhile.
GREETING_PAUSE = timedelta(seconds=4)


def decide_message(received: Received, state: Snapshot, reading: Reading) -> Changes:
    """What a message changes. The message itself is always stored."""
    message = received.message
    draft = Draft(state, key=message.key, actor=Actor(ActorKind.DESK))
    contact = renamed(draft, meet(draft, received, reading), message.sender.name)
    draft.actor = Actor(ActorKind.CONTACT, contact.id)
    if message.logged_by:
        draft.actor = Actor(ActorKind.ACCOUNT, message.logged_by)
    content = draft.words(received.text, "message", contact.id) if received.text else None
    turn = Turn(draft, received, reading, contact.id, state.new_id(), content)
    filing = _decide(turn)
    if received.masked & {"card", "nik", "pin", "otp"}:
        draft.tell_contact(draft.contact(contact.id), "card_warning", filing.ticket)
    _keep(turn, filing)
    return draft.done(_answer(turn, filing))


def _keep(turn: Turn, filing: Filing) -> None:
    message = turn.received.message
    turn.draft.keep(
        NewMessage(
            id=turn.message_id,
            key=message.key,
            channel=message.channel,
            direction="in",
            at=message.received_at,
            content=turn.content,
            tickets=(filing.ticket.id,) if filing.ticket else (),
            contact=turn.contact_id,
            account=message.logged_by,
            external_id=message.external_id,
            disposition=filing.disposition,
            parts=message.parts,
            media=message.media,
            raw=message.raw,
            raw_type=message.raw_type,
            sent_at=message.sent_at,
        )
    )


def _answer(turn: Turn, filing: Filing) -> Answer:
    ticket = turn.draft.ticket(filing.ticket.id) if filing.ticket else None
    return Answer(
        outcome=filing.disposition.value,
        ticket=ticket.id if ticket else None,
        reference=ticket.reference if ticket else None,
        contact=turn.contact_id,
        version=ticket.version if ticket else None,
        facts={"disposition": filing.disposition.value, "message": turn.message_id},
    )


def _decide(turn: Turn) -> Filing:
    stopped = _stop_or_start(turn)
    if stopped:
        return stopped
    press = (
        pressed(turn.received.message.button) or _numbered(turn.contact, turn.received.text) or answering.typed(turn)
    )
    if press:
        answered = answering.pressed(turn, press)
        if answered:
            return answered
    scored = answering.scored_in_words(turn)
    if scored:
        return scored
    return _matched(turn)


def _matched(turn: Turn) -> Filing:
    state, desk = turn.draft.state, turn.draft.state.config.desk
    mine = state.tickets_of(turn.contact_id)
    found = match(
        _clues(turn),
        turn.contact,
        mine,
        now=turn.draft.now,
        burst=timedelta(seconds=desk.burst_seconds),
        window=timedelta(days=desk.reopen_days),
    )
    if found.which and turn.tells_something:
        return answering.ask_which(turn, found.which)
    if found.ticket and found.how:
        return joining.to_ticket(turn, found.ticket, found.how)
    return _fresh(turn)


def _clues(turn: Turn) -> Clues:
    message, state = turn.received.message, turn.draft.state
    verdict = closure_verdict(turn.received.text, turn.reading.words, asked=True)
    return Clues(
        page=message.ticket,
        quoted=state.quoted.get(message.quoted) if message.quoted else None,
        references=tuple(state.references.get(one, one) for one in find(turn.received.text)),
        service=turn.received.classification.service,
        answers=verdict is not Verdict.NONE,
        content=turn.tells_something,
        speaks_of_recent=verdict in (Verdict.NO, Verdict.CONTRADICTION, Verdict.YES, Verdict.NOT_YET),
    )


def _fresh(turn: Turn) -> Filing:
    """Nothing of theirs fits: a greeting, a courtesy, something unclear, or a new report."""
    speech = turn.received.speech
    if turn.received.message.channel in _FORMS:
        return joining.open_new(turn)
    if turn.received.message.forwarded and turn.received.classification.uncertain:
        return _greeted(turn, Disposition.UNCLEAR)
    if turn.tells_something:
        return joining.open_new(turn)
    if speech is Speech.COURTESY:
        return Filing(Disposition.COURTESY)
    if speech is Speech.GREETING:
        return _greeted(turn, Disposition.GREETING)
    return _greeted(turn, Disposition.UNCLEAR)


def _greeted(turn: Turn, disposition: Disposition) -> Filing:
    """One question per burst: what is wrong? No ticket, no clock, no offer."""
    contact, now = turn.contact, turn.draft.now
    if contact.greeted_at is None or now - contact.greeted_at > GREETED_LATELY:
        turn.draft.remember(contact, greeted_at=now)
        turn.draft.tell_contact(turn.contact, "greeting", not_before=now + GREETING_PAUSE)
    return Filing(disposition)


def _stop_or_start(turn: Turn) -> Filing | None:
    """STOP and START: the exact word only, and never as the answer to a question that is open."""
    speech, draft = turn.received.speech, turn.draft
    if speech not in (Speech.OPT_OUT, Speech.OPT_IN) or _is_asked(turn):
        return None
    mine = [i for i in draft.identities_of(turn.contact_id) if i.channel is turn.received.message.channel]
    out = speech is Speech.OPT_OUT
    if not mine or (not out and not any(identity.opted_out for identity in mine)):
        return None
    channel, address = draft.reach(turn.contact)
    if out:
        draft.tell_contact(turn.contact, "opt_out")
    for identity in mine:
        draft.opt(identity, out=out)
    if not out:
        draft.tell_contact(turn.contact, "welcome_back")
    draft.noted(f"contact:{turn.contact_id}", "opted_out" if out else "opted_in", channel=channel, known=bool(address))
    return Filing(Disposition.OPT_OUT if out else Disposition.COMMAND)


def _is_asked(turn: Turn) -> bool:
    """Whether a question is open to which "stop" might be an answer."""
    asked = turn.contact.asked
    lately = asked is not None and turn.draft.now - asked.at < ASKED_LATELY
    return asked is not None and asked.what in ("confirm", "contradiction") and lately


def _numbered(contact: Contact, text: str) -> Pressed | None:
    """ "2" after a numbered question is the second answer."""
    asked, digit = contact.asked, text.strip().rstrip(".)").strip()
    if asked is None or not digit.isascii() or not digit.isdigit() or not 1 <= int(digit[:3]) <= len(asked.choices):
        return None
    choice = asked.choices[int(digit) - 1]
    if asked.what in ("confirm", "contradiction"):
        return Pressed(choice, None, None)
    if asked.what == "which":
        return Pressed("which", choice, None)
    return Pressed(asked.what, None, choice)
