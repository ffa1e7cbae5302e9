"""Large files in a folder, named by their SHA-256: what is put is on the disk when ``put`` returns."""

import hashlib
import os
import secrets
from pathlib import Path


class FileBlobs:
    """Blobs under ``folder``. The same bytes are kept once; a file is never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256 in hex. Raises OSError when the disk does not take it."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if path.is_file():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{digest}.{secrets.token_hex(4)}")
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        for folder in (path.parent, self._folder):
            _sync(folder)
        return digest

    def get(self, digest: str) -> bytes | None:
        """The bytes, or None where they are gone."""
        try:
            return self._path(digest).read_bytes()
        except FileNotFoundError:
            return None

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _sync(folder: Path) -> None:
    # A file is only there after a power cut when its folder is on the disk too.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
