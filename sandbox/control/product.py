"""A window into the product: its API is read with the sandbox's token, which never reaches the browser."""

import json
from typing import Any, Final

import aiohttp
from aiohttp import web
from yarl import URL

from sandbox.control import asked
from sandbox.world import WORLD, World

_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
_READABLE: Final = ("api/v1/", "healthz", "readyz", "metrics")


async def proxy(request: web.Request) -> web.Response:
    """GET only, and only what is meant to be read."""
    path = request.match_info["path"]
    if not path.startswith(_READABLE) or ".." in path:
        raise asked.wrong("not to be read through here", 404)
    try:
        status, kind, body = await _get(request.app[WORLD], f"/{path}", dict(request.query))
    except (aiohttp.ClientError, TimeoutError):
        raise asked.wrong("the product does not answer", 503) from None
    return web.Response(status=status, body=body, content_type=kind)


async def _get(world: World, path: str, query: dict[str, str]) -> tuple[int, str, bytes]:
    token = world.settings.token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = URL(world.settings.product_url + path).with_query(query)
    async with world.http.get(url, headers=headers, timeout=_TIMEOUT) as answer:
        return answer.status, answer.content_type, await answer.read()


async def read_json(world: World, path: str, query: dict[str, str] | None = None) -> Any:
    """A JSON document of the product, or None when it does not answer with one."""
    try:
        status, _, body = await _get(world, path, query or {})
        return json.loads(body) if status == 200 else None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
