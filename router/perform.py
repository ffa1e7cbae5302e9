"""Deciding a command: who is that now, which ticket, which version; then the action's own function."""

from router.act import Act, Refusal, Who, check_actor, check_version
from router.actions.people import PERSON_ACTIONS, PersonAct
from router.draft import Draft, actor_of
from router.sight import in_sight
from router.table import ACTIONS, ONLY_OPEN
from tickets.changes import Changes, Due
from tickets.commands import Actor, ActorKind, Answer, Command, Refused, refuse
from tickets.lifecycle import InvalidTransition, allowed
from tickets.model import Account, Contact, Ticket
from tickets.snapshot import Snapshot


def perform(command: Command, state: Snapshot) -> Changes:
    """What a command changes; a refusal changes nothing but the answer under its key."""
    stream = f"ticket:{command.subject}"
    if command.due_at is not None and state.due.get((stream, command.action)) != command.due_at:
        # Something has set this timer anew, or taken it away, since the clock read it.
        return Changes(answer=Answer(outcome="void"))
    try:
        if command.action in PERSON_ACTIONS:
            return _on_person(command, state)
        return _on_ticket(command, state)
    except Refusal as refusal:
        answer = refusal.answer
    except InvalidTransition as error:
        possible = [action.value for action in error.allowed]
        answer = refuse(
            Refused.INVALID_TRANSITION, action=error.action.value, status=error.status.value, allowed=possible
        )
    return Changes(answer=answer, due=_fired(command))


def _fired(command: Command) -> tuple[Due, ...]:
    """A timer that has fired is gone, whatever came of it; its action may set it anew."""
    if command.actor.kind is not ActorKind.CLOCK:
        return ()
    return (Due(stream=f"ticket:{command.subject}", what=command.action, at=None),)


def _on_person(command: Command, state: Snapshot) -> Changes:
    account = account_of(command.actor, state)
    if command.actor.kind is ActorKind.TELEGRAM and account is None and command.action != "link":
        raise Refusal(Refused.UNKNOWN_ACTOR)
    subject = (state.accounts.get(command.subject) or state.named(command.subject)) if command.subject else None
    if command.subject and subject is None:
        raise Refusal(Refused.UNKNOWN_ACCOUNT, account=command.subject)
    draft = Draft(state, key=command.key, actor=actor_of(account) if account else command.actor)
    return draft.done(PERSON_ACTIONS[command.action](PersonAct(draft, command, account, subject)))


def _on_ticket(command: Command, state: Snapshot) -> Changes:
    if command.action not in ACTIONS:
        raise Refusal(Refused.UNKNOWN_ACTION, action=command.action, known=sorted(ACTIONS))
    who, handler = ACTIONS[command.action]
    account, contact = account_of(command.actor, state), contact_of(command.actor, state)
    if account is None and contact is None and command.actor.kind in (ActorKind.TELEGRAM, ActorKind.ACCOUNT):
        raise Refusal(Refused.UNKNOWN_ACTOR)
    ticket = state.ticket(command.subject)
    if ticket is None or not in_sight(account, ticket, state):
        raise Refusal(Refused.UNKNOWN_TICKET)
    draft = Draft(state, key=command.key, actor=actor_of(account) if account else command.actor)
    act = Act(draft, command, ticket, account, contact)
    if who is Who.DESK:
        draft.never(act.stream, command.action)
    if who is Who.OFFERED and account and ticket.offered_to != account.id:
        raise Refusal(Refused.OFFER_GONE, **_taken(ticket))
    check_actor(act, who)
    check_version(act)
    if command.action in ONLY_OPEN and not ticket.open:
        possible = [action.value for action in allowed(ticket.kind, ticket.status)]
        raise Refusal(Refused.INVALID_TRANSITION, action=command.action, status=ticket.status.value, allowed=possible)
    answer = handler(act) or Answer()
    after = draft.ticket(ticket.id)
    return draft.done(told(answer, after))


def _taken(ticket: Ticket) -> dict[str, str]:
    """Who has it instead, for the text of the refusal."""
    return {"by": ticket.assignee} if ticket.assignee else {}


def told(answer: Answer, ticket: Ticket) -> Answer:
    """The answer with the ticket as it stands after the action."""
    return Answer(
        outcome=answer.outcome,
        ticket=ticket.id,
        reference=ticket.reference,
        contact=answer.contact,
        version=ticket.version,
        facts={
            **answer.facts,
            "status": ticket.status.value,
            "allowed": [action.value for action in allowed(ticket.kind, ticket.status)],
        },
    )


def account_of(actor: Actor, state: Snapshot) -> Account | None:
    """Who a Telegram user or an account id is now; looked up inside the transaction, so that nobody acts who left."""
    if actor.kind is ActorKind.TELEGRAM and actor.id.isdigit():
        return state.account_on_telegram(int(actor.id))
    if actor.kind is ActorKind.ACCOUNT:
        found = state.accounts.get(actor.id)
        return found if found and found.active else None
    return None


def contact_of(actor: Actor, state: Snapshot) -> Contact | None:
    """The person outside who acts."""
    return state.contacts.get(actor.id) if actor.kind is ActorKind.CONTACT else None
