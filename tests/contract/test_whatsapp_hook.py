"""The signed webhooks: who is believed, what is answered, and when."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from twilio.request_validator import RequestValidator

from channels.whatsapp.hook import EMPTY, LARGEST, Hooks
from tickets.commands import Answer, InboundMessage
from tickets.outbound import Delivery, Receipt
from tickets.submission import Overloaded, Unavailable

TOKEN, OLD, PUBLIC = "token-1", "token-0", "https://lapor.example"
FIELDS = {"MessageSid": "SM" + "a" * 32, "From": "whatsapp:+6281200000001", "Body": "wifi mati ☠ spasi  dua "}


class Desk:
    """The intake and the receipts, as the hook sees them."""

    def __init__(self) -> None:
        self.messages: list[InboundMessage] = []
        self.receipts: list[Receipt] = []
        self.ill: Exception | None = None
        self.missed = 0
        self.may_commit = asyncio.Event()
        self.may_commit.set()

    async def receive(self, message: InboundMessage) -> Answer:
        await self.may_commit.wait()
        if self.ill:
            raise self.ill
        self.messages.append(message)
        return Answer()

    def record(self, receipt: Receipt) -> None:
        if self.ill:
            raise self.ill
        self.receipts.append(receipt)

    def miss(self) -> None:
        self.missed += 1


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    hooks = Hooks(
        intake=desk,
        record=desk.record,
        tokens=(TOKEN, OLD),
        public_url=PUBLIC,
        clock=lambda: datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
        missed=desk.miss,
    )
    app = web.Application()
    app.add_routes(hooks.routes())
    async with TestClient(TestServer(app)) as opened:
        yield opened


Post = Callable[..., Any]


@pytest.fixture
def post(client: TestClient[web.Request, web.Application]) -> Post:
    async def send(
        fields: dict[str, str] | None = None,
        *,
        path: str = "/hooks/twilio/message",
        token: str = TOKEN,
        url: str | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Any:
        values = FIELDS if fields is None else fields
        signature = RequestValidator(token).compute_signature(url or PUBLIC + path, values)
        base = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        raw = urlencode(values).encode() if body is None else body
        return await client.post(path, data=raw, headers=base | (headers or {}))

    return send


async def test_a_signed_message_is_stored_and_answered_with_an_empty_response(post: Post, desk: Desk) -> None:
    answer = await post()
    assert (answer.status, answer.content_type, await answer.text()) == (200, "text/xml", EMPTY)
    assert desk.messages[0].raw == urlencode(FIELDS).encode()


async def test_the_answer_waits_for_the_commit(post: Post, desk: Desk) -> None:
    desk.may_commit.clear()
    waiting = asyncio.ensure_future(post())
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    desk.may_commit.set()
    assert (await waiting).status == 200


async def test_unknown_fields_are_part_of_the_signature_and_kept(post: Post, desk: Desk) -> None:
    assert (await post(FIELDS | {"Brandnew": "in 2027", "Empty": ""})).status == 200
    assert b"Brandnew=in+2027" in desk.messages[0].raw


async def test_a_token_that_is_being_rotated_still_fits(post: Post) -> None:
    assert (await post(token=OLD)).status == 200


async def test_the_port_and_the_query_are_signed_too(post: Post) -> None:
    assert (await post(path="/hooks/twilio/message?rc=5")).status == 200
    assert (await post(url=f"{PUBLIC}:443/hooks/twilio/message")).status == 200


@pytest.mark.proves("N21")
@pytest.mark.parametrize(
    "trick",
    [
        {"token": "guessed"},
        {"headers": {"X-Twilio-Signature": ""}},
        {"headers": {"X-Twilio-Signature": "ü" * 28}},
        {"url": "https://evil.example/hooks/twilio/message", "headers": {"Host": "evil.example"}},
        {"url": "https://evil.example/hooks/twilio/message", "headers": {"X-Forwarded-Host": "evil.example"}},
        {"url": "http://lapor.example/hooks/twilio/message"},
        {"url": f"{PUBLIC}/hooks/twilio/status"},
        {"body": urlencode(FIELDS | {"Body": "other"}).encode()},
        {"body": urlencode([*FIELDS.items(), ("Body", "second")]).encode()},
        {"body": urlencode([*FIELDS.items(), ("More", "")]).encode()},
        {"body": urlencode(FIELDS | {"Body": FIELDS["Body"].strip()}).encode()},
        {"body": b""},
    ],
)
async def test_what_is_not_signed_is_refused_without_a_word(post: Post, desk: Desk, trick: dict[str, Any]) -> None:
    answer = await post(**trick)
    assert (answer.status, await answer.read()) == (403, b"")
    assert desk.messages == []


async def test_other_bodies_are_refused_by_their_kind_and_size(post: Post, desk: Desk) -> None:
    assert (await post(headers={"Content-Type": "application/json"}, body=b"{}")).status == 415
    assert (await post(body=b"Body=" + b"x" * LARGEST)).status == 413
    assert (await post(body="&".join(f"a{n}=1" for n in range(2_000)).encode())).status == 400
    assert desk.messages == []


async def test_a_signed_form_that_is_no_message_is_a_bad_request(post: Post) -> None:
    assert (await post({"Body": "who?"})).status == 400


@pytest.mark.parametrize("ill", [Unavailable("database_locked", 3), Overloaded("full", 3)])
async def test_what_cannot_be_stored_is_never_a_yes(post: Post, desk: Desk, ill: Exception) -> None:
    desk.ill = ill
    answer = await post()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "3")
    assert desk.missed == 1


async def test_a_status_becomes_a_receipt(post: Post, desk: Desk) -> None:
    path = "/hooks/twilio/status"
    fields = {"MessageSid": "SM" + "b" * 32, "MessageStatus": "delivered"}
    assert (await post(fields, path=path)).status == 200
    assert [(one.provider_id, one.state) for one in desk.receipts] == [(fields["MessageSid"], Delivery.DELIVERED)]
    assert (await post(fields | {"MessageStatus": "unheard-of"}, path=path)).status == 200
    assert (await post(fields, path=path, token="guessed")).status == 403
    assert len(desk.receipts) == 1
