"""`python -m console.run ROLE…`: one process with its roles. The only composition root.

The roles of the doors (`web`, `telegram`, `clock`) share one event loop and one writer; `worker` has a process of its
own.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Final

import structlog
from aiohttp import web

from channels.web.hub import TicketHub
from config.problems import ConfigErrors
from config.settings import Settings, SettingsError
from console import logs
from console.checkout import settings_here
from console.children import EXIT_CONFIG
from console.compose import quick_redis, ringing, writing
from console.doors import Front, TelegramDoor, TwilioDoor, web_app
from console.failure import Failure
from console.files import FilesBell
from console.foundation import Foundation
from console.ready import say_ready
from console.work import run_worker
from router.desk import Desk
from router.intake import Intake
from tickets.outbound import Bell
from tickets.store.attachments import Attachments
from tickets.store.outbox import Outbox
from tickets.store.timers import Timers
from tickets.submission import Unavailable
from workers.clock import ClockRole

FRONT_ROLES: Final = ("web", "telegram", "clock")
ROLES: Final = (*FRONT_ROLES, "worker")
_STOP_WITHIN_S: Final = 3.0
Role = Callable[[asyncio.Event], Awaitable[None]]

log = structlog.get_logger("console.run")


def process_name() -> str:
    """This process among all of an installation, for leases and heartbeats."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


async def front(settings: Settings, roles: Sequence[str]) -> None:
    """Run roles of the doors until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    hub = TicketHub()
    async with AsyncExitStack() as stack:
        foundation = Foundation(settings, door=True, checkpoints=True)
        stack.callback(foundation.close)
        await asyncio.to_thread(foundation.migrated)
        bell = stack.enter_context(ringing(foundation))
        writer = stack.enter_context(writing(foundation, bell, lambda tickets, _lanes: hub.changed(tickets)))
        connection = quick_redis(foundation)
        stack.callback(connection.close)
        parts = Front(
            foundation=foundation,
            intake=Intake(writer, foundation.router, lambda: foundation.config),
            desk=Desk(writer),
            hub=hub,
            redis=connection,
            holder=process_name(),
        )
        await _run_all(await _roles(parts, roles, bell, stack), stop)


async def _roles(parts: Front, roles: Sequence[str], bell: Bell, stack: AsyncExitStack) -> list[Role]:
    """Everything that this process does beside writing; servers listen when it returns."""
    settings = parts.foundation.settings
    found: list[Role] = []
    telegram = TelegramDoor(parts, settings.telegram) if settings.telegram is not None else None
    if telegram is not None:
        stack.push_async_callback(telegram.close)
    if "web" in roles:
        twilio = TwilioDoor(parts, settings.twilio) if settings.twilio is not None else None
        if twilio is not None:
            stack.push_async_callback(twilio.close)
            found.append(twilio.run)
        await _serve(web_app(parts, telegram, twilio), settings, stack)
    if "telegram" in roles and telegram is not None and telegram.settings.mode == "polling":
        found.append(telegram.run)
    if "clock" in roles:
        attachments = Attachments(parts.foundation.database, parts.foundation.blobs)
        found += [_clock(parts, bell).run, FilesBell(attachments, bell, parts.foundation.clock).run]
    return found


def _clock(parts: Front, bell: Bell) -> ClockRole:
    foundation = parts.foundation
    return ClockRole(
        timers=Timers(foundation.database),
        desk=parts.desk,
        outbox=Outbox(foundation.database),
        bell=bell,
        clock=foundation.clock,
    )


async def _serve(app: web.Application, settings: Settings, stack: AsyncExitStack) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.http_host, settings.http_port).start()
    except OSError as error:
        raise Failure(f"port {settings.http_port}: {error.strerror}; set SIGAP_HTTP_PORT to another port") from error


async def _run_all(roles: Sequence[Role], stop: asyncio.Event) -> None:
    """Run the roles beside each other until ``stop``. A role that fails ends the process: a fresh one starts clean."""
    tasks = [asyncio.ensure_future(role(stop)) for role in roles]
    end = asyncio.ensure_future(stop.wait())
    say_ready()
    try:
        done, _ = await asyncio.wait([*tasks, end], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        stop.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_STOP_WITHIN_S)
            for task in late:
                task.cancel()
        end.cancel()
        await asyncio.gather(*tasks, end, return_exceptions=True)


def main(arguments: Sequence[str]) -> int:
    """Entry point; the arguments are roles."""
    roles = list(dict.fromkeys(arguments)) or list(FRONT_ROLES)
    unknown = [role for role in roles if role not in ROLES]
    if unknown or ("worker" in roles and len(roles) > 1):
        sys.stderr.write(f"usage: python -m console.run {' '.join(FRONT_ROLES)} | worker\n")
        return EXIT_CONFIG
    try:
        settings = settings_here()
        logs.configure("worker" if roles == ["worker"] else "front", settings.log)
        if roles == ["worker"]:
            run_worker(settings, process_name())
        else:
            with suppress(KeyboardInterrupt):
                asyncio.run(front(settings, roles))
    except (SettingsError, ConfigErrors) as error:
        sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
        return EXIT_CONFIG
    except (Failure, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return error.code if isinstance(error, Failure) else 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
