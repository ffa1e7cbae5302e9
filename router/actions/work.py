"""What an agent does with a ticket in hand: talk, note, work around, wait, resolve, re-test."""

from datetime import datetime, timedelta

from router.act import Act, Refusal
from router.actions.closing import ask_confirmation
from router.opening import watch_promise
from tickets.changes import NewMessage
from tickets.commands import Answer, Refused
from tickets.lifecycle import Action, step
from tickets.model import Channel, Check, Kind, Status, Ticket
from tickets.sla import next_update

WAITS = ("reporter", "vendor", "window")
# A wait without a date would be forgotten.
LONGEST_WAIT = timedelta(days=90)
DEFAULT_WAIT = timedelta(hours=24)
# A text of a timer never follows another automatic one sooner.
SILENCE = timedelta(minutes=2)


def begin(act: Act) -> Ticket:
    """The first work on an assigned ticket moves it to ``investigating``; every action of work comes through here."""
    if act.ticket.status is Status.ASSIGNED:
        act.ticket = act.draft.moved(act.ticket, Action.START, "started")
    return act.ticket


def start(act: Act) -> None:
    """The agent begins."""
    act.draft.moved(act.ticket, Action.START, "started")


def reply(act: Act) -> Answer:
    """The agent's own words to the reporter, on the reporter's own channel. It renews the promise."""
    text = act.text()
    ticket = begin(act)
    draft = act.draft
    if not ticket.open and ticket.status is not Status.CLOSED:
        raise Refusal(Refused.INVALID_TRANSITION, status=ticket.status.value)
    contact = draft.contact(ticket.confirmer)
    channel, _ = draft.reach(contact)
    words = draft.words(text, "reply", contact.id)
    message = _said(act, ticket, words, channel, "out")
    news = _news(act, ticket)
    ticket = draft.happened(ticket, "replied", (words,), message=message, channel=channel, **news)
    author = act.account.id if act.account else None
    draft.tell_contact(contact, "reply", ticket, params={"message": message, "words": words, "agent": author})
    draft.never(act.stream, "took_over")
    watch_promise(draft, ticket)
    return Answer(facts={"contact": contact.id, "channel": channel.value, "message": message})


def note(act: Act) -> Answer:
    """For the house only; the reporter never sees it."""
    words = act.draft.words(act.text(), "note")
    message = _said(act, act.ticket, words, Channel.TELEGRAM, "note")
    act.draft.happened(act.ticket, "noted", (words,), message=message)
    return Answer(facts={"message": message})


def _said(act: Act, ticket: Ticket, words: str, channel: Channel, direction: str) -> str:
    message = act.draft.state.new_id()
    act.draft.keep(
        NewMessage(
            id=message,
            key=act.command.key,
            channel=channel,
            direction="out" if direction == "out" else "note",
            at=act.draft.now,
            content=words,
            tickets=(ticket.id,),
            contact=ticket.confirmer if direction == "out" else None,
            account=act.account.id if act.account else None,
            purpose="reply" if direction == "out" else "note",
        )
    )
    return message


def _news(act: Act, ticket: Ticket) -> dict[str, datetime]:
    """The reporter has heard something: the response is given, and the next promise runs from now."""
    now, config = act.draft.now, act.draft.state.config
    promise = next_update(config, ticket.organisation, ticket.priority, now)
    running = ticket.open and ticket.status is not Status.AWAITING_CONFIRMATION
    fields = {"next_update_by": promise} if running else {}
    return fields if ticket.responded_at else {**fields, "responded_at": now}


def workaround(act: Act) -> None:
    """The service can be used again, this way; the cause may go on."""
    text = act.text()
    ticket = begin(act)
    draft = act.draft
    words = draft.words(text, "workaround")
    restored = {} if ticket.restored_at else {"restored_at": draft.now}
    ticket = draft.moved(
        ticket, Action.WORKAROUND, "workaround_given", (words,), workaround=words, **restored, **_news(act, ticket)
    )
    # An agent's own words: they count as a person's, not as one of the automatic texts.
    draft.tell_contact(draft.contact(ticket.confirmer), "workaround", ticket, params={"words": words})
    draft.never(act.stream, "took_over")
    watch_promise(draft, ticket)


def relapse(act: Act) -> None:
    """The workaround does not hold."""
    act.draft.moved(act.ticket, Action.RELAPSE, "relapsed", restored_at=None)


def wait(act: Act) -> None:
    """For the reporter, a vendor or a window; with the date on which it is looked at again."""
    reason = act.one_of("for", WAITS)
    ticket = begin(act)
    draft = act.draft
    until = act.instant("until") or draft.now + DEFAULT_WAIT
    if not draft.now < until <= draft.now + LONGEST_WAIT:
        raise Refusal(Refused.INVALID, field="until", expected="a time within the next 90 days")
    draft.moved(ticket, Action.WAIT, "waiting", remembered=ticket.status, waiting_for=reason, waiting_until=until)
    draft.later(act.stream, "waiting_over", until)


def resume(act: Act) -> None:
    """The wait is over; the ticket is where it was before."""
    act.draft.moved(act.ticket, Action.RESUME, "resumed", remembered=None, waiting_for=None, waiting_until=None)
    act.draft.never(act.stream, "waiting_over")


def waiting_over(act: Act) -> Answer | None:
    """The clock: the date of a wait has come; the agent goes on."""
    if act.ticket.status is not Status.WAITING:
        return Answer(outcome="void")
    resume(act)
    act.draft.tell(
        act.draft.holder(act.ticket.assignee),
        "promise",
        act.draft.ticket(act.ticket.id),
        params={"why": "waiting_over"},
    )
    return None


