"""The rules of the operator, walked top to bottom: the first that matches decides, unless it says ``continue``."""

from collections.abc import Iterator, Mapping

from config.problems import ConfigProblem
from config.schema import Clause, ConfigSet, Rule, Signal, When
from config.wordlists import Words
from router.categorise import Classification, Named, ServiceFinder, classify
from router.facts import Facts, plain
from router.patterns import Lexicon, Reading, phrase_of

__all__ = ["Classification", "RuleBook", "check_examples"]


class RuleBook:
    """The rules of one configuration with everything compiled; immutable. One per hash is enough."""

    def __init__(self, config: ConfigSet, words: Words) -> None:
        self._config, self._words = config, words
        self._phrases: dict[str, str] = {}
        keywords = {code: [self._phrase(word) for word in one.keywords] for code, one in config.services.items()}
        vague = {code: [self._phrase(word) for word in one.vague_keywords] for code, one in config.services.items()}
        self._services = ServiceFinder(keywords, vague)
        entries: tuple[Rule | Signal, ...] = (*config.rules, *config.signals)
        clauses = [clause for entry in entries for clause in _clauses(entry.when)]
        self._lexicon = Lexicon(
            phrases=[
                *(phrase for found in (*keywords.values(), *vague.values()) for phrase in found),
                *(self._phrase(word) for clause in clauses for word in clause.words),
            ],
            patterns=(pattern for clause in clauses for pattern in clause.patterns),
            known=(word for found in (*words.by_meaning.values(), *words.stop.values()) for word in found),
        )

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
        facing = _Facing(facts, reading, named, self._phrases)
        matched: list[Rule] = []
        for rule in self._config.rules:
            if facing.holds(rule.when):
                matched.append(rule)
                if not rule.continue_:
                    break
        signals = [signal.id for signal in self._config.signals if facing.holds(signal.when)]
        return classify(facts, matched, named, signals, self._config)

    def _phrase(self, word: str) -> str:
        """A word of the files in the form in which texts are compared."""
        found = self._phrases.get(word)
        if found is None:
            found = self._phrases[word] = phrase_of(self.plain(word))
        return found


class _Facing:
    """One report, as conditions ask about it."""

    def __init__(self, facts: Facts, reading: Reading, named: Named | None, phrases: Mapping[str, str]) -> None:
        self._facts, self._reading, self._phrases = facts, reading, phrases
        self._service = facts.service or (named.code if named else None)

    def holds(self, when: When) -> bool:
        """One of ``any`` (if there are some), each of ``all``, none of ``none``."""
        if when.any and not any(map(self._clause, when.any)):
            return False
        return all(map(self._clause, when.all)) and not any(map(self._clause, when.none))

    def _clause(self, clause: Clause) -> bool:
        facts = self._facts
        if clause.words:
            return any(self._phrases[word] in self._reading.phrases for word in clause.words)
        if clause.patterns:
            return not self._reading.patterns.isdisjoint(clause.patterns)
        if clause.services:
            return self._service in clause.services
        if clause.channels:
            return facts.channel in clause.channels
        if clause.organisations:
            return facts.organisation in clause.organisations
        if clause.parts:
            return not set(clause.parts).isdisjoint(facts.parts)
        return clause.forwarded is not None and facts.forwarded is clause.forwarded


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


def _clauses(when: When) -> Iterator[Clause]:
    yield from (*when.any, *when.all, *when.none)
