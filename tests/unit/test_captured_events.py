"""Every type of event can be read for ever: one captured event per type and version, never edited."""

import ast
import json
from pathlib import Path

import msgspec
import pytest

from tests.playing import RINA, PlayedDesk
from tickets.events import Event, chain
from tickets.model import Account, Ticket
from tickets.projection import fold

ROOT = Path(__file__).resolve().parent.parent.parent
CAPTURED = sorted((ROOT / "tests" / "data" / "events").glob("*.json"))
# Functions of the router that name an event, as the last text that they are given.
NAMING = {"happened", "moved", "changed", "noted", "move_to", "place_service", "rate", "_not_taken"}


def read(path: Path) -> Event:
    """A captured body as the event that it was."""
    body = path.read_text().rstrip("\n")
    facts = json.loads(body)
    return Event(
        stream=facts["stream"],
        seq=facts["seq"],
        type=facts["type"],
        v=facts["v"],
        body=body,
        previous="0" * 64,
        hash=chain("0" * 64, body),
    )


@pytest.mark.proves("N16")
@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_it_can_still_be_read_and_folded(path: Path) -> None:
    event = read(path)
    assert path.stem == f"{event.type}.v{event.v}"
    desk = PlayedDesk()
    desk.says("checkout gagal terus")
    family = event.stream.partition(":")[0]
    if family == "ticket":
        base = None if event.type == "opened" else desk.ticket
        assert isinstance(fold(Ticket, base, data=event.data, identity="t", seq=9, at=event.at), Ticket)
    elif family == "account":
        known = None if event.type == "added" else desk.state.accounts[RINA]
        assert isinstance(fold(Account, known, data=event.data, identity="a", seq=9, at=event.at), Account)


def test_every_type_that_the_router_writes_is_captured() -> None:
    named: set[str] = set()
    for file in (ROOT / "router").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _called(node.func) in NAMING:
                named |= _texts(node)
    assert named - {path.stem.rpartition(".")[0] for path in CAPTURED} == set()


def _called(function: ast.expr) -> str:
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _texts(call: ast.Call) -> set[str]:
    """The texts among the arguments; of a choice between two, both."""
    found: set[str] = set()
    for argument in call.args:
        branches = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
        found |= {one.value for one in branches if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def test_no_personal_words_stand_in_events() -> None:
    """What people wrote is named by id only."""
    for path in CAPTURED:
        body = path.read_text()
        assert "checkout gagal" not in body
        assert "+62" not in body
        assert "Ani" not in body
        msgspec.json.decode(body)
