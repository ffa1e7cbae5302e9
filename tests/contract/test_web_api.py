"""The JSON API from outside: what a program may do, and how it is told no."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.web.api.documents import document
from channels.web.api.tickets import ACTIONS, CREATE_FIELDS, FILTERS, REPORTERS_OWN
from channels.web.app import ROUTES
from router.table import ACTIONS as DESK_ACTIONS
from tests.web_stage import PUBLIC, Stage, staged
from tickets.lifecycle import Action
from tickets.model import Channel, Status

BODY = {"name": "Ani", "phone": "+6281200000001", "description": "checkout gagal terus, saldo kepotong"}
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


async def call(
    stage: Stage, method: str, path: str, token: dict[str, str] | None = None, **options: Any
) -> tuple[int, dict[str, Any], Any]:
    """Status, body and headers; every refusal must be a problem document."""
    headers = {**(token or {}), **options.pop("headers", {})}
    async with stage.client.request(method, path, headers=headers, **options) as answer:
        found = json.loads(await answer.read())
        if answer.status >= 400:
            assert answer.content_type == "application/problem+json"
            assert set(found) >= {"type", "title", "status", "code", "detail"}
            assert found["status"] == answer.status
        return answer.status, found, answer.headers


async def created(stage: Stage, **fields: Any) -> str:
    status, found, _ = await call(stage, "POST", "/api/v1/tickets", stage.token("report"), json=BODY | fields)
    assert status == 201, found
    reference: str = found["reference"]
    return reference


@pytest.mark.proves("D1", "D7", "D8", "D9", "D10", "D11")
async def test_a_program_makes_a_ticket_and_reads_it(stage: Stage) -> None:
    more = {"occurred_at": "2026-11-24T02:30:00Z", "service": "checkout", "language": "en", "subject": "Checkout"}
    status, found, headers = await call(
        stage, "POST", "/api/v1/tickets", stage.token("report"), json=BODY | more | {"email": "ani@kopisenja.example"}
    )
    assert status == 201
    assert set(found) == {"reference", "tracking_url"}
    assert found["tracking_url"].startswith(f"{PUBLIC}/t/")
    assert headers["Location"] == f"/api/v1/tickets/{found['reference']}"
    await stage.page(found["tracking_url"].removeprefix(PUBLIC))
    _, ticket, _ = await call(stage, "GET", f"/api/v1/tickets/{found['reference']}", stage.token("read"))
    assert set(ticket) >= set(NEEDED)
    assert ticket["channel"] == Channel.API
    assert ticket["service"] == "checkout"
    assert ticket["occurred_at"] == "2026-11-24T02:30:00Z"
    assert ticket["messages"][0]["text"] == BODY["description"]
    assert ticket["events"][0]["seq"] == 1
    assert ticket["opened_at"].endswith("Z")
    assert ticket["reporter"]["name"] == "Ani"


async def test_a_reference_is_read_as_people_write_it(stage: Stage) -> None:
    reference = await created(stage)
    for written in (reference.lower(), reference.replace("-", ""), reference.removeprefix("INC-")):
        status, found, _ = await call(stage, "GET", f"/api/v1/tickets/{written}", stage.token("read"))
        assert (status, found["reference"]) == (200, reference)


@pytest.mark.parametrize(
    "reference", ["INC-00000000", "x", "../../x", "INC-7K3M9QX", "%00", "%ff", "' OR 1=1", "a" * 4000]
)
async def test_what_is_no_reference_is_not_found(stage: Stage, reference: str) -> None:
    status, found, _ = await call(stage, "GET", f"/api/v1/tickets/{reference}", stage.token("read"))
    assert (status, found["code"]) in {(404, "unknown_ticket"), (404, "not_found")}


@pytest.mark.parametrize(
    "field",
    ["status", "assignee", "assignee_id", "is_internal", "created_at", "tenant", "priority", "impact", "organisation"],
)
async def test_nobody_sets_what_is_not_theirs_to_set(stage: Stage, field: str) -> None:
    status, found, _ = await call(stage, "POST", "/api/v1/tickets", stage.token("report"), json=BODY | {field: "x"})
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
    status, found, _ = await call(stage, "POST", "/api/v1/tickets", stage.token("report"), json=BODY | change)
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
    reference = await created(stage)
    for path in ("/api/v1/tickets", f"/api/v1/tickets/{reference}/actions"):
        status, found, _ = await call(stage, "POST", path, token, data=body)
        assert status == 400, found
        assert found["code"] in {"body", "invalid", "missing", "unknown_field"}


async def test_wrong_types_and_large_bodies_have_their_own_answers(stage: Stage) -> None:
    token = stage.token("report")
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "x", ""):
        status, found, _ = await call(
            stage, "POST", "/api/v1/tickets", token, data=b"{}", headers={"Content-Type": content_type}
        )
        assert (status, found["code"]) == (415, "content_type")
    latin = {"Content-Type": "application/json; charset=latin-1"}
    assert (await call(stage, "POST", "/api/v1/tickets", token, data=b"{}", headers=latin))[0] == 415
    heavy = {"Content-Type": "application/json"}
    status, found, _ = await call(stage, "POST", "/api/v1/tickets", token, data=b" " * 300_000, headers=heavy)
    assert (status, found["code"]) == (413, "too_large")
    status, found, _ = await call(stage, "PATCH", "/api/v1/tickets", token)
    assert (status, found["code"]) == (405, "method")
    status, found, _ = await call(stage, "GET", "/api/nothing", token)
    assert (status, found["code"]) == (404, "not_found")


@pytest.mark.proves("D4")
async def test_the_same_key_is_done_once_even_at_the_same_time(stage: Stage) -> None:
    token = stage.token("report") | {"Idempotency-Key": "pesanan-17"}
    answers = await asyncio.gather(*(call(stage, "POST", "/api/v1/tickets", token, json=BODY) for _ in range(20)))
    assert {status for status, _, _ in answers} == {201}
    assert len({found["reference"] for _, found, _ in answers}) == 1
    assert len({found["tracking_url"] for _, found, _ in answers}) == 1
    assert len(stage.reader.tickets().items) == 1
    status, found, _ = await call(stage, "POST", "/api/v1/tickets", token, json=BODY | {"description": "wifi mati"})
    assert (status, found["code"]) == (409, "key_reused")
    other = stage.token("report") | {"Idempotency-Key": "pesanan-17"}
    assert (await call(stage, "POST", "/api/v1/tickets", other, json=BODY))[0] == 201
    assert len(stage.reader.tickets().items) == 2


@pytest.mark.parametrize("key", ["", " ", "é", "x" * 129, "a b"])
async def test_a_key_that_is_none_is_refused(stage: Stage, key: str) -> None:
    token = stage.token("report") | {"Idempotency-Key": key}
    status, found, _ = await call(stage, "POST", "/api/v1/tickets", token, json=BODY)
    assert (status, found["field"]) == (400, "Idempotency-Key")


async def test_who_may_do_what(stage: Stage) -> None:
    reference = await created(stage)
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
            status, found, headers = await call(stage, method, path, stage.token(scope), **options)
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
        status, found, answered = await call(stage, method, path, headers)
        assert (status, found["code"]) == (401, "unauthorized")
        assert answered["WWW-Authenticate"].startswith("Bearer")


async def test_a_revoked_token_is_dead_at_once(stage: Stage) -> None:
    token = stage.token("read")
    assert (await call(stage, "GET", "/api/v1/tickets", token))[0] == 200
    stage.tokens.revoke(stage.reader.api_tokens()[-1].id, stage.clock())
    assert (await call(stage, "GET", "/api/v1/tickets", token))[0] == 401


async def test_a_token_in_the_address_is_refused_with_a_hint(stage: Stage) -> None:
    status, found, _ = await call(stage, "GET", "/api/v1/tickets?token=abc")
    assert (status, found["code"]) == (400, "token_in_address")


async def test_lists_go_on_where_they_ended(stage: Stage) -> None:
    made = [
        await created(stage, description=f"printer nomor {number} mati", phone=f"+62812000001{number:02d}")
        for number in range(5)
    ]
    seen: list[str] = []
    cursor, token = "", stage.token("read")
    while True:
        path = f"/api/v1/tickets?limit=2{f'&cursor={cursor}' if cursor else ''}"
        _, found, _ = await call(stage, "GET", path, token)
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
    await created(stage)
    status, found, _ = await call(stage, "GET", f"/api/v1/tickets?{query}", stage.token("read"))
    assert (status, len(found["items"])) == (200, count)


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
    status, found, _ = await call(stage, "GET", f"/api/v1/tickets?{query}", stage.token("read"))
    assert (status, found["code"]) == (400, code)


async def test_an_action_needs_the_version_that_was_looked_at(stage: Stage) -> None:
    reference, token = await created(stage), stage.token("admin")
    path = f"/api/v1/tickets/{reference}/actions"
    _, ticket, _ = await call(stage, "GET", f"/api/v1/tickets/{reference}", token)
    act = {"action": "note", "seen_version": ticket["version"], "text": "dilihat dari luar"}
    status, found, _ = await call(stage, "POST", path, token, json=act)
    assert status == 200, found
    assert found["version"] > ticket["version"]
    _, after, _ = await call(stage, "GET", f"/api/v1/tickets/{reference}", token)
    assert after["messages"][-1]["text"] == "dilihat dari luar"
    assert after["messages"][-1]["direction"] == "note"
    for wrong in (None, "1", 1.5, True, -1, 2**40, [1]):
        status, found, _ = await call(stage, "POST", path, token, json=act | {"seen_version": wrong})
        assert status == 400, wrong


async def test_an_old_version_is_told_apart(stage: Stage) -> None:
    reference, token = await created(stage), stage.token("admin")
    path = f"/api/v1/tickets/{reference}/actions"
    status, found, _ = await call(
        stage, "POST", path, token, json={"action": "cancel", "seen_version": 0, "reason": "spam"}
    )
    assert (status, found["code"]) == (409, "stale")


async def test_an_action_that_does_not_fit_names_those_that_do(stage: Stage) -> None:
    reference, token = await created(stage), stage.token("admin")
    version = (await call(stage, "GET", f"/api/v1/tickets/{reference}", token))[1]["version"]
    act = {"action": "resume", "seen_version": version}
    status, found, _ = await call(stage, "POST", f"/api/v1/tickets/{reference}/actions", token, json=act)
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
    status, found, _ = await call(stage, "POST", where, stage.token("admin"), json=act)
    assert (status, found["code"]) == (403, "not_allowed")
    assert stage.ticket(path).ticket.status is Status.AWAITING_CONFIRMATION


async def test_unknown_actions_name_the_known_ones(stage: Stage) -> None:
    reference, token = await created(stage), stage.token("admin")
    for action in ("close", "took_over", "confirm_lapse", "offer_expired", "x" * 39, "p\u0441"):
        act = {"action": action, "seen_version": 1}
        status, found, _ = await call(stage, "POST", f"/api/v1/tickets/{reference}/actions", token, json=act)
        assert (status, found["code"]) == (400, "unknown_action")
        assert "reply" in found["allowed"]


async def test_the_same_key_acts_once(stage: Stage) -> None:
    reference = await created(stage)
    token = stage.token("admin") | {"Idempotency-Key": "catatan-1"}
    version = (await call(stage, "GET", f"/api/v1/tickets/{reference}", token))[1]["version"]
    act = {"action": "note", "seen_version": version, "text": "sekali saja"}
    path = f"/api/v1/tickets/{reference}/actions"
    first, second = [await call(stage, "POST", path, token, json=act) for _ in range(2)]
    assert first[1]["version"] == second[1]["version"]
    assert second[1]["repeated"] is True
    status, found, _ = await call(stage, "POST", path, token, json=act | {"text": "lain"})
    assert (status, found["code"]) == (409, "key_reused")


@pytest.mark.proves("D4")
async def test_figures_count_every_message_once(stage: Stage) -> None:
    await created(stage)
    await stage.reports("printer kantor mati")
    status, found, _ = await call(stage, "GET", "/api/v1/figures", stage.token("read"))
    assert status == 200
    assert found["messages"] == sum(found["dispositions"].values()) == 2
    assert "closed_without_confirmation" in found


async def test_a_locked_database_is_said_and_nothing_is_promised(stage: Stage) -> None:
    token = stage.token("report") | {"Idempotency-Key": "k1"}
    with stage.locked():
        status, found, headers = await call(stage, "POST", "/api/v1/tickets", token, json=BODY)
    assert (status, found["code"]) == (503, "unavailable")
    assert int(headers["Retry-After"]) >= 1
    assert (await call(stage, "POST", "/api/v1/tickets", token, json=BODY))[0] == 201


# The document.


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
    reference, token = await created(stage), stage.token("admin")
    schemas = document()["components"]["schemas"]
    _, ticket, _ = await call(stage, "GET", f"/api/v1/tickets/{reference}", token)
    row, whole = schemas["TicketRow"], schemas["Ticket"]
    assert set(ticket) == set(row["properties"]) | set(whole["properties"])
    _, listed, _ = await call(stage, "GET", "/api/v1/tickets", token)
    assert set(listed["items"][0]) == set(row["properties"])
    assert set(ticket["messages"][0]) == set(schemas["Message"]["properties"])
    assert set(ticket["events"][0]) == set(schemas["Event"]["properties"])


async def test_the_document_can_be_read_without_the_internet(stage: Stage) -> None:
    status, found, _ = await call(stage, "GET", "/api/openapi.json")
    assert (status, found["openapi"]) == (200, "3.1.0")
    page = await stage.page("/api/docs")
    assert "/api/v1/tickets/{reference}/actions" in page
    assert 'id="problem-key_reused"' in page
    assert "http://" not in page
    assert "https://" not in page
