"""Builds the doors of a front process: the web application with the webhooks, Telegram's bot, Twilio's reconciler."""

import asyncio
from dataclasses import dataclass
from typing import Final

import redis
from aiohttp import web

from channels.telegram import api as telegram_api
from channels.telegram import menu
from channels.telegram.bot import DeskBot
from channels.telegram.hands import Hands
from channels.telegram.hook import PATH as TELEGRAM_PATH
from channels.telegram.hook import Hook, secret_token
from channels.telegram.patience import PassedOver
from channels.telegram.polling import Polling
from channels.telegram.visit import Doors
from channels.web.app import build_app
from channels.web.hub import TicketHub
from channels.web.parts import WebParts
from channels.whatsapp import client as twilio_client
from channels.whatsapp.hook import Hooks
from channels.whatsapp.reconcile import Reconciler
from config.clock import Clock
from config.settings import Telegram, Twilio, installation_keys
from console.compose import composer
from console.foundation import Foundation
from router.desk import Desk
from router.intake import Intake
from tickets.model import Channel
from tickets.outbound import Receipt
from tickets.store.outbox import Outbox
from tickets.store.state import Cursors, Leases

LARGEST_HOOK: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the doors of one process share. ``holder`` names the process in leases."""

    foundation: Foundation
    intake: Intake
    desk: Desk
    hub: TicketHub
    redis: redis.Redis
    holder: str


class TelegramDoor:
    """The bot, and its two ways in: polling and webhook."""

    def __init__(self, front: Front, telegram: Telegram) -> None:
        foundation = front.foundation
        token = telegram.bot_token.reveal()
        self.front, self.settings = front, telegram
        self.api = telegram_api.connect(token, telegram.base_url, retries=1)
        self._bot_id = telegram_api.bot_id(token)
        doors = Doors(
            desk=front.desk,
            intake=front.intake,
            reader=foundation.reader,
            composer=composer(foundation, telegram),
            clock=foundation.clock,
        )
        self.bot = DeskBot(doors, Hands(self.api), self._bot_id)
        self._cursors = Cursors(foundation.database)

    def polling(self) -> Polling:
        """The loop that fetches updates. Leases run on the machine's clock, which nobody puts forward."""
        return Polling(
            api_bot=self.api,
            bot=self.bot,
            bot_id=self._bot_id,
            leases=Leases(self.front.foundation.database),
            cursors=self._cursors,
            clock=Clock(),
            holder=self.front.holder,
        )

    def hook(self) -> Hook:
        """The address that Telegram pushes to."""
        secrets = tuple(secret_token(key) for key in installation_keys(self.front.foundation.settings))
        return Hook(self.bot, secrets, PassedOver(self._cursors, self.front.foundation.clock))

    async def run(self, stop: asyncio.Event) -> None:
        """Show the menu of commands, then poll, or have updates pushed, until ``stop``."""
        foundation = self.front.foundation
        await menu.publish(self.api, foundation.texts, foundation.settings.language)
        if self.settings.mode == "webhook":
            await self.hook().run(self.api, foundation.settings.public_url, stop)
        else:
            await self.polling().run(stop)

    async def close(self) -> None:
        """Give the connections back."""
        await telegram_api.disconnect(self.api)


class TwilioDoor:
    """WhatsApp in: the webhooks, and the reconciler that takes what no webhook brought."""

    def __init__(self, front: Front, twilio: Twilio) -> None:
        foundation, settings = front.foundation, front.foundation.settings
        outbox = Outbox(foundation.database)

        def record(receipt: Receipt) -> None:
            outbox.record([receipt], Channel.WHATSAPP)

        self._client = twilio_client.connect(twilio.account_sid, twilio.auth_token.reveal(), twilio.base_url)
        self.reconciler = Reconciler(
            self._client,
            intake=front.intake,
            reader=foundation.reader,
            cursors=Cursors(foundation.database),
            number=twilio.whatsapp_from,
            clock=foundation.clock,
            base_url=twilio.base_url,
            mode=twilio.mode,
        )
        self.hooks = Hooks(
            intake=front.intake,
            record=record,
            tokens=[twilio.auth_token.reveal()],
            public_url=settings.public_url,
            clock=foundation.clock,
            missed=self.reconciler.soon,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Reconcile until ``stop``."""
        await self.reconciler.run(stop)

    async def close(self) -> None:
        """Give the connections back."""
        twilio_client.close(self._client)


def web_app(front: Front, telegram: TelegramDoor | None, twilio: TwilioDoor | None) -> web.Application:
    """The application with every door that speaks HTTP."""
    foundation, settings = front.foundation, front.foundation.settings

    def add_hooks(app: web.Application) -> None:
        if twilio is not None:
            app.add_routes(twilio.hooks.routes())
        if telegram is not None and telegram.settings.mode == "webhook":
            hook = telegram.hook()
            app.router.add_post(TELEGRAM_PATH, hook.handle)

            async def close(_app: web.Application) -> None:
                await hook.close()

            app.on_cleanup.append(close)

    async def redis_ping() -> bool:
        return bool(await asyncio.to_thread(front.redis.ping))

    return build_app(
        WebParts(
            intake=front.intake,
            desk=front.desk,
            reader=foundation.reader,
            tokens=foundation.tokens,
            texts=foundation.texts,
            config=lambda: foundation.config,
            clock=foundation.clock,
            hub=front.hub,
            redis_ping=redis_ping,
            public_url=settings.public_url,
            timezone=settings.timezone,
            language=settings.language,
            routes=[add_hooks],
        )
    )
