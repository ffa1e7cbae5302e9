"""Twilio's status callbacks as receipts. Pure; their order does not matter (``tickets.outbound.advance``)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from channels.whatsapp.client import reason_of
from tickets.outbound import Delivery, Receipt

STATES: Final = {
    "accepted": Delivery.QUEUED,
    "scheduled": Delivery.QUEUED,
    "queued": Delivery.QUEUED,
    "sending": Delivery.QUEUED,
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
    "undelivered": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}


def receipt_of(fields: Iterable[tuple[str, str]], at: datetime) -> Receipt | None:
    """What a callback says, or None where it says nothing that we know."""
    first: dict[str, str] = {}
    for name, value in fields:
        first.setdefault(name, value)
    sid = first.get("MessageSid") or first.get("SmsSid") or ""
    state = STATES.get((first.get("MessageStatus") or first.get("SmsStatus") or "").lower())
    if state is None or not 2 <= len(sid) <= 64 or not sid.isalnum():
        return None
    code = first.get("ErrorCode", "")
    reason = None
    if state is Delivery.FAILED:
        reason = reason_of(int(code) if code.isascii() and code.isdigit() and len(code) < 10 else None).value
    return Receipt(provider_id=sid, state=state, at=at, reason=reason)
