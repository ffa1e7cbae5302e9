"""What the desk decides, as people would see it: the life of a report from the first word to the reporter's yes."""

from datetime import UTC, datetime

import pytest

from tests.playing import MAYA, RINA, SARI, PlayedDesk
from tickets.commands import CLOCK, Actor, ActorKind, Command, Refused
from tickets.model import Disposition, Presence, Priority, Status


@pytest.fixture
def desk() -> PlayedDesk:
    return PlayedDesk()


@pytest.mark.proves("D1", "D8")
def test_a_first_word_of_content_opens_a_ticket_and_offers_it(desk: PlayedDesk) -> None:
    answer = desk.says("min kok checkout gagal trus, saldo kepotong")
    assert answer.facts["disposition"] == Disposition.OPENED
    assert desk.ticket.status is Status.OFFERED
    assert desk.ticket.service == "checkout"
    assert desk.ticket.offered_to == RINA
    assert desk.told() == ["ack"]
    assert desk.told(RINA) == ["offer"]


@pytest.mark.proves("D7")
def test_a_bare_greeting_opens_nothing_and_is_answered_once(desk: PlayedDesk) -> None:
    for text in ("P", "halo kak", "min"):
        answer = desk.says(text)
        assert answer.facts["disposition"] == Disposition.GREETING
    assert not desk.state.tickets
    assert desk.told() == ["greeting"]


def test_bubbles_within_a_minute_are_one_ticket_with_one_answer(desk: PlayedDesk) -> None:
    desk.says("halo")
    desk.says("checkout error nih")
    desk.forward(seconds=20)
    desk.says("dari tadi pagi")
    desk.forward(seconds=20)
    desk.says("saldo udah kepotong lagi")
    assert len(desk.state.tickets) == 1
    assert [m.disposition for m in desk.messages] == [
        Disposition.GREETING,
        Disposition.OPENED,
        Disposition.JOINED,
        Disposition.JOINED,
    ]
    assert desk.told() == ["greeting", "ack"]


@pytest.mark.proves("D14")
def test_pass_and_silence_hand_the_offer_on_and_then_the_lead_hears(desk: PlayedDesk) -> None:
    desk.says("checkout gagal terus")
    desk.does(RINA, "pass", desk.ticket)
    assert desk.ticket.status is Status.NEW
    assert desk.ticket.passed_by == ()
    assert "alarm" in desk.told(MAYA)
    desk.forward(minutes=6)
    assert desk.ticket.offered_to == RINA
    desk.forward(minutes=4)
    assert desk.ticket.offered_to is None


def test_somebody_who_comes_on_duty_is_offered_what_waits(desk: PlayedDesk) -> None:
    desk.presence(RINA, Presence.OFFLINE)
    desk.says("checkout gagal terus")
    assert desk.ticket.status is Status.NEW
    assert "alarm" in desk.told(MAYA)
    assert desk.does(RINA, "presence", presence="available").ok
    assert desk.ticket.offered_to == RINA


@pytest.mark.proves("D15")
def test_only_the_one_who_was_offered_can_accept_and_only_once(desk: PlayedDesk) -> None:
    desk.says("checkout gagal terus")
    assert desk.does(SARI, "accept", desk.ticket).refused is Refused.OFFER_GONE
    assert desk.does(RINA, "accept", desk.ticket).ok
    assert desk.does(RINA, "accept", desk.ticket).refused is Refused.OFFER_GONE


def test_a_tap_on_an_old_card_is_refused_but_a_note_in_between_does_not_matter(desk: PlayedDesk) -> None:
    desk.says("checkout gagal terus")
    desk.does(RINA, "accept", desk.ticket)
    seen = desk.ticket.version
    assert desk.does(RINA, "note", desk.ticket, text="cek log").ok
    assert desk.does(RINA, "start", desk.ticket, seen=seen).ok
    assert desk.does(RINA, "workaround", desk.ticket, seen=seen, text="x").refused is Refused.STALE


@pytest.mark.proves("D20")
def test_the_whole_life_with_a_no_in_between(desk: PlayedDesk) -> None:
    desk.brought_to(Status.AWAITING_CONFIRMATION)
    assert desk.told()[-1] == "confirm"
    desk.says("iya masih kak")
    assert desk.ticket.status is Status.INVESTIGATING
    assert desk.ticket.assignee == RINA
    assert desk.told()[-1] == "reopened"
    assert "reopened_for_you" in desk.told(RINA)
    desk.does(RINA, "resolve", desk.ticket, cause="Cache lama")
    for item in desk.ticket.checks:
        desk.does(RINA, "check", desk.ticket, service=item.service)
    desk.does(RINA, "verify", desk.ticket, figure="0 gagal")
    desk.says("ya sudah beres kak makasih")
    assert desk.ticket.status is Status.CLOSED
    assert desk.ticket.ended_at == desk.state.now


