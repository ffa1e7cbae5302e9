"""Where settings come from: the environment, over the file `var/settings.env`, with `*_FILE` for secrets."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SETTINGS_FILE: Final = "var/settings.env"

PLAIN: Final = frozenset(
    {
        "SIGAP_HTTP_HOST",
        "SIGAP_HTTP_PORT",
        "SIGAP_SMTP_HOST",
        "SIGAP_SMTP_PORT",
        "SIGAP_DATA_DIR",
        "SIGAP_CONFIG_DIR",
        "SIGAP_PUBLIC_URL",
        "SIGAP_TIMEZONE",
        "SIGAP_LANGUAGE",
        "SIGAP_SANDBOX",
        "SIGAP_SANDBOX_PORT",
        "TWILIO_ACCOUNT_SID",
        "SIGAP_WHATSAPP_FROM",
        "SIGAP_TWILIO_URL",
        "SIGAP_WHATSAPP_MODE",
        "SIGAP_TELEGRAM_URL",
        "SIGAP_TELEGRAM_MODE",
        "SIGAP_TELEGRAM_CONTENT",
        "SIGAP_MAIL_FROM",
        "SIGAP_LOG",
    }
)
SECRET: Final = frozenset(
    {
        "SIGAP_DATABASE_URL",
        "SIGAP_REDIS_URL",
        "SIGAP_SECRET_KEY",
        "TWILIO_AUTH_TOKEN",
        "TELEGRAM_BOT_TOKEN",
        "SIGAP_SMTP_RELAY",
    }
)
# Of the environment alone: where the file is, which browser tests take, and what the supervisor tells its children.
_ENVIRONMENT_ONLY: Final = frozenset({"SIGAP_SETTINGS_FILE", "SIGAP_CHROMIUM", "SIGAP_READY_FD"})
_NAMES: Final = PLAIN | SECRET | {f"{name}_FILE" for name in SECRET}


def read_sources(environ: Mapping[str, str], root: Path) -> tuple[dict[str, str], list[str]]:
    """All settings that were given, by name, and what is wrong with how they were given (one line each).

    An empty value counts as not given. ``SIGAP_SETTINGS_FILE`` names another file than the usual one.
    """
    place = environ.get("SIGAP_SETTINGS_FILE") or SETTINGS_FILE
    from_file, problems = _read_file(root / place, place)
    problems += [
        _unknown(name, "environment") for name in sorted(environ) if name.startswith("SIGAP_") and not _known(name)
    ]
    given = {**from_file, **{name: value for name, value in environ.items() if name in _NAMES}}
    # A name with and its twin without _FILE: the environment's word beats the file's whole pair.
    for name in SECRET:
        twin = f"{name}_FILE"
        if environ.get(name) and twin not in environ:
            given.pop(twin, None)
        if environ.get(twin) and name not in environ:
            given.pop(name, None)
    values = {name: value.strip() for name, value in given.items() if value.strip()}
    problems += _open_secret_files(values, root)
    return values, problems


def _known(name: str) -> bool:
    return name in _NAMES or name in _ENVIRONMENT_ONLY


def _unknown(name: str, where: str) -> str:
    near = difflib.get_close_matches(name, _NAMES, n=1, cutoff=0.7)
    return f"{name} ({where}) is no setting" + (f"; did you mean {near[0]}?" if near else "")


def _read_file(path: Path, shown: str) -> tuple[dict[str, str], list[str]]:
    values: dict[str, str] = {}
    problems: list[str] = []
    try:
        mode, text = path.stat().st_mode, path.read_text()
    except FileNotFoundError:
        return values, problems
    except (OSError, UnicodeDecodeError) as error:
        return values, [f"{shown} cannot be read: {_reason(error)}"]
    if mode & 0o077:
        problems.append(f"{shown} holds secrets and others may read it; run: chmod 600 {shown}")
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip().removeprefix("export ")
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = stripped.partition("=")
        name = name.strip()
        if not equals:
            problems.append(f"{shown}:{number}: a line reads NAME=value")
        elif name not in _NAMES:
            problems.append(_unknown(name, f"{shown}:{number}"))
        elif name in values:
            problems.append(f"{shown}:{number}: {name} stands there twice")
        else:
            values[name] = _unquoted(value.strip())
    return values, problems


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"" else value


def _open_secret_files(values: dict[str, str], root: Path) -> list[str]:
    problems: list[str] = []
    for name in sorted(SECRET):
        place = values.pop(f"{name}_FILE", None)
        if place is None:
            continue
        if name in values:
            problems.append(f"{name} and {name}_FILE are both set; keep one")
            continue
        try:
            values[name] = (root / place).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{name}_FILE: {place} cannot be read: {_reason(error)}")
            continue
        if not values[name]:
            del values[name]
            problems.append(f"{name}_FILE: {place} is empty")
    return problems


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "it is no text"
