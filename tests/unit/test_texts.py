"""The texts as people get them: complete in both languages, short, in the house's tone, on the reader's clock."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.problems import ConfigErrors
from config.textfiles import TITLE_LIMIT, load_texts
from tickets.commands import Refused
from tickets.lifecycle import Action
from tickets.model import Channel, Presence, Status
from tickets.outbound import Delivery, Reason
from tickets.texts import (
    RenderError,
    Texts,
    UnknownText,
    bold_spans,
    clock_time,
    date_words,
    day_time,
    pronoun,
    salutation,
    strip_bold,
)

FOLDER = Path(__file__).parents[2] / "config" / "texts"
FILES = load_texts(FOLDER)
TEXTS = Texts(FILES)
LANGUAGES = ("id", "en")
PURPOSES = [
    *(
        "ack",
        "ack_p1",
        "ack_outside_hours",
        "attachment_refused",
        "greeting",
        "voice",
        "ask_service",
        "which",
        "took_over",
    ),
    *("reply", "workaround", "confirm", "confirm_answered", "confirm_withdrawn", "remind", "contradiction"),
    *(
        "thanks",
        "reopened",
        "not_an_incident",
        "cancelled",
        "security",
        "still_working",
        "card_warning",
        "opt_out",
        "privacy",
    ),
    *("welcome_back", "received", "object_received", "not_yet", "score_thanks"),
]
# An agent's or a lead's own words are as long as they are.
FREE = {"reply", "workaround", "not_an_incident"}
LIMIT = 350
LONGEST: dict[str, dict[str, Any]] = {
    "id": {
        "salutation": "Bapak/Ibu Maximilianus Wibisana",
        "you": "Bapak/Ibu",
        "service": "Aplikasi Mobile Merchant Pro",
        "ref": "INC-7K3M9QX2",
        "team": "Tim Infrastruktur & Jaringan",
        "agent": "Dewi Kartikaningrum",
        "next_news": "Kamis, 31 Des pukul 22.40 WITA",
        "opens": "Kamis, 31 Des pukul 22.40 WITA",
        "since": "Kamis, 31 Des pukul 22.40 WITA",
        "time": "Kamis, 31 Des pukul 22.40 WITA",
        "next_ask": "Kamis, 31 Des pukul 22.40 WITA",
        "date": "Kamis, 31 Des",
        "link": "https://laporan.contohbayar.co.id/t/abcdefghijklmnopqrstuvwx",
        "hint": "Kalau sudah transfer, simpan buktinya dan jangan transfer ulang dulu.",
        "steps": "Kalau sudah transfer, simpan buktinya dan jangan transfer ulang dulu.",
        "privacy_link": "https://contohbayar.co.id/privasi",
    },
    "en": {
        "salutation": "Maximilianus Wibisan",
        "you": "you",
        "service": "Mobile merchant application",
        "ref": "INC-7K3M9QX2",
        "team": "Infrastructure and networks",
        "agent": "Dewi Kartikaningrum",
        "next_news": "22:40 WITA on Wednesday 30 Dec",
        "opens": "22:40 WITA on Wednesday 30 Dec",
        "since": "22:40 WITA on Wednesday 30 Dec",
        "time": "22:40 WITA on Wednesday 30 Dec",
        "next_ask": "22:40 WITA on Wednesday 30 Dec",
        "date": "Wednesday 30 Dec",
        "link": "https://laporan.contohbayar.co.id/t/abcdefghijklmnopqrstuvwx",
        "hint": "If you have transferred already, keep the receipt and please do not transfer again yet.",
        "steps": "If you have transferred already, keep the receipt and please do not transfer again yet.",
        "privacy_link": "https://contohbayar.co.id/privacy",
    },
}
CODES: dict[str, tuple[Any, ...]] = {
    "reason": ("not_ours", "duplicate", "other", "too_large", "too_many", "type"),
    "waiting": (None, "vendor", "window", "reporter"),
    "what": ("voice", "image"),
}
MISSING = {"service": None, "link": None, "hint": None, "agent": None, "since": None, "time": None, "date": None,
           "steps": None, "privacy_link": None, "next_ask": None, "words": None}  # fmt: skip
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


def rendered(language: str, purpose: str) -> list[str]:
    """A text with its longest values, for each of the codes that it may get, and once with all that may be missing."""
    values = {**LONGEST[language], "days": 30, "limit": 25, "words": "Coba lewat browser Chrome."}
    values.update({name: codes[0] for name, codes in CODES.items()})
    variants = [values, {**values, **MISSING}]
    variants += [{**values, name: code} for name, codes in CODES.items() for code in codes]
    variants += [{**values, "agent": None, "waiting": code} for code in CODES["waiting"]]
    return [TEXTS.render(language, purpose, **variant) for variant in variants]


def every_word(language: str) -> dict[str, str]:
    """All texts, labels and button titles as they are written, without variables and tags."""
    words = {purpose: text.source for purpose, text in FILES.messages[language].items()}
    words |= {key: text.source for key, text in FILES.labels[language].items()}
    words |= {f"{p}:{code}": title for p, titles in FILES.choices[language].items() for code, title in titles.items()}
    return {key: re.sub(r"\{[{%].*?[}%]\}", "", source) for key, source in words.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_is_short_and_whole(language: str, purpose: str) -> None:
    for text in rendered(language, purpose):
        assert len(text) <= LIMIT or purpose in FREE, f"{len(text)}: {text}"
        assert "None" not in text
        assert not re.search(r"  |\{|\}| [.,;:?!]|\.\.|,\.|,,", text), text
        assert strip_bold(text).count("*") == 0, text
        assert text == text.strip()
        assert len(EMOJI.findall(text)) <= 1


def test_every_text_is_known_by_its_purpose() -> None:
    assert set(FILES.messages["id"]) == set(PURPOSES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", ["ack_p1", "security", "card_warning"])
def test_grave_texts_have_no_emoji(language: str, purpose: str) -> None:
    assert not any(EMOJI.search(text) for text in rendered(language, purpose))


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_the_privacy_line_a_text_still_fits_one_message(language: str) -> None:
    longest = max(len(text) for purpose in PURPOSES if purpose not in FREE for text in rendered(language, purpose))
    assert longest + len(rendered(language, "privacy")[0]) < 500


# "Laporan", not "tiket"; "petugas", not "agen", who is a shopkeeper; a clock time, not "segera".
@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("id", r"\btiket"),
        ("id", r"\bagen\b"),
        ("id", r"\bsegera\b"),
        ("id", r"\bsecepatnya\b"),
        ("id", "mohon maaf atas ketidaknyamanan"),
        ("en", r"\basap\b"),
        ("en", r"as soon as possible"),
        ("en", r"\bsoon\b"),
        ("en", "sorry for (the|any) inconvenience"),
    ],
)
def test_forbidden_words(language: str, word: str) -> None:
    guilty = {key: text for key, text in every_word(language).items() if re.search(word, text, re.IGNORECASE)}
    assert guilty == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_outside_hear_of_reports_and_not_of_tickets(language: str) -> None:
    guilty = {p: t.source for p, t in FILES.messages[language].items() if re.search(r"ticket|tiket", t.source, re.I)}
    assert guilty == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_fit(language: str) -> None:
    for titles in FILES.choices[language].values():
        assert 1 <= len(titles) <= 3
        assert all(0 < len(title) <= TITLE_LIMIT for title in titles.values())
        assert len(set(titles.values())) == len(titles)


def test_both_languages_have_equal_keys_and_variables() -> None:
    indonesian, english = FILES.labels["id"], FILES.labels["en"]
    assert indonesian.keys() == english.keys()
    for key in indonesian:
        assert indonesian[key].variables == english[key].variables, key
    assert {p: list(t) for p, t in FILES.choices["id"].items()} == {p: list(t) for p, t in FILES.choices["en"].items()}


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("refused_", Refused),
        ("status_", Status),
        ("channel_", Channel),
        ("presence_", Presence),
        ("delivery_", Delivery),
        ("reason_", Reason),
    ],
)
def test_every_code_has_words(prefix: str, codes: Any) -> None:
    assert [code.value for code in codes if not TEXTS.has_label(prefix + code.value)] == []


def test_every_label_that_the_code_names_exists() -> None:
    root = Path(__file__).parents[2]
    named = set()
    for folder in ("channels", "workers", "console", "router", "tickets"):
        for path in (root / folder).rglob("*.py"):
            named |= set(re.findall(r'label\(\s*[\w.()]+,\s*"(\w+)"', path.read_text("utf-8")))
    assert sorted(key for key in named if not TEXTS.has_label(key)) == []


def test_a_missing_variable_and_an_unknown_text_are_errors() -> None:
    with pytest.raises(RenderError, match="id/ack: 'salutation' is undefined"):
        TEXTS.render("id", "ack")
    for call in (TEXTS.render, TEXTS.choices, TEXTS.label):
        with pytest.raises(UnknownText):
            call("id", "no_such_text")
    with pytest.raises(UnknownText):
        TEXTS.label("fr", "status_new")


def test_values_are_never_read_as_a_template_or_as_markup() -> None:
    values = {**LONGEST["id"], "words": "*888# lalu {{ 7 * 7 }} dan *tebal*", "agent": "Sari"}
    assert "{{ 7 * 7 }}" in TEXTS.render("id", "reply", **values)
    text, spans = TEXTS.formatted("id", "workaround", **values)
    assert "*888# lalu {{ 7 * 7 }} dan *tebal*" in text
    assert [text[start : start + length] for start, length in spans] == ["INC-7K3M9QX2", LONGEST["id"]["service"]]


@pytest.mark.parametrize(
    ("text", "plain", "bold"),
    [
        ("laporan *INC-1* baru", "laporan INC-1 baru", ["INC-1"]),
        ("*a* dan *b c*.", "a dan b c.", ["a", "b c"]),
        ("2*3*4 dan *888#", "2*3*4 dan *888#", []),
        ("* bukan * ini", "* bukan * ini", []),
        ("", "", []),
    ],
)
def test_bold(text: str, plain: str, bold: list[str]) -> None:
    found, spans = bold_spans(text)
    assert found == plain
    assert [found[start : start + length] for start, length in spans] == bold


@pytest.mark.parametrize(
    ("name", "style", "language", "expected"),
    [
        ("Ani", "kak", "id", "Kak Ani"),
        ("Ani 🌸✨", "kak", "id", "Kak Ani"),
        ("A", "kak", "id", "Kak"),
        ("🌸", "kak", "id", "Kak"),
        (None, "kak", "id", "Kak"),
        ("*Ani*", "kak", "id", "Kak Ani"),
        ("12345", "kak", "id", "Kak"),
        ("Toko Serba Ada Cabang Bandung", "kak", "id", "Kak"),
        ("Hendra", "bapak_ibu", "id", "Bapak/Ibu Hendra"),
        ("Pak Hendra", "bapak_ibu", "id", "Pak Hendra"),
        (None, "bapak_ibu", "id", "Bapak/Ibu"),
        ("Hendra", "anda", "id", "Hendra"),
        (None, "anda", "id", "Bapak/Ibu"),
        ("Ani", "kak", "en", "Ani"),
        (None, "kak", "en", "there"),
        ("O'Brien Jr.", "kak", "en", "O'Brien Jr"),
    ],
)
def test_salutation(name: str | None, style: str, language: str, expected: str) -> None:
    assert salutation(name, style, language) == expected


def test_the_word_for_you() -> None:
    assert [pronoun(style, "id") for style in ("kak", "bapak_ibu", "anda")] == ["Kakak", "Bapak/Ibu", "Anda"]
    assert pronoun("kak", "en") == "you"


AT = datetime(2026, 11, 24, 15, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Asia/Jakarta", "id", "22.40 WIB"),
        ("Asia/Makassar", "id", "23.40 WITA"),
        ("Asia/Jayapura", "en", "00:40 WIT"),
        ("Asia/Singapore", "en", "23:40 UTC+08"),
        ("UTC", "id", "15.40 UTC"),
    ],
)
def test_clock_time(zone: str, language: str, expected: str) -> None:
    assert clock_time(AT, zone, language) == expected


@pytest.mark.parametrize(
    ("now", "indonesian", "english"),
    [
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), "pukul 22.40 WIB", "22:40 WIB"),
        # 17.30 UTC of the day before is half past midnight in Jakarta: the same day there.
        (datetime(2026, 11, 23, 17, 30, tzinfo=UTC), "pukul 22.40 WIB", "22:40 WIB"),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "besok pukul 22.40 WIB", "22:40 WIB tomorrow"),
        (datetime(2026, 11, 25, 3, 0, tzinfo=UTC), "kemarin pukul 22.40 WIB", "22:40 WIB yesterday"),
        (datetime(2026, 11, 20, 3, 0, tzinfo=UTC), "Selasa, 24 Nov pukul 22.40 WIB", "22:40 WIB on Tuesday 24 Nov"),
    ],
)
def test_day_time(now: datetime, indonesian: str, english: str) -> None:
    assert day_time(AT, now, "Asia/Jakarta", "id") == indonesian
    assert day_time(AT, now, "Asia/Jakarta", "en") == english
    assert date_words(AT, "Asia/Jakarta", "id") == "Selasa, 24 Nov"


def test_the_files_must_agree(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "en" / "ack.j2").unlink()
    (tmp_path / "id" / "greeting.j2").write_text("Halo {{ salutation }} dari {{ company }}")
    (tmp_path / "id" / "which.j2").write_text("Halo {% if %}")
    (tmp_path / "id" / "labels_more.yaml").write_text("only_here: kata\nstatus_new: lagi\nnumber: 5\n")
    choices = (tmp_path / "en" / "choices.yaml").read_text().replace("Yes, it works", "Yes, it works perfectly well", 1)
    (tmp_path / "en" / "choices.yaml").write_text(choices)
    with pytest.raises(ConfigErrors) as caught:
        load_texts(tmp_path)
    said = str(caught.value)
    line = next(n for n, words in enumerate(choices.splitlines(), 1) if "perfectly" in words)
    assert "texts/id/ack.j2: there is no texts/en/ack.j2 beside it" in said
    assert "texts/id/greeting.j2: the variables differ from texts/en/greeting.j2: company" in said
    assert "texts/id/which.j2:1: not a template" in said
    assert "texts/id/labels_more.yaml:1: the label 'only_here' is missing in texts/en" in said
    assert "texts/id/labels_more.yaml:2: the key 'status_new' stands in texts/id/labels.yaml already" in said
    assert "texts/id/labels_more.yaml:3: write words here" in said
    assert "texts/en/which.j2" not in said
    assert f"texts/en/choices.yaml:{line}: 'Yes, it works perfectly well' has 28 characters; at most 20 fit" in said


def test_the_sandbox_holds(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    for language in LANGUAGES:
        (tmp_path / language / "greeting.j2").write_text("{{ salutation.__class__.__mro__ }}")
    with pytest.raises(RenderError):
        Texts(load_texts(tmp_path)).render("id", "greeting", salutation="Kak")


def test_actions_of_the_lifecycle_are_not_shown_raw() -> None:
    shown = every_word("id")
    raw = {action.value for action in Action if "_" in action.value}
    assert [key for key, words in shown.items() if set(words.split()) & raw] == []