@pytest.mark.proves("D21")
@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("sudah bisa kak", Status.CLOSED, "thanks"),
        ("bisa sih tapi lemot", Status.INVESTIGATING, "reopened"),
        ("ok", Status.AWAITING_CONFIRMATION, "contradiction"),
        ("belum sempat cek", Status.AWAITING_CONFIRMATION, "not_yet"),
        ("makasih kak", Status.AWAITING_CONFIRMATION, "confirm"),
    ],
)
def test_answers_to_the_question(desk: PlayedDesk, words: str, status: Status, told: str) -> None:
    desk.brought_to(Status.AWAITING_CONFIRMATION)
    desk.says(words)
    assert desk.ticket.status is status
    assert desk.told()[-1] == told


def test_no_agent_and_no_token_can_close(desk: PlayedDesk) -> None:
    ticket = desk.brought_to(Status.AWAITING_CONFIRMATION)
    assert desk.does(RINA, "confirm", ticket).refused is Refused.NOT_ALLOWED
    for actor in (Actor(ActorKind.TOKEN, "t"), Actor(ActorKind.OPERATOR), Actor(ActorKind.CLOCK)):
        command = Command(key=f"x:{actor}", action="confirm", subject=ticket.id, actor=actor, at=desk.state.now)
        assert desk.takes(command).refused is Refused.NOT_ALLOWED
    assert desk.ticket.status is Status.AWAITING_CONFIRMATION


def test_silence_is_reminded_once_by_day_and_lapses_and_a_late_yes_closes(desk: PlayedDesk) -> None:
    desk.brought_to(Status.AWAITING_CONFIRMATION)
    desk.forward(hours=25)
    assert desk.told()[-1] == "remind"
    desk.forward(hours=60)
    assert desk.ticket.status is Status.LAPSED
    assert desk.told().count("remind") == 1
    desk.says("sudah bisa kak")
    assert desk.ticket.status is Status.CLOSED


def test_thanks_never_reopen_and_it_is_back_does(desk: PlayedDesk) -> None:
    desk.brought_to(Status.CLOSED)
    desk.says("makasih ya")
    assert desk.ticket.status is Status.CLOSED
    desk.says("kak masih error lagi nih")
    assert desk.ticket.status is Status.INVESTIGATING
    assert desk.ticket.reopened == 1


def test_the_reporter_may_say_that_it_works_at_any_time(desk: PlayedDesk) -> None:
    desk.says("checkout gagal terus")
    desk.says("udah bisa, gak jadi")
    assert desk.ticket.status is Status.AWAITING_CONFIRMATION
    assert desk.ticket.offered_to is None
    assert desk.told()[-1] == "confirm"


@pytest.mark.proves("D23")
def test_a_quiet_life_costs_at_most_four_texts(desk: PlayedDesk) -> None:
    desk.says("checkout gagal terus")
    desk.does(RINA, "accept", desk.ticket)
    desk.forward(minutes=11)
    desk.does(RINA, "resolve", desk.ticket, cause="Sertifikat")
    for item in desk.ticket.checks:
        desk.does(RINA, "check", desk.ticket, service=item.service)
    desk.does(RINA, "verify", desk.ticket, figure="0 gagal")
    desk.says("sudah bisa kak")
    assert desk.told() == ["ack", "took_over", "confirm", "thanks"]


def test_one_persons_all_is_down_is_a_p2_with_a_question(desk: PlayedDesk) -> None:
    desk.says("semua error kak, checkout ga bisa sama sekali")
    assert desk.ticket.priority is Priority.P2
    assert desk.ticket.p1_suspected
    assert desk.does(RINA, "p1", desk.ticket).ok
    assert desk.ticket.priority is Priority.P1


def test_a_p1_that_nobody_takes_pages_the_lead_again_and_again(desk: PlayedDesk) -> None:
    desk.says("semua error kak, checkout ga bisa sama sekali")
    desk.does(RINA, "p1", desk.ticket)
    desk.forward(minutes=10)
    assert desk.told(MAYA).count("page") >= 2
    desk.forward(minutes=5)
    offered = desk.ticket.offered_to
    if offered:
        desk.does(offered, "accept", desk.ticket)


def test_at_night_the_reporter_hears_when_the_team_is_back() -> None:
    desk = PlayedDesk(now=datetime(2026, 11, 24, 15, 10, tzinfo=UTC))
    desk.says("wifi kantor mati")
    assert desk.told() == ["ack_outside_hours"]
    assert desk.ticket.status is Status.NEW


