"""The world of one run: people, clock, ledger, faults and what the two providers remember. All of it in memory."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import aiohttp
from aiohttp import web

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.people import AGENTS, CUSTOMERS, Agent, Customer
from sandbox.settings import Settings
from sandbox.telegram.book import TelegramBook
from sandbox.twilio.book import TwilioBook


class World:
    """One play. Handlers change it only from the event loop, so nothing here is locked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.clock_file)
        self.ledger = Ledger(self.clock)
        self.faults = Faults()
        self.customers: dict[str, Customer] = {customer.id: customer for customer in CUSTOMERS}
        self.agents: dict[str, Agent] = {agent.id: agent for agent in AGENTS}
        self.twilio = TwilioBook()
        self.telegram = TelegramBook()
        self._http: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def http(self) -> aiohttp.ClientSession:
        """The session for everything that the sandbox sends to the product; made in the running loop."""
        if self._http is None:
            self._http = aiohttp.ClientSession(auto_decompress=True)
        return self._http

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` beside what is going on, until it ends or the world does."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def customer_at(self, address: str) -> Customer | None:
        """Whom a message to this WhatsApp address reaches."""
        return next((one for one in self.customers.values() if address in one.addresses), None)

    def agent_in(self, chat: int) -> Agent | None:
        """Who sits in this private chat, which has the number of the person."""
        return next((one for one in self.agents.values() if one.telegram_id == chat), None)

    def forget(self) -> None:
        """Begin anew: chats and faults are gone. The clock stays, since the product's own time cannot turn back."""
        self.faults.clear()
        self.customers = {customer.id: customer for customer in CUSTOMERS}
        self.agents = {agent.id: agent for agent in AGENTS}
        self.twilio.forget()
        self.telegram.forget()
        self.ledger.add("reset")

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()


WORLD: Final = web.AppKey("world", World)
