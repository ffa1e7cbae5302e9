"""A Twilio webhook in the domain's words; hostile fields become text, never errors."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.whatsapp.parse import NotAMessage, address_of, fields_of, parse
from channels.whatsapp.status import receipt_of
from tickets.commands import InboundMessage
from tickets.model import Channel
from tickets.outbound import Delivery, Reason

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
BASE = {"MessageSid": "SM" + "a" * 32, "From": "whatsapp:+6281200000001", "WaId": "6281200000001", "Body": "wifi mati"}


def parsed(**fields: str) -> InboundMessage:
    raw = urlencode(BASE | fields).encode()
    return parse(fields_of(raw), raw, NOW)


@pytest.mark.proves("D10")
def test_a_bubble_is_its_words_its_sender_and_its_original() -> None:
    message = parsed(ProfileName="Ani", Unheard="of")
    assert (message.key, message.channel, message.text) == (f"wa:{BASE['MessageSid']}", Channel.WHATSAPP, "wifi mati")
    assert (message.sender.address, message.sender.name, message.sender.verified) == ("+6281200000001", "Ani", True)
    assert message.external_id == BASE["MessageSid"]
    assert b"Unheard=of" in message.raw


@pytest.mark.proves("D8")
def test_a_person_without_a_number_is_known_by_the_providers_id() -> None:
    message = parsed(From="whatsapp:ID.900100200300", WaId="")
    assert message.sender.address == "ID.900100200300"
    assert message.sender.aliases == ()


def test_number_and_id_beside_each_other_are_one_person() -> None:
    assert parsed(ExternalUserId="ID.900100200300").sender.aliases == ("ID.900100200300",)
    assert parsed(ExternalUserId="whatsapp:ID.900100200300").sender.aliases == ("ID.900100200300",)
    beside = parsed(From="whatsapp:ID.900100200300", ExternalUserId="ID.900100200300")
    assert (beside.sender.address, beside.sender.aliases) == ("ID.900100200300", ("+6281200000001",))


def test_a_pressed_button_and_a_quoted_bubble_are_heard() -> None:
    message = parsed(
        Body="Ya, sudah beres", ButtonPayload="yes:7K3M9QXR", ButtonText="Ya", OriginalRepliedMessageSid="SM" + "b" * 32
    )
    assert (message.button, message.text, message.quoted) == ("yes:7K3M9QXR", "Ya, sudah beres", "SM" + "b" * 32)
    assert parsed(Body="", ListId="service:checkout:7K3M9QXR", ListTitle="Checkout").button is not None


def test_several_files_a_place_and_a_card_are_parts() -> None:
    message = parsed(
        Body="",
        NumMedia="3",
        MediaUrl0="https://api.twilio.com/a",
        MediaContentType0="image/jpeg",
        MediaUrl1="https://api.twilio.com/b",
        MediaContentType1="audio/ogg",
        MediaUrl2="https://api.twilio.com/c",
        MediaContentType2="text/vcard",
    )
    assert message.parts == ("image", "voice", "contact")
    assert [one.url for one in message.media] == [f"https://api.twilio.com/{name}" for name in "abc"]
    place = parsed(Body="", Latitude="-6.2", Longitude="106.8", Label="Toko Melati")
    assert (place.parts, place.text) == (("location",), "Toko Melati (-6.2, 106.8)")


@pytest.mark.parametrize("claimed", ["-1", "1e9", "", "ten", "99999999999999999999"])
def test_what_exists_is_taken_whatever_the_count_claims(claimed: str) -> None:
    assert len(parsed(NumMedia=claimed, MediaUrl0="https://api.twilio.com/a").media) == 1


def test_a_forwarded_chain_is_marked() -> None:
    assert parsed(Forwarded="true").forwarded
    assert parsed(FrequentlyForwarded="true").forwarded
    assert not parsed(Forwarded="false").forwarded


def test_of_a_repeated_field_the_first_counts() -> None:
    raw = urlencode([*BASE.items(), ("Body", "yang kedua")]).encode()
    assert parse(fields_of(raw), raw, NOW).text == "wifi mati"


def test_names_and_words_lose_what_no_database_takes() -> None:
    message = parsed(ProfileName="A\x00ni\u202e" + "x" * 10_000, Body="mati\x00 \x07lagi\nya")
    assert message.sender.name is not None
    assert len(message.sender.name) <= 120
    assert message.sender.name.startswith("Anixxx")
    assert message.text == "mati lagi\nya"


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageSid": ""},
        {"MessageSid": "SM" + "a" * 99},
        {"MessageSid": "../etc"},
        {"From": ""},
        {"From": "whatsapp:"},
        {"From": "whatsapp:+62 abc"},
        {"From": "mail@example.test"},
    ],
)
def test_without_sid_or_sender_it_is_no_message(fields: dict[str, str]) -> None:
    with pytest.raises(NotAMessage):
        parsed(**fields)


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=200), max_size=20))
def test_nothing_that_is_posted_breaks_the_parser(fields: dict[str, str]) -> None:
    raw = urlencode(BASE | fields, errors="replace").encode()
    try:
        message = parse(fields_of(raw), raw, NOW)
    except NotAMessage:
        return
    assert message.raw == raw
    assert "\x00" not in message.text


@given(st.binary(max_size=400))
def test_bytes_that_are_no_form_are_refused_or_read(raw: bytes) -> None:
    try:
        parse(fields_of(raw), raw, NOW)
    except NotAMessage:
        return


def test_a_plus_that_was_not_escaped_is_still_a_number() -> None:
    assert address_of("whatsapp: 6281200000001") == "+6281200000001"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", Delivery.QUEUED),
        ("sent", Delivery.SENT),
        ("delivered", Delivery.DELIVERED),
        ("read", Delivery.READ),
        ("undelivered", Delivery.FAILED),
    ],
)
def test_a_callback_says_how_far_it_has_come(status: str, state: Delivery) -> None:
    receipt = receipt_of([("MessageSid", "SM1"), ("MessageStatus", status)], NOW)
    assert receipt is not None
    assert (receipt.provider_id, receipt.state) == ("SM1", state)


def test_a_failure_says_why() -> None:
    receipt = receipt_of([("MessageSid", "SM1"), ("MessageStatus", "failed"), ("ErrorCode", "63016")], NOW)
    assert receipt is not None
    assert receipt.reason == Reason.WINDOW_CLOSED
    odd = receipt_of([("MessageSid", "SM1"), ("MessageStatus", "failed"), ("ErrorCode", "९९" * 9)], NOW)
    assert odd is not None
    assert odd.reason == Reason.REJECTED


def test_a_callback_that_says_nothing_is_nothing() -> None:
    assert receipt_of([("MessageSid", "SM1"), ("MessageStatus", "vanished")], NOW) is None
    assert receipt_of([("MessageStatus", "sent")], NOW) is None
