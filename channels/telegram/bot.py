"""The desk's bot: an update in, its effect committed, what to show out. Polling and webhook both feed it."""

import asyncio
from collections.abc import Sequence

from telegram import Update

from channels.telegram import updates
from channels.telegram.cards import Card
from channels.telegram.hands import Hands
from channels.telegram.orders import ordered
from channels.telegram.reactions import Reaction, Say, Toast
from channels.telegram.speech import Text
from channels.telegram.taps import tapped
from channels.telegram.updates import Edited, Intent, Nothing, Ordered, Origin, Tapped, Wrote
from channels.telegram.visit import Doors, Visit
from channels.telegram.writing import wrote
from tickets.commands import Actor, ActorKind, Command
from tickets.model import Account


class DeskBot:
    """Takes updates. Every one is the same however often it comes: its number is the key of what it does."""

    def __init__(self, doors: Doors, hands: Hands, bot_id: int) -> None:
        self._doors, self._hands, self._bot_id = doors, hands, bot_id

    async def handle(self, update: Update) -> None:
        """Do what an update asks for, then show it. Returns after the commit.

        Raises ``tickets.submission.Unavailable`` when nothing could be stored; then the update must come again.
        """
        await self.show(await self.take(update))

    async def show(self, reactions: Sequence[Reaction]) -> None:
        """Show what came of an update; never fails."""
        await self._hands.carry_out(reactions)

    async def take(self, update: Update) -> Sequence[Reaction]:
        """The committed effect of an update as reactions. Raises ``tickets.submission.Unavailable``."""
        intent = updates.translate(update, self._bot_id)
        if isinstance(intent, Nothing):
            return []
        origin = intent.origin
        account = await asyncio.to_thread(self._doors.reader.account_on_telegram, origin.user)
        if isinstance(intent, Ordered) and intent.word in ("start", "link") and intent.rest:
            return await self._link(origin, intent.rest)
        if account is None or not account.active or not origin.private:
            return [self._stranger(intent)]
        return await self._dispatch(self._visit(origin, account), intent)

    async def _dispatch(self, visit: Visit, intent: Intent) -> Sequence[Reaction]:
        match intent:
            case Ordered():
                return await ordered(visit, intent)
            case Wrote():
                return await wrote(visit, intent)
            case Tapped():
                return await tapped(visit, intent)
            case Edited():
                return [visit.say(visit.speech("tg_edited"))]
        return []

    def _visit(self, origin: Origin, account: Account) -> Visit:
        now = self._doors.clock()
        painter = self._doors.composer.painter(account, now)
        return Visit(doors=self._doors, origin=origin, account=account, painter=painter, now=now)

    async def _link(self, origin: Origin, code: str) -> list[Reaction]:
        """The only thing that somebody who is nobody yet may ask for."""
        command = Command(
            key=origin.key,
            action="link",
            actor=Actor(ActorKind.TELEGRAM, str(origin.user)),
            at=self._doors.clock(),
            data={"code": code},
        )
        answer = await self._doors.desk.perform(command)
        account = await asyncio.to_thread(self._doors.reader.account_on_telegram, origin.user)
        if account is None:
            return [self._plain(origin, "tg_refused_code_wrong")]
        visit = self._visit(origin, account)
        text = visit.speech("tg_linked", name=account.name) if answer.ok else await visit.refusal(answer)
        return [visit.say(text)]

    def _stranger(self, intent: Ordered | Wrote | Edited | Tapped) -> Reaction:
        """Who is not linked gets one fixed text, whatever they wrote or tapped."""
        if isinstance(intent, Tapped):
            return Toast(query=intent.query, text=self._label(intent.origin, "tg_not_linked"), alert=True)
        return self._plain(intent.origin, "tg_not_linked")

    def _plain(self, origin: Origin, key: str) -> Say:
        return Say(chat=origin.chat, card=Card(Text(self._label(origin, key))), silent=True)

    def _label(self, origin: Origin, key: str) -> str:
        language = "en" if origin.language.startswith("en") else "id"
        return self._doors.composer.words.label(language, key)
