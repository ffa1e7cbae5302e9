"""How updates reach the bot: by long polling, where an offset confirms, or by webhook with a secret."""

import asyncio
import time
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from sandbox.telegram.book import Webhook
from sandbox.telegram.wire import Call, Refused, bad_request
from sandbox.world import World

_LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_MOST: Final = 100
_LONGEST_S: Final = 50
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)


async def get_updates(world: World, call: Call) -> list[dict[str, Any]]:
    """Updates from ``offset`` on; what lies before it is confirmed and never comes again."""
    book = world.telegram
    if book.webhook is not None:
        raise Refused(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    book.confirm(call.number("offset"))
    _allow(world, call)
    limit = min(max(call.number("limit", _MOST), 1), _MOST)
    until = time.monotonic() + min(call.number("timeout"), _LONGEST_S)
    turn = book.take_turn()
    try:
        while not (found := book.waiting(world.clock.now())) and time.monotonic() < until:
            await _first_of(book.bell, turn.over, until - time.monotonic())
            if turn.over.is_set():
                raise Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
    finally:
        book.end_turn(turn)
    return found[:limit]


async def _first_of(one: asyncio.Event, other: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(one.wait()), asyncio.ensure_future(other.wait())]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _allow(world: World, call: Call) -> None:
    allowed = call.shape("allowed_updates")
    if allowed is not None:
        world.telegram.allowed = frozenset(str(kind) for kind in allowed) or None


async def set_webhook(world: World, call: Call) -> bool:
    """An empty address takes the webhook away. Telegram wants HTTPS; here a local address may do without."""
    url, book = call.text("url"), world.telegram
    if not url:
        return await delete_webhook(world, call)
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    _allow(world, call)
    if call.flag("drop_pending_updates"):
        book.updates.clear()
    secret = call.text("secret_token") or None
    book.webhook = Webhook(url=url, secret=secret, max_connections=call.number("max_connections", 40))
    book.take_turn()
    world.spawn(_push(world, book.webhook))
    return True


async def delete_webhook(world: World, call: Call) -> bool:
    world.telegram.webhook = None
    if call.flag("drop_pending_updates"):
        world.telegram.updates.clear()
    world.telegram.ring()
    return True


async def webhook_info(world: World, _call: Call) -> dict[str, Any]:
    hook = world.telegram.webhook
    waiting = len(world.telegram.waiting(world.clock.now()))
    info: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": waiting,
    }
    if hook:
        info["max_connections"] = hook.max_connections
        if hook.last_error and hook.last_error_at:
            info["last_error_date"] = int(hook.last_error_at.timestamp())
            info["last_error_message"] = hook.last_error
    return info


async def _push(world: World, hook: Webhook) -> None:
    """Deliver update after update to the webhook, in order, each until it is taken."""
    failed = 0
    while world.telegram.webhook is hook:
        bell, waiting = world.telegram.bell, world.telegram.waiting(world.clock.now())
        if not waiting:
            await bell.wait()
            continue
        error = await _post(world, hook, waiting[0])
        if error is None:
            world.telegram.confirm(waiting[0]["update_id"] + 1)
            failed = 0
            continue
        hook.last_error, hook.last_error_at = error, world.clock.now()
        await asyncio.sleep(_PAUSES_S[min(failed, len(_PAUSES_S) - 1)])
        failed += 1


async def _post(world: World, hook: Webhook, update: dict[str, Any]) -> str | None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
    url = hook.url
    if url.startswith(world.settings.signed_url):
        url = world.settings.product_url + url.removeprefix(world.settings.signed_url)
    try:
        async with world.http.post(
            url, json=update, headers=headers, timeout=aiohttp.ClientTimeout(total=60)
        ) as answer:
            await answer.read()
            return None if answer.status < 300 else f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except (aiohttp.ClientError, TimeoutError) as problem:
        return f"Connection failed: {type(problem).__name__}"
