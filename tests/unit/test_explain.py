"""Stored reasons in sentences: for the page's "why?", for the lead and for the command line."""

from functools import cache
from pathlib import Path

import pytest

from config.load import load_config
from config.schema import ConfigSet
from config.wordlists import load_words
from router.explain import explain
from router.facts import Facts
from router.prioritise import assess
from router.rules import RuleBook

ROOT = Path(__file__).resolve().parents[2] / "config"


@cache
def config() -> ConfigSet:
    return load_config(ROOT)


def said(text: str, language: str) -> str:
    book = RuleBook(config(), load_words(ROOT / "words"))
    facts = Facts(text=book.plain(text))
    found = book.decide(facts)
    reasons = {"rules": list(found.rules), "rating": assess(facts, found, config()).reasons}
    return "\n".join(explain(reasons, config(), language))


@pytest.mark.proves("D13", "D20")
def test_a_rating_is_told_in_indonesian() -> None:
    told = said("semua qris error min", "id")
    assert "Aturan payment-trouble: Gangguan pada layanan pembayaran." in told
    assert "Dampak naik ke sedang: layanan QRIS sangat penting." in told
    assert "Pelapor menyebut semuanya berhenti." in told
    assert "Dampak tinggi dan kemendesakan tinggi berarti P1." in told
    assert "jadi P2 dulu" in told


@pytest.mark.proves("D13", "D20")
def test_a_rating_is_told_in_english() -> None:
    told = said("vpn mati sejak pagi", "en")
    assert "Rule network-trouble: Network trouble." in told
    assert "Impact low and urgency medium mean P3." in told


def test_no_rule_is_told_too() -> None:
    assert "Tidak ada aturan yang cocok." in said("kok gitu ya", "id")


CHOICE = {
    "wanted_team": "network",
    "team": "service-desk",
    "account": "a1",
    "chosen_by": "fewest_open",
    "candidates": [
        {"account": "a1", "open": 0, "capacity": 3, "why_not": None},
        {"account": "a2", "open": 2, "capacity": 3, "why_not": "more_open"},
        {"account": "a3", "open": 3, "capacity": 3, "why_not": "full"},
    ],
}


@pytest.mark.proves("D41")
def test_a_choice_is_told_with_why_not_the_others() -> None:
    told = explain(CHOICE, config(), "id", names={"a1": "Sari", "a2": "Rina"})
    assert told == (
        "Tim Jaringan belum punya anggota, jadi Meja Layanan yang mengambil.",
        "Sari dipilih: laporan terbukanya paling sedikit.",
        "Rina: memegang lebih banyak (2).",
        "a3: sudah penuh (3 dari 3).",
    )


def test_outside_hours_is_told_on_the_clock_of_the_team() -> None:
    reasons = {"team": "network", "chosen_by": "outside_hours", "opens_at": "2026-11-25T01:00:00+00:00"}
    assert explain(reasons, config(), "en") == ("Outside working hours; offered again 2026-11-25 08.00 WIB.",)


def test_what_the_files_no_longer_know_is_named_by_its_code() -> None:
    reasons = {
        "rules": ["gone"],
        "rating": {
            "impact": "low",
            "urgency": "medium",
            "matrix": "P3",
            "priority": "P3",
            "steps": [
                {"level": "impact", "to": "low", "because": "signal", "of": "lost"},
                {"level": "impact", "to": "low", "because": "criticality", "of": "moon"},
            ],
        },
    }
    told = " ".join(explain(reasons, config(), "en"))
    assert "gone" in told
    assert "lost" in told
    assert "moon" in told


def test_reasons_of_another_kind_say_nothing() -> None:
    assert explain({"chosen_by": "unheard of"}, config(), "id") == ()
    assert explain({}, config(), "id") == ()
