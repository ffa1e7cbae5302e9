"""Telegram as a channel of delivery: cards are sent or edited, and errors come out in delivery's words."""

from datetime import datetime

from telegram import ForceReply, LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, TelegramError

from channels.telegram import api
from channels.telegram.api import Bot
from channels.telegram.notices import Composer
from tickets.model import Channel
from tickets.outbound import OutboundMessage, Permanent, Reason
from tickets.views import Briefing

_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_SAME = "message is not modified"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """Tells agents. The provider's id of a message is ``chat:message``."""

    def __init__(self, bot: Bot, composer: Composer) -> None:
        self._bot, self._composer = bot, composer

    @property
    def name(self) -> Channel:
        """Which channel it is."""
        return Channel.TELEGRAM

    def compose(self, briefing: Briefing, now: datetime) -> OutboundMessage | None:
        """The message for a notice to an account, or None when nobody needs it any more.

        Raises ``Permanent`` for an account that has linked no Telegram.
        """
        return self._composer.compose(briefing, now)

    async def send(self, message: OutboundMessage) -> str:
        """Edit what the message replaces, or send it anew; returns ``chat:message``."""
        try:
            chat = int(message.address)
        except ValueError:
            raise Permanent(Reason.INVALID_ADDRESS) from None
        place = api.parted(message.replaces)
        if place and place[0] == chat and await self._edit(message, *place):
            return api.provider_id(*place)
        return await self._send(message, chat)

    async def find(self, message: OutboundMessage) -> str | None:
        """Telegram cannot be asked what a bot has sent: an uncertain message goes once more, and says so."""
        return None

    async def close(self) -> None:
        """Give the connections back."""
        await api.disconnect(self._bot)

    async def _edit(self, message: OutboundMessage, chat: int, number: int) -> bool:
        try:
            await self._bot.edit_message_text(
                message.text,
                chat_id=chat,
                message_id=number,
                entities=api.bold(message.text, message.bold),
                reply_markup=api.keyboard(message.rows),
                link_preview_options=_NO_PREVIEW,
            )
        except BadRequest as error:
            words = error.message.lower()
            if _SAME in words:
                return True
            if any(gone in words for gone in _GONE):
                return False
            raise api.failure(error) from None
        except TelegramError as error:
            raise api.failure(error, again_is_harmless=True) from None
        return True

    async def _send(self, message: OutboundMessage, chat: int) -> str:
        answered = api.parted(message.reply_to)
        reply = ReplyParameters(answered[1], allow_sending_without_reply=True) if answered else None
        markup = ForceReply(selective=True) if message.wants_reply else api.keyboard(message.rows)
        try:
            sent = await self._bot.send_message(
                chat,
                message.text,
                entities=api.bold(message.text, message.bold),
                reply_markup=markup,
                reply_parameters=reply,
                disable_notification=message.silent,
                link_preview_options=_NO_PREVIEW,
            )
        except TelegramError as error:
            raise api.failure(error) from None
        return api.provider_id(chat, sent.message_id)
