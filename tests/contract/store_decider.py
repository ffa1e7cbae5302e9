"""A small decider for the contract tests of the store: opens tickets, says hello, fails where it is told to."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from config.schema import ConfigSet
from tickets.changes import Changes, Content, Due, Grant, NewMessage, NewNotice
from tickets.commands import DESK, Actor, ActorKind, Answer, Command, InboundMessage, Person, Sender
from tickets.events import NewEvent
from tickets.model import (
    Account,
    Channel,
    Contact,
    Disposition,
    Identity,
    Kind,
    Level,
    Presence,
    Priority,
    Role,
    Status,
)
from tickets.snapshot import Snapshot
from tickets.submission import Needs, Rank, Submission
from tickets.tokens import Tokens, fingerprint

NOW = datetime(2026, 11, 24, 3, 0, 0, 123456, tzinfo=UTC)
CONFIG = ConfigSet(hash="c" * 64)
TOKENS = Tokens([b"k" * 32])


class Memory:
    """Blobs of a test, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.kept[digest] = data
        return digest

    def get(self, digest: str) -> bytes | None:
        return self.kept.get(digest)


def message(text: str, *, key: str, phone: str = "+6281200000001", **options: Any) -> Submission:
    """A WhatsApp bubble in the waiting room."""
    item = InboundMessage(
        key=key,
        channel=Channel.WHATSAPP,
        sender=Sender(address=phone, name="Ani", verified=True),
        received_at=NOW,
        text=text,
        external_id=key,
        raw=options.pop("raw", text.encode("utf-8", "replace")),
        raw_type="text/plain",
        **options,
    )
    needs = Needs(identities=((Channel.WHATSAPP, phone),))
    digest = hashlib.sha256(key.encode()).hexdigest()
    return Submission(key=key, digest=digest, item=item, needs=needs, rank=Rank.MESSAGE, size=len(item.raw) + 500)


def command(action: str, *, key: str, subject: str = "", digest: str = "", **data: Any) -> Submission:
    """A command in the waiting room."""
    item = Command(key=key, action=action, subject=subject, actor=DESK, at=NOW, data=data)
    tickets = (subject,) if subject else ()
    return Submission(key=key, digest=digest or "d" * 64, item=item, needs=Needs(tickets=tickets))


