"""``POST /hooks/telegram``: updates pushed by Telegram. 200 only after the commit, so that a loss is sent again."""

import asyncio
import hmac
from collections import Counter
from typing import Final

import structlog
from aiohttp import web
from telegram import Update
from telegram.error import TelegramError

from channels.telegram import api
from channels.telegram.api import Bot
from channels.telegram.bot import DeskBot
from channels.telegram.patience import TRIES, PassedOver, ended, place
from channels.telegram.updates import ALLOWED
from tickets.submission import Unavailable
from tickets.tokens import derive

PATH: Final = "/hooks/telegram"
HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_LONGEST_PAUSE_S: Final = 60.0
_LOG = structlog.get_logger("sigap.telegram")


def secret_token(key: bytes) -> str:
    """The secret that Telegram shows with every update, made of the installation's key."""
    return derive(key, "telegram-webhook").hex()


class Hook:
    """The webhook of one bot. ``secrets``: the first is given to Telegram, each is believed (a key was replaced)."""

    def __init__(self, bot: DeskBot, secrets: tuple[str, ...], passed_over: PassedOver) -> None:
        self._bot, self._secrets, self._passed_over = bot, secrets, passed_over
        self._failed: Counter[int] = Counter()
        self._showing: set[asyncio.Task[None]] = set()

    async def run(self, api_bot: Bot, public_url: str, stop: asyncio.Event) -> None:
        """Install until Telegram has taken it; then there is nothing to do but to be there."""
        failed = 0
        while not stop.is_set():
            try:
                await self.install(api_bot, public_url)
            except TelegramError as error:
                failed += 1
                _LOG.warning("telegram.webhook_not_installed", error=type(error).__name__, failed=failed)
                await ended(stop, min(_LONGEST_PAUSE_S, 2.0**failed))
            else:
                await stop.wait()

    async def install(self, api_bot: Bot, public_url: str) -> None:
        """Tell Telegram where to push; what waits there stays."""
        await api_bot.set_webhook(
            public_url.rstrip("/") + PATH, secret_token=self._secrets[0], allowed_updates=ALLOWED, max_connections=20
        )

    async def handle(self, request: web.Request) -> web.Response:
        """One update. 403 without the secret, 503 while nothing can be stored, else 200."""
        if not self._believed(request.headers.get(HEADER, "")):
            return web.Response(status=403)
        try:
            raw = await request.json()
        except ValueError:
            return web.Response(status=400)
        update = Update.de_json(api.readable(raw))
        try:
            reactions = await self._bot.take(update)
        except Unavailable as problem:
            return web.Response(status=503, headers={"Retry-After": str(problem.retry_after_s)})
        except Exception as error:
            return await self._broken(update.update_id, error)
        self._failed.pop(update.update_id, None)
        if reactions:
            task = asyncio.create_task(self._bot.show(reactions))
            self._showing.add(task)
            task.add_done_callback(self._showing.discard)
        return web.Response()

    async def close(self) -> None:
        """Wait until what is being shown is shown."""
        if self._showing:
            await asyncio.wait(self._showing)

    def _believed(self, given: str) -> bool:
        matches = [hmac.compare_digest(given.encode(), secret.encode()) for secret in self._secrets]
        return any(matches)

    async def _broken(self, update: int, error: Exception) -> web.Response:
        """An update that breaks us is pushed again twice, then recorded and passed over."""
        self._failed[update] += 1
        _LOG.warning("telegram.update_failed", update=update, error=type(error).__name__, at=place(error))
        if self._failed[update] < TRIES:
            return web.Response(status=500)
        del self._failed[update]
        await self._passed_over.record(update, type(error).__name__)
        return web.Response()