def resolve(act: Act) -> None:
    """Repaired, says the agent: cause or workaround, service and time of occurrence are on record; now it is re-tested.

    A question that was no incident is answered instead, and the reporter is asked at once.
    """
    ticket = begin(act)
    draft, config = act.draft, act.draft.state.config
    step(ticket.kind, ticket.status, Action.RESOLVE)
    cause = act.maybe("cause") or act.maybe("text")
    if cause is None and ticket.cause is None and ticket.workaround is None:
        raise Refusal(Refused.MISSING, field="cause")
    service = act.maybe("service", longest=60) or ticket.service
    if service is not None and service not in config.services:
        raise Refusal(Refused.UNKNOWN_SERVICE, field="service", choices=sorted(config.services))
    if service is None and ticket.kind is not Kind.NOT_AN_INCIDENT:
        raise Refusal(Refused.MISSING, field="service", choices=sorted(config.services))
    words = (draft.words(cause, "cause"),) if cause else ()
    tested = (service, *config.services[service].affects) if service else ()
    ticket = draft.moved(
        ticket,
        Action.RESOLVE,
        "resolved",
        words,
        cause=words[0] if words else ticket.cause,
        service=service,
        occurred_at=act.instant("occurred_at") or ticket.occurred_at or ticket.opened_at,
        resolved_at=draft.now,
        checks=[Check(service=one) for one in tested],
        figure=None,
    )
    if ticket.status is Status.AWAITING_CONFIRMATION:
        ask_confirmation(draft, ticket)


def check(act: Act) -> None:
    """One item of the re-test: this service works, or does not."""
    if act.ticket.status is not Status.VERIFYING:
        step(act.ticket.kind, act.ticket.status, Action.VERIFY)
    service = act.one_of("service", tuple(item.service for item in act.ticket.checks))
    passed = act.data.get("passed", True)
    if not isinstance(passed, bool):
        raise Refusal(Refused.INVALID, field="passed", choices=["true", "false"])
    checks = [Check(service=i.service, passed=passed if i.service == service else i.passed) for i in act.ticket.checks]
    act.draft.happened(act.ticket, "checked", checks=checks, item=service, passed=passed)


def verify(act: Act) -> None:
    """Re-tested: every item passed, and at least one figure stands against what is normal. The reporter is asked."""
    draft, ticket = act.draft, act.ticket
    step(ticket.kind, ticket.status, Action.VERIFY)
    missing = [item.service for item in ticket.checks if item.passed is not True]
    if missing:
        raise Refusal(Refused.MISSING, field="checks", missing=missing)
    figure = act.maybe("figure")
    if figure and not any(character.isdigit() for character in figure):
        raise Refusal(Refused.MISSING, field="figure")
    if figure is None and ticket.figure is None and ticket.checks:
        raise Refusal(Refused.MISSING, field="figure")
    words = (draft.words(figure, "figure"),) if figure else ()
    ticket = draft.moved(
        ticket,
        Action.VERIFY,
        "verified",
        words,
        figure=words[0] if words else ticket.figure,
        verified_at=draft.now,
        restored_at=ticket.restored_at or draft.now,
    )
    ask_confirmation(draft, ticket)


def fail_verification(act: Act) -> None:
    """The re-test failed: back to work."""
    reason = act.maybe("reason")
    words = (act.draft.words(reason, "reason"),) if reason else ()
    act.draft.moved(
        act.ticket, Action.FAIL_VERIFICATION, "verification_failed", words, resolved_at=None, checks=[], figure=None
    )


def promise(act: Act) -> Answer | None:
    """The clock: the next news is due soon, or due. The agent is reminded first, then the lead hears."""
    draft, ticket = act.draft, act.ticket
    by = ticket.next_update_by
    if not ticket.open or by is None or ticket.status is Status.AWAITING_CONFIRMATION:
        return Answer(outcome="void")
    if draft.now < by:
        ticket = draft.happened(ticket, "promise_due_soon", by=by)
        draft.tell(draft.holder(ticket.assignee), "promise", ticket, params={"by": by})
        draft.later(act.stream, "promise", by)
        return None
    ticket = draft.happened(ticket, "promise_missed", by=by)
    draft.tell(draft.holder(ticket.assignee), "promise", ticket, params={"by": by, "missed": True})
    for lead in draft.state.leads_of(ticket.team):
        if lead.id != ticket.assignee:
            draft.tell(lead, "alarm", ticket, params={"reason": "promise_missed", "by": by})
    # Not only once: a ticket that nobody speaks about comes up again.
    minutes = draft.state.config.desk.next_update_minutes[ticket.priority.value]
    draft.later(act.stream, "promise", draft.now + timedelta(minutes=minutes))
    return None


def took_over(act: Act) -> Answer | None:
    """The clock: an agent has had the ticket for a while without a word; the reporter hears who has it."""
    draft, ticket = act.draft, act.ticket
    if ticket.responded_at or not ticket.assignee or not ticket.open or ticket.status is Status.AWAITING_CONFIRMATION:
        return Answer(outcome="void")
    if ticket.told_at and draft.now - ticket.told_at < SILENCE:
        draft.later(act.stream, "took_over", ticket.told_at + SILENCE)
        return Answer(outcome="later")
    ticket = draft.happened(ticket, "took_over_told", responded_at=draft.now)
    draft.tell_reporter(ticket, "took_over", params={"agent": ticket.assignee})
    return None


def undelivered(act: Act) -> None:
    """The clock: the reporter could not be told something. Who works on it hears, else the lead: nothing is silent."""
    draft = act.draft
    ticket = draft.happened(act.ticket, "undelivered", purpose=act.data.get("purpose"), reason=act.data.get("reason"))
    holder = draft.holder(ticket.assignee)
    for account in [holder] if holder else draft.state.leads_of(ticket.team):
        draft.tell(account, "alarm", ticket, params={"reason": "undelivered"})
