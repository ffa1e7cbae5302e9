"""What `sigap doctor` looks at. A check never stops the others, and none changes anything."""

import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from typing import Final, Literal

import msgspec

from config.problems import ConfigErrors
from config.settings import Settings, SettingsError
from console import redis_server
from console.checkout import settings_here
from console.failure import Failure
from console.foundation import Foundation
from console.processes import port_problem
from tickets.store.migrate import at_head
from tickets.submission import Unavailable

# "WAL-reset": several connections could lose commits; mended in these and later (sqlite.org/wal.html#walreset).
MENDED: Final = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
State = Literal["good", "note", "bad"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. ``note`` works, and has something to know about it."""

    check: str
    state: State
    says: str


def examine() -> list[Finding]:
    """Look at everything."""
    found = [_python()]
    try:
        settings = settings_here()
    except SettingsError as error:
        return found + [Finding("settings", "bad", problem) for problem in error.problems]
    played = ", ".join(sorted(settings.played)) or "nothing"
    found.append(Finding("settings", "good", f"the sandbox plays {played}"))
    foundation = Foundation(settings)
    checks: tuple[Callable[[Foundation], Iterator[Finding]], ...] = (_files, _key, _database, _redis, _ports, _public)
    try:
        for check in checks:
            found += check(foundation)
    finally:
        foundation.close()
    return found


def wal_is_mended(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the mend of the WAL-reset fault, itself or in its branch."""
    return version >= MENDED[-1] or any(version[:2] == mended[:2] and version >= mended for mended in MENDED)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", "good" if sys.version_info >= (3, 11) else "bad", version)


def _files(foundation: Foundation) -> Iterator[Finding]:
    for part in ("words", "texts", "config"):
        try:
            getattr(foundation, part)
        except ConfigErrors as error:
            yield from (Finding("config", "bad", str(problem)) for problem in error.problems)
            return
    yield Finding("config", "good", f"set {foundation.config.hash[:12]}")


def _key(foundation: Foundation) -> Iterator[Finding]:
    settings = foundation.settings
    if settings.secret_keys:
        yield Finding("key", "good", "SIGAP_SECRET_KEY")
        return
    path = settings.data_dir / "secret.key"
    if not path.exists():
        yield Finding("key", "note", "none yet; it is made at the first start")
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("key", "bad", f"others may read {path}; run: chmod 600 {path}")
    else:
        yield Finding("key", "good", "secret.key in the data folder; back it up")


def _database(foundation: Foundation) -> Iterator[Finding]:
    if foundation.settings.sqlite:
        yield _sqlite(sqlite3.sqlite_version)
    try:
        database = foundation.database
        if database.path is not None and not database.path.exists():
            yield Finding("database", "note", "none yet; it is made at the first start")
        elif at_head(database):
            yield Finding("database", "good", "the tables are up to date")
        else:
            yield Finding("database", "bad", "the tables are not up to date; run: sigap db upgrade")
    except (Failure, Unavailable, OSError, ModuleNotFoundError) as error:
        yield Finding("database", "bad", str(error))


def _sqlite(version: str) -> Finding:
    major, minor, patch = (int(part) for part in version.split("."))
    if wal_is_mended((major, minor, patch)):
        return Finding("sqlite", "good", version)
    return Finding(
        "sqlite",
        "note",
        f"{version} has the WAL fault that 3.51.3 mends; Sigap checkpoints in one process only, so run one front",
    )


def _redis(foundation: Foundation) -> Iterator[Finding]:
    settings = foundation.settings
    try:
        if settings.redis_url is None and not redis_server.socket_path(settings.data_dir).exists():
            program = redis_server.command(settings.data_dir)[0]
            yield Finding("redis", "good", f"embedded, not running now ({program.rpartition('/')[2]})")
            return
        yield from _running_redis(foundation)
    except Failure as error:
        yield Finding("redis", "bad", str(error))


def _running_redis(foundation: Foundation) -> Iterator[Finding]:
    import redis

    from console.storing import quick_redis

    connection = quick_redis(foundation)
    try:
        policy = connection.config_get("maxmemory-policy").get("maxmemory-policy")
        good = policy == "noeviction"
        yield Finding("redis", "good" if good else "bad", f"answers, maxmemory-policy {policy}")
    except redis.RedisError as error:
        says = f"does not answer ({type(error).__name__}); messages are taken, and told late"
        yield Finding("redis", "bad" if foundation.settings.redis_url else "note", says)
    finally:
        connection.close()


def _ports(foundation: Foundation) -> Iterator[Finding]:
    settings = foundation.settings
    wanted = [("SIGAP_HTTP_PORT", settings.http_host, settings.http_port)]
    if settings.played:
        wanted.append(("SIGAP_SANDBOX_PORT", "127.0.0.1", settings.sandbox_port))
    runs = bool(list(settings.run_dir.glob("*.pid")))
    for name, host, port in wanted:
        problem = port_problem(host, port)
        if problem is None:
            yield Finding("port", "good", f"{port} is free ({name})")
        elif runs:
            yield Finding("port", "good", f"{port} is in use, and Sigap is running ({name})")
        else:
            yield Finding("port", "bad", f"{port}: {problem} ({name})")


def _public(foundation: Foundation) -> Iterator[Finding]:
    settings = foundation.settings
    live = sorted(
        name for name in ("twilio", "telegram", "smtp") if name not in settings.played and _open(settings, name)
    )
    if live and settings.public_is_local:
        says = f"{settings.public_url} can only be opened here, and {', '.join(live)} is real: customers get no links"
        if settings.twilio is not None and "twilio" in live and settings.twilio.mode == "webhook":
            says += "; no webhook arrives either (SIGAP_WHATSAPP_MODE=polling works without)"
        yield Finding("address", "bad", says)
    else:
        yield Finding("address", "good", settings.public_url)


def _open(settings: Settings, name: str) -> bool:
    return {"twilio": settings.twilio, "telegram": settings.telegram, "smtp": settings.mail}[name] is not None
