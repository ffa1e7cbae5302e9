"""The failures of providers that can be switched on, each until it is switched off or for a number of times."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Name(StrEnum):
    TWILIO_BAD_SIGNATURE = "twilio_bad_signature"
    TWILIO_429 = "twilio_429"
    TWILIO_500 = "twilio_500"
    TWILIO_63016 = "twilio_63016"
    TWILIO_63015 = "twilio_63015"
    TWILIO_TIMEOUT_AFTER_ACCEPT = "twilio_timeout_after_accept"
    TWILIO_STATUS_SHUFFLED = "twilio_status_shuffled"
    TWILIO_STATUS_DOUBLED = "twilio_status_doubled"
    TWILIO_WEBHOOK_REPEATED = "twilio_webhook_repeated"
    TWILIO_WEBHOOK_LOST = "twilio_webhook_lost"
    TELEGRAM_429 = "telegram_429"
    TELEGRAM_500 = "telegram_500"
    TELEGRAM_BLOCKED = "telegram_blocked"
    TELEGRAM_TIMEOUT_AFTER_ACCEPT = "telegram_timeout_after_accept"


@dataclass(slots=True, kw_only=True)
class Fault:
    """``count`` is how often it will still strike (None: until switched off); ``person`` limits it to one person.

    ``retry_after`` is in seconds; ``times`` is how often a repeated webhook is sent.
    """

    on: bool = False
    count: int | None = None
    person: str | None = None
    retry_after: int = 5
    times: int = 50
    hits: int = 0


class Faults:
    """All faults by name; ``strikes`` asks and counts in one step."""

    def __init__(self) -> None:
        self.by_name = {name: Fault() for name in Name}

    def switch(self, name: str, options: dict[str, Any]) -> Fault:
        """Switch on or off; raises ValueError for an unknown name or option, or a value of the wrong kind."""
        fault = Fault(hits=self.by_name[Name(name)].hits)
        wanted = {"on": bool, "count": int | None, "person": str | None, "retry_after": int, "times": int}
        for option, value in options.items():
            if option not in wanted or not isinstance(value, wanted[option]):
                raise ValueError(f"{option!r} is no option of a fault, or its value is of the wrong kind")
            setattr(fault, option, value)
        fault.on = bool(options.get("on", True))
        self.by_name[Name(name)] = fault
        return fault

    def strikes(self, name: Name, person: str | None = None) -> Fault | None:
        """The fault if it is on for this person, counted; None otherwise."""
        fault = self.by_name[name]
        if not fault.on or (fault.person is not None and fault.person != person):
            return None
        if fault.count is not None:
            if fault.count <= 0:
                fault.on = False
                return None
            fault.count -= 1
            fault.on = fault.count > 0
        fault.hits += 1
        return fault

    def as_json(self) -> dict[str, Any]:
        return {name.value: asdict(fault) for name, fault in self.by_name.items()}

    def clear(self) -> None:
        self.by_name = {name: Fault() for name in Name}
