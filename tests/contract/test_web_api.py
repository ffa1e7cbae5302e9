"""The JSON API from outside: making, reading and listing tickets, and doing it once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web_stage import BODY, PUBLIC, Stage, staged
from tickets.model import Channel

NEEDED = [
    "reference",
    "kind",
    "status",
    "waiting_for",
    "priority",
    "impact",
    "urgency",
    "category",
    "service",
    "team",
    "assignee",
    "channel",
    "reporter",
    "organisation",
    "opened_at",
    "version",
    "messages",
    "events",
]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


@pytest.mark.proves("D1", "D7", "D8", "D9", "D10", "D11")
async def test_a_program_makes_a_ticket_and_reads_it(stage: Stage) -> None:
    more = {"occurred_at": "2026-11-24T02:30:00Z", "service": "checkout", "language": "en", "subject": "Checkout"}
    status, found, headers = await stage.call(
        "POST", "/api/v1/tickets", stage.token("report"), json=BODY | more | {"email": "ani@kopisenja.example"}
    )
    assert status == 201
    assert set(found) == {"reference", "tracking_url"}
    assert found["tracking_url"].startswith(f"{PUBLIC}/t/")
    assert headers["Location"] == f"/api/v1/tickets/{found['reference']}"
    await stage.page(found["tracking_url"].removeprefix(PUBLIC))
    _, ticket, _ = await stage.call("GET", f"/api/v1/tickets/{found['reference']}", stage.token("read"))
    assert set(ticket) >= set(NEEDED)
    assert ticket["channel"] == Channel.API
    assert ticket["service"] == "checkout"
    assert ticket["occurred_at"] == "2026-11-24T02:30:00Z"
    assert ticket["messages"][0]["text"] == BODY["description"]
    assert ticket["events"][0]["seq"] == 1
    assert ticket["opened_at"].endswith("Z")
    assert ticket["reporter"]["name"] == "Ani"


async def test_a_reference_is_read_as_people_write_it(stage: Stage) -> None:
    reference = await stage.created()
    for written in (reference.lower(), reference.replace("-", ""), reference.removeprefix("INC-")):
        status, found, _ = await stage.call("GET", f"/api/v1/tickets/{written}", stage.token("read"))
        assert (status, found["reference"]) == (200, reference)


@pytest.mark.proves("D4")
async def test_the_same_key_is_done_once_even_at_the_same_time(stage: Stage) -> None:
    token = stage.token("report") | {"Idempotency-Key": "pesanan-17"}
    answers = await asyncio.gather(*(stage.call("POST", "/api/v1/tickets", token, json=BODY) for _ in range(20)))
    assert {status for status, _, _ in answers} == {201}
    assert len({found["reference"] for _, found, _ in answers}) == 1
    assert len({found["tracking_url"] for _, found, _ in answers}) == 1
    assert len(stage.reader.tickets().items) == 1
    status, found, _ = await stage.call("POST", "/api/v1/tickets", token, json=BODY | {"description": "wifi mati"})
    assert (status, found["code"]) == (409, "key_reused")
    other = stage.token("report") | {"Idempotency-Key": "pesanan-17"}
    assert (await stage.call("POST", "/api/v1/tickets", other, json=BODY))[0] == 201
    assert len(stage.reader.tickets().items) == 2


@pytest.mark.parametrize("key", ["", " ", "é", "x" * 129, "a b"])
async def test_a_key_that_is_none_is_refused(stage: Stage, key: str) -> None:
    token = stage.token("report") | {"Idempotency-Key": key}
    status, found, _ = await stage.call("POST", "/api/v1/tickets", token, json=BODY)
    assert (status, found["field"]) == (400, "Idempotency-Key")


async def test_lists_go_on_where_they_ended(stage: Stage) -> None:
    made = [
        await stage.created(description=f"printer nomor {number} mati", phone=f"+62812000001{number:02d}")
        for number in range(5)
    ]
    seen: list[str] = []
    cursor, token = "", stage.token("read")
    while True:
        path = f"/api/v1/tickets?limit=2{f'&cursor={cursor}' if cursor else ''}"
        _, found, _ = await stage.call("GET", path, token)
        seen += [one["reference"] for one in found["items"]]
        cursor = found["next"]
        if not cursor:
            break
    assert sorted(seen) == sorted(made)
    assert "messages" not in found["items"][0]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=offered", 1),
        ("status=closed", 0),
        ("open=true", 1),
        ("open=false", 1),
        ("team=payments", 1),
        ("team=network", 0),
        ("priority=P1", 0),
        ("organisation=house", 1),
        ("limit=999999999", 1),
        ("team=%25", 0),
        ("team='%20OR%201=1", 0),
    ],
)
async def test_filters(stage: Stage, query: str, count: int) -> None:
    await stage.created()
    status, found, _ = await stage.call("GET", f"/api/v1/tickets?{query}", stage.token("read"))
    assert (status, len(found["items"])) == (200, count)


@pytest.mark.proves("D4")
async def test_figures_count_every_message_once(stage: Stage) -> None:
    await stage.created()
    await stage.reports("printer kantor mati")
    status, found, _ = await stage.call("GET", "/api/v1/figures", stage.token("read"))
    assert status == 200
    assert found["messages"] == sum(found["dispositions"].values()) == 2
    assert "closed_without_confirmation" in found


async def test_a_locked_database_is_said_and_nothing_is_promised(stage: Stage) -> None:
    token = stage.token("report") | {"Idempotency-Key": "k1"}
    with stage.locked():
        status, found, headers = await stage.call("POST", "/api/v1/tickets", token, json=BODY)
    assert (status, found["code"]) == (503, "unavailable")
    assert int(headers["Retry-After"]) >= 1
    assert (await stage.call("POST", "/api/v1/tickets", token, json=BODY))[0] == 201