class SmallDecider:
    """Texts that begin with ``!`` fail: ``!poison`` when decided, ``!unfit`` when written, ``!both`` twice."""

    def __init__(self, before: Callable[[Any], None] = lambda item: None) -> None:
        self.before = before
        self.decided = 0

    def decide(self, item: Any, state: Snapshot) -> Changes:
        self.decided += 1
        self.before(item)
        if isinstance(item, Command):
            return getattr(self, f"_{item.action}")(item, state)  # type: ignore[no-any-return]
        if item.text.startswith(("!poison", "!both")):
            raise KeyError(item.text)
        return self._open(item, state)

    def rescue(self, item: Any, state: Snapshot, error: str) -> Changes | None:
        if isinstance(item, Command):
            return None
        if item.text.startswith("!both"):
            raise KeyError(item.text)
        return self._open(item, state, quarantined=True)

    def _open(self, item: InboundMessage, state: Snapshot, *, quarantined: bool = False) -> Changes:
        known = state.identities.get((item.channel, item.sender.address))
        contact = state.contacts[known.contact] if known else None
        name = ()
        if contact is None:
            name = (Content(id=state.new_id(), words=item.sender.name or "", kind="name"),)
            contact = Contact(
                id=state.new_id(), organisation="house", name=name[0].id, language="id", created_at=state.now
            )
        ticket, words = state.new_id(), Content(id=state.new_id(), words=item.text, kind="message", about=contact.id)
        actor = Actor(ActorKind.CONTACT, contact.id)
        opened: dict[str, Any] = {
            "reference": state.new_reference(),
            "organisation": "house",
            "kind": Kind.INCIDENT,
            "status": Status.NEW,
            "category": "other",
            "team": "service-desk",
            "impact": Level.LOW,
            "urgency": Level.MEDIUM,
            "priority": Priority.P3,
            "channel": item.channel,
            "reporter": contact.id,
            "confirmer": contact.id,
            "subject": words.id,
            "opened_at": state.now,
            "quarantined": quarantined,
        }
        if item.text.startswith("!security"):
            opened["category"] = "security"
        lead = next(iter(state.accounts.values()), None)
        notices = [
            NewNotice(
                person=Person("contact", contact.id),
                purpose=b"unfit" if item.text.startswith("!unfit") and not quarantined else "ack",  # type: ignore[arg-type]
                channel=item.channel,
                ticket=ticket,
                address=item.sender.address,
                params={"reference": opened["reference"]},
            )
        ]
        if lead:
            notices.append(
                NewNotice(person=Person("account", lead.id), purpose="offer", channel=Channel.TELEGRAM, ticket=ticket)
            )
        token = TOKENS.tracking(ticket, contact.id)
        follow = ()
        if item.text.startswith("!follow"):
            follow = (
                Command(key=f"{item.key}/1", action="offer", subject=ticket, actor=DESK, at=state.now),
                Command(key=f"{item.key}/2", action=item.text[1:], subject=ticket, actor=DESK, at=state.now),
            )
        return Changes(
            answer=Answer(
                outcome="opened",
                ticket=ticket,
                reference=opened["reference"],
                contact=contact.id,
                facts={"disposition": "opened", "tracking": token},
            ),
            events=(
                NewEvent(stream=f"ticket:{ticket}", type="opened", data=opened, actor=actor, contents=(words.id,)),
            ),
            contents=(*name, words),
            messages=(
                NewMessage(
                    id=state.new_id(),
                    key=item.key,
                    channel=item.channel,
                    direction="in",
                    at=item.received_at,
                    content=words.id,
                    tickets=(ticket,),
                    contact=contact.id,
                    external_id=item.external_id,
                    disposition=Disposition.OPENED,
                    media=item.media,
                    raw=item.raw,
                    raw_type=item.raw_type,
                ),
            ),
            notices=tuple(notices),
            due=(Due(stream=f"ticket:{ticket}", what="promise", at=state.now),),
            contacts=(contact,),
            identities=(
                Identity(
                    channel=item.channel,
                    address=item.sender.address,
                    contact=contact.id,
                    verified=True,
                    last_in_at=state.now,
                ),
            ),
            grants=(Grant(digest=fingerprint(token), ticket=ticket, contact=contact.id, expires_at=state.now),),
            commands=follow,
        )

    def _offer(self, item: Command, state: Snapshot) -> Changes:
        event = NewEvent(
            stream=f"ticket:{item.subject}", type="offered", data={"status": Status.OFFERED}, actor=item.actor
        )
        return Changes(answer=Answer(outcome="offered", ticket=item.subject), events=(event,))

    def _follow(self, item: Command, state: Snapshot) -> Changes:
        assert state.tickets[item.subject].status is Status.OFFERED
        return Changes(answer=Answer(outcome="followed", ticket=item.subject))

    def _followfail(self, item: Command, state: Snapshot) -> Changes:
        raise KeyError(item.key)

    def _loop(self, item: Command, state: Snapshot) -> Changes:
        again = Command(key=f"{item.key}/1", action="loop", actor=DESK, at=state.now)
        return Changes(commands=(again,))

    def _card(self, item: Command, state: Snapshot) -> Changes:
        person = Person("account", "a" * 32)
        return Changes(
            notices=(
                NewNotice(
                    person=person,
                    purpose="card",
                    channel=Channel.TELEGRAM,
                    ticket=item.subject,
                    urgency=item.data.get("urgency", "low"),
                    supersedes=item.data.get("supersedes", True),
                ),
            )
        )

    def _tell(self, item: Command, state: Snapshot) -> Changes:
        notices = tuple(
            NewNotice(
                person=Person(item.data.get("kind", "contact"), person),
                purpose=item.data.get("purpose", "reply"),
                channel=Channel(item.data.get("channel", "whatsapp")),
                address=item.data.get("address", "+6281200000001"),
                urgency=item.data.get("urgency", "normal"),
                ticket=item.subject or None,
            )
            for person in item.data["people"]
        )
        return Changes(notices=notices)

    def _reply(self, item: Command, state: Snapshot) -> Changes:
        """An agent's words to the reporter: the message stands there before it is sent."""
        ticket = state.tickets[item.subject]
        words = Content(id=state.new_id(), words=item.data["text"], kind="reply", about=ticket.reporter)
        said = NewMessage(
            id=state.new_id(),
            key=item.key,
            channel=Channel.WHATSAPP,
            direction="out",
            at=state.now,
            content=words.id,
            tickets=(ticket.id,),
            account=item.data["account"],
        )
        notice = NewNotice(
            person=Person("contact", ticket.reporter),
            purpose="reply",
            channel=Channel.WHATSAPP,
            ticket=ticket.id,
            params={"message": said.id, "words": words.id},
        )
        return Changes(contents=(words,), messages=(said,), notices=(notice,))

    def _later(self, item: Command, state: Snapshot) -> Changes:
        at = item.data.get("at")
        due = Due(stream=item.subject, what="promise", at=datetime.fromisoformat(at) if at else None, data={"n": 1})
        return Changes(due=(due,))

    def _account(self, item: Command, state: Snapshot) -> Changes:
        identity = item.data["id"]
        made = Account(
            id=identity,
            name=item.data.get("name", "Sari"),
            version=0,
            roles=tuple(Role(role) for role in item.data.get("roles", ["agent"])),
            teams=tuple(item.data.get("teams", ["service-desk"])),
            language="id",
            timezone="Asia/Jakarta",
            capacity=5,
            presence=Presence.AVAILABLE,
            presence_at=state.now,
            telegram_id=item.data.get("telegram_id"),
        )
        data = {name: getattr(made, name) for name in made.__struct_fields__ if name not in ("id", "version")}
        event = NewEvent(stream=f"account:{identity}", type="account_added", data=data, actor=item.actor)
        return Changes(events=(event,))
