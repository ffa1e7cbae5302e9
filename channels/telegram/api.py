"""The Bot API by python-telegram-bot: a connection, and what its errors mean to delivery."""

import json
import logging
import os
from datetime import timedelta
from typing import Any, Final

import httpx
import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from channels.telegram.keyboards import Rows
from channels.telegram.speech import units
from tickets.outbound import Permanent, Reason, Temporary, Unknown

# The library returns times as timedelta, and warns at every 429, unless it is told that we know.
os.environ.setdefault("PTB_TIMEDELTA", "1")

POLL: Final = timedelta(seconds=25)
_TIMEOUT_S: Final = 10.0
_LOG = structlog.get_logger("sigap.telegram")

# Errors after which the request cannot have left.
_NOT_LEFT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

Bot = ExtBot[int]


def quiet() -> None:
    """Keep secrets out of the log: httpx writes addresses (with the token in them), the library whole updates."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


class UpdatesRequest(HTTPXRequest):
    """Reads updates one by one: an update that the library cannot read becomes an empty one with its number."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer of ``getUpdates``; raises ``TelegramError`` for what is no JSON."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except ValueError as error:
            raise TelegramError("Invalid server response") from error
        if isinstance(answer, dict) and isinstance(answer.get("result"), list):
            answer["result"] = [readable(update) for update in answer["result"]]
        return dict(answer)


def readable(update: Any) -> dict[str, Any]:
    """The update, or only its number when the library cannot read it, so that it blocks nothing."""
    try:
        Update.de_json(update)
    except Exception as error:
        number = update.get("update_id", 0) if isinstance(update, dict) else 0
        _LOG.error("telegram.update_unreadable", update=number, error=type(error).__name__)
        return {"update_id": number}
    return dict(update)


def connect(token: str, base_url: str, *, retries: int = 0) -> Bot:
    """A bot on ``base_url`` (``https://api.telegram.org`` or a stand-in). Opens nothing yet.

    ``retries``: how often a 429 is waited out before it comes up; delivery leaves that to its own clock.
    """
    quiet()
    base = base_url.rstrip("/")
    times: dict[str, Any] = {"read_timeout": _TIMEOUT_S, "write_timeout": _TIMEOUT_S, "connect_timeout": 5.0}
    return ExtBot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(connection_pool_size=16, pool_timeout=5.0, **times),
        get_updates_request=UpdatesRequest(connection_pool_size=1, **times),
        rate_limiter=AIORateLimiter(max_retries=retries),
    )


async def disconnect(bot: Bot) -> None:
    """Give the connections back."""
    # The bot's own shutdown does nothing where nobody asked it who it is, which we never do: that would need Telegram.
    for request in (bot.request, bot._request[0]):
        await request.shutdown()


def bot_id(token: str) -> int:
    """A bot's own user id, which is the first part of its token."""
    head = token.partition(":")[0]
    return int(head) if head.isdigit() else 0


def failure(error: TelegramError, *, again_is_harmless: bool = False) -> Exception:
    """What an error means to delivery. ``again_is_harmless``: an edit, which may be done twice."""
    if isinstance(error, RetryAfter):
        return Temporary(Reason.RATE_LIMITED, seconds(error))
    if isinstance(error, Forbidden):
        return Permanent(Reason.BLOCKED)
    if isinstance(error, InvalidToken):
        return Temporary(Reason.AUTH, 60)
    if isinstance(error, ChatMigrated):
        return Permanent(Reason.INVALID_ADDRESS)
    if isinstance(error, BadRequest):
        return _bad_request(error.message.lower())
    if isinstance(error, NetworkError):
        left = isinstance(error.__cause__, httpx.HTTPError) and not isinstance(error.__cause__, _NOT_LEFT)
        return Unknown() if left and not again_is_harmless else Temporary(Reason.UNREACHABLE)
    return Temporary(Reason.UNREACHABLE)


def _bad_request(message: str) -> Exception:
    if "chat not found" in message or "user not found" in message or "peer_id_invalid" in message:
        return Permanent(Reason.INVALID_ADDRESS)
    if "too long" in message:
        return Permanent(Reason.TOO_LARGE)
    return Permanent(Reason.REJECTED)


def seconds(error: RetryAfter) -> float:
    """How long a 429 wants us to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def bold(text: str, spans: tuple[tuple[int, int], ...]) -> list[MessageEntity]:
    """Bold spans, counted in characters, as entities, counted in UTF-16 units."""
    entities = []
    for start, length in spans:
        inside = text[start : start + length]
        if inside:
            entities.append(MessageEntity(MessageEntity.BOLD, units(text[:start]), units(inside)))
    return entities


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Buttons under a message, or None for none."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(choice.title, url=choice.url)
                if choice.url
                else InlineKeyboardButton(choice.title, callback_data=choice.payload)
                for choice in row
            ]
            for row in rows
        ]
    )


def provider_id(chat: int, message: int) -> str:
    """How a sent message is named in the outbox."""
    return f"{chat}:{message}"


def parted(provider: str | None) -> tuple[int, int] | None:
    """Chat and message of a provider id, or None where it is none."""
    chat, _, message = (provider or "").partition(":")
    try:
        return int(chat), int(message)
    except ValueError:
        return None
