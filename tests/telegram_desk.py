"""The real desk on a real database behind the bot, against the played Telegram, in one loop."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from telegram import Update

from channels.telegram import api
from channels.telegram.bot import DeskBot
from channels.telegram.channel import TelegramChannel
from channels.telegram.discretion import Discretion, Showing
from channels.telegram.hands import Hands
from channels.telegram.notices import Composer
from channels.telegram.visit import Doors
from config.load import load_config
from config.textfiles import load_texts
from config.wordlists import load_words
from router.decide import Router
from router.desk import Desk
from router.intake import Intake
from sandbox.settings import BOT_TOKEN
from tests.contract.store_decider import Memory
from tests.sandbox_stage import Stage, opened_stage
from tickets.commands import Actor, ActorKind, Answer, Command, InboundMessage, Person, Sender
from tickets.model import Account, Channel
from tickets.store.engine import Database
from tickets.store.migrate import upgrade
from tickets.store.reading import Reader
from tickets.store.writer import ThreadWriter
from tickets.texts import Texts
from tickets.tokens import Tokens
from tickets.views import Briefing, Notice, TicketView

FOLDER = Path(__file__).resolve().parent.parent / "config"
CONFIG = load_config(FOLDER)
TEXTS = Texts(load_texts(FOLDER / "texts"))
ROUTER = Router(load_words(FOLDER / "words"))
SARI, RINA, MAYA = 900000001, 900000002, 900000003
OPERATOR = Actor(ActorKind.OPERATOR)


# A Tuesday at 10.00 in Jakarta, when everybody works, goes on from here.
_MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
_BEGAN = time.monotonic()


def now() -> datetime:
    """The time of the tests."""
    return _MORNING + timedelta(seconds=time.monotonic() - _BEGAN)


def masked(words: str) -> str:
    """Stands for the masking of card numbers in these tests."""
    return words.replace("4111 1111 1111 1111", "•••• 1111")


def composer(showing: Showing = Showing.MASKED) -> Composer:
    """How the tests show tickets."""
    discretion = Discretion(showing=showing, mask=masked, link=lambda reference: f"https://desk.example/{reference}")
    return Composer(words=TEXTS, discretion=discretion, config=lambda: CONFIG)


@dataclass(slots=True)
class TelegramDesk:
    """What a test holds: the world, the doors, and the bot between them."""

    stage: Stage
    database: Database
    desk: Desk
    intake: Intake
    reader: Reader
    api: api.Bot
    bot: DeskBot
    channel: TelegramChannel
    _offset: int = 0
    _keys: Any = field(default_factory=lambda: iter(range(1, 10_000)))

    async def reports(self, text: str, *, phone: str = "+6281200000001", name: str = "Ani", **more: Any) -> Answer:
        """A customer writes on WhatsApp."""
        return await self.intake.receive(
            InboundMessage(
                key=f"wa:{next(self._keys)}",
                channel=Channel.WHATSAPP,
                sender=Sender(address=phone, name=name, verified=True),
                received_at=now(),
                text=text,
                **more,
            )
        )

    async def operator(self, action: str, **data: Any) -> Answer:
        """Something that the operator does."""
        subject = data.pop("subject", "")
        answer = await self.desk.perform(
            Command(
                key=f"op:{next(self._keys)}",
                action=action,
                subject=subject,
                actor=OPERATOR,
                at=now(),
                data=data,
            )
        )
        assert answer.ok, answer
        return answer

    async def hires(self, name: str, telegram: int | None, *teams: str, **more: Any) -> str:
        """A new person of the house."""
        account: str = (
            await self.operator("add_account", name=name, telegram_id=telegram, teams=list(teams), **more)
        ).facts["account"]
        return account

    async def drains(self) -> list[Update]:
        """Handle every update that waits, one after the other; returns them."""
        updates = list(await self.api.get_updates(offset=self._offset, timeout=0))
        for update in updates:
            await self.bot.handle(update)
            self._offset = update.update_id + 1
        return updates

    def view(self, subject: str) -> TicketView:
        """A ticket as it stands."""
        view = self.reader.ticket(subject)
        assert view is not None
        return view

    async def tells(self, telegram: int, purpose: str, reference: str, **params: Any) -> str:
        """Deliver one notice as a worker would; returns the provider's id."""
        account = self.reader.account_on_telegram(telegram)
        assert account is not None
        message = self.channel.compose(self.briefing(account, purpose, reference, params), now())
        assert message is not None
        return await self.channel.send(message)

    def briefing(self, account: Account, purpose: str, reference: str, params: dict[str, Any]) -> Briefing:
        """A notice with all that belongs to it."""
        view = self.view(reference)
        notice = Notice(
            id=f"notice-{next(self._keys)}",
            position=1,
            ticket=view.ticket.id,
            event="e",
            person=Person("account", account.id),
            purpose=purpose,
            params=params,
            address=None,
            channel=Channel.TELEGRAM,
            urgency="normal",
            lane="telegram:normal",
            tries=0,
            created_at=now(),
        )
        replaces = params.pop("replaces", None)
        return Briefing(
            notice=notice,
            view=view,
            account=account,
            contact=view.contact,
            name=view.reporter.name,
            identities=view.identities,
            words=self.reader.words([params["words"]]) if "words" in params else {},
            replaces=replaces,
        )


@contextlib.asynccontextmanager
async def opened_desk(folder: Path) -> AsyncIterator[TelegramDesk]:
    """Everything up, with Sari at the service desk, Rina at payments and Bu Maya their lead."""
    database = Database(f"sqlite:///{folder / 'sigap.db'}", door=True, checkpoints=True)
    upgrade(database)
    writer = ThreadWriter(
        database,
        ROUTER,
        config=lambda: CONFIG,
        tokens=Tokens([b"k" * 32]),
        clock=now,
        blobs=Memory(),
    )
    writer.start()
    desk, intake, reader = Desk(writer), Intake(writer, ROUTER, lambda: CONFIG), Reader(database)
    async with opened_stage(folder) as stage:
        bot = api.connect(BOT_TOKEN, stage.url)
        doors = Doors(desk=desk, intake=intake, reader=reader, composer=composer(), clock=now)
        desk_bot = DeskBot(doors, Hands(bot), api.bot_id(BOT_TOKEN))
        up = TelegramDesk(stage, database, desk, intake, reader, bot, desk_bot, TelegramChannel(bot, doors.composer))
        try:
            others = sorted(team for team in CONFIG.teams if team != "payments")
            await up.hires("Sari", SARI, *others, available=True)
            await up.hires("Rina", RINA, "payments", available=True, language="en")
            await up.hires("Bu Maya", MAYA, *sorted(CONFIG.teams), roles=["lead"])
            yield up
        finally:
            await api.disconnect(bot)
            await asyncio.to_thread(writer.stop)
            database.close()
