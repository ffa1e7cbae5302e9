"""What a person outside reads: the right text, at the right moment, with the right buttons."""

from datetime import timedelta
from typing import Any

import pytest

from tests.briefings import CONFIG, FILES, NOW, TEXTS, briefing, house, identity, said, ticket
from tickets.buttons import PAYLOADS
from tickets.model import Asked, Channel, Identity, Kind, Priority, Status
from tickets.outbound import OutboundMessage, Permanent, Reason
from tickets.replies import LIMIT, another_way, compose, numbered, parts
from tickets.views import Briefing

PURPOSES = {
    "ack": {},
    "ack_p1": {"priority": Priority.P1},
    "ack_outside_hours": {},
    "voice": {},
    "ask_service": {"service": None},
    "took_over": {},
    "reply": {},
    "workaround": {"status": Status.RESTORED},
    "confirm": {"status": Status.AWAITING_CONFIRMATION},
    "remind": {"status": Status.AWAITING_CONFIRMATION},
    "contradiction": {"status": Status.AWAITING_CONFIRMATION},
    "thanks": {"status": Status.CLOSED, "ended_at": NOW},
    "reopened": {},
    "not_an_incident": {"kind": Kind.NOT_AN_INCIDENT},
    "cancelled": {"status": Status.CANCELLED},
    "security": {},
    "still_working": {},
    "card_warning": {},
    "received": {},
    "object_received": {},
    "not_yet": {"status": Status.AWAITING_CONFIRMATION},
    "score_thanks": {"status": Status.CLOSED},
}
PARAMS: dict[str, Any] = {
    "words": "w1",
    "agent": "a1",
    "opens_at": "2026-11-24T01:00:00.000000Z",
    "lapse_at": "2026-11-26T01:00:00.000000Z",
    "reason": "not_ours",
    "services": list(CONFIG.services),
    "days": 7,
}


def told(one: Briefing, **options: Any) -> OutboundMessage:
    message = compose(one, house(**options), channel=one.notice.channel, now=NOW, markup=True)
    assert message is not None
    return message


def silent(one: Briefing) -> bool:
    return compose(one, house(), channel=one.notice.channel, now=NOW) is None


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_text_can_be_said_and_fits(purpose: str, language: str) -> None:
    one = briefing(
        purpose, of=ticket(**PURPOSES[purpose]), language=language, params=PARAMS, words={"w1": "Muat ulang halaman"}
    )
    message = told(one)
    assert len(message.text) <= LIMIT
    assert "None" not in message.text
    assert "{" not in message.text
    assert len({choice.payload for choice in message.choices}) == len(message.choices)
    assert all(len(choice.title) <= 20 for choice in message.choices)


@pytest.mark.parametrize("purpose", ["greeting", "opt_out", "welcome_back"])
def test_texts_without_a_ticket_can_be_said(purpose: str) -> None:
    assert told(briefing(purpose, without_ticket=True)).text


def test_every_variable_of_every_text_is_known() -> None:
    from tickets.variables import Scene, variables

    scene = Scene(briefing=briefing("ack"), config=CONFIG, timezone="Asia/Jakarta", language="id", now=NOW)
    known = variables(scene, link=None).keys()
    for language, texts in FILES.messages.items():
        for purpose in texts:
            assert TEXTS.variables(language, purpose) <= known, purpose


@pytest.mark.proves("D30")
def test_an_acknowledgement_names_the_reference_the_promise_on_her_clock_and_the_page() -> None:
    text = told(briefing("ack")).text
    assert "Kak Ani" in text
    assert "INC-7K3M9QXR" in text
    assert "12.00 WIB" in text
    assert "https://lapor.example/t/secret-t1-c1" in text


def test_a_loopback_link_is_never_sent_through_a_real_provider() -> None:
    assert "/t/" not in told(briefing("ack"), public_url="http://127.0.0.1:8080").text
    assert "http://127.0.0.1:8080/t/" in told(briefing("ack"), public_url="http://127.0.0.1:8080", played=True).text


@pytest.mark.proves("D37")
def test_a_confirmation_is_asked_only_while_it_is_awaited() -> None:
    waiting = ticket(status=Status.AWAITING_CONFIRMATION, resolved_at=NOW, verified_at=NOW)
    message = told(briefing("confirm", of=waiting))
    assert [choice.payload for choice in message.choices] == ["yes:7K3M9QXR", "no:7K3M9QXR", "not_yet:7K3M9QXR"]
    for status in (Status.CLOSED, Status.INVESTIGATING, Status.CANCELLED):
        assert silent(briefing("confirm", of=ticket(status=status)))


def test_a_question_is_worded_after_how_it_came_about() -> None:
    answered = ticket(status=Status.AWAITING_CONFIRMATION, kind=Kind.NOT_AN_INCIDENT)
    assert told(briefing("confirm", of=answered)).purpose == "confirm_answered"
    withdrawn = ticket(status=Status.AWAITING_CONFIRMATION)
    assert told(briefing("confirm", of=withdrawn)).purpose == "confirm_withdrawn"


def test_an_answered_question_is_not_asked_a_second_time() -> None:
    asked = ticket(status=Status.AWAITING_CONFIRMATION, kind=Kind.NOT_AN_INCIDENT, asked_at=NOW)
    answer = said(purpose="not_an_incident", at=NOW + timedelta(seconds=1))
    assert silent(briefing("confirm", of=asked, messages=(answer,)))


