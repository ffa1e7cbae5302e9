"""Files that a person of the play sends: tiny, and of nothing real."""

import base64
import binascii
from typing import Any, Final

_PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
_OGG: Final = b"OggS\x00\x02" + bytes(22)
SAMPLES: Final = {
    "photo": ("tangkapan-layar.png", "image/png", _PIXEL),
    "voice": ("pesan-suara.ogg", "audio/ogg", _OGG),
    "document": ("catatan.txt", "text/plain", b"Contoh catatan dari PT Contoh Bayar.\n"),
    "apk": ("paket.apk", "application/vnd.android.package-archive", b"PK\x03\x04 contoh"),
}


def chosen(asked: dict[str, Any]) -> tuple[str, str, bytes]:
    """Name, type and bytes: a sample by ``kind``, or ``data`` in base64. Raises ValueError."""
    if "data" in asked:
        try:
            data = base64.b64decode(str(asked["data"]), validate=True)
        except binascii.Error:
            raise ValueError("data is no base64") from None
        return str(asked.get("filename", "file")), str(asked.get("content_type", "application/octet-stream")), data
    kind = str(asked.get("kind", "photo"))
    if kind not in SAMPLES:
        raise ValueError(f"kind is one of {', '.join(SAMPLES)}")
    return SAMPLES[kind]
