"""Where this checkout is, and its settings. Light: what only starts others imports no more than this."""

import os
from pathlib import Path
from typing import Final

from config.settings import Settings, load_settings

ROOT: Final = Path(__file__).resolve().parent.parent


def settings_here() -> Settings:
    """The settings of this checkout and this environment. Raises ``SettingsError``."""
    return load_settings(os.environ, ROOT)
