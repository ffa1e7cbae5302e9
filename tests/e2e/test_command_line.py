"""The command line as an operator uses it: a fresh folder, real processes, one clear line when something is wrong."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


class CommandLine:
    """`sigap` on an installation of this test alone."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("SIGAP_", "TWILIO_"))}
        self.environ = {
            **outside,
            "SIGAP_SETTINGS_FILE": str(folder / "none.env"),
            "SIGAP_DATA_DIR": str(self.data),
            "SIGAP_HTTP_PORT": str(free_port()),
            "SIGAP_SANDBOX_PORT": str(free_port()),
        }

    def __call__(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "console.cli", *arguments],
            cwd=ROOT,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def json(self, *arguments: str) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def sigap(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_people_tokens_and_the_proof(sigap: CommandLine) -> None:
    assert sigap("init").returncode == 0
    names = [agent["name"] for agent in sigap.json("agent", "list")["items"]]
    assert sorted(names) == ["Bu Maya", "Rina", "Sari"]
    added = sigap.json("agent", "add", "Tono", "--team", "network", "--telegram-id", "77", "--available")
    tono = next(one for one in sigap.json("agent", "list")["items"] if one["id"] == added["account"])
    assert (tono["name"], tono["presence"], tono["linked"]) == ("Tono", "available", True)
    assert "unknown team (netwrk)" in one_line(sigap("agent", "add", "Wati", "--team", "netwrk"))
    assert len(sigap.json("agent", "invite", "Tono")["code"]) >= 6

    token = sigap.json("token", "create", "--scope", "admin", "--name", "tests")["token"]
    listed = sigap("token", "list", "--json").stdout
    assert token not in listed
    assert "tests" in listed
    assert "admni is no scope" in one_line(sigap("token", "create", "--scope", "admni"))

    assert sigap.json("ticket", "list") == {"items": [], "next": None}
    assert one_line(sigap("ticket", "show", "INC-00000000")) == "sigap: there is no ticket INC-00000000"
    assert sigap.json("quarantine", "list")["items"] == []
    assert sigap.json("tray", "list")["items"] == []
    assert sigap.json("audit", "verify")["sound"] is True
    assert sigap("init").returncode == 0
    assert len(sigap.json("agent", "list")["items"]) == 4


def test_an_altered_row_is_named(sigap: CommandLine) -> None:
    sigap("init")
    with sqlite3.connect(sigap.data / "sigap.db") as connection:
        connection.execute("UPDATE account SET capacity = 99 WHERE name = 'Sari'")
    connection.close()
    done = sigap("audit", "verify")
    assert done.returncode == 1
    assert "first bad row: account:" in done.stderr
    assert "capacity" in done.stderr
    sigap("audit", "verify", "--rebuild")
    assert sigap("audit", "verify").returncode == 0


def test_doctor_names_what_is_wrong(sigap: CommandLine) -> None:
    good = {row["check"]: row for row in sigap.json("doctor")["items"]}
    assert good["config"]["state"] == "good"
    assert {"python", "settings", "sqlite", "database", "redis", "port", "address"} <= good.keys()
    done = sigap("doctor", SIGAP_TIMEZONE="Mars")
    assert done.returncode == 1
    assert "SIGAP_TIMEZONE" in done.stdout


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"SIGAP_HTTP_PORT": "many"}, "sigap: SIGAP_HTTP_PORT must be a port from 1 to 65535, not 'many'"),
        ({"SIGAP_LANGAUGE": "id"}, "sigap: SIGAP_LANGAUGE (environment) is no setting; did you mean SIGAP_LANGUAGE?"),
        (
            {"TWILIO_ACCOUNT_SID": "AC1", "SIGAP_WHATSAPP_FROM": "+62811"},
            "sigap: TWILIO_AUTH_TOKEN is missing: TWILIO_ACCOUNT_SID is set, and half a credential is of no use; "
            "set both or neither",
        ),
    ],
)
def test_run_refuses_a_wrong_setting_in_one_line(sigap: CommandLine, environ: dict[str, str], line: str) -> None:
    assert one_line(sigap("run", **environ)) == line
    assert not sigap.data.exists()


def test_run_refuses_a_taken_port(sigap: CommandLine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(sigap.environ["SIGAP_HTTP_PORT"])))
        other.listen()
        assert "set SIGAP_HTTP_PORT to another port" in one_line(sigap("run"))


def test_run_refuses_a_broken_rule_with_its_place(sigap: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    rules = folder / "rules.yaml"
    lines = rules.read_text().splitlines()
    number = next(index for index, line in enumerate(lines) if line.strip().startswith("team: ") or " team: " in line)
    lines[number] = lines[number].replace("team: ", "team: x", 1)
    rules.write_text("\n".join(lines) + "\n")
    told = one_line(sigap("run", SIGAP_CONFIG_DIR=str(folder)))
    assert told.startswith(f"sigap: rules.yaml:{number + 1}: ")
    assert not (sigap.data / "sigap.db").exists()
