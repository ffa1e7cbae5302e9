"""The roles of the doors (`web`, `telegram`, `clock`) in one process: one event loop, one writer, a clean end."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Final

from aiohttp import web

from channels.web.hub import TicketHub
from config.settings import Settings
from console import lean
from console.doors import Front, TelegramDoor, TwilioDoor, web_app
from console.failure import Failure
from console.files import FilesBell
from console.foundation import Foundation
from console.ready import say_ready
from console.storing import quick_redis, ringing, writing
from router.desk import Desk
from router.intake import Intake
from tickets.outbound import Bell
from tickets.store.attachments import Attachments
from tickets.store.outbox import Outbox
from tickets.store.timers import Timers
from workers.clock import ClockRole

_STOP_WITHIN_S: Final = 3.0
Role = Callable[[asyncio.Event], Awaitable[None]]


async def run_front(settings: Settings, roles: Sequence[str], name: str) -> None:
    """Run roles of the doors until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    hub = TicketHub()
    async with AsyncExitStack() as stack:
        foundation = Foundation(settings, door=True, checkpoints=True, examples=False)
        stack.callback(foundation.close)
        await asyncio.to_thread(foundation.migrated)
        # Read now: otherwise the first message waits for it, and meets whatever is wrong with a file.
        await asyncio.to_thread(lambda: foundation.config)
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
            holder=name,
        )
        found = await _roles(parts, roles, bell, stack)
        lean.done()
        await _run_all(found, stop)


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
    if "telegram" in roles and telegram is not None:
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
