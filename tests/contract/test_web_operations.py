"""What watches the process, and what its log never says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from tests.web_stage import Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


async def test_alive_and_ready(stage: Stage) -> None:
    assert (await stage.client.get("/healthz")).status == 200
    answer = await stage.client.get("/readyz")
    found = await answer.json()
    assert (answer.status, found["status"]) == (200, "ok")
    assert found["checks"] == {"database": "ok", "redis": "ok", "queue": "ok"}


async def test_a_silent_bell_degrades_but_takes_no_front_away(stage: Stage) -> None:
    stage.bell["answers"] = False
    answer = await stage.client.get("/readyz")
    assert answer.status == 200
    assert (await answer.json())["checks"]["redis"] == "down"


async def test_a_queue_that_nobody_works_on_is_seen(stage: Stage) -> None:
    await stage.reports()
    stage.clock.forward(minutes=10)
    found = await (await stage.client.get("/readyz")).json()
    assert found["checks"]["queue"] == "late"
    assert found["queue_age_s"] >= 600


async def test_without_a_database_it_is_not_ready(stage: Stage) -> None:
    path = stage.database.path
    assert path
    stage.database.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    answer = await stage.client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["checks"]["database"] == "down"
    assert (await stage.client.get("/healthz")).status == 200
    assert "sigap_database_up 0.0" in await (await stage.client.get("/metrics")).text()


async def test_metrics_count_requests_by_pattern_and_the_desk_by_figures(stage: Stage) -> None:
    path = await stage.reports()
    await stage.page(path)
    text = await (await stage.client.get("/metrics")).text()
    assert 'sigap_http_requests_total{method="GET",route="/t/{token}",status="200"} 1.0' in text
    assert "sigap_messages 1.0" in text
    assert 'sigap_dispositions{of="opened"} 1.0' in text
    assert path.removeprefix("/t/") not in text


@pytest.mark.proves("D50")
async def test_the_log_holds_no_secret_and_no_person(stage: Stage) -> None:
    with structlog.testing.capture_logs() as lines:
        path = await stage.reports(email="hendra@tokomelati.example", phone="0812-0000-0009")
        await stage.page(f"{path}?lang=en")
        await stage.client.get("/nothing/hendra@tokomelati.example")
        await stage.client.get("/api/v1/tickets?token=rahasia", headers={"Authorization": "Bearer rahasia"})
    assert {"http_request"} <= {line["event"] for line in lines}
    said = repr(lines)
    for secret in (path.removeprefix("/t/"), "hendra", "8120000", "rahasia", "127.0.0.1", "lang=en"):
        assert secret not in said
