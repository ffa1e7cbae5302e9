"""Who may call the API, and what whoever may not is told."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.web_stage import BODY, Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


async def test_who_may_do_what(stage: Stage) -> None:
    reference = await stage.created()
    act = {"action": "note", "seen_version": 1, "text": "x"}
    calls: list[tuple[str, str, dict[str, Any], set[str]]] = [
        ("POST", "/api/v1/tickets", {"json": BODY}, {"report", "admin"}),
        ("GET", "/api/v1/tickets", {}, {"read", "admin"}),
        ("GET", f"/api/v1/tickets/{reference}", {}, {"read", "admin"}),
        ("POST", f"/api/v1/tickets/{reference}/actions", {"json": act}, {"admin"}),
        ("GET", "/api/v1/figures", {}, {"read", "admin"}),
    ]
    for method, path, options, allowed in calls:
        for scope in ("report", "read", "admin", "alerts:grafana"):
            status, found, headers = await stage.call(method, path, stage.token(scope), **options)
            if scope in allowed:
                assert status < 400 or found["code"] in {"stale", "not_allowed"}, (method, path, scope, found)
            else:
                assert (status, found["code"]) == (403, "scope"), (method, path, scope)
                assert set(found["allowed"]) == allowed
                assert "insufficient_scope" in headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer sigap_unknown",
        "Basic YTpi",
        "Bearer " + "x" * 5000,
        "Bearer é",
        "bearer\tx",
    ],
)
async def test_without_a_token_nothing_is_told(stage: Stage, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for method, path in (
        ("GET", "/api/v1/tickets"),
        ("GET", "/api/v1/tickets/INC-00000000"),
        ("POST", "/api/v1/tickets"),
    ):
        status, found, answered = await stage.call(method, path, headers)
        assert (status, found["code"]) == (401, "unauthorized")
        assert answered["WWW-Authenticate"].startswith("Bearer")


async def test_a_revoked_token_is_dead_at_once(stage: Stage) -> None:
    token = stage.token("read")
    assert (await stage.call("GET", "/api/v1/tickets", token))[0] == 200
    stage.tokens.revoke(stage.reader.api_tokens()[-1].id, stage.clock())
    assert (await stage.call("GET", "/api/v1/tickets", token))[0] == 401


async def test_a_token_in_the_address_is_refused_with_a_hint(stage: Stage) -> None:
    status, found, _ = await stage.call("GET", "/api/v1/tickets?token=abc")
    assert (status, found["code"]) == (400, "token_in_address")
