"""Breaking things on purpose: what the panel of the page does, one name each."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from sandbox.control import asked
from sandbox.control.redis_wire import flush
from sandbox.twilio.webhooks import post_message
from sandbox.world import WORLD, World

REPEATS: Final = 50


async def repeat_webhook(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """The newest inbound message (or ``sid``) once more, 50 times in parallel."""
    inbound = [
        one for one in world.twilio.shown() if one.direction == "inbound" and wanted.get("sid") in {None, one.sid}
    ]
    if not inbound:
        raise asked.wrong("no customer has written yet", 409)
    before = inbound[0].webhooks
    await asyncio.gather(*(post_message(world, inbound[0]) for _ in range(REPEATS)))
    return {"sid": inbound[0].sid, "sent": inbound[0].webhooks - before}


async def flush_redis(world: World, _wanted: dict[str, Any]) -> dict[str, Any]:
    socket = world.settings.redis_socket
    if socket is None:
        raise asked.wrong("the sandbox was not told where Redis is", 503)
    try:
        return {"answer": await flush(socket)}
    except (OSError, TimeoutError):
        raise asked.wrong("Redis does not answer", 503) from None


async def kill_worker(world: World, _wanted: dict[str, Any]) -> dict[str, Any]:
    """SIGKILL to the worker whose number stands in the file; nobody else is ever meant."""
    file = world.settings.worker_pid_file
    if file is None or not file.is_file():
        raise asked.wrong("the sandbox was not told which process the worker is", 503)
    number = file.read_text(encoding="ascii").strip()
    if not number.isdigit() or not _is_worker(int(number)):
        raise asked.wrong("the worker is not running", 409)
    os.kill(int(number), signal.SIGKILL)
    return {"killed": int(number)}


def _is_worker(number: int) -> bool:
    """The number may have gone to a stranger since; where the system tells, the command line must name a worker."""
    line = Path(f"/proc/{number}/cmdline")
    if not Path("/proc/self/cmdline").exists():
        return number > 1
    return line.exists() and b"worker" in line.read_bytes()


async def close_window(world: World, _wanted: dict[str, Any]) -> dict[str, Any]:
    world.faults.switch("twilio_63016", {"count": 1})
    return {"fault": "twilio_63016"}


async def limit_telegram(world: World, _wanted: dict[str, Any]) -> dict[str, Any]:
    world.faults.switch("telegram_429", {"count": 3, "retry_after": 3})
    return {"fault": "telegram_429"}


async def shuffle_statuses(world: World, _wanted: dict[str, Any]) -> dict[str, Any]:
    world.faults.switch("twilio_status_shuffled", {"count": 5})
    world.faults.switch("twilio_status_doubled", {"count": 15})
    return {"fault": "twilio_status_shuffled"}


ACTIONS: Final[dict[str, Callable[[World, dict[str, Any]], Awaitable[dict[str, Any]]]]] = {
    "webhook50": repeat_webhook,
    "redis": flush_redis,
    "worker": kill_worker,
    "twilio_63016": close_window,
    "telegram_429": limit_telegram,
    "statuses": shuffle_statuses,
}


async def breakit(request: web.Request) -> web.Response:
    action = ACTIONS.get(what := request.match_info["what"])
    if action is None:
        raise asked.wrong(f"there is no {what}; there are {', '.join(ACTIONS)}", 404)
    world = request.app[WORLD]
    done = await action(world, await asked.read(request))
    world.ledger.add("breakit", what=what, **done)
    return web.json_response(done)
