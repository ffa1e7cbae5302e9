"""The buttons of a card: only what is allowed now, the most likely first, at most three in a row.

The table of ``tickets/lifecycle.py`` says what fits the status; here it is only put in order. What may really be done
is decided in the desk when the button comes back.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from channels.telegram import callback
from channels.telegram.speech import Speech
from config.schema import ConfigSet
from tickets.lifecycle import Action, allowed
from tickets.model import OPEN, Account, Check, Kind, Level, Priority, Status, Ticket
from tickets.outbound import Choice

Rows = tuple[tuple[Choice, ...], ...]

PER_ROW: Final = 2
_CHECKS: Final = 8
WAIT_HOURS: Final = (1, 4, 24, 72)
CANCEL_REASONS: Final = ("spam", "not_ours", "duplicate", "withdrawn")

# Verbs that are actions of the lifecycle; a verb that is not here fits every open ticket.
_NEEDS: Final = {
    "start": Action.START,
    "workaround": Action.WORKAROUND,
    "relapse": Action.RELAPSE,
    "wait": Action.WAIT,
    "resume": Action.RESUME,
    "resolve": Action.RESOLVE,
    "verify": Action.VERIFY,
    "fail_verification": Action.FAIL_VERIFICATION,
    "transfer": Action.OFFER,
    "escalate": Action.OFFER,
    "merge": Action.MERGE,
    "cancel": Action.CANCEL,
}
_FIRST: Final = {
    Status.ASSIGNED: ("reply", "workaround", "resolve", "start"),
    Status.INVESTIGATING: ("workaround", "resolve", "reply", "note"),
    Status.RESTORED: ("resolve", "relapse", "reply", "note"),
    Status.WAITING: ("resume", "reply", "note"),
    Status.VERIFYING: ("verify", "fail_verification", "note"),
    Status.AWAITING_CONFIRMATION: ("reply", "note", "record_confirmation"),
}
_REST: Final = (
    "start",
    "workaround",
    "resolve",
    "wait",
    "transfer",
    "escalate",
    "set_service",
    "set_levels",
    "p1",
    "reply",
    "note",
    "not_an_incident",
    "merge",
    "cancel",
)
_LEADS: Final = ("mine", "transfer", "escalate", "set_levels", "p1", "note", "merge", "cancel")
"""What whoever leads a team is offered on a ticket that is not theirs."""


def card(ticket: Ticket, account: Account, speech: Speech, config: ConfigSet) -> Rows:
    """The first page of buttons for this person; none where the ticket is not theirs to move."""
    if ticket.offered_to == account.id:
        return offer(ticket, speech)
    if ticket.status not in OPEN:
        return ()
    if ticket.assignee != account.id:
        return _more_only(ticket, speech) if account.leads else ()
    rows = [*_suspicion(ticket, speech), *_checks(ticket, speech, config)]
    verbs = [verb for verb in _FIRST.get(ticket.status, ("note",)) if _fits(ticket, verb)]
    buttons = [_button(ticket, verb, speech) for verb in verbs]
    return (*rows, *_fold([*buttons, _button(ticket, "more", speech)]))


def more(ticket: Ticket, account: Account, speech: Speech) -> Rows:
    """The second page: the rest of what is allowed, and the way back."""
    mine = ticket.assignee == account.id
    first = _FIRST.get(ticket.status, ()) if mine else ()
    verbs = [verb for verb in (_REST if mine else _LEADS) if verb not in first and _fits(ticket, verb)]
    buttons = [_button(ticket, verb, speech) for verb in verbs]
    return (*_fold(buttons), (_button(ticket, "back", speech),))


def offer(ticket: Ticket, speech: Speech) -> Rows:
    """Accept, or pass on; and one tap where it may be a P1."""
    return ((_button(ticket, "accept", speech), _button(ticket, "pass", speech)), *_suspicion(ticket, speech))


def page(ticket: Ticket, account: Account, speech: Speech) -> Rows:
    """A page is answered by taking the ticket where it is offered, else by saying that it was heard."""
    if ticket.offered_to == account.id:
        return offer(ticket, speech)
    return ((_button(ticket, "acknowledge", speech), _button(ticket, "open", speech)),)


def answer(ticket: Ticket, account: Account, speech: Speech) -> Rows:
    """Under a customer's words: answer by a button too, or see the whole card."""
    if ticket.assignee != account.id or not ticket.open:
        return ((_button(ticket, "open", speech),),)
    return ((_button(ticket, "reply", speech), _button(ticket, "open", speech)),)


def opening(ticket: Ticket, speech: Speech) -> Rows:
    """Only the way to the card."""
    return ((_button(ticket, "open", speech),),)


def files(ticket: Ticket, count: int, speech: Speech) -> Rows:
    """The way to what the customer sent beside words, where there is something."""
    if not count:
        return ()
    tap = callback.on(ticket.reference, ticket.version, "files")
    return ((Choice(tap.encode(), speech("tg_files", count=count)),),)


def alarm(ticket: Ticket, account: Account, speech: Speech) -> Rows:
    """A lead who is alarmed may take the ticket, or look first."""
    if ticket.recorded_by and ticket.recorded_by != account.id and ticket.status is Status.AWAITING_CONFIRMATION:
        return ((_button(ticket, "witness", speech), _button(ticket, "open", speech)),)
    if ticket.assignee is None and ticket.open and account.leads:
        return ((_button(ticket, "mine", speech), _button(ticket, "open", speech)),)
    return opening(ticket, speech)


