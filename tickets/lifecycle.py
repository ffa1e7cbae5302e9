"""The life of a ticket: one table, and nothing that is not in it can happen.

``(kind, status, action) → status``. The table says only where an action leads; who may do it, and what it needs,
is decided in ``router/``. The diagram in ``docs/lifecycle.md`` is written from it (``mermaid``), so it cannot lie.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, Literal

from tickets.model import OPEN, Kind, Status


class Action(StrEnum):
    """What can be done to a ticket and moves it, or may move it."""

    OFFER = "offer"
    ACCEPT = "accept"
    PASS = "pass"
    OFFER_EXPIRED = "offer_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    START = "start"
    WORKAROUND = "workaround"
    RELAPSE = "relapse"
    WAIT = "wait"
    RESUME = "resume"
    RESOLVE = "resolve"
    VERIFY = "verify"
    FAIL_VERIFICATION = "fail_verification"
    CONFIRM = "confirm"
    DENY = "deny"
    ALERT_AGAIN = "alert_again"
    LAPSE = "lapse"
    REOPEN = "reopen"
    REPORTER_SAYS_WORKS = "reporter_says_works"
    MERGE = "merge"
    UNMERGE = "unmerge"
    CANCEL = "cancel"
    OBJECT = "object"


REMEMBERED: Final = "remembered"
"""The target of an action that goes back to where the ticket was before it waited or was merged."""

Target = Status | Literal["remembered"]

_S = Status
_A = Action

_BEFORE_WORK: Final[Mapping[tuple[Status, Action], Target]] = {
    (_S.NEW, _A.OFFER): _S.OFFERED,
    (_S.OFFERED, _A.ACCEPT): _S.ASSIGNED,
    (_S.OFFERED, _A.PASS): _S.NEW,
    (_S.OFFERED, _A.OFFER_EXPIRED): _S.NEW,
    (_S.OFFERED, _A.OFFER_WITHDRAWN): _S.NEW,
    (_S.ASSIGNED, _A.START): _S.INVESTIGATING,
}

_WORK: Final[Mapping[tuple[Status, Action], Target]] = {
    (_S.INVESTIGATING, _A.WORKAROUND): _S.RESTORED,
    (_S.RESTORED, _A.WORKAROUND): _S.RESTORED,
    (_S.RESTORED, _A.RELAPSE): _S.INVESTIGATING,
    (_S.INVESTIGATING, _A.WAIT): _S.WAITING,
    (_S.RESTORED, _A.WAIT): _S.WAITING,
    (_S.WAITING, _A.RESUME): REMEMBERED,
    (_S.INVESTIGATING, _A.RESOLVE): _S.VERIFYING,
    (_S.RESTORED, _A.RESOLVE): _S.VERIFYING,
    (_S.VERIFYING, _A.VERIFY): _S.AWAITING_CONFIRMATION,
    (_S.VERIFYING, _A.FAIL_VERIFICATION): _S.INVESTIGATING,
    (_S.VERIFYING, _A.ALERT_AGAIN): _S.INVESTIGATING,
}

_ENDING: Final[Mapping[tuple[Status, Action], Target]] = {
    (_S.AWAITING_CONFIRMATION, _A.CONFIRM): _S.CLOSED,
    (_S.AWAITING_CONFIRMATION, _A.DENY): _S.INVESTIGATING,
    (_S.AWAITING_CONFIRMATION, _A.ALERT_AGAIN): _S.INVESTIGATING,
    (_S.AWAITING_CONFIRMATION, _A.LAPSE): _S.LAPSED,
    (_S.LAPSED, _A.CONFIRM): _S.CLOSED,
    (_S.LAPSED, _A.DENY): _S.INVESTIGATING,
    (_S.CLOSED, _A.REOPEN): _S.INVESTIGATING,
    (_S.MERGED, _A.UNMERGE): REMEMBERED,
    (_S.CANCELLED, _A.OBJECT): _S.NEW,
}

# Transfers and escalations after the first work are offers that leave the status alone.
_LATER_OFFERS: Final[Mapping[tuple[Status, Action], Target]] = {
    (status, action): status
    for status in (
        _S.ASSIGNED,
        _S.INVESTIGATING,
        _S.RESTORED,
        _S.WAITING,
        _S.VERIFYING,
    )
    for action in (_A.OFFER, _A.ACCEPT, _A.PASS, _A.OFFER_EXPIRED, _A.OFFER_WITHDRAWN)
}

_EVERY_OPEN: Final[Mapping[tuple[Status, Action], Target]] = {
    (status, action): target
    for status in OPEN
    for action, target in (
        (_A.REPORTER_SAYS_WORKS, _S.AWAITING_CONFIRMATION),
        (_A.MERGE, _S.MERGED),
        (_A.CANCEL, _S.CANCELLED),
    )
    # Already asked: the answer is a confirmation, not a second question.
    if (status, action) != (_S.AWAITING_CONFIRMATION, _A.REPORTER_SAYS_WORKS)
}

_FULL = {**_BEFORE_WORK, **_WORK, **_ENDING, **_LATER_OFFERS, **_EVERY_OPEN}

# Nothing is broken, so there is nothing to restore or to verify: it is answered, and ends by the reporter's yes
# or by a cancel.
_ANSWERED = {
    pair: target
    for pair, target in _FULL.items()
    if pair[1] not in (_A.WORKAROUND, _A.RELAPSE, _A.ALERT_AGAIN, _A.VERIFY, _A.FAIL_VERIFICATION)
} | {
    (_S.INVESTIGATING, _A.RESOLVE): _S.AWAITING_CONFIRMATION,
    (_S.RESTORED, _A.RESOLVE): _S.AWAITING_CONFIRMATION,
    (_S.VERIFYING, _A.VERIFY): _S.AWAITING_CONFIRMATION,
}

TRANSITIONS: Final[Mapping[tuple[Kind, Status, Action], Target]] = {
    (kind, status, action): target
    for kind, table in (
        (Kind.INCIDENT, _FULL),
        (Kind.SERVICE_REQUEST, _FULL),
        (Kind.NOT_AN_INCIDENT, _ANSWERED),
    )
    for (status, action), target in table.items()
}


class InvalidTransition(Exception):
    """The action does not fit the status; the message names what does."""

    def __init__(self, kind: Kind, status: Status, action: Action) -> None:
        self.kind, self.status, self.action = kind, status, action
        self.allowed = allowed(kind, status)
        names = ", ".join(self.allowed)
        super().__init__(f"{action} is not possible while {status}; possible: {names}")


def allowed(kind: Kind, status: Status) -> tuple[Action, ...]:
    """The actions that fit, in the order of the enumeration."""
    return tuple(action for action in Action if (kind, status, action) in TRANSITIONS)


def step(kind: Kind, status: Status, action: Action, remembered: Status | None = None) -> Status:
    """Where ``action`` leads from ``status``; ``remembered`` is where a waiting or merged ticket came from.

    Raises ``InvalidTransition`` for everything that is not in the table.
    """
    target = TRANSITIONS.get((kind, status, action))
    if target is None:
        raise InvalidTransition(kind, status, action)
    if target == REMEMBERED:
        return remembered or Status.INVESTIGATING
    return Status(target)


def arrows(kind: Kind) -> Iterator[tuple[Status, Action, Status]]:
    """Every arrow of one kind; a remembered target is drawn to each status that it may be."""
    back = {Status.WAITING: (Status.INVESTIGATING, Status.RESTORED), Status.MERGED: tuple(sorted(OPEN))}
    for (k, status, action), target in TRANSITIONS.items():
        if k is not kind:
            continue
        for end in back[status] if target == REMEMBERED else (Status(target),):
            yield status, action, end


def mermaid(kind: Kind = Kind.INCIDENT) -> str:
    """The table as a Mermaid state diagram for the documentation; arrows that stay in place are left out."""
    lines = ["stateDiagram-v2", "    [*] --> new"]
    grouped: dict[tuple[Status, Status], list[str]] = {}
    for status, action, end in arrows(kind):
        if status is not end and action not in (Action.MERGE, Action.UNMERGE, Action.CANCEL):
            grouped.setdefault((status, end), []).append(action.value)
    lines += [f"    {start} --> {end}: {', '.join(names)}" for (start, end), names in sorted(grouped.items())]
    return "\n".join(lines) + "\n"
