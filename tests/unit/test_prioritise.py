"""Impact x urgency: the matrix, the signals in the words, and that one voice makes no P1."""

from functools import cache
from pathlib import Path

import pytest

from config.load import load_config
from config.schema import ConfigSet
from config.wordlists import load_words
from router.facts import Facts
from router.prioritise import MANY_VOICES, Rating, assess, from_matrix
from router.rules import RuleBook

ROOT = Path(__file__).resolve().parents[2] / "config"


@cache
def config() -> ConfigSet:
    return load_config(ROOT)


@cache
def book() -> RuleBook:
    return RuleBook(config(), load_words(ROOT / "words"))


def rated(text: str, *, reporters: int = 1, vouched: bool = False, service: str | None = None) -> Rating:
    facts = Facts(text=book().plain(text), reporters=reporters, vouched=vouched, service=service)
    return assess(facts, book().decide(facts), config())


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        ("high", "high", "P1"),
        ("high", "medium", "P2"),
        ("medium", "high", "P2"),
        ("medium", "medium", "P2"),
        ("high", "low", "P3"),
        ("medium", "low", "P3"),
        ("low", "high", "P3"),
        ("low", "medium", "P3"),
        ("low", "low", "P3"),
    ],
)
@pytest.mark.proves("D20", "D21", "D23")
def test_the_shipped_matrix(impact: str, urgency: str, priority: str) -> None:
    assert from_matrix(config(), impact, urgency) == priority


@pytest.mark.parametrize("text", ["semua error min", "SEMUANYA MATI", "toko saya ga bisa transaksi sama sekali"])
@pytest.mark.proves("D22", "D26")
def test_one_voice_that_everything_stopped_is_a_p2_and_a_question(text: str) -> None:
    rating = rated(text)
    assert (rating.priority, rating.p1_suspected) == ("P2", True)
    assert (rating.impact, rating.urgency) == ("high", "high")
    assert rating.reasons["matrix"] == "P1"
    assert rating.reasons["held_at_p2"] == "one_voice"


@pytest.mark.proves("D22")
def test_many_voices_and_a_monitoring_tool_make_a_p1() -> None:
    assert rated("semua error min", reporters=MANY_VOICES).priority == "P1"
    assert not rated("semua error min", reporters=MANY_VOICES).p1_suspected
    assert rated("checkout down total", vouched=True).priority == "P1"
    assert rated("semua error min", reporters=MANY_VOICES - 1).priority == "P2"


@pytest.mark.proves("D18")
def test_a_rule_may_trust_one_voice() -> None:
    assert rated("server kena ransomware minta tebusan").priority == "P1"


@pytest.mark.proves("D20", "D23")
def test_a_critical_service_raises_impact() -> None:
    assert rated("qris ga bisa discan").impact == "medium"
    assert rated("qris ga bisa discan").priority == "P2"
    assert rated("wifi mati").impact == "low"
    assert rated("wifi mati").priority == "P3"
    step = {"level": "impact", "to": "medium", "because": "criticality", "of": "qris"}
    assert step in rated("qris ga bisa discan").reasons["steps"]


@pytest.mark.proves("D23")
def test_a_whole_office_is_more_than_one_person() -> None:
    assert rated("wifi satu kantor mati").priority == "P2"


@pytest.mark.proves("D23")
def test_the_scenario_of_the_invoice_name_is_a_p3() -> None:
    assert rated("nama di invoice salah padahal profil sudah benar").priority == "P3"


@pytest.mark.proves("D23")
def test_words_may_lower_unless_others_raise_or_a_rule_said_so() -> None:
    assert rated("qris agak lama, tapi ga urgent kok").urgency == "low"
    assert rated("ga urgent tapi saldo kepotong di checkout").urgency == "high"
    assert rated("phishing email pakai logo kalian").urgency == "high"


@pytest.mark.parametrize("text", ["mau tanya biaya qris, urgent", "slot gacor semua menang", "lupa password urgent"])
@pytest.mark.proves("D25")
def test_what_is_no_incident_presses_nobody(text: str) -> None:
    rating = rated(text)
    assert (rating.impact, rating.urgency, rating.priority, rating.p1_suspected) == ("low", "low", "P3", False)


@pytest.mark.proves("D13")
def test_every_step_of_a_rating_has_a_reason() -> None:
    steps = rated("urgent kak checkout gagal, saldo kepotong, satu kantor komplain").reasons["steps"]
    assert {step["because"] for step in steps} == {"start", "criticality"} | {"signal"} & {s["because"] for s in steps}
    assert all(set(step) == {"level", "to", "because", "of"} for step in steps)
