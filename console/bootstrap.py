"""Makes `.venv` from the lock files, with nothing but a Python that has the standard library.

`python3 console/bootstrap.py run|dev` is what the Makefile calls before anything else. It does nothing, and that
quickly, when the stamp in `.venv` fits the lock files and the Python. uv installs; where uv has no wheel, pip does.
Whatever index, folder or certificate pip is configured with on this machine is passed on to uv, which reads no pip
configuration of its own. The file has to be readable by old Pythons, so that they can say that they are too old.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
BUILD_LOCK = "requirements-build.lock"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
# What pip calls a setting, what uv calls it, and what stands between several values.
PIP_TO_UV = (
    ("index-url", "UV_DEFAULT_INDEX", " "),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("no-index", "UV_NO_INDEX", " "),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("cert", "SSL_CERT_FILE", " "),
)


class SetupError(Exception):
    """Why there is no environment, in one line that says what to do."""


def main(arguments: list[str]) -> int:
    """Entry point; the one argument is `run` (default) or `dev`."""
    wanted = arguments[0] if arguments else "run"
    if wanted not in LOCKS:
        sys.stderr.write("usage: bootstrap.py run|dev\n")
        return 2
    if sys.version_info < OLDEST:
        return _with_newer_python(arguments)
    try:
        with _alone(ROOT):
            ensure(ROOT, wanted)
    except SetupError as error:
        sys.stderr.write(f"sigap: {error}\n")
        return 1
    return 0


def ensure(root: Path, wanted: str) -> bool:
    """Bring `.venv` under `root` to the wanted lock; returns whether anything had to be done."""
    venv = root / ".venv"
    # Test tools that are there stay: `make run` must not take them from under a running `make test`.
    kind = "dev" if wanted == "dev" or (venv / "bin" / "pytest").exists() else "run"
    stamp, fits = venv / "sigap.stamp", digest(root, kind)
    if stamp.is_file() and stamp.read_text() == fits:
        return False
    stamp.unlink(missing_ok=True)
    if not _same_python(venv):
        _say("making .venv")
        _make_venv(venv)
    _say("installing what Sigap is built from (once; about half a minute)")
    _install(root, venv, LOCKS[kind])
    stamp.write_text(fits)
    return True


def digest(root: Path, kind: str) -> str:
    """What an environment depends on, as one line: place, Python, and the bytes of the lock files."""
    whole = hashlib.sha256()
    for name in (BUILD_LOCK, LOCKS[kind], "pyproject.toml"):
        whole.update((root / name).read_bytes())
    return f"{kind} {sys.version_info[0]}.{sys.version_info[1]} {root} {whole.hexdigest()}\n"


def uv_environment(configured: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that make uv look where pip looks; what the person set for uv stays."""
    found = dict(environ)
    for pip_name, uv_name, between in PIP_TO_UV:
        if pip_name in configured and uv_name not in environ:
            found[uv_name] = between.join(configured[pip_name].split())
    # pip looks at all its indexes alike; every file is checked against the lock's digests all the same.
    found.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    found.setdefault("UV_LINK_MODE", "copy")
    return found


def pip_configuration(listed: str) -> dict[str, str]:
    """What `pip config list` printed, by plain option name; `install` beats `global`, the environment beats both."""
    ranks = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        name, equals, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if not equals or section not in ranks or ranks[section] < found.get(option, (-1, ""))[0]:
            continue
        try:
            found[option] = (ranks[section], str(ast.literal_eval(value)))
        except (SyntaxError, ValueError):
            found[option] = (ranks[section], value)
    return {option: value for option, (_, value) in found.items()}


def _install(root: Path, venv: Path, lock: str) -> None:
    python = str(venv / "bin" / "python")
    pip = [python, "-m", "pip"]
    quiet = ["install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    itself = ["--no-build-isolation", "--no-deps", "--editable", str(root)]
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
    if _run([*pip, *quiet, "--require-hashes", "-r", str(root / BUILD_LOCK)], os.environ):
        uv = [str(venv / "bin" / "uv"), "pip"]
        environ = uv_environment(pip_configuration(listed), os.environ)
        sync = [*uv, "sync", "--quiet", "--python", python, "--require-hashes", lock, BUILD_LOCK]
        if _run(sync, environ) and _run([*uv, "install", "--quiet", "--python", python, *itself], environ):
            return
    _say("uv could not do it; pip does it, which takes longer")
    builders = [line for line in _requirements(root / BUILD_LOCK) if not line.startswith("uv==")]
    without_uv = venv / "build-without-uv.lock"
    without_uv.write_text("\n".join(builders) + "\n")
    locked = [*pip, *quiet, "--require-hashes", "-r", str(root / lock), "-r", str(without_uv)]
    if not (_run(locked, os.environ) and _run([*pip, *quiet, *itself], os.environ)):
        raise SetupError("the packages could not be installed (see above); check the network and run the command again")


def _requirements(lock: Path) -> list[str]:
    return lock.read_text().replace("\\\n", " ").splitlines()


def _run(command: list[str], environ: Mapping[str, str]) -> bool:
    done = subprocess.run(command, cwd=ROOT, env=dict(environ), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode == 0


def _make_venv(venv: Path) -> None:
    try:
        import ensurepip  # noqa: F401
        import venv as module
    except ImportError:
        raise SetupError(
            f"this Python has no venv module; install it: apt-get install python3.{sys.version_info[1]}-venv"
        ) from None
    if venv.exists():
        shutil.rmtree(venv)
    module.EnvBuilder(with_pip=True, symlinks=True).create(venv)


def _same_python(venv: Path) -> bool:
    found = venv / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages" / "pip"
    return found.is_dir() and (venv / "bin" / "python").exists() and _belongs(venv)


def _belongs(venv: Path) -> bool:
    # The scripts of an environment name its folder; one that was copied or moved would run the other checkout's code.
    script = venv / "bin" / "pip"
    return script.is_file() and str(venv) in script.read_text(errors="replace").splitlines()[0]


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    # Two `make` at once would install over each other; the second waits and then finds everything done.
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _with_newer_python(arguments: list[str]) -> int:
    for minor in range(14, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and subprocess.run([newer, "-c", ""], capture_output=True, check=False).returncode == 0:
            return subprocess.run([newer, str(Path(__file__).resolve()), *arguments], check=False).returncode
    here = ".".join(str(part) for part in sys.version_info[:3])
    sys.stderr.write(f"sigap: needs Python 3.11 or newer, and this is {here}; install one, or name it: make PYTHON=…\n")
    return 1


def _say(line: str) -> None:
    sys.stderr.write(f"sigap: {line}\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
