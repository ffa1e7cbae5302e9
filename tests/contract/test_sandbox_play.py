"""The side door: clock, ledger, counters, the window into the product, and what keeps strangers out."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.settings import WHATSAPP_FROM, load_settings
from tests.sandbox_stage import Stage, opened_stage

pytestmark = pytest.mark.proves("N22")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    token = tmp_path / "token"
    async with opened_stage(tmp_path, api_token_file=token) as opened:
        token.write_text("tok-en\n")
        yield opened


async def test_the_clock_goes_forward_for_the_sandbox_and_for_whoever_reads_the_file(
    stage: Stage, tmp_path: Path
) -> None:
    before = stage.world.clock.now()
    await stage.sandbox.clock.forward(minutes=25)
    assert 1500 <= (stage.world.clock.now() - before).total_seconds() < 1510
    assert json.loads((tmp_path / "clock.json").read_text()) == {"offset_seconds": 1500}
    async with stage.bot() as bot:
        sent = await bot.send_message(900000001, "jam berapa")
    assert abs((sent.date - stage.world.clock.now()).total_seconds()) < 2
    with pytest.raises(AssertionError, match="forward only"):
        await stage.sandbox.clock.forward(minutes=-1)
    await stage.sandbox.clock.reset()
    assert json.loads((tmp_path / "clock.json").read_text()) == {"offset_seconds": 0}


async def test_what_is_not_heard_fails_with_the_whole_chat(stage: Stage) -> None:
    await stage.sandbox.phone("ani").says("halo kak")
    with pytest.raises(AssertionError, match=r"ani did not hear 'INC-' within 0.1 s(.|\n)*halo kak"):
        await stage.sandbox.phone("ani").hears("INC-", within=0.1)


async def test_a_message_is_heard_once(stage: Stage) -> None:
    async with stage.bot() as bot:
        await bot.send_message(900000001, "laporan baru")
    sari = stage.sandbox.agent("sari")
    await sari.hears("laporan")
    with pytest.raises(AssertionError):
        await sari.hears("laporan", within=0.05)
    assert await sari.heard("laporan") == 1


def ticket(version: int, status: str, *texts: str, events: tuple[str, ...] = ()) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    messages = [
        {"id": f"{number}", "direction": "in", "channel": "whatsapp", "text": text, "at": at}
        for number, text in enumerate(texts)
    ]
    return {
        "reference": "INC-7K3M9QXA",
        "status": status,
        "version": version,
        "messages": messages,
        "events": [{"type": kind} for kind in events],
    }


async def test_counters_compare_what_was_said_with_what_the_product_shows(stage: Stage) -> None:
    ani = stage.sandbox.phone("ani")
    stage.product.dispositions = {"greeting": 4}
    assert (await stage.sandbox.get("api/counters"))["sent"] == 0
    for text in ("halo kak", "checkout gagal", "saldo kepotong"):
        await ani.says(text, wait=True)
    await asyncio.to_thread(
        lambda: stage.twilio().messages.create(
            to="whatsapp:+6281200000001", from_=WHATSAPP_FROM, body="Nomor INC-7K3M9QXA"
        )
    )
    async with stage.bot() as bot:
        await bot.send_message(900000001, "Baru: INC-7K3M9QXA")
    stage.product.tickets = [ticket(1, "closed", "checkout gagal", "checkout gagal")]
    figures = await stage.sandbox.get("api/counters")
    names = ("sent", "acknowledged", "stored", "lost", "doubled", "closed_without_yes", "to_agent")
    assert [figures[name] for name in names] == [3, 3, 1, 2, 1, 1, "Sari"]
    assert 0 <= figures["to_agent_s"] < 5
    stage.product.dispositions = {"greeting": 5}
    stage.product.tickets = [ticket(2, "closed", "checkout gagal", "saldo kepotong", events=("confirmed",))]
    figures = await stage.sandbox.get("api/counters")
    assert [figures[name] for name in names] == [3, 3, 3, 0, 0, 0, "Sari"]
    assert stage.product.tokens[-1] == "Bearer tok-en"


async def test_a_repeated_webhook_is_the_same_message_fifty_times(stage: Stage) -> None:
    sid = await stage.sandbox.phone("ani").says("wifi mati", wait=True)
    assert await stage.sandbox.breaks("webhook50") == {"sid": sid, "sent": 50}
    assert {form["MessageSid"] for form in stage.product.messages()} == {sid}
    assert len(stage.product.messages()) == 51


async def test_redis_is_flushed_in_its_own_words(tmp_path: Path) -> None:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.write(b"+OK\r\n")
        writer.close()

    server = await asyncio.start_unix_server(answer, tmp_path / "r.sock")
    async with server, opened_stage(tmp_path, redis_socket=tmp_path / "r.sock") as stage:
        assert await stage.sandbox.breaks("redis") == {"answer": "OK"}
    assert heard == [b"*1\r\n$8\r\nFLUSHALL\r\n"]


async def test_only_a_worker_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "worker.pid"
    async with opened_stage(tmp_path, worker_pid_file=file) as stage:
        with pytest.raises(AssertionError, match="503"):
            await stage.sandbox.breaks("worker")
        file.write_text(str(os.getpid()))
        with pytest.raises(AssertionError, match="409"):
            await stage.sandbox.breaks("worker")
        code = "import sys, time; sys.stdout.write('up'); sys.stdout.flush(); time.sleep(60)"
        with subprocess.Popen([sys.executable, "-c", code, "worker"], stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            await asyncio.to_thread(worker.stdout.read, 2)
            file.write_text(str(worker.pid))
            await stage.sandbox.breaks("worker")
            assert await asyncio.to_thread(worker.wait, 5) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Host": "elsewhere.example"}, 421),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_a_strangers_page_cannot_play(stage: Stage, headers: dict[str, str], status: int) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"{stage.url}/sandbox/api/customers/ani/say"
        sent = {"Content-Type": "application/json"} | headers
        async with session.post(url, data=b'{"text":"x"}', headers=sent) as answer:
            assert answer.status == status
        async with session.get(stage.url) as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_the_product_is_read_and_only_read(stage: Stage) -> None:
    assert (await stage.sandbox.product("api/v1/tickets"))["items"] == []
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{stage.url}/sandbox/product/console/") as answer:
            assert answer.status == 404
        async with session.post(f"{stage.url}/sandbox/product/api/v1/tickets", json={}) as answer:
            assert answer.status == 405


async def test_events_go_on_where_a_follower_stopped(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await stage.sandbox.phone("ani").says("satu", wait=True)
    await stage.sandbox.phone("ani").says("dua", wait=True)
    url, headers = f"{stage.url}/sandbox/api/events", {"Last-Event-ID": "2"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        lines = [await answer.content.readline() for _ in range(3)]
    assert b"id: 3\r\n" in lines
    assert any(b"dua" in line for line in lines)
    for text in ("tiga", "empat"):
        await stage.sandbox.phone("ani").says(text, wait=True)
    assert [record.message for record in caplog.records if record.name.startswith("aiohttp")] == []


async def test_a_new_play_forgets_the_chats_and_nothing_of_the_product(stage: Stage) -> None:
    await stage.sandbox.phone("ani").says("halo", wait=True)
    await stage.sandbox.new_customer("cici", name="Cici", number="+6281200000777")
    await stage.sandbox.post("reset")
    state = await stage.sandbox.state()
    assert [one["id"] for one in state["customers"]] == ["ani", "budi"]
    assert all(not one["chat"] for one in state["customers"])


async def test_a_restart_keeps_chats_templates_and_what_waits_and_repeats_no_number(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    async with opened_stage(tmp_path, state_file=file) as stage:
        await stage.sandbox.phone("ani").sends_photo("layar saya")
        await stage.sandbox.new_customer("cici", name="Cici", number="+6281200000777")
        async with stage.bot() as bot:
            before = await bot.send_message(900000001, "kartu lama")
        await stage.sandbox.agent("sari").says("belum dibaca bot")
        waiting = stage.world.telegram.updates[-1][1]["update_id"]
    assert file.stat().st_mode & 0o777 == 0o600
    async with opened_stage(tmp_path, state_file=file) as stage:
        assert await stage.sandbox.agent("sari").heard("kartu lama") == 1
        (photo,) = await stage.sandbox.phone("ani").chat()
        assert photo["media"][0]["filename"] == "tangkapan-layar.png"
        assert "cici" in [one["id"] for one in (await stage.sandbox.state())["customers"]]
        async with stage.bot() as bot:
            (update,) = await bot.get_updates()
            assert update.update_id == waiting
            assert (await bot.send_message(900000001, "kartu baru")).message_id > before.message_id
            await stage.sandbox.agent("sari").says("sesudahnya")
            assert (await bot.get_updates(offset=waiting + 1))[0].update_id > waiting
    file.write_text("{}]")
    async with opened_stage(tmp_path, state_file=file) as stage:
        assert await stage.sandbox.phone("ani").chat() == []


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    found = load_settings(
        {"SIGAP_SANDBOX_PORT": "8091", "SANDBOX_DATA_DIR": str(tmp_path), "SANDBOX_PRODUCT_URL": "http://a:1/"}
    )
    assert (found.port, found.product_url, found.public_url) == (8091, "http://a:1", "http://127.0.0.1:8091")
    assert found.clock_file == tmp_path / "clock.json"
    with pytest.raises(ValueError, match="SIGAP_SANDBOX_PORT"):
        load_settings({"SIGAP_SANDBOX_PORT": "99999"})
