"""Buttons under a message: which Telegram takes, and how a person finds one."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.telegram.wire import Call, bad_request

DATA_BYTES: Final = 64
BUTTONS: Final = 100
_ACTIONS: Final = (
    "callback_data",
    "url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "web_app",
)


def read_markup(call: Call) -> dict[str, Any] | None:
    """The reply markup of a call, checked; raises Refused (400)."""
    markup = call.shape("reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if rows is not None:
        _check_rows(rows)
    return markup


def _check_rows(rows: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("inline keyboard must be an Array of Arrays")
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check_button(button)


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if len([action for action in _ACTIONS if action in button]) != 1:
        raise bad_request("Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 0 < len(str(data).encode()) <= DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not _fine(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _fine(url: str) -> bool:
    """Telegram wants a host with a dot in it: an address is one, ``localhost`` is not."""
    parts = urlsplit(url)
    return parts.scheme == "tg" or (parts.scheme in {"http", "https"} and "." in (parts.hostname or ""))


def find_button(body: dict[str, Any], wanted: str) -> dict[str, Any] | None:
    """The inline button whose data is ``wanted``, or whose title is it or matches it as a pattern."""
    rows = body.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    exact = next((one for one in buttons if wanted in {one.get("callback_data"), one["text"]}), None)
    if exact is not None:
        return dict(exact)
    return next((one for one in buttons if re.search(wanted, one["text"], re.IGNORECASE)), None)
