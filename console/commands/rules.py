"""`sigap rules`: what the rules make of words, and whether their examples hold. Works without a database."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from config.schema import ConfigSet
    from config.wordlists import Words
    from router.prioritise import Rating
    from router.rules import Classification

app = typer.Typer(no_args_is_help=True, help="What the rules make of words: test, explain.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def group() -> None:
    """What the rules make of words."""


@app.command("test")
def try_examples(
    cases: Annotated[Path | None, typer.Option(help="A YAML file with reports and what they must become.")] = None,
    as_json: AsJson = False,
) -> None:
    """Try every example of the rules, and the reports of a file; exit 1 when one leads elsewhere."""
    from console.printing import print_json, say
    from router.rules import check_examples

    config, words = _files()
    wrong = [str(problem) for problem in check_examples(config, words)]
    tried = sum(len(rule.examples) for rule in config.rules) + sum(len(one.examples) for one in config.signals)
    if cases is not None:
        more, missed = _try(cases, config, words)
        tried, wrong = tried + more, wrong + missed
    if as_json:
        print_json({"tried": tried, "wrong": wrong})
    else:
        for line in wrong:
            say(line)
        say(f"{tried} reports tried, {len(wrong)} lead elsewhere")
    raise typer.Exit(1 if wrong else 0)


@app.command("explain")
def explain(
    text: Annotated[str, typer.Argument(help='What somebody wrote, like "vpn mati sejak pagi".')],
    service: Annotated[str | None, typer.Option(help="The service that they chose.")] = None,
    channel: Annotated[str, typer.Option(help="Where they wrote.")] = "web",
    language: Annotated[str | None, typer.Option(help="The language of the answer: id or en.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what these words become, and why."""
    from console.checkout import settings_here
    from console.printing import print_json, say
    from router.explain import explain as sentences
    from router.facts import Facts
    from router.prioritise import assess
    from router.rules import RuleBook

    config, words = _files()
    book = RuleBook(config, words)
    facts = Facts(text=book.plain(text), service=service, channel=channel, vouched=channel == "alert")
    found = book.decide(facts)
    rating = assess(facts, found, config)
    spoken = language or settings_here().language
    reasons = {"rules": list(found.rules), "rating": rating.reasons}
    said = [found.why["en" if spoken == "en" else "id"], *sentences({"rating": rating.reasons}, config, spoken)]
    if as_json:
        print_json(_plain(found, rating) | {"why": said, "reasons": reasons, "plain": facts.text})
        return
    for name, value in _plain(found, rating).items():
        say(f"{name:<12} {_shown(value)}")
    for line in said:
        say(f"  - {line}")


def _files() -> "tuple[ConfigSet, Words]":
    """The files without their examples tried; raises ``ConfigErrors``."""
    from config.load import load_config
    from config.wordlists import load_words
    from console.checkout import settings_here

    folder = settings_here().config_dir
    return load_config(folder), load_words(folder / "words")


def _plain(found: "Classification", rating: "Rating") -> dict[str, Any]:
    return {
        "category": found.category,
        "kind": found.kind,
        "service": found.service,
        "team": found.team,
        "impact": rating.impact,
        "urgency": rating.urgency,
        "priority": rating.priority,
        "p1_suspected": rating.p1_suspected,
        "uncertain": found.uncertain,
        "rules": list(found.rules),
        "signals": list(found.signals),
    }


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "-" if isinstance(value, list) else str(value or "-")


def _try(path: Path, config: "ConfigSet", words: "Words") -> tuple[int, list[str]]:
    """How many reports a file has, and a line for each that becomes something else; raises ``ConfigErrors``."""
    from config.problems import ConfigErrors
    from config.yamlfiles import read_yaml
    from router.facts import Facts
    from router.prioritise import assess
    from router.rules import RuleBook

    document = read_yaml(path, path.name)
    book, wrong, tried = RuleBook(config, words), [], 0
    for section, reports in _sections(document.value):
        for number, report in enumerate(reports):
            if not isinstance(report, dict) or not isinstance(report.get("text"), str):
                document.complain((section, number), "write a report as {text: …, category: …}")
                continue
            tried += 1
            facts = Facts(text=book.plain(report["text"]))
            found = book.decide(facts)
            got = _plain(found, assess(facts, found, config))
            differs = {key: got.get(key) for key, value in report.items() if key != "text" and got.get(key) != value}
            if differs:
                became = ", ".join(f"{key} {_shown(value)}" for key, value in differs.items())
                line = document.line((section, number))
                wrong.append(f"{path.name}:{line}: {report['text']!r} becomes {became}")
    if document.problems:
        raise ConfigErrors(document.problems)
    return tried, wrong


def _sections(value: Any) -> list[tuple[str, list[Any]]]:
    """The lists of a file, by name."""
    if not isinstance(value, Mapping):
        return []
    return [(name, reports) for name, reports in value.items() if isinstance(reports, list)]
