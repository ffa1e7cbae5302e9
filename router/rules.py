"""The rules of the operator, walked top to bottom: the first that matches decides, unless it says ``continue``."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from config.problems import ConfigProblem
from config.schema import Clause, ConfigSet, Rule, Signal, When
from config.wordlists import Words
from router.categorise import Classification, ServiceFinder, classify
from router.facts import Facts, plain
from router.patterns import Lexicon, Reading, phrase_of

__all__ = ["Classification", "RuleBook", "check_examples"]


class RuleBook:
    """The rules of one configuration with everything compiled; immutable. One per hash is enough."""

    def __init__(self, config: ConfigSet, words: Words) -> None:
        self._config, self._words = config, words
        keywords = {code: self._phrases(one.keywords) for code, one in config.services.items()}
        vague = {code: self._phrases(one.vague_keywords) for code, one in config.services.items()}
        self._services = ServiceFinder(keywords, vague)
        self._called = {
            code: frozenset(word for one in (*keywords[code], *vague[code]) for word in one.split())
            for code in keywords
        }
        entries: tuple[Rule | Signal, ...] = (*config.rules, *config.signals)
        clauses = [clause for entry in entries for clause in (*entry.when.any, *entry.when.all, *entry.when.none)]
        self._lexicon = Lexicon(
            phrases=[
                *(phrase for found in (*keywords.values(), *vague.values()) for phrase in found),
                *(phrase for clause in clauses for phrase in self._phrases(clause.words)),
            ],
            patterns=(pattern for clause in clauses for pattern in clause.patterns),
            known=(word for found in (*words.by_meaning.values(), *words.stop.values()) for word in found),
        )
        self._rules = [(rule, self._compiled(rule.when)) for rule in config.rules]
        self._signals = [(signal.id, self._compiled(signal.when)) for signal in config.signals]

    def words_for(self, service: str | None) -> frozenset[str]:
        """The single words by which people call a service, in plain spelling; none for an unknown one."""
        return self._called.get(service or "", frozenset())

    @property
    def lexicon(self) -> Lexicon:
        """The compiled words and patterns."""
        return self._lexicon

    def plain(self, text: str) -> str:
        """A text in the form in which it is compared."""
        return plain(text, self._words)

    def decide(self, facts: Facts) -> Classification:
        """What a report is, by the first rule that matches; what no rule says comes from service and fallback."""
        reading = self._lexicon.read(facts.text)
        named = self._services.find(reading.phrases)
        facing = _Facing(facts, reading, facts.service or (named.code if named else None))
        matched: list[Rule] = []
        for rule, holds in self._rules:
            if holds(facing):
                matched.append(rule)
                if not rule.continue_:
                    break
        signals = [signal for signal, holds in self._signals if holds(facing)]
        return classify(facts, matched, named, signals, self._config)

    def _phrases(self, words: Sequence[str]) -> list[str]:
        """Words of the files in the form in which texts are compared."""
        return [phrase for word in words if (phrase := phrase_of(self.plain(word)))]

    def _compiled(self, when: When) -> "Condition":
        """One of ``any`` (if there are some), each of ``all``, none of ``none``."""
        some, every, never = self._one_of(when.any), [self._clause(one) for one in when.all], self._one_of(when.none)

        def holds(facing: _Facing) -> bool:
            if some and not _any_holds(some, facing):
                return False
            for condition in every:
                if not condition(facing):
                    return False
            return not _any_holds(never, facing)

        return holds

    def _one_of(self, clauses: Sequence[Clause]) -> "list[Condition]":
        """Conditions of which one is enough: all words are one look, and so are all patterns."""
        words = tuple(word for clause in clauses for word in clause.words)
        patterns = tuple(pattern for clause in clauses for pattern in clause.patterns)
        others = [clause for clause in clauses if not clause.words and not clause.patterns]
        merged = [Clause(words=words)] if words else []
        merged += [Clause(patterns=patterns)] if patterns else []
        return [self._clause(clause) for clause in (*merged, *others)]

    def _clause(self, clause: Clause) -> "Condition":
        phrases, patterns = frozenset(self._phrases(clause.words)), frozenset(clause.patterns)
        if clause.words:
            return lambda facing: not phrases.isdisjoint(facing.reading.phrases)
        if clause.patterns:
            return lambda facing: not patterns.isdisjoint(facing.reading.patterns)
        if clause.services:
            return lambda facing: facing.service in clause.services
        if clause.channels:
            return lambda facing: facing.facts.channel in clause.channels
        if clause.organisations:
            return lambda facing: facing.facts.organisation in clause.organisations
        if clause.parts:
            return lambda facing: any(part in clause.parts for part in facing.facts.parts)
        return lambda facing: clause.forwarded is not None and facing.facts.forwarded is clause.forwarded


@dataclass(frozen=True, slots=True)
class _Facing:
    """One report, as conditions ask about it; ``service`` is the chosen one, else the one that its words name."""

    facts: Facts
    reading: Reading
    service: str | None


Condition = Callable[[_Facing], bool]


def _any_holds(conditions: Sequence[Condition], facing: _Facing) -> bool:
    # A plain loop: this runs for every rule and every message, and any() over a generator costs twice as much.
    for condition in conditions:  # noqa: SIM110
        if condition(facing):
            return True
    return False


def check_examples(config: ConfigSet, words: Words) -> list[ConfigProblem]:
    """A problem for each example that its own rule or signal does not decide; a rule that no text can reach is one."""
    book = RuleBook(config, words)
    return [*_rules_that_miss(book, config), *_signals_that_miss(book, config)]


def _rules_that_miss(book: RuleBook, config: ConfigSet) -> Iterator[ConfigProblem]:
    for rule in config.rules:
        for number, example in enumerate(rule.examples):
            decided = book.decide(Facts(text=book.plain(example))).rules
            if rule.id not in decided:
                instead = f"the rule {decided[-1]!r} decides it" if decided else "no rule decides it"
                yield _missed(rule, number, instead)


def _signals_that_miss(book: RuleBook, config: ConfigSet) -> Iterator[ConfigProblem]:
    for signal in config.signals:
        for number, example in enumerate(signal.examples):
            if signal.id not in book.decide(Facts(text=book.plain(example))).signals:
                yield _missed(signal, number, "the signal does not match it")


def _missed(entry: Rule | Signal, number: int, instead: str) -> ConfigProblem:
    message = f"{entry.id}: its own example {entry.examples[number]!r} does not lead here; {instead}"
    lines = entry.place.examples
    return ConfigProblem(entry.place.file, lines[number] if number < len(lines) else entry.place.line, message)
