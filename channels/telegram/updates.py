"""What an update means, before anybody knows who it is from: a pure translation into an intent."""

from typing import Final

import msgspec
from telegram import CallbackQuery, Message, Update

from channels.telegram import callback
from channels.telegram.callback import Tap

COMMANDS: Final = frozenset({"start", "link", "on", "off", "busy", "queue", "t", "help", "new"})
ALLOWED: Final = ("message", "edited_message", "callback_query")


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where an update came from. ``message`` is the message written, or the one whose button was tapped."""

    update: int
    user: int
    chat: int
    message: int
    private: bool
    language: str

    @property
    def key(self) -> str:
        """The key of the command that the update becomes."""
        return f"tg:{self.update}"


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """The message that another one replies to. ``ours``: written by this bot."""

    message: int
    text: str
    author: int
    ours: bool


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """A slash command, in lower case without the slash, and what stood after it."""

    origin: Origin
    word: str
    rest: str


class Wrote(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a person. ``media``: there was a file or something else that is no text."""

    origin: Origin
    text: str
    quoted: Quoted | None
    media: bool = False


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """A message was changed after it was sent; what it did cannot be undone by that."""

    origin: Origin


class Tapped(msgspec.Struct, frozen=True, kw_only=True):
    """A button. ``tap`` is None for data that we would not have written; ``text`` is the message with the button."""

    origin: Origin
    query: str
    tap: Tap | None
    text: str
    quoted: Quoted | None


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """An update that is not for the desk (a group, a bot, a kind that was not asked for)."""

    update: int


Intent = Ordered | Wrote | Edited | Tapped | Nothing


def translate(update: Update, bot: int) -> Intent:
    """The intent of an update; ``bot`` is our own user id."""
    if update.callback_query is not None:
        return _tapped(update.update_id, update.callback_query, bot)
    if update.message is not None:
        return _written(update.update_id, update.message, bot)
    if update.edited_message is not None:
        origin = _origin(update.update_id, update.edited_message)
        return Edited(origin=origin) if origin and origin.private else Nothing(update=update.update_id)
    return Nothing(update=update.update_id)


def _origin(update: int, message: Message) -> Origin | None:
    person = message.from_user
    if person is None or person.is_bot:
        return None
    return Origin(
        update=update,
        user=person.id,
        chat=message.chat.id,
        message=message.message_id,
        private=message.chat.type == "private",
        language=person.language_code or "",
    )


def _written(update: int, message: Message, bot: int) -> Intent:
    origin = _origin(update, message)
    if origin is None or not origin.private:
        return Nothing(update=update)
    text = (message.text or "").strip()
    head, _, rest = text.partition(" ")
    word = head.removeprefix("/").partition("@")[0].lower()
    if head.startswith("/") and word in COMMANDS:
        return Ordered(origin=origin, word=word, rest=rest.strip())
    return Wrote(
        origin=origin,
        text=text or (message.caption or "").strip(),
        quoted=_quoted(message.reply_to_message, bot),
        media=message.text is None,
    )


def _tapped(update: int, query: CallbackQuery, bot: int) -> Intent:
    message = query.message
    full = message if isinstance(message, Message) else None
    origin = Origin(
        update=update,
        user=query.from_user.id,
        chat=message.chat.id if message else query.from_user.id,
        message=message.message_id if message else 0,
        private=message.chat.type == "private" if message else False,
        language=query.from_user.language_code or "",
    )
    return Tapped(
        origin=origin,
        query=query.id,
        tap=callback.read(query.data),
        text=(full.text or "") if full else "",
        quoted=_quoted(full.reply_to_message, bot) if full else None,
    )


def _quoted(message: Message | None, bot: int) -> Quoted | None:
    if message is None:
        return None
    author = message.from_user.id if message.from_user else 0
    return Quoted(
        message=message.message_id, text=message.text or message.caption or "", author=author, ours=author == bot
    )
