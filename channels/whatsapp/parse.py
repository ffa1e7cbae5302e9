"""A Twilio webhook's fields as an ``InboundMessage``. Pure; hostile fields become text, never errors.

Fields as Twilio documents them (twilio.com/docs/messaging/guides/webhook-request); unknown ones stay in ``raw``.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from tickets.commands import InboundMessage, Media, Sender
from tickets.model import Channel

FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 500
MOST_MEDIA: Final = 20
LONGEST_NAME: Final = 120
LONGEST_TEXT: Final = 65_536
_SID: Final = re.compile(r"[A-Za-z0-9]{2,64}\Z")
_NUMBER: Final = re.compile(r"\+?([1-9]\d{5,14})\Z")
_PROVIDER_ID: Final = re.compile(r"ID\.\d{1,64}\Z")
_MEDIA_URL: Final = re.compile(r"MediaUrl(\d{1,2})\Z")
# DEL, and the marks that make a text read backwards.
_INVISIBLE: Final = frozenset("\x7f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_YES: Final = frozenset({"true", "1"})

Fields = Sequence[tuple[str, str]]


class NotAMessage(ValueError):
    """The fields lack what makes a message: a sid or a sender."""


def fields_of(body: bytes) -> list[tuple[str, str]]:
    """The fields of a posted form in their order, repeated and blank ones too. Raises ``NotAMessage``."""
    try:
        return parse_qsl(
            body.decode("ascii", "replace"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise NotAMessage("fields") from error


def key_of(sid: str) -> str:
    """The key of a message, the same whether a webhook or the reconciler brought it."""
    return f"wa:{sid}"


def address_of(sender: str) -> str | None:
    """``whatsapp:+62…`` → ``+62…``; ``whatsapp:ID.900…`` → ``ID.900…``; None for what is neither."""
    bare = sender.strip().removeprefix("whatsapp:").strip()
    if _PROVIDER_ID.match(bare):
        return bare
    number = _NUMBER.match(bare)
    return f"+{number[1]}" if number else None


def parse(fields: Fields, raw: bytes, received_at: datetime) -> InboundMessage:
    """The message in the domain's words. Of a repeated field the first counts. Raises ``NotAMessage``."""
    first: dict[str, str] = {}
    for name, value in fields:
        first.setdefault(name, value)
    sid = first.get("MessageSid") or first.get("SmsMessageSid") or ""
    address = address_of(first.get("From", ""))
    if not _SID.match(sid) or address is None:
        raise NotAMessage("sid or sender")
    media = _media(first)
    return InboundMessage(
        key=key_of(sid),
        channel=Channel.WHATSAPP,
        sender=Sender(
            address=address,
            name=_clean(first.get("ProfileName", ""))[:LONGEST_NAME].strip() or None,
            verified=True,
            aliases=_aliases(first, address),
        ),
        received_at=received_at,
        text=_text(first),
        external_id=sid,
        button=_clean(first.get("ButtonPayload") or first.get("ListId") or "")[:200] or None,
        quoted=_quoted(first),
        media=media,
        parts=_parts(first, media),
        forwarded=any(first.get(name, "").lower() in _YES for name in ("Forwarded", "FrequentlyForwarded")),
        raw=raw,
        raw_type=FORM,
    )


def _aliases(first: dict[str, str], address: str) -> tuple[str, ...]:
    """Further addresses of the same person that Twilio vouches for: the id beside a number, the number beside an id."""
    named = (first.get("ExternalUserId", ""), first.get("WaId", ""))
    found = (address_of(value) for value in named if value)
    return tuple(dict.fromkeys(one for one in found if one and one != address))


def _text(first: dict[str, str]) -> str:
    said = first.get("Body") or first.get("ButtonText") or first.get("ListTitle") or ""
    return "\n".join(part for part in (_clean(said)[:LONGEST_TEXT], _place(first)) if part)


def _place(first: dict[str, str]) -> str:
    """A location in words, so that an agent can go there."""
    latitude, longitude = first.get("Latitude", ""), first.get("Longitude", "")
    if not latitude or not longitude:
        return ""
    named = [_clean(first.get(name, ""))[:200] for name in ("Label", "Address")]
    return " ".join(part for part in (*named, f"({_clean(latitude)[:20]}, {_clean(longitude)[:20]})") if part)


def _quoted(first: dict[str, str]) -> str | None:
    sid = first.get("OriginalRepliedMessageSid", "")
    return sid if _SID.match(sid) else None


def _media(first: dict[str, str]) -> tuple[Media, ...]:
    """The files that have an address, whatever ``NumMedia`` claims."""
    numbers = sorted(int(found[1]) for name in first if (found := _MEDIA_URL.match(name)))
    return tuple(
        Media(
            content_type=_clean(first.get(f"MediaContentType{number}", ""))[:120] or "application/octet-stream",
            filename=_clean(first.get(f"MediaFilename{number}", ""))[:200] or None,
            url=first[f"MediaUrl{number}"][:2_000],
        )
        for number in numbers[:MOST_MEDIA]
        if first.get(f"MediaUrl{number}")
    )


def _parts(first: dict[str, str], media: Sequence[Media]) -> tuple[str, ...]:
    kind = first.get("MessageType", "").lower()
    found = [part_of(one.content_type, sticker=kind == "sticker") for one in media]
    if first.get("Latitude") and first.get("Longitude"):
        found.append("location")
    if kind in ("contacts", "contact") and "contact" not in found:
        found.append("contact")
    return tuple(dict.fromkeys(found))


def part_of(content_type: str, *, sticker: bool = False) -> str:
    """What kind of part a file is."""
    family, _, kind = content_type.lower().partition(";")[0].strip().partition("/")
    if family == "audio":
        return "voice"
    if family == "image":
        return "sticker" if sticker else "image"
    if family == "video":
        return "video"
    return "contact" if "vcard" in kind else "document"


def _clean(text: str) -> str:
    """Text that every database takes and every screen shows as it is: no control characters, no turned directions."""
    return "".join(c for c in text if (c >= " " or c in "\n\t") and c not in _INVISIBLE).strip()
