"""The played Twilio, spoken to by Twilio's own library."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest.content.v1.content import ContentList

from sandbox.settings import ACCOUNT_SID, AUTH_TOKEN, WHATSAPP_FROM
from tests.sandbox_stage import Stage, opened_stage

pytestmark = pytest.mark.proves("N22")
ANI = "whatsapp:+6281200000001"
AUTHORIZED = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with opened_stage(tmp_path) as opened:
        yield opened


async def send(stage: Stage, **parts: Any) -> Any:
    asked = {"to": ANI, "from_": WHATSAPP_FROM, "status_callback": f"{stage.product.url}/hooks/twilio/status"} | parts
    return await asyncio.to_thread(lambda: stage.twilio().messages.create(**asked))


async def refused(stage: Stage, **parts: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        await send(stage, **parts)
    assert caught.value.code is not None
    return caught.value.status, caught.value.code


async def eventually(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


async def template(stage: Stage, actions: list[tuple[str, str]], body: str = "Halo {{1}}, sudah beres?") -> Any:
    shape = {"body": body, "actions": [{"type": "QUICK_REPLY", "title": title, "id": key} for title, key in actions]}
    asked = {
        "friendly_name": "confirm_id",
        "language": "id",
        "variables": {"1": "Kak"},
        "types": {"twilio/quick-reply": shape},
    }
    return await asyncio.to_thread(
        lambda: stage.twilio().content.v1.contents.create(
            content_create_request=ContentList.ContentCreateRequest(asked)
        )
    )


async def test_a_message_is_queued_and_then_reported_sent_and_delivered(stage: Stage) -> None:
    ani = stage.sandbox.phone("ani")
    await ani.says("halo")
    sent = await send(stage, body="Halo Kak Ani")
    assert (sent.status, sent.direction, sent.sid[:2], sent.num_media) == ("queued", "outbound-api", "SM", "0")
    assert (await ani.hears("Kak Ani")).id == sent.sid
    await eventually(lambda: stage.product.statuses() == ["queued", "sent", "delivered"])
    await ani.reads()
    await eventually(lambda: stage.product.statuses()[-1] == "read")
    assert all(hook.signed for hook in stage.product.hooks)
    fetched = await asyncio.to_thread(lambda: stage.twilio().messages(sent.sid).fetch())
    assert fetched.status == "read"
    assert fetched.date_sent is not None


async def test_refusals_carry_twilios_codes(stage: Stage) -> None:
    assert await refused(stage, body="x" * 1601) == (400, 21617)
    assert await refused(stage, body="x", to="whatsapp:0812") == (400, 21211)
    assert await refused(stage, body="x", from_="whatsapp:+62811") == (400, 63007)
    assert await refused(stage, content_sid="HX" + "0" * 32) == (400, 21655)
    with pytest.raises(TwilioRestException) as caught:
        await asyncio.to_thread(lambda: stage.twilio("wrong").messages.create(to=ANI, from_=WHATSAPP_FROM, body="x"))
    assert (caught.value.status, caught.value.code) == (401, 20003)
    with pytest.raises(TwilioRestException) as caught:
        await asyncio.to_thread(lambda: stage.twilio().messages("SM" + "0" * 32).fetch())
    assert (caught.value.status, caught.value.code) == (404, 20404)


async def test_outside_the_window_a_message_is_accepted_and_fails_later(stage: Stage) -> None:
    ani = stage.sandbox.phone("ani")
    await ani.says("halo")
    await stage.sandbox.clock.forward(hours=24)
    await send(stage, body="masih di sana?")
    await eventually(lambda: stage.product.statuses() == ["queued", "failed"])
    assert stage.product.hooks[-1].form["ErrorCode"] == "63016"


async def test_just_inside_the_window_a_message_arrives(stage: Stage) -> None:
    await stage.sandbox.phone("ani").says("halo")
    await stage.sandbox.clock.forward(hours=23, minutes=59)
    await send(stage, body="masih di sana?")
    await eventually(lambda: stage.product.statuses() == ["queued", "sent", "delivered"])


async def test_a_limit_says_how_long_and_ends(stage: Stage) -> None:
    await stage.sandbox.faults.on("twilio_429", count=1, retry_after=7)
    async with aiohttp.ClientSession(headers=AUTHORIZED) as session:
        url = f"{stage.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
        async with session.post(url, data={"To": ANI, "From": WHATSAPP_FROM, "Body": "x"}) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
            assert (await answer.json())["code"] == 20429
    assert (await send(stage, body="x")).status == "queued"


async def test_a_broken_connection_after_acceptance_leaves_the_message_in_the_list(stage: Stage) -> None:
    await stage.sandbox.phone("ani").says("halo")
    await stage.sandbox.faults.on("twilio_timeout_after_accept", count=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        await send(stage, body="yang meragukan")
    found = await asyncio.to_thread(lambda: stage.twilio().messages.list(to=ANI, limit=5))
    assert [message.body for message in found] == ["yang meragukan"]


async def test_the_list_pages_newest_first_and_filters(stage: Stage) -> None:
    ani = stage.sandbox.phone("ani")
    sids = [await ani.says(f"pesan {number}") for number in range(7)]
    await stage.sandbox.clock.forward(days=2)
    later = await ani.says("dua hari lagi")
    found = await asyncio.to_thread(lambda: stage.twilio().messages.list(page_size=3))
    assert [message.sid for message in found] == [later, *reversed(sids)]
    assert {message.direction for message in found} == {"inbound"}
    cut = datetime.now(UTC) + timedelta(days=1)
    after = await asyncio.to_thread(lambda: stage.twilio().messages.list(date_sent_after=cut, from_=ANI))
    before = await asyncio.to_thread(lambda: stage.twilio().messages.list(date_sent_before=cut, to=WHATSAPP_FROM))
    assert [message.sid for message in after] == [later]
    assert [message.sid for message in before] == sids[::-1]


async def test_webhooks_are_signed_and_carry_the_fields_of_2026(stage: Stage) -> None:
    sid = await stage.sandbox.phone("ani").says("checkout gagal", wait=True, forwarded=True)
    hook = stage.product.hooks[0]
    assert hook.signed
    wanted = {"MessageSid": sid, "From": ANI, "WaId": "6281200000001", "Body": "checkout gagal", "ProfileName": "Ani"}
    assert wanted | {"NumMedia": "0", "Forwarded": "true", "ExternalUserId": "ID.800100200301"} == {
        name: hook.form[name] for name in (*wanted, "NumMedia", "Forwarded", "ExternalUserId")
    }
    await stage.sandbox.phone("budi").says("qris mati", wait=True)
    budi = stage.product.messages()[-1]
    assert budi["From"] == "whatsapp:ID.900100200300"
    assert "WaId" not in budi


async def test_a_message_that_met_a_closed_door_stays_in_the_list_only(stage: Stage) -> None:
    stage.product.status = 503
    sid = await stage.sandbox.phone("ani").says("tidak sampai", wait=True)
    assert len(stage.product.messages()) == 1
    found = await asyncio.to_thread(lambda: stage.twilio().messages.list(from_=ANI))
    assert [message.sid for message in found] == [sid]


async def test_faults_of_webhooks(stage: Stage) -> None:
    ani = stage.sandbox.phone("ani")
    await stage.sandbox.faults.on("twilio_bad_signature", count=1)
    await ani.says("palsu", wait=True)
    assert not stage.product.hooks[-1].signed
    await stage.sandbox.faults.on("twilio_webhook_repeated", count=1, times=50)
    sid = await ani.says("berulang", wait=True)
    assert [form["MessageSid"] for form in stage.product.messages()[1:]] == [sid] * 50
    await stage.sandbox.faults.on("twilio_webhook_lost", count=1)
    await ani.says("hilang", wait=True)
    assert len(stage.product.messages()) == 51


async def test_statuses_may_come_doubled_and_in_any_order(stage: Stage) -> None:
    await stage.sandbox.phone("ani").says("halo", wait=True)
    await stage.sandbox.faults.on("twilio_status_doubled", count=3)
    await stage.sandbox.faults.on("twilio_status_shuffled", count=1)
    await send(stage, body="Halo")
    await eventually(lambda: len(stage.product.statuses()) == 6)
    assert sorted(stage.product.statuses()) == ["delivered", "delivered", "queued", "queued", "sent", "sent"]


async def test_content_with_buttons_is_shown_and_a_tap_comes_back(stage: Stage) -> None:
    content = await template(stage, [("Ya, sudah beres", "yes:{{2}}"), ("Belum", "no:{{2}}")])
    assert content.sid.startswith("HX")
    listed = await asyncio.to_thread(lambda: stage.twilio().content.v1.contents.list())
    assert [one.friendly_name for one in listed] == ["confirm_id"]
    ani = stage.sandbox.phone("ani")
    await ani.says("halo", wait=True)
    variables = json.dumps({"1": "Kak Ani", "2": "7K3M9QXA"})
    sent = await send(stage, content_sid=content.sid, content_variables=variables)
    heard = await ani.hears("Halo Kak Ani, sudah beres")
    assert heard.buttons == ["Ya, sudah beres", "Belum"]
    await ani.presses("Ya")
    await eventually(lambda: len(stage.product.messages()) == 2)
    tapped = stage.product.messages()[-1]
    assert (tapped["ButtonText"], tapped["ButtonPayload"]) == ("Ya, sudah beres", "yes:7K3M9QXA")
    assert (tapped["Body"], tapped["OriginalRepliedMessageSid"]) == ("Ya, sudah beres", sent.sid)
    assert await asyncio.to_thread(lambda: stage.twilio().content.v1.contents(content.sid).delete())


@pytest.mark.parametrize(
    "actions",
    [
        [("satu", "1"), ("dua", "2"), ("tiga", "3"), ("empat", "4")],
        [("lebih dari dua puluh huruf", "1")],
        [("sama", "1"), ("sama", "2")],
        [],
    ],
)
async def test_content_that_whatsapp_would_not_show_is_refused(stage: Stage, actions: list[tuple[str, str]]) -> None:
    with pytest.raises(TwilioRestException) as caught:
        await template(stage, actions)
    assert caught.value.status == 400


async def test_approved_content_passes_outside_the_window(stage: Stage) -> None:
    content = await template(stage, [("Ya", "yes")])
    await send(stage, content_sid=content.sid)
    await eventually(lambda: stage.product.statuses() == ["queued", "failed"])
    url = f"{stage.url}/v1/Content/{content.sid}/ApprovalRequests/whatsapp"
    asked = {"name": "confirm_id", "category": "UTILITY"}
    async with aiohttp.ClientSession(headers=AUTHORIZED) as session, session.post(url, json=asked) as answer:
        assert (await answer.json())["status"] == "received"
    await send(stage, content_sid=content.sid)
    await eventually(lambda: stage.product.statuses()[2:] == ["queued", "sent", "delivered"])


async def test_media_needs_credentials_and_redirects(stage: Stage) -> None:
    sid = await stage.sandbox.phone("ani").sends_photo("ini layarnya")
    await eventually(lambda: len(stage.product.messages()) == 1)
    form = stage.product.messages()[0]
    assert (form["NumMedia"], form["MediaContentType0"], form["MessageType"]) == ("1", "image/png", "image")
    async with aiohttp.ClientSession() as session:
        async with session.get(form["MediaUrl0"]) as answer:
            assert answer.status == 401
        async with session.get(form["MediaUrl0"], headers=AUTHORIZED, allow_redirects=False) as answer:
            assert answer.status == 307
            target = answer.headers["Location"]
        async with session.get(target) as answer:
            assert (answer.content_type, (await answer.read())[:4]) == ("image/png", b"\x89PNG")
    media = await asyncio.to_thread(lambda: stage.twilio().messages(sid).media.list())
    assert [one.content_type for one in media] == ["image/png"]


async def test_a_quoted_bubble_is_named(stage: Stage) -> None:
    ani = stage.sandbox.phone("ani")
    await ani.says("halo", wait=True)
    sent = await send(stage, body="Laporan lama")
    await ani.hears("Laporan lama")
    await ani.quotes("Laporan lama", "yang ini kak", wait=True)
    assert stage.product.messages()[-1]["OriginalRepliedMessageSid"] == sent.sid
