"""What every test may use."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def now() -> datetime:
    """A Monday morning in Jakarta (10:00 there), in working hours."""
    return datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a fresh clone whose data lie in a folder of this test alone; all providers are played."""
    environ = {"SIGAP_SETTINGS_FILE": str(tmp_path / "none.env"), "SIGAP_DATA_DIR": str(tmp_path / "data")}
    return load_settings(environ, ROOT)
