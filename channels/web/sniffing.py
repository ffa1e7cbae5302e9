"""What a file really is, by its first bytes, and whether we keep it. A name or a declared type is never believed."""

from typing import Final

import puremagic

ALLOWED: Final = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/heic",
        "image/heif",
        "application/pdf",
        "text/plain",
        "video/mp4",
        "video/quicktime",
        "video/webm",
        "video/3gpp",
        "audio/mpeg",
        "audio/ogg",
        "audio/mp4",
        "audio/amr",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
_ALIASES: Final = {
    "application/ogg": "audio/ogg",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
}
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD: Final = 8192
_TEXT_CONTROLS: Final = frozenset(range(32)) - {9, 10, 12, 13}


def kind(data: bytes) -> str | None:
    """The media type of a file that we keep, or None for one that we do not."""
    head = data[:_HEAD]
    if head.startswith(b"PK\x03\x04"):
        return _office(data)
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return _heif(head) or _plain(data)
    for match in matches:
        if match.mime_type:
            found = _ALIASES.get(match.mime_type, match.mime_type)
            return found if found in ALLOWED else None
    return None


def _office(data: bytes) -> str | None:
    # An Office document without macros; an .apk, a .jar and a bare .zip begin alike and are not kept.
    if b"[Content_Types].xml" not in data or b"vbaProject" in data or b"AndroidManifest" in data:
        return None
    if b"word/document.xml" in data:
        return _WORD
    return _SHEET if b"xl/workbook.xml" in data else None


def _heif(head: bytes) -> str | None:
    return "image/heif" if head[4:8] == b"ftyp" and head[8:12] in (b"mif1", b"msf1", b"heix") else None


def _plain(data: bytes) -> str | None:
    if not data or any(byte in _TEXT_CONTROLS for byte in data[:_HEAD]):
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return "text/plain"


def part(content_type: str) -> str:
    """The word for a message's part of this type."""
    family = content_type.partition("/")[0]
    return {"image": "image", "video": "video", "audio": "voice"}.get(family, "document")
