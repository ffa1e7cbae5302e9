"""The house as a test: who may import whom, where libraries of the outside may be named, how long is too long."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each may import itself and those to its left.
ORDER = ("config", "tickets", "router", "channels", "workers", "console")
PACKAGES = (*ORDER, "sandbox")
# Library → the folders that may name it.
ONLY_IN = {
    "sqlalchemy": ("tickets/store/",),
    "alembic": ("tickets/store/",),
    "rq": ("workers/",),
    "twilio": ("channels/",),
    "telegram": ("channels/",),
    "requests": ("channels/",),
    "httpx": ("channels/",),
    "urllib3": ("channels/",),
    "urllib.request": ("channels/",),
    "http.client": ("channels/",),
    "smtplib": ("channels/",),
    "imaplib": ("channels/",),
}
# The sandbox calls the product over HTTP as a provider would, but with no provider's library.
SANDBOX_MAY = {"requests", "httpx", "urllib.request", "http.client", "smtplib"}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
LONGEST_FILE, LONGEST_FUNCTION = 500, 80
# Tables, texts and migrations may be long.
MAY_BE_LONG = ("tickets/store/migrations/", "tickets/store/schema.py")


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything that a module imports, also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or '.'}.{alias.name}") for alias in node.names)


def forbidden(path: str, module: ast.Module) -> list[str]:
    """What a file imports although its layer must not, one line each."""
    own = path.split("/")[0]
    found = []
    for line, imported in imports(module):
        target = imported.split(".")[0]
        if target in PACKAGES and target != own:
            if "sandbox" in (own, target) or ORDER.index(target) > ORDER.index(own):
                found.append(f"{path}:{line} imports {imported}: {own} must not know {target}")
            continue
        for library, folders in ONLY_IN.items():
            named = imported == library or imported.startswith(f"{library}.")
            if named and not path.startswith(folders) and not (own == "sandbox" and library in SANDBOX_MAY):
                found.append(f"{path}:{line} imports {imported}: only {' and '.join(folders)} may")
        # aiohttp is our web server everywhere that serves; its client is for calling others.
        if imported.startswith(("aiohttp.ClientSession", "aiohttp.client", "aiohttp.request")) and own not in (
            "channels",
            "sandbox",
        ):
            found.append(f"{path}:{line} imports {imported}: only channels/ may call others")
    return found


def test_nobody_imports_against_the_layers() -> None:
    found = [line for path in sources() for line in forbidden(name(path), tree(path))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("tickets/model.py", "from router import rules"),
        ("tickets/model.py", "def late():\n    import workers.jobs"),
        ("router/rules.py", "from sqlalchemy import select"),
        ("tickets/sla.py", "import sqlalchemy.orm"),
        ("console/run.py", "from rq import Queue"),
        ("workers/delivery.py", "from telegram import Bot"),
        ("workers/delivery.py", "from aiohttp import ClientSession"),
        ("sandbox/run.py", "from config.settings import Settings"),
        ("sandbox/run.py", "import twilio.rest"),
        ("console/supervise.py", "import sandbox.run"),
    ],
)
def test_the_walk_sees_what_it_must(path: str, source: str) -> None:
    assert forbidden(path, ast.parse(source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("console/run.py", "from config.settings import Settings\nfrom workers.jobs import ring"),
        ("tickets/store/writer.py", "from sqlalchemy import insert"),
        ("channels/telegram/bot.py", "from telegram import Bot"),
        ("sandbox/run.py", "from aiohttp import ClientSession, web"),
    ],
)
def test_the_walk_lets_pass_what_may_be(path: str, source: str) -> None:
    assert forbidden(path, ast.parse(source)) == []


def test_no_file_and_no_function_is_too_long() -> None:
    found = []
    for path in sources():
        if name(path).startswith(MAY_BE_LONG):
            continue
        lines = path.read_text().count("\n")
        if lines > LONGEST_FILE:
            found.append(f"{name(path)} has {lines} lines")
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    found.append(f"{name(path)}:{node.lineno} {node.name} has {length} lines")
    assert not found, "\n".join(found)


def test_modules_are_named_after_what_they_hold() -> None:
    found = [name(path) for path in sources() if BANNED_NAMES & {path.stem, *path.relative_to(ROOT).parts[:-1]}]
    assert not found, "\n".join(found)
