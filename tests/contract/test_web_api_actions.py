"""What a program may do to a ticket, and that it never speaks for the reporter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.web.api.tickets import REPORTERS_OWN
from tests.web_stage import Stage, staged
from tickets.model import Status


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


async def test_an_action_needs_the_version_that_was_looked_at(stage: Stage) -> None:
    reference, token = await stage.created(), stage.token("admin")
    path = f"/api/v1/tickets/{reference}/actions"
    _, ticket, _ = await stage.call("GET", f"/api/v1/tickets/{reference}", token)
    act = {"action": "note", "seen_version": ticket["version"], "text": "dilihat dari luar"}
    status, found, _ = await stage.call("POST", path, token, json=act)
    assert status == 200, found
    assert found["version"] > ticket["version"]
    _, after, _ = await stage.call("GET", f"/api/v1/tickets/{reference}", token)
    assert ("note", "dilihat dari luar") in [(one["direction"], one["text"]) for one in after["messages"]]
    for wrong in (None, "1", 1.5, True, -1, 2**40, [1]):
        status, found, _ = await stage.call("POST", path, token, json=act | {"seen_version": wrong})
        assert status == 400, wrong


async def test_an_old_version_is_told_apart(stage: Stage) -> None:
    reference, token = await stage.created(), stage.token("admin")
    path = f"/api/v1/tickets/{reference}/actions"
    status, found, _ = await stage.call(
        "POST", path, token, json={"action": "cancel", "seen_version": 0, "reason": "spam"}
    )
    assert (status, found["code"]) == (409, "stale")


async def test_an_action_that_does_not_fit_names_those_that_do(stage: Stage) -> None:
    reference, token = await stage.created(), stage.token("admin")
    version = (await stage.call("GET", f"/api/v1/tickets/{reference}", token))[1]["version"]
    act = {"action": "resume", "seen_version": version}
    status, found, _ = await stage.call("POST", f"/api/v1/tickets/{reference}/actions", token, json=act)
    assert (status, found["code"]) == (409, "invalid_transition")
    assert "cancel" in found["allowed"]


@pytest.mark.proves("D37", "N1")
@pytest.mark.parametrize("action", sorted(REPORTERS_OWN))
async def test_no_token_speaks_for_the_reporter(stage: Stage, action: str) -> None:
    path = await stage.reports()
    await stage.repaired(path)
    ticket = stage.ticket(path).ticket
    act = {"action": action, "seen_version": ticket.version, "words": "ya", "score": "good"}
    where = f"/api/v1/tickets/{ticket.reference}/actions"
    status, found, _ = await stage.call("POST", where, stage.token("admin"), json=act)
    assert (status, found["code"]) == (403, "not_allowed")
    assert stage.ticket(path).ticket.status is Status.AWAITING_CONFIRMATION


async def test_unknown_actions_name_the_known_ones(stage: Stage) -> None:
    reference, token = await stage.created(), stage.token("admin")
    for action in ("close", "took_over", "confirm_lapse", "offer_expired", "x" * 39, "p\u0441"):
        act = {"action": action, "seen_version": 1}
        status, found, _ = await stage.call("POST", f"/api/v1/tickets/{reference}/actions", token, json=act)
        assert (status, found["code"]) == (400, "unknown_action")
        assert "reply" in found["allowed"]


async def test_the_same_key_acts_once(stage: Stage) -> None:
    reference = await stage.created()
    token = stage.token("admin") | {"Idempotency-Key": "catatan-1"}
    version = (await stage.call("GET", f"/api/v1/tickets/{reference}", token))[1]["version"]
    act = {"action": "note", "seen_version": version, "text": "sekali saja"}
    path = f"/api/v1/tickets/{reference}/actions"
    first, second = [await stage.call("POST", path, token, json=act) for _ in range(2)]
    assert first[1]["version"] == second[1]["version"]
    assert second[1]["repeated"] is True
    status, found, _ = await stage.call("POST", path, token, json=act | {"text": "lain"})
    assert (status, found["code"]) == (409, "key_reused")
