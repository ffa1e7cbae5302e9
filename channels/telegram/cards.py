"""Cards: what an agent sees of a ticket. Pure: a view in, a text with buttons out, the next step on top."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from channels.telegram import keyboards
from channels.telegram.discretion import Discretion, Showing
from channels.telegram.keyboards import Rows
from channels.telegram.speech import Speech, Text, cut, first_words
from config.schema import ConfigSet
from tickets.model import Account, Priority, Status, Ticket
from tickets.views import AttachmentView, MessageView, TicketRow, TicketView

_ICONS: Final = {Priority.P1: "🔴", Priority.P2: "🟠", Priority.P3: "🟢"}
_SAID: Final = 3
_LINE: Final = 160
_BEGINNING: Final = 300
_QUOTE: Final = 3200
QUEUE_SHOWN: Final = 20
FILES_SHOWN: Final = 5
_PARTS: Final = frozenset({"voice", "location", "contact", "sticker", "image", "video", "document"})


@dataclass(frozen=True, slots=True)
class Card:
    """A text with buttons."""

    text: Text
    rows: Rows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Painter:
    """Draws for one person, at one moment, under one configuration."""

    speech: Speech
    discretion: Discretion
    config: ConfigSet
    account: Account
    now: datetime

    def card(self, view: TicketView) -> Card:
        """The one card of a ticket: next step, status, promise, reporter, last words, checklist, buttons."""
        ticket = view.ticket
        text = self._head(ticket, self.speech(f"tg_status_{ticket.status}"))
        text.add(self._next_step(view))
        text.add(self._about(view)).add(self._promise(ticket))
        text.all(self._checklist(ticket)).all(self._found(view)).all(self._conversation(view))
        text.add(self._link(ticket))
        rows = keyboards.card(ticket, self.account, self.speech, self.config)
        return Card(text.fitted(), (*rows, *self._files(view)))

    def offer(self, view: TicketView) -> Card:
        """Somebody is asked to take a ticket: what, how pressing, whose, the first words, and until when."""
        ticket = view.ticket
        text = self._head(ticket, self.speech("tg_offer"))
        text.add(self._about(view)).add(self._beginning(view))
        if ticket.offer_until:
            text.add(self.speech("tg_offer_until", time=self.speech.time(ticket.offer_until, self.now)), bold=True)
        text.add(self._link(ticket))
        return Card(text.fitted(), keyboards.offer(ticket, self.speech))

    def wrote(self, view: TicketView, words: str, channel: str, parts: tuple[str, ...] = ()) -> Card:
        """The customer's own words, to which the agent replies. The reference stands first and is ours."""
        ticket = view.ticket
        who = self.discretion.person(view)
        source = " · ".join(part for part in (who, self.speech(f"tg_channel_{channel}")) if part)
        text = Text().add(f"💬 {ticket.reference} · {source}", bold=True)
        shown = self.discretion.words(ticket, words) if words.strip() else ""
        if shown is None:
            text.add(self.speech("tg_words_hidden")).add(self._link(ticket))
        else:
            text.add(cut(shown, _QUOTE) or None)
            text.all(f"📎 {self.speech(f'tg_part_{part}')}" for part in parts if part in _PARTS)
        if ticket.assignee == self.account.id and ticket.open:
            text.add(self.speech("tg_reply_hint"))
        rows = keyboards.answer(ticket, self.account, self.speech)
        return Card(text.fitted(), (*rows, *self._files(view)))

    def headline(self, view: TicketView, line: str, rows: Rows = ()) -> Card:
        """A ticket in three lines under one message of ours (alarm, promise, taken)."""
        text = self._head(view.ticket, line)
        text.add(self._about(view)).add(self._link(view.ticket))
        return Card(text.fitted(), rows)

    def page(self, view: TicketView, line: str) -> Card:
        """A P1 that nobody has taken."""
        ticket = view.ticket
        text = Text().add("🚨🚨🚨").add(line, bold=True)
        text.add(f"{ticket.reference} · {ticket.priority}", bold=True)
        text.add(self._about(view)).add(self._beginning(view)).add(self._link(ticket))
        return Card(text.fitted(), keyboards.page(ticket, self.account, self.speech))

    def queue(self, rows: list[TicketRow]) -> Card:
        """An agent's tickets, the most pressing first; a button opens a card."""
        if not rows:
            return Card(Text(self.speech("tg_queue_empty")))
        shown = rows[:QUEUE_SHOWN]
        text = Text().add(self.speech("tg_queue", count=len(rows)), bold=True)
        text.all(self._line(row) for row in shown)
        if len(rows) > len(shown):
            text.add(self.speech("tg_queue_more", count=len(rows) - len(shown)))
        titles = [f"{_ICONS[row.ticket.priority]} {row.ticket.reference}" for row in shown]
        tickets = [row.ticket for row in shown]
        return Card(text.fitted(), keyboards.queue(tickets, self.speech, titles))

    def files(self, view: TicketView) -> list[tuple[str, AttachmentView]]:
        """What the customer sent beside words and may be shown here: (message id, file), the newest last."""
        if self.hides(view.ticket):
            return []
        sent = [(m.id, one) for m in view.messages if m.direction == "in" for one in m.attachments]
        return [(message, one) for message, one in sent if one.state == "stored"][-FILES_SHOWN:]

    def _files(self, view: TicketView) -> Rows:
        mine = self.account.id in (view.ticket.assignee, view.ticket.offered_to) or self.account.leads
        return keyboards.files(view.ticket, len(self.files(view)) if mine else 0, self.speech)

    def hides(self, ticket: Ticket) -> bool:
        """Whether nothing but reference and link of this ticket may be shown."""
        return self.discretion.of(ticket) is Showing.LINK

    def _head(self, ticket: Ticket, what: str) -> Text:
        icon = _ICONS[ticket.priority]
        return Text().add(f"{icon} {ticket.reference} · {ticket.priority} · {what}", bold=True)

    def _line(self, row: TicketRow) -> str:
        ticket = row.ticket
        promise = f" · ⏰ {self.speech.time(ticket.next_update_by, self.now)}" if ticket.next_update_by else ""
        status = self.speech(f"tg_status_{ticket.status}")
        head = f"{_ICONS[ticket.priority]} {ticket.reference} · {status}{promise}"
        words = self.discretion.words(ticket, row.subject)
        return f"{head}\n     {first_words(words, 60)}" if words and row.subject else head

    def _next_step(self, view: TicketView) -> str:
        ticket = view.ticket
        if ticket.assignee != self.account.id:
            return "➡️ " + self._elsewhere(view)
        if ticket.status is Status.WAITING and ticket.waiting_for:
            until = self.speech.time(ticket.waiting_until, self.now) if ticket.waiting_until else "…"
            return "➡️ " + self.speech(f"tg_next_waiting_{ticket.waiting_for}", time=until)
        if ticket.status is Status.VERIFYING and all(check.passed for check in ticket.checks):
            return "➡️ " + self.speech("tg_next_verify")
        return "➡️ " + self.speech(f"tg_next_{ticket.status}")

    def _elsewhere(self, view: TicketView) -> str:
        """Whose it is, where it is not this person's."""
        if view.ticket.offered_to == self.account.id:
            return self.speech("tg_next_offered")
        if view.assignee:
            return self.speech("tg_next_other", name=view.assignee.name or "…")
        if view.offered_to:
            return self.speech("tg_next_offered_to", name=view.offered_to.name or "…")
        return self.speech("tg_next_nobody")

    def _about(self, view: TicketView) -> str:
        ticket = view.ticket
        parts: list[str | None] = []
        if not self.hides(ticket):
            parts += [self.speech.service(ticket.service, self.config)]
        parts += [self.speech.team(ticket.team, self.config), self.discretion.person(view)]
        parts += [self.speech(f"tg_channel_{ticket.channel}")]
        return " · ".join(part for part in parts if part)

    def _promise(self, ticket: Ticket) -> str | None:
        if ticket.next_update_by is None or not ticket.open:
            return None
        key = "tg_promise_late" if ticket.next_update_by <= self.now else "tg_promise_by"
        return "⏰ " + self.speech(key, time=self.speech.time(ticket.next_update_by, self.now))

    def _checklist(self, ticket: Ticket) -> list[str]:
        if ticket.status is not Status.VERIFYING or self.hides(ticket):
            return []
        signs = {True: "☑", False: "✗", None: "☐"}
        return [f"{signs[check.passed]} {self.speech.service(check.service, self.config)}" for check in ticket.checks]

    def _found(self, view: TicketView) -> list[str]:
        found = []
        for name, icon in (("workaround", "🩹"), ("cause", "🔧"), ("figure", "📈")):
            words = view.words.get(name)
            shown = self.discretion.words(view.ticket, words) if words else None
            if shown:
                found.append(f"{icon} {first_words(shown, _LINE)}")
        return found

    def _conversation(self, view: TicketView) -> list[str]:
        """The report's first words, and the last that were said by people; what the desk sent by itself is left out."""
        said = [m for m in view.messages if m.text.strip() and (m.direction != "out" or m.purpose == "reply")]
        shown = said if len(said) <= _SAID else [said[0], *said[1 - _SAID :]]
        return [line for line in (self._said(view, message) for message in shown) if line]

    def _said(self, view: TicketView, message: MessageView) -> str | None:
        words = self.discretion.words(view.ticket, message.text)
        if words is None:
            return None
        sign = {"in": "👤", "out": "↩️", "note": "📝"}[message.direction]
        return f"{sign} {self.speech.time(message.at, self.now)}: {first_words(words, _LINE)}"

    def _beginning(self, view: TicketView) -> str | None:
        first = next((m.text for m in view.messages if m.direction == "in" and m.text.strip()), None)
        words = first or view.words.get("subject")
        shown = self.discretion.words(view.ticket, words) if words else None
        return f"“{first_words(shown, _BEGINNING)}”" if shown else None

    def _link(self, ticket: Ticket) -> str | None:
        if not self.hides(ticket):
            return None
        return self.discretion.link(ticket.reference)
