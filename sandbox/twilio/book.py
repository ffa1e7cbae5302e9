"""What Twilio remembers of one account: messages, their media, and content templates. Shapes as of API 2010-04-01."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final, Literal

from sandbox.settings import ACCOUNT_SID

WINDOW: Final = timedelta(hours=24)
ROOT: Final = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
_SEGMENT: Final = 160


@dataclass(frozen=True, slots=True)
class Button:
    """Something to tap: ``payload`` comes back, unless it opens ``url``."""

    title: str
    payload: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    sid: str
    content_type: str
    data: bytes
    filename: str


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of either direction. ``fields`` are what an inbound one carries beyond the common webhook fields.

    ``taken`` is the product's last answer to the webhook: an HTTP status, 0 when no connection came about, None before.
    """

    sid: str
    direction: Literal["inbound", "outbound-api"]
    sender: str
    recipient: str
    body: str
    created: datetime
    status: str
    person: str | None
    sent: datetime | None = None
    updated: datetime | None = None
    error_code: int | None = None
    error_message: str | None = None
    media: list[Media] = field(default_factory=list)
    buttons: tuple[Button, ...] = ()
    list_title: str | None = None
    content_sid: str | None = None
    callback: str | None = None
    quoted: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    taken: int | None = None
    webhooks: int = 0

    @property
    def uri(self) -> str:
        return f"{ROOT}/Messages/{self.sid}.json"

    def as_json(self) -> dict[str, Any]:
        return {
            "account_sid": ACCOUNT_SID,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": rfc2822(self.sent) if self.sent else None,
            "date_updated": rfc2822(self.updated or self.created),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(len(self.media)),
            "num_segments": str(max(1, -(-len(self.body) // _SEGMENT))),
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{ROOT}/Messages/{self.sid}/Media.json"},
            "to": self.recipient,
            "uri": self.uri,
        }


@dataclass(slots=True, kw_only=True)
class Content:
    """A content template; ``approval`` is None until WhatsApp was asked to approve it for use outside the window."""

    sid: str
    friendly_name: str | None
    language: str
    variables: dict[str, str]
    types: dict[str, Any]
    created: datetime
    approval: dict[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        url = f"https://content.twilio.com/v1/Content/{self.sid}"
        stamp = self.created.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "account_sid": ACCOUNT_SID,
            "date_created": stamp,
            "date_updated": stamp,
            "friendly_name": self.friendly_name,
            "language": self.language,
            "links": {
                "approval_create": f"{url}/ApprovalRequests/whatsapp",
                "approval_fetch": f"{url}/ApprovalRequests",
            },
            "sid": self.sid,
            "types": self.types,
            "url": url,
            "variables": self.variables,
        }


class TwilioBook:
    """Messages in the order in which they came; contents by sid."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.contents: dict[str, Content] = {}

    def forget(self) -> None:
        """Messages go; contents stay, since the product pushed them once and will use their sids."""
        self.messages.clear()

    def add(self, message: Message) -> None:
        self.messages[message.sid] = message

    def chat(self, person: str) -> list[Message]:
        return [message for message in self.messages.values() if message.person == person]

    def window_open(self, person: str, now: datetime) -> bool:
        """WhatsApp lets a business write freely for 24 hours after the person's last message."""
        inbound = [message.created for message in self.chat(person) if message.direction == "inbound"]
        return bool(inbound) and now - inbound[-1] < WINDOW

    def shown(self, messages: Iterable[Message] | None = None) -> list[Message]:
        """Newest first, as the Messages list has them."""
        chosen = list(self.messages.values() if messages is None else messages)
        return chosen[::-1]


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


def rfc2822(at: datetime) -> str:
    """``Tue, 24 Nov 2026 13:30:00 +0000``: whole seconds, as Twilio gives them."""
    return format_datetime(at.replace(microsecond=0))
