"""`sigap rules` and `sigap config` as an operator types them."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.editorschema import FILES, editor_schema
from config.problems import ConfigErrors
from console.commands import configuration, rules

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = ROOT / "tests" / "data" / "rules" / "held_out.yaml"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped files, to be spoilt, and a data folder of the test's own."""
    copy = tmp_path / "config"
    shutil.copytree(ROOT / "config", copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setenv("SIGAP_CONFIG_DIR", str(copy))
    monkeypatch.setenv("SIGAP_DATA_DIR", str(tmp_path / "data"))
    return copy


@pytest.mark.proves("D13", "D20")
def test_explain_says_what_words_become_and_why() -> None:
    result = CliRunner().invoke(rules.app, ["explain", "vpn mati sejak pagi"])
    assert result.exit_code == 0
    assert "office-network" in result.output
    assert "network-trouble" in result.output
    assert "Dampak rendah dan kemendesakan sedang berarti P3." in result.output


@pytest.mark.proves("D13", "D22")
def test_explain_in_json_and_english() -> None:
    result = CliRunner().invoke(rules.app, ["explain", "semua error min", "--json", "--language", "en"])
    said = json.loads(result.output)
    assert (said["priority"], said["p1_suspected"], said["category"]) == ("P2", True, "other")
    assert "Impact high and urgency high mean P1." in said["why"]
    assert said["reasons"]["rating"]["held_at_p2"] == "one_voice"


def test_a_chosen_service_counts() -> None:
    result = CliRunner().invoke(rules.app, ["explain", "ga bisa dibuka", "--service", "dashboard", "--json"])
    assert json.loads(result.output)["service"] == "dashboard"


def test_the_shipped_examples_hold() -> None:
    result = CliRunner().invoke(rules.app, ["test", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output)["wrong"] == []
    assert json.loads(result.output)["tried"] >= 130


def test_reports_of_a_file_are_tried_and_told_with_their_line(tmp_path: Path) -> None:
    cases = tmp_path / "mine.yaml"
    cases.write_text("mine:\n  - {text: wifi mati, category: network}\n  - {text: wifi mati, category: hardware}\n")
    result = CliRunner().invoke(rules.app, ["test", "--cases", str(cases)])
    assert result.exit_code == 1
    assert "mine.yaml:3: 'wifi mati' becomes category network" in result.output
    assert "1 lead elsewhere" in result.output


def test_a_broken_example_fails_with_its_line(folder: Path) -> None:
    file = folder / "rules.yaml"
    file.write_text(file.read_text().replace('"keklik undangan.apk di wa"', '"wifi mati"'))
    result = CliRunner().invoke(rules.app, ["test"])
    assert result.exit_code == 1
    assert "malware: its own example 'wifi mati' does not lead here" in result.output


def test_check_says_that_all_is_sound() -> None:
    result = CliRunner().invoke(configuration.app, ["check", "--json"])
    assert result.exit_code == 0
    said = json.loads(result.output)
    assert said["ok"]
    assert said["counts"]["teams"] == 5
    assert len(said["hash"]) == 64


def test_check_tells_every_problem(folder: Path) -> None:
    file = folder / "desk.yaml"
    file.write_text(file.read_text().replace("burst_seconds", "burst_secnds"))
    result = CliRunner().invoke(configuration.app, ["check", "--json"])
    assert result.exit_code == 2
    problem = json.loads(result.output)["problems"][0]
    assert problem["file"] == "desk.yaml"
    assert problem["message"] == "unknown key 'burst_secnds'; did you mean 'burst_seconds'?"
    assert isinstance(CliRunner().invoke(configuration.app, ["check"]).exception, ConfigErrors)


@pytest.mark.parametrize("file", FILES)
def test_the_schema_of_every_file_is_closed_and_refers_to_what_it_has(file: str) -> None:
    schema = editor_schema(file)
    assert schema["additionalProperties"] is False
    text = json.dumps(schema)
    for name in text.split('"#/$defs/')[1:]:
        assert name.split('"')[0] in schema["$defs"]
    assert '"place"' not in text
    assert CliRunner().invoke(configuration.app, ["schema", file]).exit_code == 0
