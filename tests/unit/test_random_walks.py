"""Whatever people do in whatever order, no report is without a next step, and none closes without its reporter."""

import random
from typing import Any

import pytest

from tests.playing import MAYA, RINA, SARI, PlayedDesk
from tickets.model import ENDED, OPEN, Priority, Status, Ticket

PEOPLE = (("+628110", "Dedi"), ("+628120", "Wati"))
SAID = (
    "checkout gagal terus", "wifi kantor mati", "printer macet", "halo", "makasih", "ya", "1", "2", "ok", "belum",
    "masih error", "sudah bisa kak", "udah bisa, gak jadi", "belum sempat cek", "BERHENTI", "MULAI", "puas",
    "semua error ga bisa sama sekali", "bisa sih tapi lemot", "cara ganti password gimana kak?", "kapan beres?", "",
)  # fmt: skip
DONE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("accept", {}), ("pass", {}), ("start", {}), ("reply", {"text": "x"}), ("note", {"text": "x"}), ("relapse", {}),
    ("workaround", {"text": "x"}), ("wait", {"for": "reporter"}), ("wait", {"for": "vendor"}), ("resume", {}),
    ("resolve", {"cause": "c", "service": "checkout"}), ("check", {}), ("verify", {"figure": "1"}),
    ("fail_verification", {}), ("transfer", {"team": "network"}), ("transfer", {"team": "payments"}),
    ("escalate", {}), ("assign", {"account": RINA}), ("assign", {"account": SARI}), ("acknowledge", {}), ("p1", {}),
    ("not_p1", {}), ("set_levels", {"impact": "low", "urgency": "low"}), ("set_service", {"service": "qris"}),
    ("not_an_incident", {"text": "begini"}), ("cancel", {"reason": "not_ours"}), ("merge", {}), ("unmerge", {}),
)  # fmt: skip


def wrong(desk: PlayedDesk, ticket: Ticket) -> list[str]:
    """What may never be true of a ticket."""
    status, asked = ticket.status, ticket.status is Status.AWAITING_CONFIRMATION
    due = {what for stream, what in desk.due if stream == f"ticket:{ticket.id}"}
    held = ticket.assignee or ticket.offered_to
    rules = {
        "ended without a time, or open with one": (ticket.ended_at is not None) != (status in ENDED),
        "offered though it is over": bool(ticket.offered_to) and status not in OPEN,
        "offered to nobody": status is Status.OFFERED and not ticket.offered_to,
        "an offer that never ends": bool(ticket.offered_to) and status in OPEN and "offer_expired" not in due,
        "a wait without a date": status is Status.WAITING and "waiting_over" not in due,
        "waits though it does not": status not in (Status.WAITING, Status.MERGED) and bool(ticket.waiting_for),
        "asked and never again": asked and not due & {"confirm_remind", "confirm_lapse"},
        "nobody's, and nobody looks": status in OPEN and not asked and not held and "offer_again" not in due,
        "open without a next step": status in OPEN and not due,
        "open without a promise": status in OPEN and not asked and ticket.next_update_by is None,
        "over with a promise": status not in OPEN and ticket.next_update_by is not None,
        "over with timers": status not in OPEN and bool(due),
        "a P1 that nobody has in silence": ticket.priority is Priority.P1
        and status in OPEN
        and not asked
        and not ticket.assignee
        and "page_again" not in due,
        "tested though it is not repaired": status in (Status.NEW, Status.INVESTIGATING) and bool(ticket.checks),
    }
    return [what for what, broken in rules.items() if broken]


def step(desk: PlayedDesk, chance: random.Random) -> str:
    """One thing that somebody does; returns what it was."""
    kind = chance.random()
    if kind < 0.3 or not desk.state.tickets:
        who, name = chance.choice(PEOPLE)
        more: dict[str, Any] = {}
        if chance.random() < 0.15 and desk.state.tickets:
            ticket = chance.choice(list(desk.state.tickets.values()))
            more["button"] = f"{chance.choice(['yes', 'no', 'not_yet', 'stopped', 'object'])}:{ticket.reference[4:]}"
        said = chance.choice(SAID)
        desk.says(said, who=who, name=name, **more)
        return f"{name} says {said!r} {more}"
    if kind < 0.8:
        ticket = chance.choice(list(desk.state.tickets.values()))
        agent = chance.choice([SARI, RINA, MAYA, ticket.assignee or MAYA, ticket.offered_to or MAYA])
        action, data = chance.choice(DONE)
        if action == "merge":
            data = {"into": chance.choice(list(desk.state.tickets.values())).id}
        for item in ticket.checks if action == "check" else ():
            desk.does(agent, "check", ticket, service=item.service)
        if action != "check":
            desk.does(agent, action, ticket, **data)
        return f"{agent} does {action} {data} on {ticket.reference}"
    if kind < 0.9:
        agent, presence = chance.choice([SARI, RINA, MAYA]), chance.choice(["available", "busy", "away", "offline"])
        desk.does(agent, "presence", presence=presence)
        return f"{agent} is {presence}"
    minutes = chance.choice([1, 3, 10, 30, 300, 1440, 5760])
    desk.forward(minutes=minutes)
    return f"{minutes} minutes later"


@pytest.mark.proves("D20", "N2")
@pytest.mark.parametrize("seed", range(60))
def test_every_report_has_a_next_step_and_only_its_reporter_closes_it(seed: int) -> None:
    chance, desk, story = random.Random(seed), PlayedDesk(), []
    for _ in range(chance.randint(10, 45)):
        before = dict(desk.state.tickets)
        story.append(step(desk, chance))
        for identity, ticket in desk.state.tickets.items():
            faults = wrong(desk, ticket)
            was = before.get(identity)
            if ticket.status is Status.CLOSED and was and was.status is not Status.CLOSED and " says " not in story[-1]:
                faults.append("closed by somebody else")
            assert not faults, "\n".join([*story, f"{ticket.reference} is {ticket.status}: {faults}"])
