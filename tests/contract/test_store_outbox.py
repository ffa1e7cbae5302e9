"""The outbox as rows: who is first, what a lease is worth, and what is kept of every try."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.store_decider import NOW, command, message
from tests.store_stage import Stage
from tickets.model import Channel, Identity
from tickets.outbound import Delivery, Receipt
from tickets.store import schema
from tickets.store.outbox import Attempt, Outcome
from tickets.store.timers import Timers
from tickets.views import Notice

ANI, BUDI = "1" * 32, "2" * 32
SARI = "a" * 32


def tell(stage: Stage, key: str, *people: str, **options: Any) -> None:
    stage.do(command("tell", key=key, people=list(people), **options))


def claim(stage: Stage, lane: str = "whatsapp.normal", worker: str = "w1", **options: Any) -> list[Notice]:
    return stage.outbox.claim(lane, worker, stage.now, **options)


def leave(stage: Stage, notices: list[Notice], text: str = "Halo") -> None:
    attempts = [
        Attempt(notice=one, channel=one.channel, address=one.address or "", text=text, language="id") for one in notices
    ]
    stage.outbox.sending(attempts, stage.now)


def settle(stage: Stage, notice: Notice, state: Any, **options: Any) -> None:
    stage.outbox.settle([Outcome(notice=notice, state=state, **options)], stage.now)


def opened(stage: Stage, **options: Any) -> tuple[str, Notice]:
    """A ticket, and the acknowledgement of it, claimed."""
    answer = stage.do(message("wifi mati", key="SM1", **options))
    (notice,) = claim(stage)
    return answer.ticket or "", notice


def test_only_the_oldest_of_each_person_is_claimed(stage: Stage) -> None:
    tell(stage, "K1", ANI, BUDI, purpose="first")
    tell(stage, "K2", ANI, purpose="second")

    first = claim(stage)
    assert [(one.person.id, one.purpose) for one in first] == [(ANI, "first"), (BUDI, "first")]
    assert claim(stage, worker="w2") == []
    leave(stage, first)
    settle(stage, first[0], "sent", provider_id="SMa")
    assert [one.purpose for one in claim(stage)] == ["second"]


def test_a_later_hour_blocks_nobody_but_a_retry_does(stage: Stage) -> None:
    tell(stage, "K1", ANI, purpose="first")
    (first,) = claim(stage)
    tell(stage, "K2", ANI, purpose="second")
    leave(stage, [first])
    settle(stage, first, "retry", not_before=NOW + timedelta(hours=1), reason="unreachable")

    assert claim(stage) == []
    stage.pass_time(hours=1)
    assert [(one.purpose, one.tries) for one in claim(stage)] == [("first", 1)]


def test_a_page_waits_for_nobody_and_hides_no_other(stage: Stage) -> None:
    telegram = {"kind": "account", "channel": "telegram", "address": "900000001"}
    tell(stage, "K1", SARI, purpose="card", **telegram)
    tell(stage, "K2", SARI, purpose="page", urgency="page", **telegram)
    tell(stage, "K3", SARI, purpose="page", urgency="page", **telegram)

    assert stage.outbox.lanes(stage.now) == {"telegram.normal", "telegram.page"}
    assert len(claim(stage, "telegram.page")) == 2
    assert [one.purpose for one in claim(stage, "telegram.normal")] == ["card"]


def test_pages_to_a_person_outside_stay_in_order(stage: Stage) -> None:
    tell(stage, "K1", ANI, purpose="ack_p1", urgency="page")
    tell(stage, "K2", ANI, purpose="workaround", urgency="page")

    assert [one.purpose for one in claim(stage, "whatsapp.page")] == ["ack_p1"]


def test_a_newer_card_takes_the_place_of_one_that_has_not_left(stage: Stage) -> None:
    for n in range(3):
        stage.do(command("card", key=f"K{n}", subject="t" * 32))

    rows = sorted(stage.rows(schema.notice), key=lambda row: row["position"])
    assert [row["state"] for row in rows] == ["superseded", "superseded", "queued"]
    assert [row["settled_at"] is None for row in rows] == [False, False, True]
    (card,) = claim(stage, "telegram.low")
    # It is being drawn now, so the next one comes after it.
    stage.do(command("card", key="K9", subject="t" * 32))
    settle(stage, card, "sent", provider_id="1:2")
    assert len(claim(stage, "telegram.low")) == 1


def test_a_notice_is_written_once_for_an_event_a_person_and_a_purpose(stage: Stage) -> None:
    tell(stage, "K1", ANI, ANI, BUDI)
    assert len({row["id"] for row in stage.rows(schema.notice)}) == 3


def test_a_lease_that_runs_out_before_sending_is_simply_free_again(stage: Stage) -> None:
    tell(stage, "K1", ANI)
    claim(stage, lease_s=30)

    stage.pass_time(seconds=29)
    assert claim(stage, worker="w2") == []
    stage.pass_time(seconds=2)
    (again,) = claim(stage, worker="w2")
    assert not again.in_doubt


@pytest.mark.proves("D45")
def test_a_lease_that_runs_out_while_sending_leaves_a_doubt_that_is_kept(stage: Stage) -> None:
    ticket, notice = opened(stage)
    leave(stage, [notice])
    stage.pass_time(seconds=31)
    (doubtful,) = claim(stage, worker="w2")
    assert doubtful.in_doubt
    assert doubtful.tries == 1

    leave(stage, [doubtful])
    settle(stage, doubtful, "sent", provider_id="SMx")
    tries = sorted(stage.rows(schema.attempt), key=lambda row: row["no"])
    assert [(row["no"], row["state"], row["provider_id"]) for row in tries] == [
        (1, "unknown", None),
        (2, "sent", "SMx"),
    ]
    view = stage.reader.ticket(ticket)
    assert view is not None
    assert [(one.direction, one.purpose, one.delivery) for one in view.messages] == [
        ("in", None, None),
        ("out", "ack", Delivery.SENT),
    ]


def test_a_doubt_that_the_provider_resolves_is_settled_without_a_second_try(stage: Stage) -> None:
    _, notice = opened(stage)
    leave(stage, [notice])
    stage.pass_time(seconds=31)
    (doubtful,) = claim(stage, worker="w2")
    settle(stage, doubtful, "sent", provider_id="SMx")

    (tried,) = stage.rows(schema.attempt)
    assert (tried["state"], tried["provider_id"]) == ("sent", "SMx")


def test_what_was_given_back_can_be_claimed_at_once(stage: Stage) -> None:
    tell(stage, "K1", ANI)
    (one,) = claim(stage)
    stage.outbox.release([one.id])
    assert len(claim(stage, worker="w2")) == 1


@pytest.mark.proves("D30", "D46")
def test_what_was_said_stands_in_the_conversation_once_however_often_it_was_tried(stage: Stage) -> None:
    ticket, notice = opened(stage)
    leave(stage, [notice], "Halo Kak Ani")
    settle(stage, notice, "retry", not_before=stage.now, reason="unreachable")
    (again,) = claim(stage)
    leave(stage, [again], "Halo Kak Ani")
    view = stage.reader.ticket(ticket)
    assert view is not None
    assert [(one.text, one.delivery) for one in view.messages[1:]] == [("Halo Kak Ani", Delivery.QUEUED)]
    assert view.messages[1].author.kind == "desk"


@pytest.mark.proves("D30")
def test_an_agents_reply_is_one_message_and_shows_how_far_it_has_come(stage: Stage) -> None:
    stage.do(command("account", key="A1", id=SARI))
    ticket, ack = opened(stage)
    leave(stage, [ack])
    settle(stage, ack, "sent", provider_id="SM1out")
    stage.do(command("reply", key="R1", subject=ticket, text="Sedang kami cek", account=SARI))
    (reply,) = claim(stage)
    (briefing,) = stage.outbox.brief([reply])
    assert list(briefing.words.values()) == ["Sedang kami cek"]

    leave(stage, [reply], "Sari: Sedang kami cek")
    settle(stage, reply, "sent", provider_id="SM2out")
    view = stage.reader.ticket(ticket)
    assert view is not None
    assert [(one.author.name, one.text, one.delivery) for one in view.messages if one.author.kind == "account"] == [
        ("Sari", "Sedang kami cek", Delivery.SENT)
    ]
    assert len(view.messages) == 3


def test_another_way_to_the_same_person_is_the_same_notice(stage: Stage) -> None:
    _, notice = opened(stage)
    leave(stage, [notice])
    mail = Identity(channel=Channel.MAIL, address="ani@example.test", contact=notice.person.id, verified=True)
    settle(stage, notice, "failed", reason="blocked", fallback=mail)

    (other,) = claim(stage, "mail.normal")
    assert (other.id, other.address, other.tries) == (notice.id, "ani@example.test", 1)
    assert stage.rows(schema.attempt)[0]["reason"] == "blocked"


@pytest.mark.parametrize(("state", "event"), [("sent", "told"), ("failed", "not_told"), ("dropped", "not_told")])
def test_the_chain_records_the_final_outcome_only(stage: Stage, state: str, event: str) -> None:
    _, notice = opened(stage)
    leave(stage, [notice])
    settle(stage, notice, "retry", not_before=stage.now, reason="unreachable")
    settle(stage, notice, state, reason="blocked" if state == "failed" else None)

    events, _ = stage.reader.events_after(None)
    about = [one for one in events if one.stream == f"contact:{notice.person.id}"]
    assert [(one.seq, one.type, one.data["state"]) for one in about] == [(1, event, state)]


def test_receipts_move_a_message_on_whatever_their_order(stage: Stage) -> None:
    ticket, notice = opened(stage)
    leave(stage, [notice])
    # The provider's report overtakes its own answer.
    stage.outbox.record([receipt(Delivery.DELIVERED)], Channel.WHATSAPP)
    settle(stage, notice, "sent", provider_id="SMout")
    assert delivery(stage, ticket) is Delivery.DELIVERED

    stage.outbox.record([receipt(Delivery.SENT), receipt(Delivery.READ)], Channel.WHATSAPP)
    stage.outbox.record([receipt(Delivery.FAILED, reason="63016")], Channel.WHATSAPP)
    assert delivery(stage, ticket) is Delivery.READ
    assert stage.count(schema.receipt) == 4


def test_a_late_failure_is_kept_with_its_reason(stage: Stage) -> None:
    ticket, notice = opened(stage)
    leave(stage, [notice])
    settle(stage, notice, "sent", provider_id="SMout")
    stage.outbox.record([receipt(Delivery.FAILED, reason="63016")], Channel.WHATSAPP)

    assert delivery(stage, ticket) is Delivery.FAILED
    assert stage.rows(schema.attempt)[0]["reason"] == "63016"


def test_a_briefing_has_all_that_a_text_needs(stage: Stage) -> None:
    stage.do(command("account", key="A1", id=SARI, telegram_id=900000001))
    answer = stage.do(message("wifi mati", key="SM1"))
    ticket = answer.ticket or ""
    (ack,) = claim(stage)
    (offer,) = claim(stage, "telegram.normal")
    leave(stage, [offer])
    settle(stage, offer, "sent", provider_id="9:1")
    stage.do(command("card", key="K1", subject=ticket))
    (card,) = claim(stage, "telegram.low")

    to_ani, to_sari = stage.outbox.brief([ack, card])
    assert (to_ani.name, to_ani.answers, to_ani.replaces) == ("Ani", "SM1", None)
    assert to_ani.contact is not None
    assert [one.address for one in to_ani.identities] == ["+6281200000001"]
    assert to_ani.view is not None
    assert to_ani.view.ticket.id == ticket
    # The offer that Sari saw becomes the card.
    assert (to_sari.name, to_sari.replaces) == ("Sari", "9:1")
    assert to_sari.account is not None
    found = stage.reader.sent_as(Channel.TELEGRAM, "9:1")
    assert found is not None
    assert (found.id, found.ticket) == (offer.id, ticket)
    assert stage.reader.sent_as(Channel.WHATSAPP, "9:1") is None


def receipt(state: Delivery, reason: str | None = None) -> Receipt:
    return Receipt(provider_id="SMout", state=state, at=NOW, reason=reason)


def delivery(stage: Stage, ticket: str) -> Delivery | None:
    view = stage.reader.ticket(ticket)
    assert view is not None
    return view.messages[-1].delivery


@pytest.mark.proves("D34")
@pytest.mark.parametrize("late", [False, True])
def test_what_a_reporter_was_not_told_makes_the_clock_look_at_their_ticket(stage: Stage, late: bool) -> None:
    ticket, notice = opened(stage)
    leave(stage, [notice])
    if late:
        settle(stage, notice, "sent", provider_id="SMlate")
        assert not [row for row in Timers(stage.database).ripe(stage.now) if row.what == "undelivered"]
        receipt = Receipt(provider_id="SMlate", state=Delivery.FAILED, at=stage.now, reason="window_closed")
        stage.outbox.record([receipt], Channel.WHATSAPP)
    else:
        settle(stage, notice, "failed", reason="blocked")
    (row,) = [row for row in Timers(stage.database).ripe(stage.now) if row.what == "undelivered"]
    assert row.stream == f"ticket:{ticket}"
    assert row.data == {"purpose": notice.purpose, "reason": "window_closed" if late else "blocked"}


@pytest.mark.proves("D34")
def test_a_worker_that_slept_through_its_lease_sends_nothing(stage: Stage) -> None:
    _, slow = opened(stage)
    stage.now += timedelta(seconds=31)
    (quick,) = claim(stage, worker="w2")

    def leaves(notice: Notice) -> frozenset[str]:
        one = Attempt(notice=notice, channel=notice.channel, address="x", text="Halo", language="id")
        return stage.outbox.sending([one], stage.now)

    assert leaves(quick) == {quick.id}
    assert leaves(slow) == frozenset()
    settle(stage, quick, "sent", provider_id="SM1")
    assert leaves(slow) == frozenset()
