"""The list of commands that Telegram shows beside the input field, in both languages."""

from typing import Final

import structlog
from telegram import BotCommand
from telegram.error import TelegramError

from channels.telegram.api import Bot
from channels.telegram.doors import Words

_ORDER: Final = ("queue", "t", "new", "on", "busy", "off", "help")
_LOG = structlog.get_logger("sigap.telegram")


def commands(words: Words, language: str) -> list[BotCommand]:
    """The commands with what they do, in one language."""
    return [BotCommand(word, words.label(language, f"tg_command_{word}")) for word in _ORDER]


async def publish(bot: Bot, words: Words, default: str) -> None:
    """Set the lists: the house's language for everybody, English for phones that speak it. Failing is no harm."""
    try:
        await bot.set_my_commands(commands(words, default))
        await bot.set_my_commands(commands(words, "en"), language_code="en")
        await bot.set_my_commands(commands(words, "id"), language_code="id")
    except TelegramError as error:
        _LOG.warning("telegram.commands_not_set", error=type(error).__name__)
