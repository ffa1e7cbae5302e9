"""The plain package names resolve to this checkout, whatever else the environment has installed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("channels", "config", "console", "router", "sandbox", "tickets", "workers")


def test_every_package_name_is_ours(tmp_path: Path) -> None:
    names = ", ".join(PACKAGES)
    program = f"import {names}\nfor package in ({names}): print(package.__file__)"
    # From another folder and without PYTHONPATH: as the installed command line sees it.
    done = subprocess.run([sys.executable, "-P", "-c", program], cwd=tmp_path, capture_output=True, text=True, env={})
    if done.returncode != 0 and "No module named" in done.stderr:
        pytest.fail("the project is not installed in this environment; run: make setup-dev")
    assert done.stdout.splitlines() == [str(ROOT / package / "__init__.py") for package in PACKAGES], done.stderr
