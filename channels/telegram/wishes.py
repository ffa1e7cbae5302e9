"""From a button, or from the answer to a prompt, to the action and its data. Pure; nothing is checked here."""

from datetime import datetime, timedelta
from typing import Any, Final

from channels.telegram.callback import Tap
from tickets import references

VIEWS: Final = frozenset({"open", "more", "back", "files"})
"""Verbs that show something and change nothing."""

ASKS_WORDS: Final = {
    "reply": "text",
    "note": "text",
    "workaround": "text",
    "resolve": "cause",
    "verify": "figure",
    "not_an_incident": "text",
    "merge": "into",
    "record_confirmation": "text",
}
"""Verbs that need words, and the field that they go into."""

_PLAIN: Final = frozenset(
    {
        "accept",
        "pass",
        "start",
        "resume",
        "relapse",
        "escalate",
        "fail_verification",
        "p1",
        "not_p1",
        "acknowledge",
        "witness",
    }
)

Wish = tuple[str, dict[str, Any]]


def tapped(tap: Tap, account: str, now: datetime) -> Wish | None:
    """What a button asks for, or None for a verb that we never wrote. ``account`` is who taps."""
    argument = tap.argument or ""
    first, _, second = argument.partition(".")
    match tap.verb:
        case verb if verb in _PLAIN:
            return verb, {}
        case "mine":
            return "assign", {"account": account}
        case "transfer":
            return "transfer", {"team": argument}
        case "set_service":
            return "set_service", {"service": argument}
        case "set_levels":
            return "set_levels", {"impact": first, "urgency": second}
        case "check":
            service, _, passed = argument.rpartition(".")
            return "check", {"service": service, "passed": passed == "1"}
        case "wait":
            hours = int(second) if second.isdigit() else 24
            return "wait", {"for": first, "until": (now + timedelta(hours=min(hours, 24 * 30))).isoformat()}
        case "cancel":
            return "cancel", {"reason": argument}
    return None


def worded(tap: Tap, words: str) -> Wish | None:
    """What the answer to a prompt asks for, or None for a prompt that we never wrote."""
    field = ASKS_WORDS.get(tap.verb)
    if field is None:
        return None
    return tap.verb, {field: (references.read(words) or words) if field == "into" else words}
