"""Reads single settings from what was given and notes, in one line each, what is wrong with them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from config.secret import Secret

Choice = TypeVar("Choice", bound=str)
_SHORTEST_KEY: Final = 16


class Values:
    """The given settings by name. A reader returns something usable, and adds what it did not like to ``problems``."""

    def __init__(self, given: Mapping[str, str], problems: list[str]) -> None:
        self._given, self._problems = given, problems

    def _wrong(self, name: str, expected: str) -> None:
        self._problems.append(f"{name} must be {expected}")

    def text(self, name: str, default: str) -> str:
        return self._given.get(name, default)

    def secret(self, name: str) -> Secret:
        return Secret(self._given.get(name, ""))

    def port(self, name: str, default: int) -> int:
        """A TCP port; 0 is not one, because others must know it."""
        text = self._given.get(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
            return int(text)
        self._wrong(name, f"a port from 1 to 65535, not {text!r}")
        return default

    def choice(self, name: str, choices: tuple[Choice, ...]) -> Choice:
        """One of the choices; the first is the default."""
        text = self._given.get(name)
        for choice in choices:
            if text is None or text == choice:
                return choice
        self._wrong(name, f"one of {', '.join(choices)}, not {text!r}")
        return choices[0]

    def zone(self, name: str, default: str) -> str:
        """A name of the zone database."""
        text = self._given.get(name, default)
        try:
            ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            self._wrong(name, f"a time zone such as Asia/Jakarta, not {text!r}")
            return default
        return text

    def path(self, name: str, root: Path, default: str) -> Path:
        """An absolute path; a relative one counts from the checkout."""
        return (root / Path(self._given.get(name, default)).expanduser()).absolute()

    def folder(self, name: str, root: Path, default: str) -> Path:
        """A folder that exists."""
        found = self.path(name, root, default)
        if not found.is_dir():
            self._wrong(name, f"a folder that exists; {found} is none")
        return found

    def address(self, name: str, schemes: tuple[str, ...]) -> str | None:
        """A URL without its last slash, or None when none was given."""
        text = self._given.get(name)
        if text is None:
            return None
        parts = _split(text)
        if parts is None or parts[0] not in schemes or (parts[0] != "unix" and not parts[1]):
            self._wrong(name, "an address that begins with " + " or ".join(f"{scheme}://" for scheme in schemes))
            return None
        return text.rstrip("/")

    def database(self, name: str, root: Path, data_dir: Path) -> str:
        """A database URL; SQLite in the data folder when none was given."""
        text = self._given.get(name, f"sqlite:///{data_dir / 'sigap.db'}")
        scheme, _, rest = text.partition("://")
        if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
            return f"sqlite:///{root / rest[1:]}"
        if scheme == "postgresql+psycopg" and rest:
            return text
        self._wrong(name, "sqlite:///path or postgresql+psycopg://user:password@host/name")
        return f"sqlite:///{data_dir / 'sigap.db'}"

    def keys(self, name: str) -> tuple[Secret, ...]:
        """Comma-separated keys, newest first."""
        keys = [key.strip() for key in self._given.get(name, "").split(",") if key.strip()]
        if any(len(key) < _SHORTEST_KEY for key in keys):
            self._wrong(name, f"keys of {_SHORTEST_KEY} characters or more, with commas between")
        return tuple(Secret(key) for key in keys)

    def bot_token(self, name: str) -> Secret:
        """What BotFather gives."""
        text = self._given.get(name, "")
        number, colon, rest = text.partition(":")
        if not (number.isdigit() and colon and rest):
            self._wrong(name, "digits, a colon and the rest, as BotFather gave it")
        return Secret(text)

    def relay(self, name: str) -> Secret:
        """A mail server with or without a login, but never with half of one."""
        text = self._given.get(name, "")
        parts = urlsplit(text) if _split(text) else None
        if parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            self._wrong(name, "smtp://user:password@host:port")
        elif parts.username and not parts.password:
            self._problems.append(f"{name} has a user and no password (half a credential)")
        return Secret(text)

    def mail_address(self, name: str, default: str) -> str:
        text = self._given.get(name, default)
        local, at, domain = text.rpartition("@")
        if not (local and at and domain) or any(character.isspace() for character in text):
            self._wrong(name, "a mail address such as support@example.com")
            return default
        return text

    def whole(self, *names: str, optional: str = "") -> bool:
        """Whether a credential was given. Half of one is a problem that names the missing part.

        ``optional`` may stand alone: it has a default, and does not make a credential.
        """
        given = [name for name in names if name in self._given]
        makes = [name for name in given if name != optional]
        if makes:
            self._problems.extend(
                f"{name} is missing: {makes[0]} is set, and half a credential is of no use; set both or neither"
                for name in names
                if name not in self._given
            )
        return bool(makes)

    @staticmethod
    def host(url: str) -> str:
        """The host of a URL, in lower case; empty when it has none."""
        return urlsplit(url).hostname or ""


def _split(text: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts.scheme, parts.netloc
