"""What updates mean, what buttons and prompts carry, and how far updates were taken: all pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram import Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from channels.telegram import api, callback, offset, prompts, updates, wishes
from channels.telegram.callback import Tap
from channels.telegram.offset import Offset
from channels.telegram.updates import Edited, Nothing, Ordered, Tapped, Wrote
from tickets.outbound import Permanent, Reason, Temporary, Unknown

BOT = 7000000001
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SARI = {"id": 900000001, "is_bot": False, "first_name": "Sari", "language_code": "id"}
CHAT = {"id": 900000001, "type": "private", "first_name": "Sari"}
OURS = {"id": BOT, "is_bot": True, "first_name": "Sigap"}


def message(text: str | None = "halo", **more: Any) -> dict[str, Any]:
    body = {"message_id": 5, "date": 1_800_000_000, "chat": CHAT, "from": SARI, **more}
    return body if text is None else {**body, "text": text}


def intent(**content: Any) -> updates.Intent:
    update = Update.de_json({"update_id": 42, **content})
    return updates.translate(update, BOT)


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("/on", "on", ""),
        ("/ON@sigap_bot", "on", ""),
        ("/t inc-7k3m9qxa", "t", "inc-7k3m9qxa"),
        ("/start KODE123", "start", "KODE123"),
        ("  /queue ", "queue", ""),
    ],
)
def test_commands(text: str, word: str, rest: str) -> None:
    found = intent(message=message(text))
    assert isinstance(found, Ordered)
    assert (found.word, found.rest, found.origin.key) == (word, rest, "tg:42")


@pytest.mark.parametrize("text", ["/shrug ok", "on", "saya /on", "/"])
def test_other_words_are_words(text: str) -> None:
    assert isinstance(intent(message=message(text)), Wrote)


def test_a_reply_knows_whether_it_replies_to_us() -> None:
    ours = intent(message=message(reply_to_message=message("kartu", **{"from": OURS})))
    assert isinstance(ours, Wrote)
    assert ours.quoted is not None
    assert (ours.quoted.ours, ours.quoted.text) == (True, "kartu")
    forged = intent(message=message(reply_to_message=message("✍️ x\n⌁ note:7K3M9QXA:1")))
    assert isinstance(forged, Wrote)
    assert forged.quoted is not None
    assert not forged.quoted.ours


def test_a_tap() -> None:
    query = {
        "id": "q1",
        "from": SARI,
        "chat_instance": "1",
        "data": "accept:7K3M9QXA:12",
        "message": message("kartu", **{"from": OURS}),
    }
    found = intent(callback_query=query)
    assert isinstance(found, Tapped)
    assert found.tap == Tap("accept", "7K3M9QXA", 12)
    assert (found.query, found.origin.user, found.origin.message) == ("q1", 900000001, 5)


def test_what_is_not_for_the_desk() -> None:
    group = {"id": -5, "type": "group", "title": "kantor"}
    assert isinstance(intent(message=message(chat=group)), Nothing)
    assert isinstance(intent(message=message(**{"from": OURS})), Nothing)
    assert isinstance(intent(), Nothing)
    assert isinstance(intent(edited_message=message()), Edited)


def test_an_update_that_cannot_be_read_keeps_its_number() -> None:
    payload = b'{"ok":true,"result":[{"update_id":7,"message":{"message_id":1}},{"update_id":8}]}'
    answer = api.UpdatesRequest.parse_json_payload(payload)
    assert answer["result"] == [{"update_id": 7}, {"update_id": 8}]


@pytest.mark.parametrize(
    "data",
    ["", "x", "accept", "accept:7K3M9QXA", "accept:7k3m9qxa:1", "Accept:7K3M9QXA:1", "a:7K3M9QXA:1:é", "a" * 70, None],
)
def test_data_that_we_did_not_write_is_none(data: str | None) -> None:
    assert callback.read(data) is None


def test_callback_data_comes_back_as_it_went() -> None:
    tap = callback.on("INC-7K3M9QXA", 12, "check", "virtual-account.1")
    assert tap.encode() == "check:7K3M9QXA:12:virtual-account.1"
    assert callback.read(tap.encode()) == tap
    assert tap.reference == "INC-7K3M9QXA"
    with pytest.raises(ValueError, match="does not fit"):
        Tap("check", "7K3M9QXA", 1, "x" * 60).encode()


def test_a_prompt_carries_what_its_answer_is_for() -> None:
    tap = Tap("resolve", "7K3M9QXA", 12)
    asked = prompts.ask("INC-7K3M9QXA: apa penyebabnya?", tap, {"name": "Bu\nTini", "number": "0812"})
    assert prompts.read(asked) == prompts.Prompt(tap, {"name": "Bu Tini", "number": "0812"})


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "✍️ tanya",
        "💬 INC-7K3M9QXA · Ani\n✍️ x\n⌁ note:7K3M9QXA:1",
        "✍️ x\n⌁ note:7K3M9QXA:1\nlagi",
        "✍️ x\n⌁ note",
    ],
)
def test_nothing_else_is_a_prompt(text: str | None) -> None:
    assert prompts.read(text) is None


@pytest.mark.parametrize(
    ("verb", "argument", "wish"),
    [
        ("accept", None, ("accept", {})),
        ("transfer", "network", ("transfer", {"team": "network"})),
        ("check", "virtual-account.0", ("check", {"service": "virtual-account", "passed": False})),
        ("wait", "vendor.4", ("wait", {"for": "vendor", "until": "2026-11-24T07:00:00+00:00"})),
        ("set_levels", "high.low", ("set_levels", {"impact": "high", "urgency": "low"})),
        ("cancel", "spam", ("cancel", {"reason": "spam"})),
        ("mine", None, ("assign", {"account": "a1"})),
        ("confirm", None, None),
        ("close", None, None),
    ],
)
def test_buttons_become_actions(verb: str, argument: str | None, wish: Any) -> None:
    assert wishes.tapped(Tap(verb, "7K3M9QXA", 1, argument), "a1", NOW) == wish


def test_answers_become_actions() -> None:
    assert wishes.worded(Tap("resolve", "7K3M9QXA", 1), "sertifikat") == ("resolve", {"cause": "sertifikat"})
    assert wishes.worded(Tap("confirm", "7K3M9QXA", 1), "ya") is None


@pytest.mark.proves("D4")
def test_the_offset_stops_before_the_first_that_was_not_taken() -> None:
    assert offset.after({5: True, 6: True, 8: True}) == 9
    assert offset.after({5: True, 6: False, 7: True}) == 6
    assert offset.after({5: False, 6: True}) is None
    stored = Offset(9, NOW)
    assert offset.read(stored.encode()) == stored
    assert offset.read(None) is None
    assert stored.wanted(NOW + timedelta(days=1)) == 9
    assert stored.wanted(NOW + timedelta(days=8)) is None


def _network(cause: Exception | None = None) -> NetworkError:
    error = TimedOut() if cause is None or "Timeout" in type(cause).__name__ else NetworkError("x")
    error.__cause__ = cause
    return error


def test_errors_in_the_words_of_delivery() -> None:
    import httpx

    limited = api.failure(RetryAfter(7))
    assert isinstance(limited, Temporary)
    assert (limited.reason, limited.retry_after_s) == (Reason.RATE_LIMITED, 7)
    for error, reason in (
        (Forbidden("bot was blocked by the user"), Reason.BLOCKED),
        (BadRequest("Chat not found"), Reason.INVALID_ADDRESS),
        (BadRequest("message is too long"), Reason.TOO_LARGE),
        (BadRequest("can't parse entities"), Reason.REJECTED),
    ):
        refused = api.failure(error)
        assert isinstance(refused, Permanent)
        assert refused.reason is reason
    assert isinstance(api.failure(InvalidToken("x")), Temporary)
    assert isinstance(api.failure(_network(httpx.ReadTimeout("x"))), Unknown)
    assert isinstance(api.failure(_network(httpx.ReadError("x"))), Unknown)
    assert isinstance(api.failure(_network(httpx.ConnectError("x"))), Temporary)
    assert isinstance(api.failure(_network(httpx.PoolTimeout("x"))), Temporary)
    assert isinstance(api.failure(_network(httpx.ReadTimeout("x")), again_is_harmless=True), Temporary)
    assert isinstance(api.failure(NetworkError("Bad Gateway")), Temporary)
