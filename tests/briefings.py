"""Briefings as the outbox gives them, for tests of what is said."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from config.load import load_config
from config.textfiles import load_texts
from tickets.commands import Person
from tickets.model import Channel, Contact, Identity, Kind, Level, Priority, Status, Ticket
from tickets.replies import House
from tickets.texts import Texts
from tickets.views import Briefing, MessageView, Notice, Party, TicketView

CONFIG_DIR = Path(__file__).resolve().parent.parent / "config"
FILES = load_texts(CONFIG_DIR / "texts")
TEXTS = Texts(FILES)
CONFIG = load_config(CONFIG_DIR)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ANI = "+6281200000001"


def house(**changes: Any) -> House:
    """The installation as it ships, with a public address."""
    values: dict[str, Any] = {
        "texts": TEXTS,
        "config": CONFIG,
        "tracking": lambda ticket, contact: f"secret-{ticket}-{contact}",
        "public_url": "https://lapor.example",
        "timezone": "Asia/Jakarta",
    }
    return House(**(values | changes))


def ticket(**changes: Any) -> Ticket:
    """Ani's open ticket about a service of the shipped configuration."""
    service = next(one for one in CONFIG.services.values() if one.customer_hint)
    values: dict[str, Any] = {
        "id": "t1",
        "reference": "INC-7K3M9QXR",
        "organisation": "house",
        "kind": Kind.INCIDENT,
        "status": Status.INVESTIGATING,
        "version": 5,
        "category": service.category,
        "team": service.team,
        "service": service.code,
        "impact": Level.LOW,
        "urgency": Level.MEDIUM,
        "priority": Priority.P3,
        "channel": Channel.WHATSAPP,
        "reporter": "c1",
        "confirmer": "c1",
        "opened_at": NOW - timedelta(minutes=20),
        "updated_at": NOW,
        "assignee": "a1",
        "next_update_by": NOW + timedelta(hours=2),
    }
    return Ticket(**(values | changes))


def identity(**changes: Any) -> Identity:
    """Ani's WhatsApp."""
    values: dict[str, Any] = {
        "channel": Channel.WHATSAPP,
        "address": ANI,
        "contact": "c1",
        "verified": True,
        "last_in_at": NOW - timedelta(minutes=1),
    }
    return Identity(**(values | changes))


def said(text: str = "Halo", **changes: Any) -> MessageView:
    """One message of the conversation: by default Sari's word to Ani."""
    values: dict[str, Any] = {
        "id": "m1",
        "at": NOW,
        "direction": "out",
        "channel": Channel.WHATSAPP,
        "author": Party(kind="account", id="a1", name="Sari"),
        "text": text,
    }
    return MessageView(**(values | changes))


def briefing(
    purpose: str,
    *,
    of: Ticket | None = None,
    language: str = "id",
    name: str | None = "Ani",
    identities: tuple[Identity, ...] | None = None,
    messages: tuple[MessageView, ...] = (),
    words: dict[str, str] | None = None,
    contact: dict[str, Any] | None = None,
    without_ticket: bool = False,
    **notice: Any,
) -> Briefing:
    """A notice to Ani with everything around it."""
    about = of or ticket()
    person = Contact(id="c1", organisation="house", language=language, created_at=NOW, **(contact or {}))
    mine = (identity(),) if identities is None else identities
    view = TicketView(
        ticket=about,
        reporter=Party(kind="contact", id="c1", name=name),
        contact=person,
        identities=mine,
        words={},
        assignee=Party(kind="account", id=about.assignee, name="Sari") if about.assignee else None,
        messages=messages,
    )
    values: dict[str, Any] = {
        "id": "n1",
        "position": 1,
        "ticket": None if without_ticket else about.id,
        "event": "ticket:t1#1",
        "person": Person("contact", "c1"),
        "purpose": purpose,
        "params": {},
        "address": None,
        "channel": Channel.WHATSAPP,
        "urgency": "normal",
        "lane": "whatsapp.normal",
        "tries": 0,
        "created_at": NOW - timedelta(seconds=1),
    }
    return Briefing(
        notice=Notice(**(values | notice)),
        view=None if without_ticket else view,
        account=None,
        contact=person,
        name=name,
        identities=mine,
        words=words or {},
    )


def changed(about: Ticket, **changes: Any) -> Ticket:
    """A ticket with other fields."""
    return msgspec.structs.replace(about, **changes)
