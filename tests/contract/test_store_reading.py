"""What the doors read: pages, queues, secrets, figures, and the events since one last looked."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.store_decider import NOW, TOKENS, command, message
from tests.store_stage import Stage
from tickets.model import Account, Presence, Role
from tickets.store import schema
from tickets.store.rows import put, row_of

SARI, RINA, SITI = "a" * 32, "b" * 32, "c" * 32


def account(stage: Stage, identity: str, name: str, **options: Any) -> Account:
    stage.do(command("account", key=f"A{identity[0]}", id=identity, name=name, **options))
    found = stage.reader.account(identity)
    assert found is not None
    return found


def test_a_ticket_is_found_however_its_reference_is_typed(stage: Stage) -> None:
    answer = stage.do(message("wifi mati", key="SM1"))
    reference = answer.reference or ""
    spoken = [answer.ticket or "", reference, reference.lower(), reference.replace("-", " "), reference[4:]]

    for subject in spoken:
        view = stage.reader.ticket(subject)
        assert view is not None, subject
        assert view.ticket.reference == reference
    assert stage.reader.ticket("INC-00000000") is None
    assert stage.reader.ticket("") is None


def test_pages_show_every_ticket_once_newest_first(stage: Stage) -> None:
    for n in range(7):
        stage.do(message(f"report {n}", key=f"SM{n}", phone=f"+62{n}"))
        if n % 3:
            stage.pass_time(minutes=1)
    seen: list[str] = []
    cursor = None
    while True:
        page = stage.reader.tickets(limit=3, cursor=cursor)
        seen += [row.subject for row in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert sorted(seen) == [f"report {n}" for n in range(7)]
    assert seen[0] in ("report 6", "report 5")
    with pytest.raises(ValueError, match="cursor"):
        stage.reader.tickets(cursor="nonsense")


def test_lists_are_filtered_and_name_people(stage: Stage) -> None:
    account(stage, SARI, "Sari")
    mine = stage.do(message("wifi   mati\nsejak pagi", key="SM1"))
    stage.do(message("printer", key="SM2"))
    stage.tamper("UPDATE ticket SET assignee = :a, status = 'assigned' WHERE id = :t", a=SARI, t=mine.ticket)

    for wanted in ({"assignee": SARI}, {"assignee": "Sari"}, {"status": "assigned"}):
        (row,) = stage.reader.tickets(**wanted).items  # type: ignore[arg-type]
        assert row.subject == "wifi mati sejak pagi"
        assert row.assignee is not None
        assert (row.assignee.name, row.reporter.name) == ("Sari", "Ani")
    assert len(stage.reader.tickets(team="service-desk", priority="P3", organisation="house").items) == 2
    assert stage.reader.tickets(team="network").items == ()
    stage.tamper("UPDATE ticket SET ended_at = 1 WHERE id = :t", t=mine.ticket)
    assert [row.subject for row in stage.reader.tickets(open_only=True).items] == ["printer"]


@pytest.mark.proves("D24")
def test_a_queue_begins_with_p1_then_with_the_oldest_promise(stage: Stage) -> None:
    account(stage, SARI, "Sari")
    for n, (priority, promise) in enumerate([("P3", 5), ("P2", 9), ("P1", 30), ("P3", 1)]):
        answer = stage.do(message(f"{priority} {promise}", key=f"SM{n}"))
        at = int((NOW + timedelta(minutes=promise)).timestamp() * 1_000_000)
        stage.tamper(
            "UPDATE ticket SET assignee = :a, priority = :p, next_update_by = :at WHERE id = :t",
            a=SARI,
            p=priority,
            at=at,
            t=answer.ticket,
        )

    assert [row.subject for row in stage.reader.queue(SARI)] == ["P1 30", "P3 1", "P3 5", "P2 9"]
    assert stage.reader.queue(RINA) == []


@pytest.mark.proves("D18")
def test_data_security_is_seen_by_its_team_by_leads_and_by_the_operator(stage: Stage) -> None:
    agent = account(stage, SARI, "Sari")
    lead = account(stage, RINA, "Maya", roles=["lead"])
    expert = account(stage, SITI, "Siti", teams=["security"])
    secret = stage.do(message("!security data bocor", key="SM1"))
    stage.do(message("printer", key="SM2"))

    def seen(viewer: Account | None) -> int:
        return len(stage.reader.tickets(viewer=viewer).items)

    assert (seen(None), seen(lead), seen(expert), seen(agent)) == (2, 2, 2, 1)
    assert stage.reader.ticket(secret.reference or "", viewer=agent) is None
    assert stage.reader.ticket(secret.reference or "", viewer=expert) is not None


def test_a_tracking_secret_opens_one_ticket_until_it_expires_or_is_revoked(stage: Stage) -> None:
    answer = stage.do(message("wifi mati", key="SM1"))
    secret = TOKENS.tracking(answer.ticket or "", answer.contact or "")
    assert stage.reader.grant(secret) is None

    stage.tamper("UPDATE tracking_grant SET expires_at = expires_at + 60000000")
    assert stage.reader.grant(secret) == (answer.ticket, answer.contact)
    assert stage.reader.grant(secret + "x") is None
    stage.pass_time(minutes=2)
    assert stage.reader.grant(secret) is None


def test_accounts_are_found_by_id_and_by_telegram(stage: Stage) -> None:
    sari = account(stage, SARI, "Sari", telegram_id=900000001)
    account(stage, RINA, "Rina")

    assert sari.presence is Presence.AVAILABLE
    assert sari.roles == (Role.AGENT,)
    assert stage.reader.account_on_telegram(900000001) == sari
    assert stage.reader.account_on_telegram(1) is None
    assert [one.name for one in stage.reader.accounts()] == ["Rina", "Sari"]
    stage.tamper("UPDATE account SET active = (1 = 0) WHERE id = :a", a=SARI)
    assert stage.reader.account_on_telegram(900000001) is None


@pytest.mark.proves("D4")
def test_the_figures_add_up(stage: Stage) -> None:
    stage.do_all([message(f"report {n}", key=f"SM{n}", phone=f"+62{n}") for n in range(5)])
    stage.do(message("!both", key="bad"))
    stage.pass_time(seconds=90)

    figures = stage.reader.figures()
    assert figures.tickets == {"new.P3": 5}
    assert figures.messages == sum(figures.dispositions.values()) == 6
    assert figures.dispositions == {"opened": 5, "unreadable": 1}
    assert figures.waiting == {"whatsapp.normal": 5}
    assert figures.oldest_waiting_s == {"whatsapp.normal": 90.0}
    assert (figures.due, figures.due_late_s, figures.quarantined) == (5, 90.0, 1)


def test_a_follower_reads_every_event_once_in_the_order_of_commits(stage: Stage) -> None:
    stage.do_all([message(f"report {n}", key=f"SM{n}", phone=f"+62{n}") for n in range(10)])
    read: list[str] = []
    cursor = None
    while True:
        events, after = stage.reader.events_after(cursor, limit=3)
        read += [event.stream for event in events]
        if not events:
            assert after == cursor
            break
        cursor = after
    assert len(read) == len(set(read)) == 10

    answer = stage.do(message("later", key="SMlater"))
    events, _ = stage.reader.events_after(cursor)
    assert [event.stream for event in events] == [f"ticket:{answer.ticket}"]
    with pytest.raises(ValueError):
        stage.reader.events_after("nonsense")


@pytest.mark.only("postgresql")
def test_a_follower_never_passes_over_a_transaction_that_is_still_open(stage: Stage) -> None:
    """SQLite has one writer at a time, so there is nothing to pass over."""
    row = {"seq": 1, "type": "t", "v": 1, "body": "{}", "previous": "", "hash": ""}
    with stage.database.writing() as slow:
        put(slow, schema.event, [row | {"stream": "system:slow"}])
        with stage.database.writing() as quick:
            put(quick, schema.event, [row | {"stream": "system:quick"}])
        events, cursor = stage.reader.events_after(None)
        assert events == []
    events, _ = stage.reader.events_after(cursor)
    assert sorted(event.stream for event in events) == ["system:quick", "system:slow"]


def test_words_that_were_erased_are_simply_missing(stage: Stage) -> None:
    answer = stage.do(message("wifi mati", key="SM1"))
    subject = stage.rows(schema.ticket)[0]["subject"]
    assert stage.reader.words([subject, "unknown"]) == {subject: "wifi mati"}
    stage.tamper("DELETE FROM content")

    view = stage.reader.ticket(answer.ticket or "")
    assert view is not None
    assert (view.messages[0].text, view.reporter.name, view.words) == ("", None, {})


def test_every_field_of_a_ticket_and_an_account_survives_the_database(stage: Stage) -> None:
    stage.do(message("wifi mati", key="SM1"))
    sari = account(stage, SARI, "Sari")
    view = stage.reader.ticket(str(stage.rows(schema.ticket)[0]["id"]))
    assert view is not None
    assert set(row_of(view.ticket)) == set(schema.ticket.c.keys())
    assert set(row_of(sari)) == set(schema.account.c.keys())
    assert set(row_of(view.contact)) == set(schema.contact.c.keys())
    assert set(row_of(view.identities[0])) == set(schema.identity.c.keys())
