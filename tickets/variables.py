"""What the texts to a person outside may speak of: names, times on the person's clock, codes in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.schema import ConfigSet, Sapaan
from tickets.model import Ticket
from tickets.texts import clock_time, date_words, day_time, pronoun, salutation
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

    def clock(self, at: datetime | None) -> str | None:
        """The time of day: "22.40 WIB"."""
        return clock_time(at, self.zone, self.language) if at else None

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
    """Every variable that a text may use; None or empty where the notice does not speak of it."""
    briefing, params = scene.briefing, scene.briefing.notice.params
    said: dict[str, Any] = {
        "salutation": salutation(briefing.name, scene.sapaan, scene.language),
        "you": pronoun(scene.sapaan, scene.language),
        "link": link,
        "words": words_of(briefing),
        "days": params.get("days", scene.config.desk.reopen_days),
        "company": scene.config.desk.company,
        "privacy": scene.config.desk.privacy_link if params.get("privacy") else None,
        "reason": params.get("reason"),
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
    hint = service.customer_hint.in_language(scene.language) if service and service.customer_hint else None
    return {
        "reference": ticket.reference if ticket else None,
        "service": service.name.in_language(scene.language) if service else None,
        "team": team.name.in_language(scene.language) if team else None,
        "hint": hint,
        "agent": view.assignee.name if view and view.assignee else None,
    }


def _times(scene: Scene) -> dict[str, Any]:
    ticket = scene.ticket
    since = (ticket.occurred_at or ticket.opened_at) if ticket else None
    tested = (ticket.verified_at or ticket.resolved_at) if ticket else None
    opens, lapses = scene.instant("opens_at"), scene.instant("lapse_at")
    ended = ticket.ended_at if ticket else None
    return {
        "next_update": scene.moment(ticket.next_update_by if ticket else None),
        "since": scene.clock(since),
        "tested": scene.clock(tested),
        "closed": scene.clock(ended),
        "opens": scene.moment(opens),
        "date": scene.date(lapses),
    }
