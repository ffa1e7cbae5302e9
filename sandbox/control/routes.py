"""The control API's addresses, and the page."""

from pathlib import Path
from typing import Final

from aiohttp import web

from sandbox.control import agents, breaking, counters, customers, play, product, state

PAGE: Final = Path(__file__).parent.parent / "page"


async def page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})


def add_routes(app: web.Application) -> None:
    api, customer, agent = "/sandbox/api", "/sandbox/api/customers/{id}", "/sandbox/api/agents/{id}"
    get, post = app.router.add_get, app.router.add_post
    get("/", page)
    app.router.add_static("/page/", PAGE, append_version=False)
    get(f"{api}/state", state.state)
    get(f"{api}/ledger", state.ledger)
    get(f"{api}/events", state.events)
    get(f"{api}/counters", counters.counters)
    post(f"{api}/customers", customers.add)
    post(f"{customer}/say", customers.say)
    post(f"{customer}/press", customers.press)
    post(f"{customer}/read", customers.read)
    post(f"{customer}/send_media", customers.send_media)
    post(f"{api}/agents", agents.add)
    post(f"{agent}/say", agents.say)
    post(f"{agent}/press", agents.press)
    post(f"{agent}/reply", agents.reply)
    post(f"{agent}/send_photo", agents.send_photo)
    post(f"{agent}/block", agents.block)
    get(f"{api}/faults", play.faults)
    post(f"{api}/faults", play.switch_fault)
    post(f"{api}/clock/forward", play.forward)
    post(f"{api}/clock/reset", play.reset_clock)
    post(f"{api}/reset", play.reset)
    post(f"{api}/breakit/{{what}}", breaking.breakit)
    get("/sandbox/product/{path:.+}", product.proxy)
