"""Reading a request of the control API, and refusing one in a sentence."""

import json
from typing import Any

from aiohttp import web

from sandbox.people import Agent, Customer
from sandbox.world import WORLD


def wrong(message: str, status: int = 400) -> web.HTTPException:
    """An exception that answers ``{"error": message}``."""
    kinds = {400: web.HTTPBadRequest, 404: web.HTTPNotFound, 409: web.HTTPConflict, 503: web.HTTPServiceUnavailable}
    return kinds[status](text=json.dumps({"error": message}), content_type="application/json")


async def read(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request; an empty body is an empty object."""
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except ValueError:
        raise wrong("the body is no JSON") from None
    if not isinstance(body, dict):
        raise wrong("the body is no object")
    return body


def customer(request: web.Request) -> Customer:
    found = request.app[WORLD].customers.get(request.match_info["id"])
    if found is None:
        raise wrong("there is no such customer", 404)
    return found


def agent(request: web.Request) -> Agent:
    found = request.app[WORLD].agents.get(request.match_info["id"])
    if found is None:
        raise wrong("there is no such agent", 404)
    return found