def test_a_machine_does_not_introduce_an_agent_who_has_already_written() -> None:
    assert "Sari" in told(briefing("took_over", params={"agent": "a1"})).text
    assert silent(briefing("took_over", params={"agent": "a1"}, messages=(said(),)))
    assert silent(briefing("took_over", params={"agent": "a1"}, of=ticket(assignee="a2")))


def test_one_persons_word_is_urgent_and_not_yet_a_known_outage() -> None:
    p1 = ticket(priority=Priority.P1)
    alone = told(briefing("ack_p1", of=p1))
    assert "mendesak" in alone.text
    assert alone.choices == ()
    known = told(briefing("ack_p1", of=p1, params={"since": "2026-11-23T02:03:00.000000Z"}))
    assert "sejak pukul 09.03 WIB" in known.text
    assert [choice.payload for choice in known.choices] == ["tell_when_fixed:7K3M9QXR", "mine_differs:7K3M9QXR"]


def test_who_has_opted_out_hears_only_that() -> None:
    out = (identity(opted_out=True),)
    with pytest.raises(Permanent) as caught:
        told(briefing("ack", identities=out))
    assert caught.value.reason is Reason.OPTED_OUT
    assert told(briefing("opt_out", identities=out, without_ticket=True)).text


def test_a_person_is_told_where_they_wrote_last() -> None:
    older = identity(address="ID.900100200300", last_in_at=NOW - timedelta(days=1))
    assert told(briefing("ack", identities=(older, identity()))).address == identity().address
    assert told(briefing("ack", identities=(older, identity()), address=older.address)).address == older.address


def test_nobody_is_told_without_an_address_except_on_the_page() -> None:
    with pytest.raises(Permanent) as caught:
        told(briefing("ack", identities=()))
    assert caught.value.reason is Reason.NO_ADDRESS
    assert told(briefing("ack", identities=(), channel=Channel.WEB)).address == ""


def test_erased_words_are_not_sent_as_an_empty_bubble() -> None:
    assert silent(briefing("reply", params={"words": "w1"}))
    assert "Sudah dicoba?" in told(briefing("reply", params={"words": "w1"}, words={"w1": "Sudah dicoba?"})).text


def test_asterisks_of_a_person_are_not_markup() -> None:
    message = compose(
        briefing("reply", params={"words": "w1"}, words={"w1": "ketik *123#"}), house(), channel=Channel.WEB, now=NOW
    )
    assert message is not None
    assert "ketik *123#" in message.text


def test_the_first_text_says_once_what_her_data_are_used_for() -> None:
    assert len(told(briefing("ack", params={"privacy": True})).text) > len(told(briefing("ack")).text)


def test_an_old_greeting_is_not_answered_any_more() -> None:
    assert silent(briefing("greeting", without_ticket=True, created_at=NOW - timedelta(days=1)))


def test_numbers_stand_in_the_order_of_the_buttons() -> None:
    waiting = ticket(status=Status.AWAITING_CONFIRMATION, resolved_at=NOW)
    message = told(briefing("confirm", of=waiting))
    text = numbered(message.text, message.choices, "Balas dengan angkanya:")
    assert text.endswith("*1* Ya, sudah beres\n*2* Belum, masih error\n*3* Belum sempat cek")


def test_a_service_is_chosen_from_the_list_that_was_offered() -> None:
    codes = list(CONFIG.services)[:4]
    message = told(briefing("ask_service", of=ticket(service=None), params={"services": codes}))
    assert [choice.payload for choice in message.choices] == [f"service:{code}:7K3M9QXR" for code in codes]


def test_which_report_offers_the_references_and_a_new_one() -> None:
    asked = {"asked": Asked(what="which", at=NOW, choices=("7K3M9QXR", "new"))}
    params = {"references": ["INC-7K3M9QXR"], "held": "content-1"}
    message = told(briefing("which", without_ticket=True, params=params, contact=asked))
    assert [choice.payload for choice in message.choices] == ["which:7K3M9QXR:content-1", "which:new:content-1"]
    assert [choice.title for choice in message.choices] == ["INC-7K3M9QXR", "Laporan baru"]
    assert silent(briefing("which", without_ticket=True, params=params))


def test_every_button_has_a_payload() -> None:
    codes = {code for some in FILES.choices.values() for titles in some.values() for code in titles}
    assert codes <= PAYLOADS.keys() | {"object", "new"}


@pytest.mark.parametrize("reason", [Reason.WINDOW_CLOSED, Reason.NOT_JOINED, Reason.INVALID_ADDRESS])
def test_another_proven_address_is_tried_where_one_cannot_be_reached(reason: Reason) -> None:
    mail = Identity(channel=Channel.MAIL, address="ani@example.test", contact="c1", verified=True)
    one = briefing("ack", identities=(identity(), mail))
    assert another_way(one, reason, {Channel.MAIL}) == mail
    assert another_way(one, reason, {Channel.WHATSAPP}) is None
    assert another_way(one, Reason.OPTED_OUT, {Channel.MAIL}) is None


def test_a_long_answer_is_cut_between_words_and_loses_none() -> None:
    words = [f"kata{number}" for number in range(900)]
    pieces = parts(" ".join(words))
    assert len(pieces) > 1
    assert all(len(piece) <= LIMIT for piece in pieces)
    assert " ".join(piece.split(" ", 1)[1] for piece in pieces).split() == words
    assert parts("pendek") == ["pendek"]
    assert all(len(piece) <= LIMIT for piece in parts("x" * 5_000))
