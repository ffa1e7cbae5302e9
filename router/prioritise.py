"""Impact, urgency and, by the matrix, priority. Priority is never typed, and one voice alone makes no P1."""

from dataclasses import dataclass, field
from typing import Any, Final, cast

from config.schema import ConfigSet, LevelName, PriorityName, Signal
from router.categorise import Classification
from router.facts import Facts

_ORDER: Final[tuple[LevelName, ...]] = ("low", "medium", "high")
# From so many people on, what they say together counts like a monitoring tool's word.
MANY_VOICES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How wide, how pressing, and what follows. ``reasons`` are plain values: codes and levels, no words of the report.

    ``p1_suspected``: it would be a P1 if more than one voice said so; somebody is asked with one tap.
    """

    impact: str
    urgency: str
    priority: str
    p1_suspected: bool = False
    reasons: dict[str, Any] = field(default_factory=dict)


def from_matrix(config: ConfigSet, impact: str, urgency: str) -> PriorityName:
    """The priority of a cell of the matrix."""
    return config.matrix[cast(LevelName, impact)][cast(LevelName, urgency)]


def assess(facts: Facts, classification: Classification, config: ConfigSet) -> Rating:
    """Rate a report from its rule, its service's criticality, and the signals in its words."""
    if classification.kind != "incident":
        return _quiet(classification, config)
    levels = _Levels(classification, config)
    service = config.services.get(classification.service or "")
    if service and service.criticality == "high":
        levels.raise_to("impact", "medium", "criticality", service.code)
    found = [signal for signal in config.signals if signal.id in classification.signals]
    for signal in found:
        if not signal.lowers:
            levels.apply(signal)
    if not any(signal.impact or signal.urgency for signal in found if not signal.lowers):
        for signal in found:
            if signal.lowers:
                levels.apply(signal)
    cell = from_matrix(config, levels.impact, levels.urgency)
    trusted = facts.vouched or classification.alone or facts.reporters >= MANY_VOICES
    suspected = not trusted and (cell == "P1" or any(signal.suspects_p1 for signal in found))
    priority = "P2" if suspected else cell
    reasons = levels.reasons() | {"matrix": cell, "priority": priority}
    if suspected:
        reasons["held_at_p2"] = "one_voice"
    return Rating(
        impact=levels.impact, urgency=levels.urgency, priority=priority, p1_suspected=suspected, reasons=reasons
    )


def _quiet(classification: Classification, config: ConfigSet) -> Rating:
    """Questions and wishes press nobody, whatever words are in them."""
    priority = from_matrix(config, "low", "low")
    steps = [{"level": "both", "to": "low", "because": "kind", "of": classification.kind}]
    reasons = {"impact": "low", "urgency": "low", "steps": steps, "matrix": priority, "priority": priority}
    return Rating(impact="low", urgency="low", priority=priority, reasons=reasons)


class _Levels:
    """Impact and urgency on their way, and each step with its reason."""

    def __init__(self, classification: Classification, config: ConfigSet) -> None:
        self.impact, self.urgency = classification.impact, classification.urgency
        self._rated = classification.rated
        matched = [rule for rule in config.rules if rule.id in classification.rules]
        self._steps: list[dict[str, str]] = []
        for level in ("impact", "urgency"):
            by = next((rule.id for rule in matched if getattr(rule, level)), "fallback")
            self._steps.append({"level": level, "to": getattr(self, level), "because": "start", "of": by})

    def raise_to(self, level: str, to: str, because: str, of: str) -> None:
        """Set a level unless it is that high already."""
        if _rank(to) > _rank(getattr(self, level)):
            self._set(level, to, because, of)

    def apply(self, signal: Signal) -> None:
        """What a signal says about impact and urgency."""
        for level, to in (("impact", signal.impact), ("urgency", signal.urgency)):
            if to is None:
                continue
            if not signal.lowers:
                self.raise_to(level, to, "signal", signal.id)
            elif level not in self._rated and _rank(to) < _rank(getattr(self, level)):
                self._set(level, to, "signal", signal.id)

    def reasons(self) -> dict[str, Any]:
        """Both levels and the steps that led to them."""
        return {"impact": self.impact, "urgency": self.urgency, "steps": self._steps}

    def _set(self, level: str, to: str, because: str, of: str) -> None:
        setattr(self, level, to)
        self._steps.append({"level": level, "to": to, "because": because, "of": of})


def _rank(level: str) -> int:
    return _ORDER.index(cast(LevelName, level))
