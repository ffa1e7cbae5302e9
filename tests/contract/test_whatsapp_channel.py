"""WhatsApp out and the reconciler, against the played Twilio, through Twilio's own library."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from channels.whatsapp.client import close, connect
from channels.whatsapp.media import Fetcher, Refused, WaitingFile, allowed
from channels.whatsapp.reconcile import Reconciler
from channels.whatsapp.send import WhatsApp
from channels.whatsapp.templates import KnownTemplates, all_templates, push
from sandbox.settings import ACCOUNT_SID, AUTH_TOKEN, WHATSAPP_FROM
from tests.briefings import FILES, NOW, TEXTS, briefing, house, ticket
from tests.sandbox_stage import Stage, opened_stage
from tickets.commands import Answer, InboundMessage
from tickets.model import Status
from tickets.outbound import OutboundMessage, Permanent, Reason, Temporary, Unknown
from tickets.submission import Unavailable

ASKED = ticket(status=Status.AWAITING_CONFIRMATION, resolved_at=NOW, verified_at=NOW)


class Cursors:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.kept.get(name)

    def set(self, name: str, value: str, now: datetime) -> None:
        self.kept[name] = value


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with opened_stage(tmp_path) as opened:
        yield opened


@pytest.fixture
def cursors() -> Cursors:
    return Cursors()


@pytest.fixture
async def channel(stage: Stage, cursors: Cursors) -> AsyncIterator[WhatsApp]:
    opened = WhatsApp(
        connect(ACCOUNT_SID, AUTH_TOKEN, stage.url),
        sender=WHATSAPP_FROM,
        house=house,
        templates=KnownTemplates(cursors.get),
        status_url=f"{stage.product.url}/hooks/twilio/status",
    )
    yield opened
    await opened.close()


def composed(channel: WhatsApp, purpose: str, **options: Any) -> OutboundMessage:
    message = channel.compose(briefing(purpose, **options), NOW)
    assert message is not None
    # The sandbox's clock is the real one, the test's stands still.
    return msgspec.structs.replace(message, since=None)


async def eventually(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


async def pushed(stage: Stage, cursors: Cursors) -> list[tuple[str, str, bool]]:
    return await asyncio.to_thread(push, stage.twilio(), all_templates(TEXTS, FILES), cursors.set, NOW)


async def test_an_acknowledgement_reaches_her_phone(stage: Stage, channel: WhatsApp) -> None:
    ani = stage.sandbox.phone("ani")
    await ani.says("wifi mati")
    sid = await channel.send(composed(channel, "ack"))
    heard = await ani.hears("INC-7K3M9QXR")
    assert heard.id == sid
    assert "https://lapor.example/t/" in heard.text


async def test_somebody_without_a_number_is_reached_too(stage: Stage, channel: WhatsApp) -> None:
    budi = stage.sandbox.phone("budi")
    await budi.says("wifi mati")
    message = msgspec.structs.replace(composed(channel, "ack"), address="ID.900100200300")
    await channel.send(message)
    await budi.hears("INC-7K3M9QXR")


@pytest.mark.proves("D37")
async def test_without_templates_she_answers_with_a_number(stage: Stage, channel: WhatsApp) -> None:
    ani = stage.sandbox.phone("ani")
    await ani.says("wifi mati")
    await channel.send(composed(channel, "confirm", of=ASKED))
    heard = await ani.hears("Balas dengan angkanya")
    assert "*2* Belum, masih error" in heard.text
    assert heard.buttons == []


async def test_no_number_is_shown_that_nobody_would_understand(stage: Stage, channel: WhatsApp) -> None:
    params = {"opens_at": "2026-11-24T01:00:00Z"}
    text = composed(channel, "ack_outside_hours", params=params).text
    assert "*1*" not in text
    assert "Semua berhenti" in text


@pytest.mark.proves("D37")
async def test_pushed_templates_give_real_buttons_with_the_same_words(
    stage: Stage, channel: WhatsApp, cursors: Cursors
) -> None:
    assert all(new for _, _, new in await pushed(stage, cursors))
    ani = stage.sandbox.phone("ani")
    await ani.says("wifi mati")
    message = composed(channel, "confirm", of=ASKED)
    assert message.template is not None
    await channel.send(message)
    heard = await ani.hears("INC-7K3M9QXR")
    assert heard.text == message.text
    assert heard.buttons == ["Ya, sudah beres", "Belum, masih error", "Belum sempat cek"]
    await ani.presses("Ya, sudah beres")
    await eventually(lambda: "ButtonPayload" in stage.product.messages()[-1])
    assert stage.product.messages()[-1]["ButtonPayload"] == "yes:7K3M9QXR"


async def test_an_approved_question_arrives_after_the_window_has_closed(
    stage: Stage, channel: WhatsApp, cursors: Cursors
) -> None:
    await pushed(stage, cursors)
    ani = stage.sandbox.phone("ani")
    await ani.says("wifi mati")
    await stage.sandbox.clock.forward(hours=30)
    await channel.send(composed(channel, "remind", of=ASKED, params={"lapse_at": "2026-11-26T03:00:00Z"}))
    await ani.hears("INC-7K3M9QXR")


async def test_templates_are_pushed_once(stage: Stage, cursors: Cursors) -> None:
    first = await pushed(stage, cursors)
    again = await pushed(stage, cursors)
    assert [sid for _, sid, _ in again] == [sid for _, sid, _ in first]
    assert not any(new for _, _, new in again)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("purpose", ["confirm", "remind", "contradiction", "thanks", "ack_outside_hours"])
async def test_every_question_fits_its_template(
    stage: Stage, channel: WhatsApp, cursors: Cursors, purpose: str, language: str
) -> None:
    await pushed(stage, cursors)
    of = ticket(status=Status.CLOSED, ended_at=NOW) if purpose == "thanks" else ASKED
    params = {"lapse_at": "2026-11-26T03:00:00Z", "opens_at": "2026-11-24T01:00:00Z", "days": 7}
    for name in ("Ani", None, "Bu *Ani* {{1}}"):
        message = composed(channel, purpose, of=of, language=language, params=params, name=name)
        assert message.template is not None, message.text


async def test_a_template_that_is_gone_is_done_without(stage: Stage, channel: WhatsApp, cursors: Cursors) -> None:
    for name, _, _ in await pushed(stage, cursors):
        cursors.kept[f"template:{name}"] = "HX" + "0" * 32
    message = composed(channel, "confirm", of=ASKED)
    with pytest.raises(Temporary):
        await channel.send(message)
    assert composed(channel, "confirm", of=ASKED).template is None


async def test_a_long_answer_arrives_whole(stage: Stage, channel: WhatsApp) -> None:
    ani = stage.sandbox.phone("ani")
    await ani.says("wifi mati")
    words = " ".join(f"kata{number}" for number in range(500))
    await channel.send(composed(channel, "reply", params={"words": "w1"}, words={"w1": words}))
    first, second = await ani.hears(r"^\(1/3\)"), await ani.hears(r"^\(2/3\)")
    third = await ani.hears(r"^\(3/3\)")
    assert all(f"kata{number}" in f"{first.text} {second.text} {third.text}" for number in range(500))


async def test_what_broke_after_it_was_accepted_is_found_and_not_another_notices(
    stage: Stage, channel: WhatsApp
) -> None:
    await stage.sandbox.phone("ani").says("wifi mati")
    message = composed(channel, "ack")
    assert await channel.find(message) is None
    await stage.sandbox.faults.on("twilio_timeout_after_accept", count=1)
    with pytest.raises(Unknown):
        await channel.send(message)
    sid = await channel.find(message)
    assert sid is not None
    assert await channel.find(msgspec.structs.replace(message, text="something else")) is None
    knowing = WhatsApp(
        stage.twilio(),
        sender=WHATSAPP_FROM,
        house=house,
        templates=KnownTemplates(Cursors().get),
        settled={sid}.__contains__,
    )
    assert await knowing.find(message) is None
    await knowing.close()


@pytest.mark.parametrize(
    ("fault", "options", "error", "reason"),
    [
        ("twilio_429", {"count": 1, "retry_after": 7}, Temporary, Reason.RATE_LIMITED),
        ("twilio_500", {"count": 1}, Unknown, None),
    ],
)
async def test_what_a_refusal_means(
    stage: Stage, channel: WhatsApp, fault: str, options: dict[str, Any], error: type[Exception], reason: Reason | None
) -> None:
    await stage.sandbox.faults.on(fault, **options)
    with pytest.raises(error) as caught:
        await channel.send(composed(channel, "ack"))
    if reason:
        assert getattr(caught.value, "reason", None) is reason
    if fault == "twilio_429":
        assert getattr(caught.value, "retry_after_s", None) == 7


async def test_a_bad_address_is_final_and_a_wrong_token_is_the_operators_to_mend(
    stage: Stage, channel: WhatsApp
) -> None:
    with pytest.raises(Permanent) as refused:
        await channel.send(msgspec.structs.replace(composed(channel, "ack"), address="0812"))
    assert refused.value.reason is Reason.INVALID_ADDRESS
    client = connect(ACCOUNT_SID, "wrong", stage.url)
    wrong = WhatsApp(client, sender=WHATSAPP_FROM, house=house, templates=KnownTemplates(Cursors().get))
    with pytest.raises(Temporary) as unauthorized:
        await wrong.send(composed(channel, "ack"))
    assert unauthorized.value.reason is Reason.AUTH
    await wrong.close()


async def test_nobody_listening_is_temporary_and_nothing_has_left(channel: WhatsApp, unused_tcp_port: int) -> None:
    client = connect(ACCOUNT_SID, AUTH_TOKEN, f"http://127.0.0.1:{unused_tcp_port}")
    away = WhatsApp(client, sender=WHATSAPP_FROM, house=house, templates=KnownTemplates(Cursors().get))
    with pytest.raises(Temporary) as caught:
        await away.send(composed(channel, "ack"))
    assert caught.value.reason is Reason.UNREACHABLE
    with pytest.raises(Temporary):
        await away.find(composed(channel, "ack"))
    await away.close()


class Desk:
    """The intake and the reader of a product that has its own memory."""

    def __init__(self) -> None:
        self.taken: dict[str, InboundMessage] = {}
        self.ill = False

    async def receive(self, message: InboundMessage) -> Answer:
        if self.ill:
            raise Unavailable("database_locked")
        self.taken.setdefault(message.key, message)
        return Answer()

    def unseen(self, keys: Sequence[str]) -> set[str]:
        return {key for key in keys if key not in self.taken}


@pytest.fixture
async def reconciler(stage: Stage, cursors: Cursors) -> AsyncIterator[tuple[Reconciler, Desk]]:
    desk, client = Desk(), connect(ACCOUNT_SID, AUTH_TOKEN, stage.url)
    made = Reconciler(
        client,
        intake=desk,
        reader=desk,
        cursors=cursors,
        number=WHATSAPP_FROM,
        clock=stage.world.clock.now,
        base_url=stage.url,
        mode="polling",
    )
    yield made, desk
    close(client)


@pytest.mark.proves("D4")
async def test_twenty_messages_that_no_webhook_brought_are_all_taken_once(
    stage: Stage, reconciler: tuple[Reconciler, Desk]
) -> None:
    made, desk = reconciler
    await stage.sandbox.faults.on("twilio_webhook_lost")
    sids = [await stage.sandbox.phone("ani").says(f"pesan {number}") for number in range(20)]
    await made.look()
    await made.look()
    assert sorted(desk.taken) == sorted(f"wa:{sid}" for sid in sids)
    assert [one.text for one in desk.taken.values()] == [f"pesan {number}" for number in range(20)]
    assert made.taken == 20


async def test_what_a_webhook_brought_is_not_taken_again(stage: Stage, reconciler: tuple[Reconciler, Desk]) -> None:
    made, desk = reconciler
    sid = await stage.sandbox.phone("ani").says("halo")
    await made.look()
    assert (list(desk.taken), made.taken) == ([f"wa:{sid}"], 1)
    await made.look()
    assert made.taken == 1


async def test_what_cannot_be_stored_is_taken_the_next_time(
    stage: Stage, reconciler: tuple[Reconciler, Desk], cursors: Cursors
) -> None:
    made, desk = reconciler
    await stage.sandbox.phone("ani").says("wifi mati")
    desk.ill = True
    with pytest.raises(Unavailable):
        await made.look()
    assert cursors.kept == {}
    desk.ill = False
    await made.look()
    assert made.taken == 1


async def test_a_webhook_gets_its_time_to_come_first(stage: Stage, cursors: Cursors) -> None:
    desk, client = Desk(), connect(ACCOUNT_SID, AUTH_TOKEN, stage.url)
    made = Reconciler(
        client, intake=desk, reader=desk, cursors=cursors, number=WHATSAPP_FROM, clock=stage.world.clock.now
    )
    await made.look()
    await stage.sandbox.phone("ani").says("wifi mati")
    assert await made.look() == 1
    assert desk.taken == {}
    await stage.sandbox.clock.forward(seconds=20)
    assert await made.look() == 0
    assert made.taken == 1
    close(client)


async def test_what_came_before_we_listened_is_taken_at_start(stage: Stage, cursors: Cursors) -> None:
    await stage.sandbox.phone("ani").says("wifi mati")
    await stage.sandbox.clock.forward(seconds=5)
    desk, client = Desk(), connect(ACCOUNT_SID, AUTH_TOKEN, stage.url)
    made = Reconciler(
        client, intake=desk, reader=desk, cursors=cursors, number=WHATSAPP_FROM, clock=stage.world.clock.now
    )
    assert await made.look() == 0
    assert len(desk.taken) == 1
    close(client)


async def test_a_clock_that_was_put_back_hides_nothing(stage: Stage, reconciler: tuple[Reconciler, Desk]) -> None:
    made, desk = reconciler
    await stage.sandbox.clock.forward(hours=24)
    await made.look()
    await stage.sandbox.clock.reset()
    await stage.sandbox.phone("ani").says("wifi mati")
    await made.look()
    assert len(desk.taken) == 1


async def test_a_twilio_that_is_away_is_asked_later(stage: Stage, reconciler: tuple[Reconciler, Desk]) -> None:
    made, _ = reconciler
    await stage.sandbox.faults.on("twilio_500")
    with pytest.raises(Temporary):
        await made.look()


async def test_the_reconciler_runs_until_it_is_stopped(stage: Stage, reconciler: tuple[Reconciler, Desk]) -> None:
    made, desk = reconciler
    stop = asyncio.Event()
    await stage.sandbox.phone("ani").says("wifi mati")
    running = asyncio.create_task(made.run(stop))
    async with asyncio.timeout(5):
        while not desk.taken:
            await asyncio.sleep(0.01)
    stop.set()
    async with asyncio.timeout(2):
        await running


class Files:
    """Where files wait."""

    def __init__(self, *waiting: WaitingFile) -> None:
        self.list = list(waiting)
        self.kept: dict[int, tuple[bytes, str]] = {}
        self.refused: dict[int, str] = {}
        self.put_off: list[int] = []

    def waiting(self, now: datetime, limit: int) -> list[WaitingFile]:
        taken, self.list = self.list[:limit], self.list[limit:]
        return taken

    def keep(self, message: str, no: int, data: bytes, content_type: str, now: datetime) -> None:
        self.kept[no] = (data, content_type)

    def refuse(self, message: str, no: int, reason: str, now: datetime) -> None:
        self.refused[no] = reason

    def later(self, message: str, no: int, not_before: datetime) -> None:
        self.put_off.append(no)


def waits(source: str, no: int = 0, tries: int = 0) -> WaitingFile:
    return WaitingFile(message="m1", no=no, content_type="image/png", source=source, tries=tries)


async def fetched(stage: Stage, *waiting: WaitingFile) -> Files:
    files, loop = Files(*waiting), asyncio.get_running_loop()

    def run(work: Any, timeout_s: float) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout_s)

    fetcher = Fetcher(
        files, run=run, credentials=(ACCOUNT_SID, AUTH_TOKEN), base_url=stage.url, clock=stage.world.clock.now
    )
    await asyncio.to_thread(fetcher.drain)
    return files


async def test_a_photo_is_fetched_behind_its_redirect(stage: Stage) -> None:
    await stage.sandbox.phone("ani").sends_photo()
    await eventually(lambda: bool(stage.product.messages()))
    files = await fetched(stage, waits(stage.product.messages()[-1]["MediaUrl0"]))
    assert files.kept[0][1].startswith("image/")


async def test_what_cannot_be_had_is_refused_with_a_reason(stage: Stage) -> None:
    base = f"{stage.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/SM0/Media/ME0"
    files = await fetched(
        stage,
        waits(base, 0),
        waits("http://169.254.169.254/latest", 1),
        waits("file:///etc/passwd", 2),
        waits(f"{stage.url}@evil.example/", 3),
    )
    assert files.refused == {0: "gone", 1: "host", 2: "host", 3: "host"}


@pytest.mark.proves("N21")
@pytest.mark.parametrize(
    "url",
    [
        "http://api.twilio.com/x",
        "https://api.twilio.com:8443/x",
        "https://api.twilio.com@evil.example/x",
        "https://evil.example/#api.twilio.com",
        "https://nottwilio.com/x",
        "https://twilio.com.evil.example/x",
        "https://2852039166/x",
        "https://[::ffff:169.254.169.254]/x",
        "https://127.0.0.1/x",
        "gopher://api.twilio.com/x",
        "https://api.twilio.com:99999/x",
        "//api.twilio.com/x",
        "",
    ],
)
def test_only_twilios_hosts_are_asked(url: str) -> None:
    assert not allowed(url, None, first=True)


def test_redirects_may_lead_to_twilios_store_but_not_begin_there() -> None:
    assert allowed("https://api.twilio.com/x", None, first=True)
    assert allowed("https://mms.twiliocdn.com/x", None, first=False)
    assert allowed("https://s3-external-1.amazonaws.com/media.twiliocdn.com/x", None, first=False)
    assert not allowed("https://s3-external-1.amazonaws.com/x", None, first=True)


async def test_credentials_do_not_follow_a_redirect(stage: Stage, aiohttp_server: Any) -> None:
    seen: list[str | None] = []

    async def first(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        raise web.HTTPFound("/second")

    async def second(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        raise web.HTTPFound("/second")

    app = web.Application()
    app.router.add_get("/first", first)
    app.router.add_get("/second", second)
    server = await aiohttp_server(app)
    base = str(server.make_url("/")).rstrip("/")
    fetcher = Fetcher(Files(), run=lambda work, _: None, credentials=("AC", "secret"), base_url=base, clock=lambda: NOW)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Refused) as caught:
            await fetcher.download(session, f"{base}/first")
    assert caught.value.reason == "redirects"
    assert seen[0] is not None
    assert seen[1:] == [None, None, None]
