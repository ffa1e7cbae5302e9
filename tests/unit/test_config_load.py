"""The operator's files: read whole, or refused whole with file, line and what was probably meant."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from config.load import load_config
from config.problems import ConfigErrors
from config.schema import ConfigSet
from config.wordlists import load_words
from router.rules import check_examples

SHIPPED = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that a test may spoil."""
    copy = tmp_path / "config"
    shutil.copytree(SHIPPED, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__", "texts"))
    return copy


Spoil = Callable[[str, str, str], int]


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Replaces words that stand in a file once, and says on which line."""

    def replace(file: str, old: str, new: str) -> int:
        text = (folder / file).read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (folder / file).write_text(text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    return replace


def problems(folder: Path) -> list[str]:
    """What is said about a folder; nothing when it is accepted."""
    words = load_words(SHIPPED / "words")
    try:
        load_config(folder, lambda config: check_examples(config, words))
    except ConfigErrors as errors:
        return [str(problem) for problem in errors.problems]
    return []


@pytest.mark.proves("D15", "D16")
def test_the_shipped_files_are_accepted_and_their_examples_hold() -> None:
    assert problems(SHIPPED) == []


@pytest.mark.proves("D15")
def test_what_is_promised_is_shipped() -> None:
    config = load_config(SHIPPED)
    assert set(config.categories) == {"hardware", "software", "network", "security", "other"}
    assert set(config.teams) == {"service-desk", "payments", "network", "systems", "security"}
    assert config.teams["service-desk"].level == "L1"
    assert {"checkout", "qris", "virtual-account", "payout", "login-otp", "office-network"} <= set(config.services)
    assert set(config.organisations) == {"house", "kopi-senja", "toko-melati"}
    assert config.teams["network"].lead == "Bu Maya"


FAULTS = {
    "criticality: 'hihg' is not one of high, low, medium; did you mean 'high'?": (
        "services.yaml",
        "    criticality: high\n    owner: Bu Maya\n    affects: [invoice,",
        "    criticality: hihg\n    owner: Bu Maya\n    affects: [invoice,",
    ),
    "unknown key 'criticalty'; did you mean 'criticality'?": (
        "services.yaml",
        "    criticality: high\n    owner: Bu Maya\n    affects: [invoice,",
        "    criticalty: high\n    owner: Bu Maya\n    affects: [invoice,",
    ),
    "no calendar has the name 'ofice'; did you mean 'office'?": (
        "teams.yaml",
        "    calendar: office\n    on_call: Bu Maya\n    escalates_to: systems",
        "    calendar: ofice",
    ),
    "no service has the name 'printer'; did you mean 'printers'?": (
        "rules.yaml",
        "    service: printers\n",
        "    service: printer\n",
    ),
    "no team has the name 'netwrok'; did you mean 'network'?": (
        "rules.yaml",
        'en: "Network"}, team: network}',
        'en: "Network"}, team: netwrok}',
    ),
    "the id 'ransomware' is used twice (first on line": ("rules.yaml", "- id: malware", "- id: ransomware"),
    "the pattern '(?=transaksi' is not RE2: invalid perl operator: (?=": (
        "rules.yaml",
        r"'\b(transaksi|bayar|jualan)\b.{0,20}\bsama sekali\b'",
        "'(?=transaksi'",
    ),
    "malware: its own example 'wifi mati' does not lead here; the rule 'network-trouble' decides it": (
        "rules.yaml",
        '"keklik undangan.apk di wa"',
        '"wifi mati"',
    ),
    "no vocabulary of the name 'stoped' stands above; did you mean 'stopped'?": (
        "rules.yaml",
        '["@stopped"]',
        '["@stoped"]',
    ),
    "unknown key 'signal'; did you mean 'signals'?": ("rules.yaml", "signals:\n", "signal:\n"),
    "'08:00-25:00' is not a span of hours": (
        "calendars/office.yaml",
        "friday: 08:00-17:00",
        "friday: 08:00-25:00",
    ),
    "unknown day 'fryday'; did you mean 'friday'?": (
        "calendars/office.yaml",
        "friday: 08:00-17:00",
        "fryday: 08:00-17:00",
    ),
    "'2026-13-25' is not a date": ("calendars/office.yaml", "  2026-12-25: Hari", "  2026-13-25: Hari"),
    "timezone: 'Asia/Jakata' is not known; did you mean 'Asia/Jakarta'?": (
        "calendars/office.yaml",
        "timezone: Asia/Jakarta",
        "timezone: Asia/Jakata",
    ),
    "medium: 'P5' is not one of P1, P2, P3": ("sla.yaml", "{high: P1, medium: P2", "{high: P1, medium: P5"),
    "response: 'soon' is not a whole number": ("sla.yaml", "{response: 15, update: 30", "{response: soon, update: 30"),
    "P1: the key 'update' is missing": ("sla.yaml", "{response: 15, update: 30", "{response: 15"),
    "no policy has the name 'contrat'; did you mean 'contract'?": (
        "organisations.yaml",
        "    sla: contract",
        "    sla: contrat",
    ),
    "anchors and aliases (&a) are not read": ("organisations.yaml", "sapaan: bapak_ibu", "sapaan: &a bapak_ibu"),
    "the key 'sla' stands here twice (first on line": (
        "organisations.yaml",
        "    contact: Pak Hendra",
        "    sla: standard",
    ),
    "unknown key 'burst_secnds'; did you mean 'burst_seconds'?": (
        "desk.yaml",
        "burst_seconds: 60",
        "burst_secnds: 60",
    ),
    "quiet_from: '9pm' is not a time; write it like 21:00": ("desk.yaml", 'quiet_from: "21:00"', 'quiet_from: "9pm"'),
}


@pytest.mark.parametrize("message", FAULTS)
@pytest.mark.proves("D17")
def test_a_fault_is_told_with_file_line_and_what_was_meant(folder: Path, spoil: Spoil, message: str) -> None:
    file, old, new = FAULTS[message]
    line = spoil(file, old, new)
    told = problems(folder)
    assert any(one.startswith(f"{file}:{line}: ") and message in one for one in told), told


@pytest.mark.proves("D17")
def test_all_faults_of_all_files_are_told_at_once(folder: Path, spoil: Spoil) -> None:
    spoil("organisations.yaml", "    sla: contract", "    sla: contrat")
    spoil("desk.yaml", "burst_seconds: 60", "burst_seconds: sixty")
    spoil("rules.yaml", "- id: malware", "- id: ransomware")
    spoil("calendars/office.yaml", "  friday: 08:00-17:00", "  friday: 17:00-08:00")
    told = problems(folder)
    assert {one.split(":")[0] for one in told} == {
        "organisations.yaml",
        "desk.yaml",
        "rules.yaml",
        "calendars/office.yaml",
    }


def test_a_missing_file_is_named_with_its_likely_name(folder: Path) -> None:
    (folder / "teams.yaml").rename(folder / "team.yaml")
    assert any("teams.yaml" in one and "did you mean 'team.yaml'?" in one for one in problems(folder))


def test_a_file_that_is_not_yaml_is_told_with_its_line(folder: Path) -> None:
    (folder / "teams.yaml").write_text("teams:\n  payments: {lead: [\n")
    assert any(one.startswith("teams.yaml:") and "not YAML" in one for one in problems(folder))


def test_a_file_of_other_bytes_is_refused(folder: Path) -> None:
    (folder / "desk.yaml").write_bytes(b"company: ok\nlink: \xff\xfe\n")
    assert "desk.yaml:2: the file is not UTF-8" in problems(folder)


def test_a_huge_file_is_not_read(folder: Path) -> None:
    (folder / "desk.yaml").write_text("# " + "x" * 1024 * 1024)
    assert any("desk.yaml" in one and "at most" in one for one in problems(folder))


def test_a_deeply_nested_file_is_refused(folder: Path) -> None:
    (folder / "desk.yaml").write_text("company: " + "[" * 3000 + "]" * 3000)
    assert any(one.startswith("desk.yaml") for one in problems(folder))


def test_a_file_that_unfolds_itself_is_refused(folder: Path) -> None:
    lines = ["a: &a [x, x]"] + [
        f"{new}: &{new} [*{old}, *{old}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    (folder / "desk.yaml").write_text("\n".join(lines))
    assert any("anchors and aliases" in one for one in problems(folder))


def test_no_words_become_numbers_or_truths(folder: Path, spoil: Spoil) -> None:
    spoil("desk.yaml", "company: PT Contoh Bayar", "company: no")
    assert load_config(folder).desk.company == "no"


@pytest.mark.proves("D13")
def test_the_hash_is_over_the_meaning_and_not_the_layout(folder: Path, spoil: Spoil) -> None:
    before = load_config(folder).hash
    spoil("desk.yaml", "company: PT Contoh Bayar", "\n# A remark.\ncompany:   'PT Contoh Bayar'")
    spoil("rules.yaml", "rules:\n", "\n\nrules:\n")
    assert load_config(folder).hash == before
    spoil("desk.yaml", "burst_seconds: 60", "burst_seconds: 61")
    assert load_config(folder).hash != before


@pytest.mark.proves("D13")
def test_other_word_lists_are_another_configuration(folder: Path) -> None:
    before = load_config(folder).hash
    with (folder / "words" / "id.yaml").open("a") as file:
        file.write("# one more\n")
    assert load_config(folder).hash != before


@pytest.mark.proves("D13")
def test_a_stored_set_comes_back_as_it_was() -> None:
    config = load_config(SHIPPED)
    assert msgspec.json.decode(msgspec.json.encode(config), type=ConfigSet) == config
