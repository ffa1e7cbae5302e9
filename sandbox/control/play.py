"""Switches of the play: faults, the clock, a new beginning."""

from typing import Any

from aiohttp import web

from sandbox.control import asked
from sandbox.control.counters import BOOK
from sandbox.world import WORLD, World


async def faults(request: web.Request) -> web.Response:
    return web.json_response(request.app[WORLD].faults.as_json())


async def switch_fault(request: web.Request) -> web.Response:
    """``{name, on, count?, person?, retry_after?, times?}``; ``{clear: true}`` switches all off."""
    world, wanted = request.app[WORLD], await asked.read(request)
    if wanted.pop("clear", False):
        world.faults.clear()
        world.ledger.add("fault", name="", on=False)
        return web.json_response(world.faults.as_json())
    name = str(wanted.pop("name", ""))
    try:
        fault = world.faults.switch(name, wanted)
    except ValueError as problem:
        raise asked.wrong(str(problem)) from None
    world.ledger.add("fault", name=name, on=fault.on)
    return web.json_response(world.faults.as_json())


async def forward(request: web.Request) -> web.Response:
    """``{seconds}``: for the sandbox at once, for the product as soon as it looks into the file."""
    world, wanted = request.app[WORLD], await asked.read(request)
    try:
        world.clock.forward(float(wanted.get("seconds", 0)))
    except (TypeError, ValueError) as problem:
        raise asked.wrong(str(problem)) from None
    return web.json_response(_told(world))


async def reset_clock(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    world.clock.reset()
    return web.json_response(_told(world))


def _told(world: World) -> dict[str, Any]:
    time = {"offset_seconds": world.clock.offset_s, "now": world.clock.now().isoformat()}
    world.ledger.add("clock", **time)
    return time


async def reset(request: web.Request) -> web.Response:
    request.app[WORLD].forget()
    request.app[BOOK].loose_before = None
    return web.json_response({"reset": True})