def menu(tap: callback.Tap, ticket: Ticket, speech: Speech, config: ConfigSet) -> Rows | None:
    """The choices that a verb needs before it can be done, or None when it needs none."""
    argument = tap.argument or ""
    match tap.verb:
        case "transfer" if not argument:
            teams = [team for team in config.teams.values() if team.code != ticket.team]
            return _choices(tap, speech, ((team.code, team.name.in_language(speech.language)) for team in teams))
        case "set_service" if not argument:
            services = ((code, speech.service(code, config)) for code in config.services)
            return _choices(tap, speech, services)
        case "set_levels" if not argument:
            return _levels(tap, speech)
        case "wait" if not argument:
            return _choices(tap, speech, ((who, speech(f"tg_wait_{who}")) for who in ("reporter", "vendor", "window")))
        case "wait" if "." not in argument:
            hours = ((f"{argument}.{hours}", speech("tg_hours", hours=hours)) for hours in WAIT_HOURS)
            return _choices(tap, speech, hours)
        case "cancel" if not argument:
            return _choices(tap, speech, ((why, speech(f"tg_cancel_{why}")) for why in CANCEL_REASONS))
    return None


def queue(tickets: Iterable[Ticket], speech: Speech, titles: Sequence[str]) -> Rows:
    """A button per ticket that opens its card."""
    return tuple(
        (Choice(callback.on(ticket.reference, ticket.version, "open").encode(), title),)
        for ticket, title in zip(tickets, titles, strict=True)
    )


def services(speech: Speech, config: ConfigSet) -> Rows:
    """Which service a report for somebody else is about."""
    tap = callback.Tap("new_service", callback.NOBODY, 0)
    found = [Choice(tap.with_argument(code).encode(), speech.service(code, config)) for code in config.services]
    return _fold([*found, Choice(tap.with_argument("-").encode(), speech("tg_new_unknown_service"))])


def _fits(ticket: Ticket, verb: str) -> bool:
    needed = _NEEDS.get(verb)
    if needed is not None and needed not in _possible(ticket):
        return False
    match verb:
        case "p1":
            return ticket.priority is not Priority.P1
        case "mine":
            return ticket.open
        case "not_an_incident":
            return ticket.kind is not Kind.NOT_AN_INCIDENT
        case "verify":
            return all(check.passed for check in ticket.checks)
        case "reply":
            return bool(ticket.reporter)
    return True


def _possible(ticket: Ticket) -> set[Action]:
    possible = set(allowed(ticket.kind, ticket.status))
    # The first work on an assigned ticket starts it, so what fits a started one fits it too.
    if ticket.status is Status.ASSIGNED:
        possible.update(allowed(ticket.kind, Status.INVESTIGATING))
    return possible


def _button(ticket: Ticket, verb: str, speech: Speech, argument: str | None = None) -> Choice:
    return Choice(callback.on(ticket.reference, ticket.version, verb, argument).encode(), speech(f"tg_do_{verb}"))


def _more_only(ticket: Ticket, speech: Speech) -> Rows:
    return ((_button(ticket, "more", speech),),)


def _suspicion(ticket: Ticket, speech: Speech) -> Rows:
    if not ticket.p1_suspected or ticket.priority is Priority.P1:
        return ()
    return ((_button(ticket, "p1", speech), _button(ticket, "not_p1", speech)),)


def _checks(ticket: Ticket, speech: Speech, config: ConfigSet) -> Rows:
    if ticket.status is not Status.VERIFYING:
        return ()
    waiting = [check for check in ticket.checks if not check.passed]
    return tuple(_check(ticket, check, speech, config) for check in waiting[:_CHECKS])


def _check(ticket: Ticket, check: Check, speech: Speech, config: ConfigSet) -> tuple[Choice, ...]:
    name = speech.service(check.service, config)
    tap = callback.on(ticket.reference, ticket.version, "check")
    return (
        Choice(tap.with_argument(f"{check.service}.1").encode(), f"✓ {name}"),
        Choice(tap.with_argument(f"{check.service}.0").encode(), f"✗ {name}"),
    )


def _levels(tap: callback.Tap, speech: Speech) -> Rows:
    rows = []
    for impact in Level:
        row = [
            Choice(
                tap.with_argument(f"{impact}.{urgency}").encode(),
                speech("tg_levels", impact=speech(f"tg_level_{impact}"), urgency=speech(f"tg_level_{urgency}")),
            )
            for urgency in Level
        ]
        rows.append(tuple(row))
    return (*rows, (_back(tap, speech),))


def _choices(tap: callback.Tap, speech: Speech, options: Iterable[tuple[str, str]]) -> Rows:
    buttons = [Choice(tap.with_argument(code).encode(), title) for code, title in options]
    return (*_fold(buttons), (_back(tap, speech),))


def _back(tap: callback.Tap, speech: Speech) -> Choice:
    return Choice(tap.as_verb("back").encode(), speech("tg_do_back"))


def _fold(buttons: Sequence[Choice]) -> Rows:
    return tuple(tuple(buttons[start : start + PER_ROW]) for start in range(0, len(buttons), PER_ROW))
