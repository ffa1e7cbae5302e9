"""What `sigap run` runs on one machine, what is looked at before, and what it says when it is up."""

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from config.settings import Settings
from console import redis_server
from console.children import Child, Report, http_answers, redis_answers
from console.failure import Failure

# On SQLite one process writes, so the doors live together; PostgreSQL may have one role per line (see the Procfile).
FRONT_ROLES: Final = ("web", "telegram", "clock")
# It never saves by forking, which the first is about; the others are its way to stop.
REDIS_SAYS: Final = ("overcommit", "scheduling shutdown", "ready to exit")
SANDBOX_TOKEN_FILE: Final = "sandbox.token"
_WIDEST: Final = 8


def stages(settings: Settings) -> list[list[Child]]:
    """What the product stands on (Redis, unless the operator has one, and the played providers); then the product."""
    style = {"SIGAP_LOG": "text" if settings.log == "auto" else settings.log}
    python = [sys.executable, "-m", "console.run"]
    first: list[Child] = []
    if settings.redis_url is None:
        command = redis_server.command(settings.data_dir)
        ready = redis_answers(redis_server.socket_path(settings.data_dir))
        first.append(Child(name="redis", command=command, ready=ready, unheard=REDIS_SAYS))
    host = "127.0.0.1" if settings.http_host in {"0.0.0.0", "::", ""} else settings.http_host
    second = [
        Child(
            name="web",
            command=[*python, *FRONT_ROLES],
            environ=style,
            ready=http_answers(host, settings.http_port, "/readyz"),
        ),
        Child(name="worker", command=[*python, "worker"], environ=style, beat=beat_file(settings, "worker")),
    ]
    if settings.played:
        first.append(_sandbox(settings))
    return [first, second]


def _sandbox(settings: Settings) -> Child:
    environ = {
        "SIGAP_SANDBOX_PORT": str(settings.sandbox_port),
        "SANDBOX_PUBLIC_URL": settings.sandbox_url,
        "SANDBOX_PRODUCT_URL": settings.http_url,
        "SANDBOX_SIGNED_URL": settings.public_url,
        "SANDBOX_DATA_DIR": str(settings.data_dir / "sandbox"),
        "SANDBOX_API_TOKEN_FILE": str(settings.data_dir / SANDBOX_TOKEN_FILE),
        "SANDBOX_KILL_WORKER_PID_FILE": str(settings.run_dir / "worker.pid"),
    }
    if settings.clock_file is not None:
        environ["SANDBOX_CLOCK_FILE"] = str(settings.clock_file)
    if settings.redis_url is None:
        environ["SANDBOX_REDIS_SOCKET"] = str(redis_server.socket_path(settings.data_dir))
    return Child(
        name="sandbox",
        command=[sys.executable, "-m", "sandbox.run"],
        environ=environ,
        ready=http_answers("127.0.0.1", settings.sandbox_port, "/"),
        awaited=False,
    )


def beat_file(settings: Settings, name: str) -> Path:
    """What a child touches while it is well."""
    return settings.run_dir / f"{name}.beat"


def check_ports(settings: Settings) -> None:
    """Raises ``Failure`` when a port that is going to be opened is somebody else's."""
    wanted = [("SIGAP_HTTP_PORT", settings.http_host, settings.http_port)]
    if settings.played:
        wanted.append(("SIGAP_SANDBOX_PORT", "127.0.0.1", settings.sandbox_port))
    for name, host, port in wanted:
        reason = port_problem(host, port)
        if reason:
            raise Failure(f"port {port} on {host}: {reason}; stop the other program, or set {name} to another port")


def port_problem(host: str, port: int) -> str | None:
    """Why nobody can listen there now, or None."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return error.strerror or str(error)
    return None


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the data folder: two supervisors on one folder would fight over the same files."""
    try:
        redis_server.prepare_folders(settings.data_dir)
        settings.run_dir.mkdir(parents=True, exist_ok=True)
        lock = (settings.run_dir / "supervisor.lock").open("a+")
    except OSError as error:
        raise Failure(f"SIGAP_DATA_DIR: {error.filename}: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise Failure(f"Sigap runs already on {settings.data_dir} (process {holder})") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def prepare(settings: Settings) -> None:
    """Let one process check the files, bring the tables up to date and make what is made once.

    In a process of its own, so that the supervisor stays small; passed over when nothing has changed since it was
    last done. Its words are for the operator. Raises ``Failure``.
    """
    stamp = settings.run_dir / "prepared"
    if stamp.is_file() and stamp.read_text() == _state(settings):
        return
    stamp.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "console.prepare"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = done.stderr.strip() or f"preparing failed with exit code {done.returncode}"
        raise Failure(words, code=done.returncode if done.returncode > 0 else 1)
    sys.stderr.write(done.stderr)
    stamp.write_text(_state(settings))


def _state(settings: Settings) -> str:
    """A digest of all that preparing looks at: our code, the operator's files, and which file the database is."""
    whole = hashlib.sha256(f"{sys.version}\n{settings.database_url}\n{sorted(settings.played)}\n".encode())
    code = [settings.root / package for package in ("channels", "config", "console", "router", "tickets", "workers")]
    for folder in (*code, settings.config_dir):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in {".py", ".yaml", ".j2"}:
                found = path.stat()
                whole.update(f"{path}\n{found.st_mtime_ns}\n{found.st_size}\n".encode())
    if settings.sqlite:
        database = Path(settings.database_url.removeprefix("sqlite:///"))
        whole.update(str(database.stat().st_ino if database.exists() else 0).encode())
    return whole.hexdigest()


def banner(settings: Settings) -> list[str]:
    """What is printed when everything is up; the last line stands alone."""
    lines = [
        "",
        f"  report form   {settings.http_url}/report",
        f"  API           {settings.http_url}/api/docs",
        f"  data          {shown(settings.data_dir, settings.root)}",
    ]
    live = [
        name
        for name, provider in (("twilio", settings.twilio), ("telegram", settings.telegram), ("smtp", settings.mail))
        if provider is not None and name not in settings.played
    ]
    lines.append(f"  real          {', '.join(live) or 'none'}")
    if settings.played:
        lines.append(f"  played        {', '.join(sorted(settings.played))}")
        return [*lines, "", f"Buka {settings.sandbox_url}  — peragaan tanpa akun, data contoh"]
    return [*lines, "", f"Buka {settings.public_url}/report"]


def shown(path: Path, root: Path) -> str:
    """A path as an operator in the checkout would write it."""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def printer(json_lines: bool) -> Report:
    """Prints what children say to stderr, each line behind the child's name (JSON lines as they are).

    What has no name is for the person who started us and goes to stdout.
    """

    def report(name: str, line: str) -> None:
        prefix = "" if not name or (json_lines and line.startswith("{")) else f"{name:<{_WIDEST}}| "
        # Whoever read our words may be gone; the desk goes on.
        with suppress(OSError):
            stream = sys.stderr if name else sys.stdout
            stream.write(f"{prefix}{line}\n")
            stream.flush()

    return report
