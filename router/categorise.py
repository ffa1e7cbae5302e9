"""From what the rules and the words of a report say to service, category, team and levels, with nothing left open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.schema import Bilingual, ConfigSet, Rule, Service
from router.facts import Facts

NOTHING_KNOWN = Bilingual(
    id="Belum ada aturan atau layanan yang cocok; masuk ke kategori dan tim cadangan.",
    en="No rule and no service fits yet; it goes to the fallback category and team.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What a report is, who takes it, and why.

    ``rules`` are the ids of the rules that matched, in order. ``why`` has a sentence per language; it quotes the files,
    never the report. ``uncertain``: neither a rule nor a service fits. ``alone``: one person's word may make a P1.
    """

    category: str
    kind: str
    service: str | None
    team: str
    impact: str
    urgency: str
    rules: tuple[str, ...]
    why: Mapping[str, str]
    uncertain: bool = False
    alone: bool = False
    signals: tuple[str, ...] = ()
    keyword: str | None = None
    # The levels that a rule named itself; words in passing do not lower them.
    rated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A service that a text names, and the keyword that named it."""

    code: str
    keyword: str


class ServiceFinder:
    """Finds the service that a text speaks of by its keywords."""

    def __init__(self, keywords: Mapping[str, Sequence[str]], vague: Mapping[str, Sequence[str]]) -> None:
        """``keywords`` and ``vague`` map a service's code to its words, as the lexicon finds them."""
        self._clear = _by_phrase(keywords)
        self._vague = _by_phrase(vague)

    def find(self, phrases: Mapping[str, int]) -> Named | None:
        """The service whose clear keyword comes first in the text, else the first vague one.

        Of two that begin at the same place the longer one counts: "kode otp" says more than "kode".
        """
        for table in (self._clear, self._vague):
            named = [(place, -len(phrase), phrase) for phrase, place in phrases.items() if phrase in table]
            if named:
                phrase = min(named)[2]
                return Named(table[phrase], phrase)
        return None


def _by_phrase(keywords: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The service of each phrase: of two that share one, the service that stands first in the file."""
    found: dict[str, str] = {}
    for code, phrases in keywords.items():
        for phrase in phrases:
            found.setdefault(phrase, code)
    return found


def classify(
    facts: Facts, matched: Sequence[Rule], named: Named | None, signals: Sequence[str], config: ConfigSet
) -> Classification:
    """Put together what the rules said, the service that was named or chosen, and the fallback."""
    said = _Said(matched)
    service_code = facts.service if facts.service in config.services else None
    service_code = service_code or said.first("service") or (named.code if named else None)
    service = config.services.get(service_code) if service_code else None
    rule_category = said.first("category")
    category = rule_category or (service.category if service else None) or config.fallback.category
    return Classification(
        category=category,
        kind=said.first("kind") or "incident",
        service=service_code,
        team=said.first("team") or _team(category, rule_category, service, config),
        impact=said.first("impact") or config.fallback.impact,
        urgency=said.first("urgency") or config.fallback.urgency,
        rules=tuple(rule.id for rule in matched),
        why=_why(facts, matched, named, service),
        uncertain=not matched and service is None,
        alone=any(rule.alone for rule in matched),
        signals=tuple(signals),
        keyword=named.keyword if named else None,
        rated=tuple(level for level in ("impact", "urgency") if said.first(level)),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    rules: Sequence[Rule]

    def first(self, field: str) -> str | None:
        """What the first rule that says anything about a field says."""
        return next((value for rule in self.rules if (value := getattr(rule, field)) is not None), None)


def _team(category: str, rule_category: str | None, service: Service | None, config: ConfigSet) -> str:
    """The service's team, unless a rule found that it is another kind of trouble than the service usually has."""
    if service and rule_category in (None, service.category):
        return service.team
    found = config.categories.get(category)
    return found.team if found else config.fallback.team


def _why(facts: Facts, matched: Sequence[Rule], named: Named | None, service: Service | None) -> dict[str, str]:
    indonesian = [rule.why.id for rule in matched]
    english = [rule.why.en for rule in matched]
    if service and facts.service == service.code:
        indonesian.append(f"Pelapor memilih layanan {service.name.id}.")
        english.append(f"The reporter chose the service {service.name.en}.")
    elif service and named and named.code == service.code:
        indonesian.append(f"Kata '{named.keyword}' berarti layanan {service.name.id}.")
        english.append(f"The word '{named.keyword}' means the service {service.name.en}.")
    if not indonesian:
        indonesian, english = [NOTHING_KNOWN.id], [NOTHING_KNOWN.en]
    return {"id": " ".join(indonesian), "en": " ".join(english)}
