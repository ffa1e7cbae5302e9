"""The table of the lifecycle: nothing unreachable, nothing without an end, and no way around the confirmation."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tickets.lifecycle import TRANSITIONS, Action, InvalidTransition, allowed, arrows, mermaid, step
from tickets.model import ENDED, OPEN, Kind, Status


def reached(kind: Kind, start: Status, usable: Callable[[Action], bool] = lambda action: True) -> set[Status]:
    """Every status that can be come to from ``start``, itself included."""
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for status, action, end in arrows(kind):
            if status is here and end not in seen and usable(action):
                seen.add(end)
                waiting.append(end)
    return seen


def forward(action: Action) -> bool:
    """The end of a wait or a merge leads back to where a ticket was, which proves nothing about how it came there."""
    return action not in (Action.UNMERGE, Action.RESUME)


@pytest.mark.parametrize("kind", [Kind.INCIDENT, Kind.SERVICE_REQUEST])
def test_every_status_is_reachable(kind: Kind) -> None:
    assert reached(kind, Status.NEW, forward) == set(Status)


def test_what_is_no_incident_needs_no_restoring_and_no_verifying() -> None:
    assert set(Status) - reached(Kind.NOT_AN_INCIDENT, Status.NEW, forward) == {Status.RESTORED, Status.VERIFYING}


# Who may say yes. A merge is no end: the report goes on in another, and may come back.
_MERGES = (Action.MERGE, Action.UNMERGE)
_YES = (Action.CONFIRM, Action.REPORTER_SAYS_WORKS)
SITUATIONS: dict[str, Callable[[Action], bool]] = {
    "the confirmer says yes": lambda action: action not in (Action.LAPSE, Action.CANCEL, *_MERGES),
    "nobody answers": lambda action: action not in (*_YES, Action.CANCEL, *_MERGES),
    "it is not ours": lambda action: action not in (*_YES, Action.LAPSE, *_MERGES),
    "a P1, which never lapses, and nobody answers": lambda action: action not in (*_YES, Action.LAPSE, *_MERGES),
}


@pytest.mark.proves("D37")
@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_status_has_a_way_to_an_end(status: Status, kind: Kind, situation: str) -> None:
    assert reached(kind, status, SITUATIONS[situation]) & ENDED


@pytest.mark.proves("D37", "N1")
@pytest.mark.parametrize("kind", list(Kind))
def test_closed_is_reached_by_a_confirmation_and_by_nothing_else(kind: Kind) -> None:
    into = {action for _, action, end in arrows(kind) if end is Status.CLOSED}
    assert into == {Action.CONFIRM}
    asked = {status for (k, status, action) in TRANSITIONS if k is kind and action is Action.CONFIRM}
    assert asked == {Status.AWAITING_CONFIRMATION, Status.LAPSED}


@pytest.mark.proves("D34", "N11")
def test_an_incident_is_verified_before_anybody_is_asked() -> None:
    into = {
        (status, action)
        for status, action, end in arrows(Kind.INCIDENT)
        if end is Status.AWAITING_CONFIRMATION and status is not end and forward(action)
    }
    assert {(status, action) for status, action in into if action is not Action.REPORTER_SAYS_WORKS} == {
        (Status.VERIFYING, Action.VERIFY)
    }


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("status", sorted(OPEN))
def test_the_reporter_may_say_at_any_time_that_it_works(kind: Kind, status: Status) -> None:
    if status is not Status.AWAITING_CONFIRMATION:
        assert step(kind, status, Action.REPORTER_SAYS_WORKS) is Status.AWAITING_CONFIRMATION


def test_a_wait_and_a_merge_end_where_they_began() -> None:
    assert step(Kind.INCIDENT, Status.WAITING, Action.RESUME, Status.RESTORED) is Status.RESTORED
    assert step(Kind.INCIDENT, Status.MERGED, Action.UNMERGE, Status.ASSIGNED) is Status.ASSIGNED
    assert step(Kind.INCIDENT, Status.WAITING, Action.RESUME) is Status.INVESTIGATING


def test_what_does_not_fit_names_what_does() -> None:
    with pytest.raises(InvalidTransition) as caught:
        step(Kind.INCIDENT, Status.NEW, Action.CONFIRM)
    assert caught.value.allowed == allowed(Kind.INCIDENT, Status.NEW)
    assert "offer" in str(caught.value)
    assert "confirm is not possible while new" in str(caught.value)


def test_the_diagram_is_drawn_from_the_table() -> None:
    drawn = mermaid()
    assert "awaiting_confirmation --> closed: confirm" in drawn
    assert "new --> offered: offer" in drawn
    page = Path(__file__).resolve().parents[2] / "docs" / "lifecycle.md"
    if page.exists():
        assert drawn in page.read_text()