def test_somebody_elses_reference_opens_nothing_of_theirs(desk: PlayedDesk) -> None:
    desk.says("checkout gagal terus")
    other = desk.ticket
    desk.forward(minutes=5)
    desk.says(f"saya mau tanya {other.reference}", who="+6281299999999", name="Budi")
    assert [message.tickets for message in desk.messages][-1] != (other.id,)


def test_what_could_not_be_told_is_heard_by_who_works_on_it(desk: PlayedDesk) -> None:
    desk.brought_to(Status.INVESTIGATING)
    due = Command(
        key="due:1",
        action="undelivered",
        subject=desk.ticket.id,
        actor=CLOCK,
        at=desk.state.now,
        data={"purpose": "reply", "reason": "window_closed"},
    )
    assert desk.takes(due).ok
    assert desk.told(desk.ticket.assignee)[-1] == "alarm"


@pytest.mark.proves("D30")
def test_a_title_that_is_typed_counts_as_pressed() -> None:
    desk = PlayedDesk(now=datetime(2026, 11, 24, 15, 10, tzinfo=UTC))
    desk.says("wifi kantor mati")
    desk.says("Semua berhenti")
    assert desk.ticket.priority is Priority.P1


@pytest.mark.proves("D22")
def test_a_yes_by_telephone_needs_a_second_person(desk: PlayedDesk) -> None:
    ticket = desk.brought_to(Status.AWAITING_CONFIRMATION)
    assert desk.does(MAYA, "witness", ticket).refused is Refused.MISSING
    assert desk.does(RINA, "record_confirmation", ticket, text="Bu Ani: sudah normal").ok
    assert desk.ticket.status is Status.AWAITING_CONFIRMATION
    assert desk.told(MAYA)[-1] == "alarm"
    assert desk.does(RINA, "witness", ticket).refused is Refused.NOT_ALLOWED
    assert desk.does(MAYA, "witness", ticket).ok
    assert desk.ticket.status is Status.CLOSED


def test_a_no_takes_back_what_was_written_down_on_the_telephone(desk: PlayedDesk) -> None:
    ticket = desk.brought_to(Status.AWAITING_CONFIRMATION)
    desk.does(RINA, "record_confirmation", ticket, text="katanya sudah normal")
    desk.says("iya masih kak")
    assert desk.ticket.recorded_by is None
    assert desk.does(MAYA, "witness", ticket).refused is Refused.INVALID_TRANSITION


def test_a_report_after_the_window_is_a_new_one_that_knows_the_old(desk: PlayedDesk) -> None:
    old = desk.brought_to(Status.CLOSED)
    desk.forward(days=10)
    desk.state.quoted["SMold"] = old.id
    desk.says("masih error lagi kak checkoutnya", quoted="SMold")
    new = next(ticket for ticket in desk.state.tickets.values() if ticket.id != old.id)
    assert new.previous == old.id
    assert desk.ticket_named(old.reference).status is Status.CLOSED


def test_words_about_the_open_report_never_reopen_the_old_one(desk: PlayedDesk) -> None:
    old = desk.brought_to(Status.CLOSED)
    desk.forward(hours=3)
    new = desk.says("wifi kantor mati").reference or ""
    desk.forward(hours=1)
    desk.says("masih belum bisa kak")
    assert desk.ticket_named(old.reference).status is Status.CLOSED
    assert desk.messages[-1].tickets == (desk.ticket_named(new).id,)


def test_a_timer_that_was_set_anew_does_not_fire_at_its_old_time(desk: PlayedDesk) -> None:
    desk.says("checkout gagal terus")
    first = desk.due["ticket:" + desk.ticket.id, "offer_expired"]
    desk.does(RINA, "pass", desk.ticket)
    desk.forward(minutes=5)
    assert desk.ticket.offered_to == RINA
    stale = Command(
        key="late",
        action="offer_expired",
        subject=desk.ticket.id,
        actor=CLOCK,
        at=desk.state.now,
        due_at=first.at,
        data=first.data,
    )
    assert desk.takes(stale).outcome == "void"
    assert ("ticket:" + desk.ticket.id, "offer_expired") in desk.due


def test_one_voice_that_gets_louder_is_still_one_voice(desk: PlayedDesk) -> None:
    desk.says("checkout lambat")
    desk.forward(seconds=10)
    desk.says("sekarang mati total, semua orang ga bisa bayar")
    assert desk.ticket.priority is Priority.P2
    assert desk.ticket.p1_suspected


