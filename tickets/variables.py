"""What the texts to a person outside may speak of: names, times on the person's clock, codes in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.schema import ConfigSet, Sapaan
from tickets.model import Status, Ticket
from tickets.texts import date_words, day_time, pronoun, salutation
from tickets.views import Briefing


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One notice, seen by the person who is told."""

    briefing: Briefing
    config: ConfigSet
    timezone: str
    language: str
    now: datetime

    @property
    def ticket(self) -> Ticket | None:
        return self.briefing.view.ticket if self.briefing.view else None

    @property
    def organisation(self) -> str:
        contact = self.briefing.contact
        return self.ticket.organisation if self.ticket else contact.organisation if contact else "house"

    @property
    def sapaan(self) -> Sapaan:
        client = self.config.organisations.get(self.organisation)
        return client.sapaan if client else "kak"

    @property
    def zone(self) -> str:
        client = self.config.organisations.get(self.organisation)
        return (client.timezone if client else None) or self.timezone

    def moment(self, at: datetime | None) -> str | None:
        """The time within a sentence, with its day where that is not today."""
        return day_time(at, self.now, self.zone, self.language) if at else None

    def date(self, at: datetime | None) -> str | None:
        """The day."""
        return date_words(at, self.zone, self.language) if at else None

    def instant(self, name: str) -> datetime | None:
        """A time that the notice carries."""
        value = self.briefing.notice.params.get(name)
        return datetime.fromisoformat(value) if isinstance(value, str) else None


def variables(scene: Scene, *, link: str | None) -> dict[str, Any]:
    """Every variable that a text may use; None where the notice does not speak of it."""
    briefing, params, desk = scene.briefing, scene.briefing.notice.params, scene.config.desk
    said: dict[str, Any] = {
        "salutation": salutation(briefing.name, scene.sapaan, scene.language),
        "you": pronoun(scene.sapaan, scene.language),
        "link": link,
        "words": words_of(briefing),
        "days": params.get("days", desk.reopen_days),
        "company": desk.company,
        "privacy_link": desk.privacy_link,
        "reason": params.get("reason"),
        "limit": params.get("limit"),
        "what": params.get("what", "voice"),
    }
    return said | _of_ticket(scene) | _times(scene)


def words_of(briefing: Briefing) -> str | None:
    """The words of a person that the notice carries: its content rows, in order; None where they are gone."""
    named = briefing.notice.params.get("words")
    ids: Iterable[str] = [named] if isinstance(named, str) else named or ()
    found = [briefing.words[one] for one in ids if briefing.words.get(one)]
    return "\n".join(found) or None


def _of_ticket(scene: Scene) -> dict[str, Any]:
    view, ticket = scene.briefing.view, scene.ticket
    service = scene.config.services.get(ticket.service or "") if ticket else None
    team = scene.config.teams.get(ticket.team) if ticket else None
    hint = service.customer_hint if service else None
    return {
        "ref": ticket.reference if ticket else None,
        "service": service.name.in_language(scene.language) if service else None,
        "team": team.name.in_language(scene.language) if team else None,
        "hint": hint.in_language(scene.language) if hint else None,
        "steps": hint.in_language(scene.language) if hint else None,
        "agent": _agent(scene),
        "waiting": ticket.waiting_for if ticket and ticket.status is Status.WAITING else None,
        "open": view is not None and view.ticket.open,
    }


def _agent(scene: Scene) -> str | None:
    """The name of the agent whom the notice speaks of, who holds the ticket now or wrote in it."""
    view, named = scene.briefing.view, scene.briefing.notice.params.get("agent")
    if view is None:
        return None
    wrote = (one.author for one in view.messages if one.author.kind == "account")
    known = [party for party in (view.assignee, *wrote) if party is not None]
    if named is None:
        return view.assignee.name if view.assignee else None
    return next((party.name for party in known if party.id == named), None)


def _times(scene: Scene) -> dict[str, Any]:
    """Times as they stand within a sentence."""
    ticket, config = scene.ticket, scene.config
    due = ticket.next_update_by if ticket else None
    if ticket and (due is None or due < scene.now):
        due = scene.now + timedelta(minutes=config.desk.next_update_minutes.get(ticket.priority.value, 60))
    happened = (ticket.ended_at or ticket.verified_at) if ticket else None
    return {
        "next_news": scene.moment(due),
        # One person's word is no known outage: only what is known has a beginning.
        "since": scene.moment(scene.instant("since")),
        "time": scene.moment(happened),
        "opens": scene.moment(scene.instant("opens_at")),
        "date": scene.date(scene.instant("lapse_at")),
        "next_ask": scene.moment(scene.instant("next_ask")),
    }
