"""A desk in memory: the real router over a snapshot, with time that is turned by hand. For tests of decisions.

It does what the writer does (decide, absorb, follow-ups, due rows), without a database; what people would be told is
kept as notices.
"""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from config.load import load_config
from config.wordlists import load_words
from router.decide import Router
from router.received import read
from tickets.changes import Changes, Content, Due, Filed, NewMessage, NewNotice
from tickets.commands import CLOCK, Actor, ActorKind, Answer, Command, InboundMessage, Sender
from tickets.model import Account, Channel, Contact, Presence, Role, Status, Ticket
from tickets.snapshot import Snapshot
from tickets.tokens import Tokens

FOLDER = Path(__file__).resolve().parent.parent / "config"
CONFIG = load_config(FOLDER)
WORDS = load_words(FOLDER / "words")
# A Tuesday at 10.00 in Jakarta: everybody works.
MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SARI, RINA, MAYA = "account-sari", "account-rina", "account-maya"
ANI = "+6281200000001"


def account(identity: str, name: str, teams: Iterable[str], telegram: int, **more: Any) -> Account:
    """A person of the house who is there."""
    return Account(
        id=identity,
        name=name,
        version=1,
        roles=more.pop("roles", (Role.AGENT,)),
        teams=tuple(teams),
        language="id",
        timezone="Asia/Jakarta",
        capacity=5,
        presence=Presence.AVAILABLE,
        presence_at=MORNING,
        telegram_id=telegram,
    )


class PlayedDesk:
    """Sari at the service desk, Rina at payments, Bu Maya their lead."""

    def __init__(self, *, now: datetime = MORNING) -> None:
        counter = itertools.count(1)
        self.router = Router(WORDS)
        self.state = Snapshot(
            now=now,
            config=CONFIG,
            tokens=Tokens([b"k" * 32]),
            new_id=lambda: f"id{next(counter):06d}",
            new_reference=lambda: f"INC-{next(counter):08d}",
        )
        teams = sorted(CONFIG.teams)
        for one in (
            account(SARI, "Sari", [team for team in teams if team != "payments"], 900000001),
            account(RINA, "Rina", ["payments"], 900000002),
            account(MAYA, "Bu Maya", teams, 900000003, roles=(Role.LEAD,)),
        ):
            self.state.accounts[one.id] = one
        self.presence(MAYA, Presence.OFFLINE)
        self.notices: list[NewNotice] = []
        self.told_at: list[tuple[NewNotice, datetime]] = []
        self.messages: list[NewMessage] = []
        self.filed: list[Filed] = []
        self.contents: dict[str, Content] = {}
        self.due: dict[tuple[str, str], Due] = {}
        self._numbers = counter

    def presence(self, who: str, presence: Presence) -> None:
        """Set somebody's presence without an event."""
        self.state.accounts[who] = msgspec.structs.replace(self.state.accounts[who], presence=presence)

    def says(self, text: str, *, who: str = ANI, name: str = "Ani", **more: Any) -> Answer:
        """A bubble on WhatsApp."""
        message = InboundMessage(
            key=f"wa:SM{next(self._numbers)}",
            channel=more.pop("channel", Channel.WHATSAPP),
            sender=Sender(address=who, name=name, verified=True),
            received_at=self.state.now,
            text=text,
            **more,
        )
        return self.takes(read(message, self.router.reading(CONFIG)))

    def does(self, who: str, action: str, ticket: Ticket | str = "", seen: int | None = None, **data: Any) -> Answer:
        """A tap of an agent in Telegram."""
        telegram = self.state.accounts[who].telegram_id
        subject = ticket if isinstance(ticket, str) else ticket.id
        return self.takes(
            Command(
                key=f"tg:{next(self._numbers)}",
                action=action,
                subject=subject,
                actor=Actor(ActorKind.TELEGRAM, str(telegram)),
                at=self.state.now,
                seen_version=seen,
                data=data,
            )
        )

    def takes(self, item: Any) -> Answer:
        """Decide an item and everything that follows from it."""
        changes = self.router.decide(item, self.state)
        self._absorb(changes)
        for command in changes.commands:
            self.takes(command)
        return changes.answer

    def _absorb(self, changes: Changes) -> None:
        self.state.absorb(changes)
        self.notices.extend(changes.notices)
        self.told_at.extend((notice, self.state.now) for notice in changes.notices)
        self.filed.extend(changes.filed)
        self.messages.extend(changes.messages)
        self.contents.update({content.id: content for content in changes.contents})
        self.state.words.update({content.id: content.words for content in changes.contents})
        for due in changes.due:
            if due.cancelled:
                self.due.pop((due.stream, due.what), None)
            else:
                self.due[due.stream, due.what] = due

    def forward(self, **by: float) -> None:
        """Let time pass, firing what falls due on the way, in order."""
        until = self.state.now + timedelta(**by)
        while ripe := [due for due in self.due.values() if due.at and due.at <= until]:
            due = min(ripe, key=lambda one: (one.at or until, one.what))
            self.state.now = max(self.state.now, due.at or until)
            self.takes(
                Command(
                    key=f"due:{next(self._numbers)}",
                    action=due.what,
                    subject=due.stream.partition(":")[2],
                    actor=CLOCK,
                    at=self.state.now,
                    due_at=due.at,
                    data=due.data,
                )
            )
            assert self.due.get((due.stream, due.what)) is not due, f"{due.what} fires for ever"
        self.state.now = until

    # What can be seen.

    @property
    def ticket(self) -> Ticket:
        """The only ticket."""
        (only,) = self.state.tickets.values()
        return only

    def ticket_named(self, reference: str) -> Ticket:
        """A ticket by its reference."""
        return self.state.tickets[self.state.references[reference]]

    @property
    def contact(self) -> Contact:
        """The only person outside."""
        (only,) = self.state.contacts.values()
        return only

    def told(self, who: str | None = None) -> list[str]:
        """The purposes of what somebody was told, in order; without ``who`` those outside. Cards are left out."""
        return [
            notice.purpose
            for notice in self.notices
            if (notice.person.id == who if who else notice.person.kind == "contact") and notice.purpose != "card"
        ]

    def brought_to(self, status: Status) -> Ticket:
        """A ticket of Ani's that Sari or Rina brought as far as ``status``."""
        self.says("checkout gagal terus")
        agent = self.ticket.offered_to or ""
        steps: list[tuple[Status, str, dict[str, Any]]] = [
            (Status.ASSIGNED, "accept", {}),
            (Status.INVESTIGATING, "start", {}),
            (Status.RESTORED, "workaround", {"text": "Pakai QRIS dulu"}),
            (Status.VERIFYING, "resolve", {"cause": "Sertifikat kedaluwarsa"}),
        ]
        for reached, action, data in steps:
            if self.ticket.status is status:
                return self.ticket
            assert self.does(agent, action, self.ticket, **data).ok
            assert self.ticket.status is reached
        if status is Status.VERIFYING:
            return self.ticket
        for item in self.ticket.checks:
            assert self.does(agent, "check", self.ticket, service=item.service, passed=True).ok
        assert self.does(agent, "verify", self.ticket, figure="0 dari 200 gagal").ok
        if status is Status.CLOSED:
            self.says("iya sudah beres")
        assert self.ticket.status is status
        return self.ticket
