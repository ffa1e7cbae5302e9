"""Secrets as values that no log, error or repr shows; and the installation's own key."""

import os
import secrets
from pathlib import Path


class Secret:
    """A string that prints as stars. ``reveal()`` is the only way to its words."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one who hands it to a provider."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and secrets.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)


def make_once(path: Path) -> str:
    """The secret in the file ``path``, which is made (256 bits, mode 0600) when it is not there.

    Two processes that come at the same moment get the same one: the file appears under its name only when it is whole,
    and only once. Raises OSError.
    """
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        # Somebody else was first; theirs holds.
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
