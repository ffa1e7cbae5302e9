"""`python -m console.run ROLE…`: one process with its roles. The composition root begins here.

The roles of the doors (`web`, `telegram`, `clock`) share one event loop and one writer (`console/front.py`); `worker`
has a process of its own (`console/work.py`). Each imports only what it needs, and so late that `console/lean.py` comes
before it.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from config.problems import ConfigErrors
from config.settings import Settings, SettingsError
from console import lean
from console.checkout import settings_here
from console.children import EXIT_CONFIG
from console.failure import Failure
from tickets.submission import Unavailable

FRONT_ROLES: Final = ("web", "telegram", "clock")
ROLES: Final = (*FRONT_ROLES, "worker")


def process_name() -> str:
    """This process among all of an installation, for leases and heartbeats."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def main(arguments: Sequence[str]) -> int:
    """Entry point; the arguments are roles."""
    roles = list(dict.fromkeys(arguments)) or list(FRONT_ROLES)
    unknown = [role for role in roles if role not in ROLES]
    if unknown or ("worker" in roles and len(roles) > 1):
        sys.stderr.write(f"usage: python -m console.run {' '.join(FRONT_ROLES)} | worker\n")
        return EXIT_CONFIG
    try:
        settings = settings_here()
        from console import logs

        logs.configure("worker" if roles == ["worker"] else "front", settings.log)
        _run(settings, roles)
    except (SettingsError, ConfigErrors) as error:
        sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
        return EXIT_CONFIG
    except (Failure, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return error.code if isinstance(error, Failure) else 1
    return 0


def _run(settings: Settings, roles: Sequence[str]) -> None:
    if roles == ["worker"]:
        from console.work import run_worker

        run_worker(settings, process_name())
        return
    from console.front import run_front

    with suppress(KeyboardInterrupt):
        asyncio.run(run_front(settings, roles, process_name()))


if __name__ == "__main__":
    lean.begin()
    raise SystemExit(main(sys.argv[1:]))
