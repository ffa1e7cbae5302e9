"""Carries out reactions. They come after the commit, so whatever fails here loses a hint, never a fact."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from telegram import ForceReply, LinkPreviewOptions, ReplyParameters
from telegram.error import TelegramError

from channels.telegram import api
from channels.telegram.api import Bot
from channels.telegram.reactions import TOAST_LIMIT, Buttons, Hand, Reaction, Redraw, Say, Toast
from channels.telegram.speech import cut

_LOG = structlog.get_logger("sigap.telegram")
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_VOICE: Final = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4"})
_PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
PATIENCE_S: Final = 5.0
UPLOAD_S: Final = 60.0


class Hands:
    """One bot's hands."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._handing: set[asyncio.Task[None]] = set()

    async def carry_out(self, reactions: Sequence[Reaction]) -> None:
        """All of them, in order, within five seconds altogether; what fails is logged by its kind and passed over."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                for reaction in reactions:
                    await self._one(reaction)
        except TimeoutError:
            _LOG.warning("telegram.reaction_late", count=len(reactions))

    async def _one(self, reaction: Reaction) -> None:
        try:
            match reaction:
                case Toast():
                    await self._toast(reaction)
                case Say():
                    await self._say(reaction)
                case Redraw():
                    await self._redraw(reaction)
                case Hand():
                    # A large file takes its time, and nobody else's tap waits for it.
                    task = asyncio.create_task(self._hand(reaction))
                    self._handing.add(task)
                    task.add_done_callback(self._handing.discard)
                case Buttons():
                    await self._bot.edit_message_reply_markup(
                        reaction.chat, reaction.message, reply_markup=api.keyboard(reaction.rows)
                    )
        except TelegramError as error:
            if "not modified" not in str(error).lower():
                _LOG.warning("telegram.reaction_failed", kind=type(reaction).__name__, error=type(error).__name__)

    async def _toast(self, toast: Toast) -> None:
        await self._bot.answer_callback_query(
            toast.query, text=cut(toast.text, TOAST_LIMIT) or None, show_alert=toast.alert
        )

    async def _say(self, say: Say) -> None:
        text = say.card.text
        reply = ReplyParameters(say.reply_to, allow_sending_without_reply=True) if say.reply_to else None
        await self._bot.send_message(
            say.chat,
            text.text,
            entities=api.bold(text.text, tuple(text.bold)),
            reply_markup=ForceReply(selective=True) if say.wants_reply else api.keyboard(say.card.rows),
            reply_parameters=reply,
            disable_notification=say.silent,
            link_preview_options=_NO_PREVIEW,
        )

    async def _hand(self, hand: Hand) -> None:
        """Voice can be played and pictures seen; everything else is a document, which is opened nowhere by itself."""
        try:
            async with asyncio.timeout(UPLOAD_S):
                if hand.content_type in _VOICE:
                    await self._bot.send_voice(hand.chat, hand.data, filename=hand.name)
                elif hand.content_type in _PICTURES:
                    await self._bot.send_photo(hand.chat, hand.data, filename=hand.name)
                else:
                    await self._bot.send_document(hand.chat, hand.data, filename=hand.name)
        except (TelegramError, TimeoutError) as error:
            _LOG.warning("telegram.file_not_handed", error=type(error).__name__)

    async def _redraw(self, redraw: Redraw) -> None:
        text = redraw.card.text
        await self._bot.edit_message_text(
            text.text,
            chat_id=redraw.chat,
            message_id=redraw.message,
            entities=api.bold(text.text, tuple(text.bold)),
            reply_markup=api.keyboard(redraw.card.rows),
            link_preview_options=_NO_PREVIEW,
        )
