"""Nothing personal leaves by the log, whatever a line was given."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from console import logs


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was, after a test that sets it up."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


PERSONAL = (
    "+6281200000001",
    "081234567890",
    "whatsapp:+6281200000001",
    "whatsapp:ID.900100200300",
    "ani@kopisenja.example",
    "7000000001:sandbox-telegram-bot-token",
    "https://api.telegram.org/bot7000000001:sandbox-telegram-bot-token/getMe",
    "redis://:hush@db:6379",
    "/t/wAKZpF4J5u828jP-6JSlmhuQ",
)


@pytest.mark.parametrize("words", PERSONAL)
def test_what_looks_personal_is_taken_out_of_any_words(words: str) -> None:
    event = logs.mask(None, "info", {"event": f"could not send to {words}, trying again", "n": 3})
    assert logs.MASK in event["event"]
    for secret in ("6281200000001", "81234567890", "900100200300", "kopisenja", "sandbox-telegram", "hush", "wAKZpF4J"):
        assert secret not in event["event"]
    assert event["n"] == 3


@pytest.mark.parametrize("key", ["text", "body", "address", "phone", "token", "reply_text", "auth_token", "email"])
def test_telling_names_never_show_their_value(key: str) -> None:
    assert logs.mask(None, "info", {key: "Ani"})[key] == logs.MASK


def test_what_an_operator_needs_stays() -> None:
    line = {
        "event": "settled",
        "reference": "INC-2RHM4RR1",
        "id": "01a20ddf-c58e-702f-bebe-4987c19f8093",
        "key": "due:ticket:01a20ddfc58e702fbeba4987c19f8093:offer_expired:4:2026-11-24T14:05:44.640970Z",
        "content_type": "image/png",
    }
    assert logs.mask(None, "info", dict(line)) == line


def test_the_librarys_own_lines_go_the_same_way(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("web", "json")
    logging.getLogger("some.library").warning("refused by %s", "ani@kopisenja.example")
    structlog.get_logger("ours").info("sent", to=["+6281200000001"])
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot1:x")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["process"]) == ("refused by [masked]", "web")
    assert second["to"] == ["[masked]"]
