"""Later items of a batch see what the earlier ones changed; an event that does not fit changes nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from config.schema import Bilingual, ConfigSet, Team
from tests.unit.test_projection import OPENED
from tickets.changes import Changes
from tickets.commands import DESK
from tickets.events import NewEvent
from tickets.model import Account, Channel, Contact, Identity, Presence, Role, Status
from tickets.snapshot import Snapshot
from tickets.store.state_copy import Checkpoint
from tickets.tokens import Tokens

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def state(**options: Any) -> Snapshot:
    config = options.pop("config", ConfigSet(hash="h"))
    return Snapshot(
        now=NOW,
        config=config,
        tokens=Tokens([b"k"]),
        new_id=lambda: "id",
        new_reference=lambda: "INC-00000000",
        **options,
    )


def event(stream: str, **data: Any) -> NewEvent:
    return NewEvent(stream=stream, type="t", data=data, actor=DESK)


def account(
    identity: str, name: str, *roles: Role, teams: tuple[str, ...] = ("network",), active: bool = True
) -> Account:
    return Account(
        id=identity,
        name=name,
        version=1,
        roles=roles or (Role.AGENT,),
        teams=teams,
        language="id",
        timezone="Asia/Jakarta",
        capacity=5,
        presence=Presence.AVAILABLE,
        presence_at=NOW,
        telegram_id=int(identity, 36),
        active=active,
    )


def test_a_ticket_is_seen_by_its_id_and_its_reference_after_it_was_absorbed() -> None:
    here = state()
    here.absorb(Changes(events=(event("ticket:t1", **OPENED), event("ticket:t1", status=Status.OFFERED))))

    ticket = here.ticket("INC-00000000")
    assert ticket is not None
    assert ticket is here.ticket("t1")
    assert (ticket.status, ticket.version) == (Status.OFFERED, 2)
    assert here.tickets_of("c1") == [ticket]
    assert here.ticket("t2") is None


@pytest.mark.proves("D41")
def test_loads_follow_who_has_the_work_in_hand() -> None:
    here = state()
    here.absorb(Changes(events=(event("ticket:t1", **OPENED, offered_to="a"),)))
    assert here.loads["a"] == 0
    for data, loads in (
        ({"status": Status.OFFERED}, {"a": 1, "b": 0}),
        ({"status": Status.ASSIGNED, "assignee": "b", "offered_to": None}, {"a": 0, "b": 1}),
        ({"status": Status.INVESTIGATING}, {"a": 0, "b": 1}),
        ({"status": Status.AWAITING_CONFIRMATION}, {"a": 0, "b": 0}),
    ):
        here.absorb(Changes(events=(event("ticket:t1", **data),)))
        assert {name: here.loads[name] for name in "ab"} == loads
    assert here.busy_since == {"a": NOW, "b": NOW}


def test_an_event_that_does_not_fit_changes_nothing() -> None:
    here = state()
    with pytest.raises(ValueError, match="asleep"):
        here.absorb(Changes(events=(event("ticket:t1", **OPENED), event("ticket:t1", status="asleep"))))
    assert here.tickets == {}


def test_a_checkpoint_brings_everything_back() -> None:
    here = state()
    here.absorb(Changes(events=(event("ticket:t1", **OPENED),)))
    before = Checkpoint(here)
    contact = Contact(id="c1", organisation="house", language="id", created_at=NOW)
    mine = Identity(channel=Channel.WHATSAPP, address="+62", contact="c1", verified=True)
    moved = event("ticket:t1", status=Status.ASSIGNED, assignee="a")
    here.absorb(Changes(events=(moved,), contacts=(contact,), identities=(mine,)))
    assert here.identities_of("c1") == [mine]

    before.restore(here)
    ticket = here.ticket("t1")
    assert ticket is not None
    assert ticket.status is Status.NEW
    assert (here.contacts, here.identities, here.loads["a"]) == ({}, {}, 0)


def test_people_are_found_by_telegram_by_name_and_as_leads() -> None:
    named = Team(code="network", name=Bilingual(id="Jaringan", en="Network"), lead="Maya", calendar="office")
    people = [
        account("a", "Sari"),
        account("b", "Maya", Role.LEAD, teams=("payments",)),
        account("c", "Tono", Role.LEAD),
        account("d", "Gone", Role.LEAD, active=False),
    ]
    here = state(config=ConfigSet(hash="h", teams={"network": named}), accounts={one.id: one for one in people})

    found = here.account_on_telegram(10)
    assert found is not None
    assert found.name == "Sari"
    assert here.account_on_telegram(13) is None
    assert [one.name for one in here.leads_of("network")] == ["Maya"]
    here.config = ConfigSet(hash="h")
    assert [one.name for one in here.leads_of("network")] == ["Tono"]
    assert [one.name for one in here.leads_of("systems")] == ["Maya", "Tono"]