def test_nobody_is_offered_what_waits_for_the_reporters_answer(desk: PlayedDesk) -> None:
    desk.says("checkout gagal terus")
    desk.says("udah bisa, gak jadi")
    desk.does(RINA, "presence", presence="away")
    desk.does(RINA, "presence", presence="available")
    assert desk.ticket.offered_to is None
    assert desk.told(MAYA) == []


@pytest.mark.parametrize("status", [Status.INVESTIGATING, Status.AWAITING_CONFIRMATION])
def test_an_undone_merge_is_as_before_with_its_next_step(desk: PlayedDesk, status: Status) -> None:
    ticket = desk.brought_to(status)
    other = desk.says("checkout gagal juga", who="+628110", name="Dedi", organisation="kopi-senja").reference
    assert desk.does(MAYA, "merge", ticket, into=other).ok
    assert desk.ticket_named(ticket.reference).status is Status.MERGED
    assert desk.does(MAYA, "unmerge", ticket).ok
    assert desk.ticket_named(ticket.reference).status is status
    assert any(stream == f"ticket:{ticket.id}" for stream, _ in desk.due)


def test_a_closed_ticket_is_not_changed_by_old_taps(desk: PlayedDesk) -> None:
    ticket = desk.brought_to(Status.CLOSED)
    for action, data in (("p1", {}), ("transfer", {"team": "systems"}), ("set_service", {"service": "qris"})):
        assert desk.does(RINA, action, ticket, **data).refused is Refused.INVALID_TRANSITION


def test_an_old_no_reaches_the_agent_who_is_at_work(desk: PlayedDesk) -> None:
    ticket = desk.brought_to(Status.INVESTIGATING)
    desk.says("Belum, masih error", button=f"no:{ticket.reference[-8:]}")
    assert desk.told(ticket.assignee)[-1] == "customer_wrote"


def test_stop_is_heard_long_after_a_ticket_was_closed(desk: PlayedDesk) -> None:
    desk.brought_to(Status.CLOSED)
    desk.forward(days=30)
    desk.says("BERHENTI")
    assert desk.told()[-1] == "opt_out"


def test_a_missed_promise_comes_up_again(desk: PlayedDesk) -> None:
    ticket = desk.brought_to(Status.INVESTIGATING)
    desk.forward(days=2)
    assert desk.told(MAYA).count("alarm") > 2
    assert any(stream == f"ticket:{ticket.id}" for stream, _ in desk.due)


def test_all_that_waited_in_the_tray_is_filed(desk: PlayedDesk) -> None:
    desk.brought_to(Status.AWAITING_CONFIRMATION)
    desk.forward(minutes=3)
    desk.says("wifi kantor mati")
    desk.forward(minutes=3)
    for words in ("tolong dibantu ya sudah ditunggu bos", "ada orang kah yang bisa bantu saya"):
        assert desk.says(words).facts["disposition"] == Disposition.UNCLEAR
    desk.says("1")
    assert len(desk.filed) == 2
    assert desk.contact.asked is None


@pytest.mark.proves("D23")
def test_a_p1_of_three_hours_costs_at_most_six_automatic_texts_and_timers_keep_two_minutes(desk: PlayedDesk) -> None:
    desk.says("semua error kak, checkout ga bisa sama sekali")
    desk.does(RINA, "p1", desk.ticket)
    desk.does(RINA, "accept", desk.ticket)
    desk.forward(hours=2, minutes=50)
    desk.does(RINA, "resolve", desk.ticket, cause="Sertifikat")
    for item in desk.ticket.checks:
        desk.does(RINA, "check", desk.ticket, service=item.service)
    desk.does(RINA, "verify", desk.ticket, figure="0 gagal")
    desk.forward(minutes=10)
    desk.says("sudah bisa kak")
    outside = [notice for notice in desk.notices if notice.person.kind == "contact"]
    assert len(outside) <= 6
    timed = [at for notice, at in desk.told_at if notice.purpose in ("took_over", "remind")]
    for at in timed:
        earlier = [other for notice, other in desk.told_at if notice.person.kind == "contact" and other < at]
        assert all((at - other).total_seconds() >= 120 for other in earlier)


def test_what_is_said_about_a_merged_report_reaches_who_works_on_the_other(desk: PlayedDesk) -> None:
    child = desk.brought_to(Status.AWAITING_CONFIRMATION)
    other = desk.says("checkout gagal juga", who="+628110", name="Dedi", organisation="kopi-senja").reference or ""
    holder = desk.ticket_named(other).offered_to or ""
    desk.does(holder, "accept", other)
    assert desk.does(MAYA, "merge", child, into=other).ok
    desk.state.quoted["SM1"] = child.id
    desk.says("di toko kedua juga sama kak", quoted="SM1")
    assert desk.told(holder)[-1] == "customer_wrote"
