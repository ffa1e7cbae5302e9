"""Large files: kept once, found again, whole."""

import hashlib
from pathlib import Path

from channels.blobs.files import FileBlobs


def test_what_was_put_is_found_again_under_its_digest(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    data = b"foto" * 50_000
    digest = blobs.put(data)
    assert digest == hashlib.sha256(data).hexdigest() == blobs.put(data)
    assert FileBlobs(tmp_path / "blobs").get(digest) == data
    assert [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == [digest]


def test_what_is_gone_is_none(tmp_path: Path) -> None:
    assert FileBlobs(tmp_path).get("0" * 64) is None
