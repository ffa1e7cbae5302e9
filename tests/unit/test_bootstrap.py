"""The launcher that runs before anything is installed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from console import bootstrap

ROOT = Path(__file__).resolve().parents[2]
STANDARD = sys.stdlib_module_names


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "console" / "bootstrap.py").read_text())
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert all(name.split(".")[0] in STANDARD for name in names), names


def test_what_pip_is_configured_with_reaches_uv() -> None:
    listed = (
        ":env:.cert='/etc/ssl/house.pem'\n"
        "global.index-url='https://global.example/simple'\n"
        "install.index-url='https://mirror.example/simple'\n"
        "global.extra-index-url='file:///a/simple\\nfile:///b/simple'\n"
        "global.find-links='/wheels /more'\n"
        "global.timeout='60'\n"
    )
    environ = bootstrap.uv_environment(bootstrap.pip_configuration(listed), {"PATH": "/bin"})
    assert environ["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert environ["UV_INDEX"] == "file:///a/simple file:///b/simple"
    assert environ["UV_FIND_LINKS"] == "/wheels,/more"
    assert environ["SSL_CERT_FILE"] == "/etc/ssl/house.pem"
    assert environ["PATH"] == "/bin"


def test_what_a_person_set_for_uv_stays() -> None:
    environ = bootstrap.uv_environment({"index-url": "https://pip.example"}, {"UV_DEFAULT_INDEX": "https://uv.example"})
    assert environ["UV_DEFAULT_INDEX"] == "https://uv.example"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (bootstrap.BUILD_LOCK, *bootstrap.LOCKS.values(), "pyproject.toml"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_a_stamp_that_fits_means_that_nothing_is_done(checkout: Path) -> None:
    venv = checkout / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "sigap.stamp").write_text(bootstrap.digest(checkout, "run"))
    assert bootstrap.ensure(checkout, "run") is False


def test_a_changed_lock_is_another_environment(checkout: Path) -> None:
    before = bootstrap.digest(checkout, "dev")
    (checkout / "requirements-dev.lock").write_text("changed")
    assert bootstrap.digest(checkout, "dev") != before
    assert bootstrap.digest(checkout, "run") != bootstrap.digest(checkout, "dev")


def test_a_wrong_word_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-S", ROOT / "console" / "bootstrap.py", "all"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "usage: bootstrap.py run|dev\n")
