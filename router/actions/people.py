"""Accounts: who works here, on which Telegram, and whether they are there. An account is made of its events too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from router.act import Refusal
from router.draft import Draft
from router.offering import page_until_taken, seek
from tickets.commands import DESK, ActorKind, Answer, Command, Refused
from tickets.model import Account, Presence, Role, Status
from tickets.tokens import fingerprint

INVITATION_LIVES = timedelta(hours=24)
MOST_OFFERED_AT_ONCE = 9


@dataclass(slots=True)
class PersonAct:
    """An action on an account. ``account`` is the one who acts, ``subject`` the one it is done to."""

    draft: Draft
    command: Command
    account: Account | None
    subject: Account | None

    @property
    def data(self) -> Mapping[str, Any]:
        return self.command.data

    @property
    def of_the_house(self) -> bool:
        """Whether an operator, an admin token or a lead acts."""
        kind = self.command.actor.kind
        return kind in (ActorKind.OPERATOR, ActorKind.TOKEN) or bool(self.account and self.account.leads)


def presence(act: PersonAct) -> Answer:
    """Available, busy, away, offline. Who becomes available is offered what waits for their teams."""
    account = act.subject or act.account
    if account is None:
        raise Refusal(Refused.UNKNOWN_ACTOR)
    if account is not act.account and not act.of_the_house:
        raise Refusal(Refused.NOT_ALLOWED)
    wanted = act.data.get("presence")
    if wanted not in tuple(Presence):
        raise Refusal(Refused.INVALID, field="presence", choices=[p.value for p in Presence])
    draft = act.draft
    if account.presence.value == wanted:
        return Answer(outcome="already", facts={"presence": wanted})
    account = draft.changed(account, "presence", presence=wanted, presence_at=draft.now)
    if account.presence is Presence.AVAILABLE:
        _offer_waiting(draft)
    elif account.presence in (Presence.AWAY, Presence.OFFLINE):
        _let_go(draft, account)
    return Answer(facts={"presence": wanted})


def _offer_waiting(draft: Draft) -> None:
    """Everything that waits for somebody is looked at again; each offer checks for itself who fits."""
    waiting = [
        ticket
        for ticket in draft.state.tickets.values()
        if ticket.open
        and not ticket.assignee
        and not ticket.offered_to
        and ticket.status is not Status.AWAITING_CONFIRMATION
    ]
    for ticket in sorted(waiting, key=lambda t: (t.priority, t.opened_at))[:MOST_OFFERED_AT_ONCE]:
        draft.follow("offer_again", ticket, DESK)


def _let_go(draft: Draft, account: Account) -> None:
    """Offers to somebody who leaves go to the next one."""
    offered = [t for t in draft.state.tickets.values() if t.offered_to == account.id]
    for ticket in offered[:MOST_OFFERED_AT_ONCE]:
        draft.follow("offer_expired", ticket, DESK, offer=ticket.offer_no)


def add_account(act: PersonAct) -> Answer:
    """A new person of the house, linked to a Telegram account at once where its id is known."""
    if not act.of_the_house:
        raise Refusal(Refused.NOT_ALLOWED)
    draft, data, config = act.draft, act.data, act.draft.state.config
    name = str(data.get("name") or "").strip()
    teams = [str(team) for team in (data.get("teams") or ([data["team"]] if data.get("team") else []))]
    if not name or len(name) > 120:
        raise Refusal(Refused.MISSING, field="name")
    if unknown := [team for team in teams if team not in config.teams]:
        raise Refusal(Refused.UNKNOWN_TEAM, team=unknown[0], choices=sorted(config.teams))
    if draft.state.named(name):
        raise Refusal(Refused.ALREADY, field="name")
    telegram_id = _telegram_id(draft, data.get("telegram_id"))
    roles = [str(role) for role in (data.get("roles") or ["agent"])]
    if any(role not in tuple(Role) for role in roles):
        raise Refusal(Refused.INVALID, field="roles", choices=[role.value for role in Role])
    language = data.get("language") or draft.state.language
    if language not in ("id", "en"):
        raise Refusal(Refused.INVALID, field="language", choices=["en", "id"])
    account = draft.changed(
        draft.state.new_id(),
        "added",
        name=name,
        roles=roles,
        teams=teams,
        language=language,
        timezone=draft.state.timezone,
        capacity=_whole(data, "capacity", 1, 99) or config.desk.default_capacity,
        presence=Presence.AVAILABLE if data.get("available") else Presence.OFFLINE,
        presence_at=draft.now,
        telegram_id=telegram_id,
    )
    if data.get("available"):
        _offer_waiting(draft)
    return Answer(facts={"account": account.id})


def _whole(data: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    """A whole number that may be left out."""
    value = data.get(name)
    if value is None:
        return None
    if type(value) is not int or not least <= value <= most:
        raise Refusal(Refused.INVALID, field=name, expected=f"{least} to {most}")
    return value


def _telegram_id(draft: Draft, value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 < value < 2**52:
        raise Refusal(Refused.INVALID, field="telegram_id", expected="a Telegram user id")
    if draft.state.account_on_telegram(value):
        raise Refusal(Refused.ALREADY, field="telegram_id")
    return value


def invite(act: PersonAct) -> Answer:
    """A code that links a Telegram account once, within a day. Only its fingerprint is kept."""
    if not act.of_the_house:
        raise Refusal(Refused.NOT_ALLOWED)
    if act.subject is None:
        raise Refusal(Refused.UNKNOWN_ACCOUNT)
    code = act.draft.state.new_code()
    act.draft.changed(act.subject, "invited", link_code=fingerprint(code), link_until=act.draft.now + INVITATION_LIVES)
    return Answer(facts={"code": code, "account": act.subject.id})


def link(act: PersonAct) -> Answer:
    """A Telegram user shows the code: from now on that chat is this account's."""
    if act.command.actor.kind is not ActorKind.TELEGRAM:
        raise Refusal(Refused.NOT_ALLOWED)
    digest = fingerprint(str(act.data.get("code", "")).strip().upper())
    now = act.draft.now
    invited = next(
        (a for a in act.draft.state.accounts.values() if a.link_code == digest and a.link_until and now < a.link_until),
        None,
    )
    if invited is None:
        raise Refusal(Refused.CODE_WRONG)
    if act.account and act.account.id != invited.id:
        raise Refusal(Refused.ALREADY)
    act.draft.changed(invited, "linked", telegram_id=int(act.command.actor.id), link_code=None, link_until=None)
    return Answer(facts={"account": invited.id})


def deactivate(act: PersonAct) -> Answer:
    """Somebody left: no offers, no taps; what they hold is offered to others."""
    if not act.of_the_house or act.subject is None:
        raise Refusal(Refused.NOT_ALLOWED)
    act.draft.changed(act.subject, "deactivated", active=False, presence=Presence.OFFLINE, telegram_id=None)
    _let_go(act.draft, act.subject)
    for ticket in list(act.draft.state.tickets.values()):
        if ticket.open and ticket.assignee == act.subject.id:
            ticket = act.draft.happened(ticket, "released", assignee=None, passed_by=())
            page_until_taken(act.draft, ticket)
            seek(act.draft, ticket)
    return Answer()


PERSON_ACTIONS: Mapping[str, Callable[[PersonAct], Answer]] = {
    "presence": presence,
    "add_account": add_account,
    "invite": invite,
    "link": link,
    "deactivate": deactivate,
}
