"""One person at the bot for the time of one update: who that is, how to speak with them, and the doors."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from channels.telegram import prompts
from channels.telegram.callback import Tap
from channels.telegram.cards import Card, Painter
from channels.telegram.doors import Desk, Intake, Reader
from channels.telegram.keyboards import Rows
from channels.telegram.notices import Composer
from channels.telegram.reactions import Say, Toast
from channels.telegram.speech import Speech, Text
from channels.telegram.updates import Origin
from tickets.commands import Actor, ActorKind, Answer, Command, Refused
from tickets.model import Account
from tickets.views import TicketRow, TicketView

MISSING: Final = frozenset({"cause", "service", "figure", "checks", "text"})
"""Fields without which the desk refuses, and that have words of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What a visit may use."""

    desk: Desk
    intake: Intake
    reader: Reader
    composer: Composer
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A linked person's visit. ``now`` is one moment for the whole of it."""

    doors: Doors
    origin: Origin
    account: Account
    painter: Painter
    now: datetime

    @property
    def speech(self) -> Speech:
        """How to speak with this person."""
        return self.painter.speech

    async def perform(
        self,
        action: str,
        subject: str,
        data: Mapping[str, Any],
        *,
        seen: int | None = None,
        key: str | None = None,
    ) -> Answer:
        """Bring a wish to the desk, which looks up by itself who this Telegram user is now."""
        return await self.doors.desk.perform(
            Command(
                key=key or self.origin.key,
                action=action,
                subject=subject,
                actor=Actor(ActorKind.TELEGRAM, str(self.origin.user)),
                at=self.now,
                seen_version=seen,
                data=dict(data),
            )
        )

    async def view(self, subject: str) -> TicketView | None:
        """A ticket with its words, or None where it does not exist for this person."""
        return await asyncio.to_thread(self.doors.reader.ticket, subject, self.account)

    async def queue(self) -> list[TicketRow]:
        """This person's open tickets, the most pressing first."""
        return await asyncio.to_thread(self.doors.reader.queue, self.account.id)

    async def refusal(self, answer: Answer) -> str:
        """Why the desk said no, in this person's words."""
        text = self.speech(f"tg_refused_{answer.refused or Refused.INVALID}")
        holder = answer.facts.get("by")
        if answer.refused is Refused.OFFER_GONE and isinstance(holder, str):
            account = await asyncio.to_thread(self.doors.reader.account, holder)
            return f"{text} {self.speech('tg_taken', name=account.name)}" if account else text
        field = answer.facts.get("field")
        if answer.refused is Refused.MISSING and isinstance(field, str) and field in MISSING:
            return f"{text} {self.speech(f'tg_missing_{field}')}"
        return text

    def say(self, text: str, *, rows: Rows = (), reply: bool = True, silent: bool = True) -> Say:
        """A plain message in this chat, under the one that it answers."""
        card = Card(Text(text), rows)
        return Say(chat=self.origin.chat, card=card, reply_to=self.origin.message if reply else None, silent=silent)

    def show(self, card: Card) -> Say:
        """A card in this chat."""
        return Say(chat=self.origin.chat, card=card, silent=True)

    def ask(self, question: str, tap: Tap, facts: dict[str, str] | None = None) -> Say:
        """A question that is answered by replying to it."""
        card = Card(Text(prompts.ask(question, tap, facts)).fitted())
        return Say(chat=self.origin.chat, card=card, wants_reply=True, silent=True)

    def toast(self, query: str, text: str = "", *, alert: bool = False) -> Toast:
        """The answer to a tap."""
        return Toast(query=query, text=text, alert=alert)
