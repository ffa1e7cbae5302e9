"""How the command line changes something: a command through the desk's door, with a writer of this process's own.

It works beside running processes. The reader of the answer gets words, not codes.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from console.checkout import settings_here
from console.failure import Failure
from console.foundation import Foundation
from console.storing import ringing, writing
from router.desk import Desk
from tickets.commands import Actor, ActorKind, Answer, Command, Refused


@contextmanager
def opened() -> Iterator[Foundation]:
    """The installation, its tables up to date."""
    foundation = Foundation(settings_here())
    try:
        yield foundation.migrated()
    finally:
        foundation.close()


def perform(foundation: Foundation, action: str, subject: str = "", data: Mapping[str, Any] | None = None) -> Answer:
    """Do one thing as the operator. Raises ``Failure`` when it was refused, and says why."""
    with ringing(foundation) as bell, writing(foundation, bell) as writer:
        answer = Desk(writer).perform_now(
            Command(
                key=f"operator:{uuid.uuid4().hex}",
                action=action,
                subject=subject,
                actor=Actor(ActorKind.OPERATOR),
                at=foundation.clock(),
                data=dict(data or {}),
            )
        )
    if answer.refused is not None:
        raise Failure(_why(answer.refused, answer.facts))
    return answer


def _why(code: Refused, facts: Mapping[str, Any]) -> str:
    choices = facts.get("choices") or facts.get("allowed")
    named = facts.get("team") or facts.get("field") or facts.get("service") or ""
    words = f"refused: {code.value.replace('_', ' ')}" + (f" ({named})" if named else "")
    return f"{words}; possible: {', '.join(str(one) for one in choices)}" if choices else words
