"""What the API says to requests that are wrong, or meant to break it: always 4xx, by name."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.web.api.tickets import CREATE_FIELDS
from tests.web_stage import BODY, Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    "reference", ["INC-00000000", "x", "../../x", "INC-7K3M9QX", "%00", "%ff", "' OR 1=1", "a" * 4000]
)
async def test_what_is_no_reference_is_not_found(stage: Stage, reference: str) -> None:
    status, found, _ = await stage.call("GET", f"/api/v1/tickets/{reference}", stage.token("read"))
    assert (status, found["code"]) in {(404, "unknown_ticket"), (404, "not_found")}


@pytest.mark.parametrize(
    "field",
    ["status", "assignee", "assignee_id", "is_internal", "created_at", "tenant", "priority", "impact", "organisation"],
)
async def test_nobody_sets_what_is_not_theirs_to_set(stage: Stage, field: str) -> None:
    status, found, _ = await stage.call("POST", "/api/v1/tickets", stage.token("report"), json=BODY | {field: "x"})
    assert (status, found["code"], found["fields"]) == (400, "unknown_field", [field])
    assert found["allowed"] == sorted(CREATE_FIELDS)
    assert stage.reader.figures().messages == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, "missing"),
        ({"name": "  "}, "missing"),
        ({"name": 5}, "invalid"),
        ({"name": "x" * 81}, "invalid"),
        ({"description": ""}, "missing"),
        ({"description": ["x"]}, "invalid"),
        ({"description": "x" * 5001}, "invalid"),
        ({"phone": None}, "missing"),
        ({"phone": "12"}, "invalid"),
        ({"phone": None, "email": "no"}, "invalid"),
        ({"service": "nothing"}, "unknown_service"),
        ({"language": "fr"}, "invalid"),
        ({"occurred_at": "yesterday"}, "invalid"),
        ({"occurred_at": "2026-11-24T02:30:00"}, "invalid"),
        ({"occurred_at": "2036-11-24T02:30:00Z"}, "invalid"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "invalid"),
        ({"occurred_at": 5}, "invalid"),
    ],
)
async def test_a_wrong_value_is_named(stage: Stage, change: dict[str, Any], code: str) -> None:
    status, found, _ = await stage.call("POST", "/api/v1/tickets", stage.token("report"), json=BODY | change)
    assert (status, found["code"]) == (400, code)
    assert "field" in found or "fields" in found


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"[" * 100_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b'{"name": ' + b"1" * 5000 + b"}",
        b'{"name": 1e999}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\ud800"}',
        b'{"name": "a\\u0000b"}',
        b'{"a\\u0000": 1}',
        b'{"name": "\xe9"}',
        b"\xef\xbb\xbf{}",
        b'{"name": 9223372036854775808}',
        b'{"description": "\\uFFFE"}',
        b'{"name": "\x01"}',
        b'{"name":"a"} {"name":"b"}',
    ],
)
async def test_hostile_bodies_are_the_senders_fault(stage: Stage, body: bytes) -> None:
    token = stage.token("admin") | {"Content-Type": "application/json"}
    reference = await stage.created()
    for path in ("/api/v1/tickets", f"/api/v1/tickets/{reference}/actions"):
        status, found, _ = await stage.call("POST", path, token, data=body)
        assert status == 400, found
        assert found["code"] in {"body", "invalid", "missing", "unknown_field"}


async def test_wrong_types_and_large_bodies_have_their_own_answers(stage: Stage) -> None:
    token = stage.token("report")
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "x", ""):
        status, found, _ = await stage.call(
            "POST", "/api/v1/tickets", token, data=b"{}", headers={"Content-Type": content_type}
        )
        assert (status, found["code"]) == (415, "content_type")
    latin = {"Content-Type": "application/json; charset=latin-1"}
    assert (await stage.call("POST", "/api/v1/tickets", token, data=b"{}", headers=latin))[0] == 415
    heavy = {"Content-Type": "application/json"}
    status, found, _ = await stage.call("POST", "/api/v1/tickets", token, data=b" " * 300_000, headers=heavy)
    assert (status, found["code"]) == (413, "too_large")
    status, found, _ = await stage.call("PATCH", "/api/v1/tickets", token)
    assert (status, found["code"]) == (405, "method")
    status, found, _ = await stage.call("GET", "/api/nothing", token)
    assert (status, found["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=new", "unknown_field"),
        ("op=OR%201=1", "unknown_field"),
        ("status=nothing", "invalid"),
        ("priority=P4", "invalid"),
        ("open=yes", "invalid"),
        ("limit=0", "invalid"),
        ("limit=-1", "invalid"),
        ("limit=%D9%A1", "invalid"),
        ("limit=" + "9" * 400, "invalid"),
        ("cursor=x", "invalid"),
        ("cursor=99999999999999999999999." + "a" * 32, "invalid"),
        ("team=%00", "invalid"),
        ("team=" + "x" * 1000, "invalid"),
        ("status=new&status=closed", "invalid"),
    ],
)
async def test_filters_that_are_none(stage: Stage, query: str, code: str) -> None:
    status, found, _ = await stage.call("GET", f"/api/v1/tickets?{query}", stage.token("read"))
    assert (status, found["code"]) == (400, code)
