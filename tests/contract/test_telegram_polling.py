"""An update is confirmed only after its effect is committed: our own polling, and the webhook."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from telegram import Update

from channels.telegram import api, menu, offset
from channels.telegram.bot import DeskBot
from channels.telegram.hook import HEADER, PATH, Hook, secret_token
from channels.telegram.patience import PassedOver
from channels.telegram.polling import LEASE, Polling
from channels.telegram.reactions import Reaction
from sandbox.settings import BOT_TOKEN
from tests.telegram_desk import SARI, TEXTS, TelegramDesk, now, opened_desk
from tickets.model import Account, Presence
from tickets.store.state import Cursors, Leases
from tickets.submission import Unavailable

BOT = api.bot_id(BOT_TOKEN)
CURSOR = f"telegram-offset:{BOT}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TelegramDesk]:
    async with opened_desk(tmp_path) as up:
        yield up


class Faulty(DeskBot):
    """Our bot, with one message that breaks it and a house that cannot store for a while."""

    failures = 0
    unavailable = 0

    async def take(self, update: Update) -> Sequence[Reaction]:
        if update.message and update.message.text == "poison":
            self.failures += 1
            raise KeyError("poison")
        if self.unavailable:
            self.unavailable -= 1
            raise Unavailable("database_locked", 0)
        return await super().take(update)


@contextlib.asynccontextmanager
async def polled(desk: TelegramDesk, bot: DeskBot | None = None) -> AsyncIterator[None]:
    stop = asyncio.Event()
    polling = Polling(
        api_bot=desk.api,
        bot=bot or desk.bot,
        bot_id=BOT,
        leases=Leases(desk.database),
        cursors=Cursors(desk.database),
        clock=now,
        holder="test",
    )
    running = asyncio.create_task(polling.run(stop))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(2):
            await running


async def until(look: Callable[[], bool], within: float = 8) -> None:
    """Wait until something that people could see is so."""
    async with asyncio.timeout(within):
        while not look():
            await asyncio.sleep(0.02)


def sari(desk: TelegramDesk) -> Account:
    account = desk.reader.account_on_telegram(SARI)
    assert account is not None
    return account


def stored(desk: TelegramDesk) -> int:
    found = offset.read(Cursors(desk.database).get(CURSOR))
    return found.next if found else 0


def faulty(desk: TelegramDesk) -> Faulty:
    return Faulty(desk.bot._doors, desk.bot._hands, BOT)


@pytest.mark.proves("D4", "D14")
async def test_an_update_whose_offset_was_not_stored_is_seen_again_and_done_once(desk: TelegramDesk) -> None:
    await desk.stage.sandbox.agent("sari").says("/busy")
    (update,) = await desk.drains()
    before = sari(desk)
    assert before.presence is Presence.BUSY
    assert stored(desk) == 0
    async with polled(desk):
        await until(lambda: stored(desk) == update.update_id + 1)
    assert sari(desk).version == before.version
    assert await desk.stage.sandbox.agent("sari").heard("Kamu sibuk") == 2


async def test_the_offset_is_stored_after_the_effect_and_telegram_forgets_the_update(desk: TelegramDesk) -> None:
    async with polled(desk):
        await desk.stage.sandbox.agent("sari").says("/off")
        await until(lambda: stored(desk) > 0)
        assert sari(desk).presence is Presence.OFFLINE
        await desk.stage.sandbox.agent("sari").says("/on")
        await until(lambda: sari(desk).presence is Presence.AVAILABLE)


async def test_a_poison_update_is_recorded_and_blocks_nobody(desk: TelegramDesk) -> None:
    bot = faulty(desk)
    await desk.stage.sandbox.agent("sari").says("poison")
    await desk.stage.sandbox.agent("sari").says("/busy")
    await desk.stage.sandbox.agent("rina").says("/busy")
    async with polled(desk, bot):
        await until(lambda: stored(desk) > 0)
    assert bot.failures == 3
    assert sari(desk).presence is Presence.BUSY
    first = stored(desk) - 3
    assert Cursors(desk.database).get(f"telegram-passed-over:{first}") == "KeyError"


async def test_a_house_that_cannot_store_is_waited_for(desk: TelegramDesk) -> None:
    bot = faulty(desk)
    bot.unavailable = 5
    await desk.stage.sandbox.agent("sari").says("/busy")
    async with polled(desk, bot):
        await until(lambda: stored(desk) > 0)
    assert sari(desk).presence is Presence.BUSY


async def test_errors_of_telegram_are_waited_out(desk: TelegramDesk) -> None:
    await desk.stage.sandbox.faults.on("telegram_500", count=2)
    await desk.stage.sandbox.agent("sari").says("/busy")
    async with polled(desk):
        await until(lambda: sari(desk).presence is Presence.BUSY)


async def test_only_the_holder_of_the_lease_polls(desk: TelegramDesk) -> None:
    leases = Leases(desk.database)
    assert leases.take(LEASE, "another", now(), 1)
    await desk.stage.sandbox.agent("sari").says("/busy")
    async with polled(desk):
        assert sari(desk).presence is Presence.AVAILABLE
        await until(lambda: sari(desk).presence is Presence.BUSY)
    assert leases.take(LEASE, "another", now())


async def test_a_webhook_left_behind_is_taken_away(desk: TelegramDesk) -> None:
    await desk.api.set_webhook(f"{desk.stage.product.url}/hooks/telegram", secret_token="x")
    Cursors(desk.database).set(CURSOR, offset.Offset(1, now()).encode(), now())
    async with polled(desk):
        await until(lambda: desk.stage.world.telegram.webhook is None)
        await desk.stage.sandbox.agent("sari").says("/busy")
        await until(lambda: sari(desk).presence is Presence.BUSY)


@contextlib.asynccontextmanager
async def hooked(desk: TelegramDesk, bot: DeskBot) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    hook = Hook(bot, ("secret", "older"), PassedOver(Cursors(desk.database), now))
    app = web.Application()
    app.router.add_post(PATH, hook.handle)
    async with TestClient(TestServer(app)) as client:
        yield client
        await hook.close()


def body(text: str, number: int = 77) -> dict[str, object]:
    person = {"id": SARI, "is_bot": False, "first_name": "Sari"}
    chat = {"id": SARI, "type": "private"}
    message = {"message_id": 1, "date": 1_800_000_000, "chat": chat, "from": person, "text": text}
    return {"update_id": number, "message": message}


async def test_the_webhook_believes_only_the_secret(desk: TelegramDesk) -> None:
    async with hooked(desk, desk.bot) as client:
        for headers in ({}, {HEADER: "wrong"}, {HEADER: ""}, {HEADER: "rahasia é"}):
            assert (await client.post(PATH, json=body("/busy"), headers=headers)).status == 403
        assert sari(desk).presence is Presence.AVAILABLE
        for secret in ("older", "secret"):
            assert (await client.post(PATH, json=body("/busy"), headers={HEADER: secret})).status == 200
        version = sari(desk).version
        assert sari(desk).presence is Presence.BUSY
        assert (await client.post(PATH, json=body("/busy"), headers={HEADER: "secret"})).status == 200
        assert sari(desk).version == version
        assert (await client.post(PATH, data="{", headers={HEADER: "secret"})).status == 400
        assert (await client.post(PATH, json=["x"], headers={HEADER: "secret"})).status == 200


async def test_the_webhook_says_yes_only_after_the_commit(desk: TelegramDesk) -> None:
    bot = faulty(desk)
    bot.unavailable = 1
    async with hooked(desk, bot) as client:
        refused = await client.post(PATH, json=body("/busy"), headers={HEADER: "secret"})
        assert refused.status == 503
        assert "Retry-After" in refused.headers
        assert sari(desk).presence is Presence.AVAILABLE
        assert (await client.post(PATH, json=body("/busy"), headers={HEADER: "secret"})).status == 200
        assert sari(desk).presence is Presence.BUSY
        answers = [(await client.post(PATH, json=body("poison", 78), headers={HEADER: "secret"})).status for _ in "123"]
        assert answers == [500, 500, 200]
        assert Cursors(desk.database).get("telegram-passed-over:78") == "KeyError"


async def test_the_webhook_is_installed_with_the_secret_and_the_menu_in_both_languages(desk: TelegramDesk) -> None:
    hook = Hook(desk.bot, (secret_token(b"k" * 32),), PassedOver(Cursors(desk.database), now))
    await desk.stage.sandbox.faults.on("telegram_500", count=1)
    stop = asyncio.Event()
    running = asyncio.create_task(hook.run(desk.api, desk.stage.product.url, stop))
    await until(lambda: desk.stage.world.telegram.webhook is not None)
    stop.set()
    await running
    installed = desk.stage.world.telegram.webhook
    assert installed is not None
    assert installed.secret == secret_token(b"k" * 32)
    assert installed.url == f"{desk.stage.product.url}{PATH}"
    await menu.publish(desk.api, TEXTS, "id")
