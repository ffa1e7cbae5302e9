"""The buttons of a text to a person outside: what stands on them, and what comes back when one is pressed. Pure."""

from collections.abc import Mapping
from typing import Final

from tickets.model import Ticket
from tickets.outbound import Choice
from tickets.variables import Scene

LONGEST_TITLE: Final = 20
_SHORT: Final = 8

# Code of a button in ``choices.yaml`` → what comes back, before the reference.
PAYLOADS: Final[Mapping[str, str]] = {
    "yes": "yes",
    "no": "no",
    "not_yet": "not_yet",
    "good": "score:good",
    "okay": "score:okay",
    "bad": "score:bad",
    "stopped": "stopped",
    "tell_when_fixed": "tell_when_fixed",
    "mine_differs": "mine_differs",
}


def short(reference: str) -> str:
    """The eight characters of a reference after its prefix, as payloads carry it."""
    return reference[-_SHORT:]


def fit(title: str) -> str:
    """A title of at most 20 characters."""
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def buttons(scene: Scene, titles: Mapping[str, str]) -> tuple[Choice, ...]:
    """The choices of a notice in the order in which they are shown and counted."""
    notice, ticket = scene.briefing.notice, scene.ticket
    if notice.purpose == "which":
        return _which(scene, titles)
    if ticket is None:
        return ()
    if notice.purpose == "ask_service":
        return _services(scene, ticket)
    if notice.purpose == "ack_p1" and scene.instant("since") is None:
        # Its buttons speak of an outage that others have reported too.
        return ()
    return tuple(
        Choice(payload=f"{PAYLOADS.get(code, code)}:{short(ticket.reference)}", title=fit(title))
        for code, title in titles.items()
    )


def _services(scene: Scene, ticket: Ticket) -> tuple[Choice, ...]:
    offered = scene.briefing.notice.params.get("services") or ()
    known = [scene.config.services[code] for code in offered if code in scene.config.services]
    return tuple(
        Choice(payload=f"service:{one.code}:{short(ticket.reference)}", title=fit(one.name.in_language(scene.language)))
        for one in known
    )


def _which(scene: Scene, titles: Mapping[str, str]) -> tuple[Choice, ...]:
    """Which report is meant: the references, then a new one; ``held`` is the content that waits for the answer."""
    params = scene.briefing.notice.params
    held = params.get("held", "")
    known = [
        Choice(payload=f"which:{short(reference)}:{held}", title=fit(reference))
        for reference in params.get("references") or ()
    ]
    new = titles.get("new")
    return (*known, Choice(payload=f"which:new:{held}", title=fit(new))) if new else tuple(known)
