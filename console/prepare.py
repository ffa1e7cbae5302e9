"""`python -m console.prepare`: what one process does before the others start.

Reads all of the operator's files, brings the tables up to date, makes what is made once, and fills a sandbox with the
people of its play. Doing it again changes nothing.
"""

import os
import sys
from pathlib import Path

from config.problems import ConfigErrors, ConfigProblem
from config.settings import Settings, SettingsError
from console import logs
from console.acting import perform
from console.checkout import settings_here
from console.failure import Failure
from console.foundation import Foundation
from console.processes import SANDBOX_TOKEN_FILE
from tickets.store.tokens_store import ApiTokens
from tickets.submission import Unavailable

# Invented people of an invented company, on the Telegram accounts that the sandbox plays.
EXAMPLE_AGENTS = (
    {
        "name": "Bu Maya",
        "teams": ["service-desk", "payments", "security"],
        "roles": ["agent", "lead"],
        "telegram_id": 900000003,
    },
    {"name": "Sari", "teams": ["service-desk", "payments"], "telegram_id": 900000001, "available": True},
    {"name": "Rina", "teams": ["payments", "service-desk"], "telegram_id": 900000002, "available": True},
)


def prepare(settings: Settings) -> list[str]:
    """Do it; returns what was done, in lines for the operator.

    Raises ``ConfigErrors``, ``Failure``, ``Unavailable`` or ``OSError``; then nothing should be started.
    """
    done = []
    foundation = Foundation(settings, checkpoints=True)
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _read_all(foundation)
        foundation.migrated()
        _ = foundation.tokens
        if "telegram" in settings.played and not foundation.reader.accounts():
            for agent in EXAMPLE_AGENTS:
                perform(foundation, "add_account", data=agent)
            done.append(f"example agents: {', '.join(str(agent['name']) for agent in EXAMPLE_AGENTS)}")
        if settings.played:
            _sandbox_token(foundation, settings.data_dir / SANDBOX_TOKEN_FILE)
    finally:
        foundation.close()
    return done


def _read_all(foundation: Foundation) -> None:
    """Every file, so that all problems of all of them are told at once."""
    problems: list[ConfigProblem] = []
    for part in ("words", "texts", "config"):
        try:
            getattr(foundation, part)
        except ConfigErrors as error:
            problems += error.problems
    if problems:
        raise ConfigErrors(sorted(set(problems)))


def _sandbox_token(foundation: Foundation, path: Path) -> None:
    """The token by which the sandbox's page looks at the product: in a file that only its owner may read."""
    if path.is_file() and foundation.reader.api_token(path.read_text().strip()) is not None:
        return
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(ApiTokens(foundation.database).create("sandbox", ["admin"], foundation.clock()) + "\n")


def main() -> int:
    """Entry point of the process that the supervisor starts first."""
    logs.configure("prepare", "text")
    try:
        for line in prepare(settings_here()):
            sys.stderr.write(f"{line}\n")
    except (SettingsError, ConfigErrors) as error:
        sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
        return 2
    except (Failure, Unavailable, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
