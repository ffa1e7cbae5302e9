"""The document of the API against the code."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.web.api.documents import document
from channels.web.api.tickets import ACTIONS, CREATE_FIELDS, FILTERS, REPORTERS_OWN
from channels.web.app import ROUTES
from router.table import ACTIONS as DESK_ACTIONS
from tests.web_stage import Stage, staged
from tickets.lifecycle import Action


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


def test_the_document_describes_every_call_and_no_other() -> None:
    written = {
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
        if method != "parameters"
    }
    assert written == {(method, path) for method, path, _ in ROUTES if path.startswith("/api/v1/")}


def test_the_document_names_what_the_code_takes() -> None:
    schemas, paths = document()["components"]["schemas"], document()["paths"]
    assert set(schemas["NewTicket"]["properties"]) == set(CREATE_FIELDS)
    assert tuple(schemas["Act"]["properties"]["action"]["enum"]) == ACTIONS
    assert {one["name"] for one in paths["/api/v1/tickets"]["get"]["parameters"]} == set(FILTERS)
    known = set(DESK_ACTIONS)
    assert set(ACTIONS) <= known
    assert known >= REPORTERS_OWN
    assert not set(ACTIONS) & {Action.CONFIRM.value, Action.DENY.value}


async def test_answers_are_as_the_document_says(stage: Stage) -> None:
    reference, token = await stage.created(), stage.token("admin")
    schemas = document()["components"]["schemas"]
    _, ticket, _ = await stage.call("GET", f"/api/v1/tickets/{reference}", token)
    row, whole = schemas["TicketRow"], schemas["Ticket"]
    assert set(ticket) == set(row["properties"]) | set(whole["properties"])
    _, listed, _ = await stage.call("GET", "/api/v1/tickets", token)
    assert set(listed["items"][0]) == set(row["properties"])
    assert set(ticket["messages"][0]) == set(schemas["Message"]["properties"])
    assert set(ticket["events"][0]) == set(schemas["Event"]["properties"])


async def test_the_document_can_be_read_without_the_internet(stage: Stage) -> None:
    status, found, _ = await stage.call("GET", "/api/openapi.json")
    assert (status, found["openapi"]) == (200, "3.1.0")
    page = await stage.page("/api/docs")
    assert "/api/v1/tickets/{reference}/actions" in page
    assert 'id="problem-key_reused"' in page
    assert "http://" not in page
    assert "https://" not in page
