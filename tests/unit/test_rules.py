"""The rules: what reports become, in whose words, and how well on reports that the rules were not written for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.load import load_config
from config.schema import Bilingual, Clause, ConfigSet, Rule, When
from config.wordlists import Words, load_words
from config.yamlfiles import read_yaml
from router.facts import Facts, facts_of
from router.prioritise import assess
from router.rules import Classification, RuleBook, check_examples
from tickets.commands import InboundMessage, Sender
from tickets.model import Channel

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "rules"
# Per set of held_out.yaml the share that must get the right category and kind. It may rise; it must not fall. Only the
# third set was never tuned for, so it says what to expect of reports that nobody has seen.
FLOORS = {"held_out": 0.95, "second": 0.90, "third": 0.70}


@cache
def config() -> ConfigSet:
    return load_config(ROOT / "config")


@cache
def words() -> Words:
    return load_words(ROOT / "config" / "words")


@cache
def book() -> RuleBook:
    return RuleBook(config(), words())


def decide(text: str, **facts: Any) -> Classification:
    return book().decide(Facts(text=book().plain(text), **facts))


def reports(name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = read_yaml(DATA / f"{name}.yaml", name).value[name]
    return found


def held(name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = read_yaml(DATA / "held_out.yaml", name).value[name]
    return found


@pytest.mark.parametrize("report", reports("examples"), ids=lambda report: str(report["text"])[:40])
@pytest.mark.proves("D15", "D16", "D18", "D20")
def test_a_report_in_the_words_of_people_becomes_what_it_is(report: Mapping[str, Any]) -> None:
    facts = Facts(text=book().plain(report["text"]))
    found = book().decide(facts)
    rating = assess(facts, found, config())
    expected = {"kind": "incident", "p1_suspected": False, **report}
    got = {
        "text": report["text"],
        "category": found.category,
        "kind": found.kind,
        "service": found.service,
        "priority": rating.priority,
        "p1_suspected": rating.p1_suspected,
    }
    assert {key: got[key] for key in expected} == expected, (found.rules, found.signals)


@pytest.mark.parametrize("name", FLOORS)
@pytest.mark.proves("D16", "D17")
def test_reports_that_the_rules_were_not_written_for(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    held_out = held(name)
    wrong = [
        report["text"]
        for report in held_out
        if (found := decide(report["text"])).category != report["category"]
        or found.kind != report.get("kind", "incident")
    ]
    named = [report for report in held_out if "service" in report]
    services = sum(decide(report["text"]).service == report["service"] for report in named)
    score = 1 - len(wrong) / len(held_out)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{name}: {score:.1%} of {len(held_out)} right, service {services} of {len(named)}; wrong: {wrong}"
        )
    assert score >= FLOORS[name]
    assert services / len(named) >= FLOORS[name]


def test_there_are_enough_held_out_reports() -> None:
    assert len(held("held_out")) >= 90


def test_no_held_out_report_stands_among_the_examples() -> None:
    shown = {example for rule in config().rules for example in rule.examples}
    shown |= {report["text"] for report in reports("examples")}
    assert not shown & {report["text"] for name in FLOORS for report in held(name)}


def test_there_are_enough_examples_and_every_rule_has_one() -> None:
    inside = sum(len(rule.examples) for rule in config().rules)
    assert inside + len(reports("examples")) >= 130
    assert [rule.id for rule in config().rules if not rule.examples] == []


@pytest.mark.proves("D18")
def test_what_touches_data_goes_to_the_security_team_whatever_the_service() -> None:
    found = decide("ada yg ngaku cs minta kode otp, katanya checkout error")
    assert (found.category, found.team) == ("security", "security")


def test_the_reasons_are_in_both_languages_and_quote_no_report() -> None:
    found = decide("vpn mati sejak pagi, saya Budi 08123456789")
    assert found.rules == ("network-trouble",)
    assert "Gangguan jaringan." in found.why["id"]
    assert "'vpn'" in found.why["en"]
    assert "Budi" not in str(found.why)
    assert not found.uncertain


@pytest.mark.parametrize("text", ["kok error ya", "tolong dong", "asdfghjkl", "", "🙏"])
def test_what_nothing_fits_is_uncertain_and_goes_to_the_desk(text: str) -> None:
    found = decide(text)
    assert found.uncertain
    assert (found.category, found.team, found.kind) == ("other", "service-desk", "incident")


def test_a_service_that_the_reporter_chose_beats_what_the_words_say() -> None:
    found = decide("ga bisa dibuka dari tadi, wifi normal kok", service="dashboard")
    assert (found.service, found.category, found.team) == ("dashboard", "software", "systems")


def test_a_service_that_does_not_exist_is_not_believed() -> None:
    assert decide("wifi mati", service="moon").service == "office-network"


def test_the_facts_of_a_message_hold_its_subject_and_what_the_channel_knows() -> None:
    message = InboundMessage(
        key="k",
        channel=Channel.MAIL,
        sender=Sender(address="hendra@tokomelati.example"),
        received_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
        subject="VPN MATI",
        text="tolong kak",
        forwarded=True,
    )
    facts = facts_of(message, message.text, words())
    assert "vpn mati" in facts.text
    assert facts.channel == "mail"
    assert facts.forwarded
    assert book().decide(facts).service == "office-network"


@pytest.mark.proves("N16")
def test_a_huge_message_is_cut_before_it_is_read() -> None:
    huge = "checkout gagal " + "x" * 50_000 + " vpn mati"
    found = decide(huge)
    assert found.service == "checkout"


WHY = Bilingual(id="karena", en="because")


def rule(name: str, *said: str, continue_: bool = False, **rest: Any) -> Rule:
    return Rule(id=name, when=When(any=(Clause(words=said),)), why=WHY, continue_=continue_, **rest)


def small(*rules: Rule) -> RuleBook:
    return RuleBook(msgspec.structs.replace(config(), rules=rules), words())


def test_the_first_rule_that_matches_decides() -> None:
    found = small(rule("one", "lampu", category="hardware"), rule("two", "lampu", category="software"))
    assert found.decide(Facts(text="lampu mati")).rules == ("one",)
    assert found.decide(Facts(text="lampu mati")).category == "hardware"


def test_a_rule_that_continues_keeps_what_it_said() -> None:
    found = small(
        rule("one", "lampu", urgency="high", continue_=True), rule("two", "mati", category="hardware", urgency="low")
    )
    decided = found.decide(Facts(text="lampu mati"))
    assert decided.rules == ("one", "two")
    assert (decided.category, decided.urgency) == ("hardware", "high")


@pytest.mark.parametrize(
    ("clause", "facts", "holds"),
    [
        (Clause(channels=("mail",)), {"channel": "mail"}, True),
        (Clause(channels=("mail",)), {"channel": "web"}, False),
        (Clause(organisations=("kopi-senja",)), {"organisation": "kopi-senja"}, True),
        (Clause(parts=("voice", "image")), {"parts": ("image",)}, True),
        (Clause(parts=("voice",)), {"parts": ("image",)}, False),
        (Clause(forwarded=True), {"forwarded": True}, True),
        (Clause(forwarded=False), {"forwarded": True}, False),
        (Clause(services=("qris",)), {"service": "qris"}, True),
        (Clause(patterns=(r"lam.u",)), {}, True),
        (Clause(patterns=(r"^mati",)), {}, False),
        (Clause(), {}, False),
    ],
)
def test_a_condition_may_ask_about_more_than_words(clause: Clause, facts: dict[str, Any], holds: bool) -> None:
    found = small(Rule(id="one", when=When(all=(clause,)), why=WHY, category="hardware"))
    assert (found.decide(Facts(text="lampu mati", **facts)).rules == ("one",)) is holds


def test_none_takes_a_match_back() -> None:
    when = When(any=(Clause(words=("lampu",)),), none=(Clause(words=("merah",)),))
    found = small(Rule(id="one", when=when, why=WHY))
    assert found.decide(Facts(text="lampu mati")).rules == ("one",)
    assert found.decide(Facts(text="lampu merah mati")).rules == ()


def test_a_rule_of_another_category_does_not_go_to_the_team_of_the_service() -> None:
    decided = small(rule("one", "qris", category="network")).decide(Facts(text="qris lemot"))
    assert (decided.service, decided.team) == ("qris", "network")


@pytest.mark.proves("D17")
def test_an_example_that_leads_elsewhere_is_a_problem_with_the_rule_that_took_it() -> None:
    rules = (rule("one", "lampu"), rule("two", "lampu", examples=("lampu mati",)))
    found = check_examples(msgspec.structs.replace(config(), rules=rules, signals=()), words())
    assert [problem.message for problem in found] == [
        "two: its own example 'lampu mati' does not lead here; the rule 'one' decides it"
    ]
