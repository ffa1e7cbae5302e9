"""What the bot does in a chat by itself, right after a tap or a message: values, carried out by ``hands.py``."""

import msgspec

from channels.telegram.cards import Card
from channels.telegram.keyboards import Rows

TOAST_LIMIT = 200


class Toast(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a tap; ``alert`` has to be closed by hand."""

    query: str
    text: str = ""
    alert: bool = False


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """A message in the chat. ``wants_reply`` opens the keyboard for an answer to it."""

    chat: int
    card: Card
    reply_to: int | None = None
    wants_reply: bool = False
    silent: bool = False


class Redraw(msgspec.Struct, frozen=True, kw_only=True):
    """A message of ours gets another text and other buttons."""

    chat: int
    message: int
    card: Card


class Buttons(msgspec.Struct, frozen=True, kw_only=True):
    """A message of ours gets other buttons only."""

    chat: int
    message: int
    rows: Rows


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a customer's, handed over in the chat."""

    chat: int
    name: str
    content_type: str
    data: bytes


Reaction = Hand | Toast | Say | Redraw | Buttons
