"""What people do not notice: repeats, races, killed processes, a flushed Redis, a locked database, an absence."""

import asyncio
import contextlib
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.settings import ACCOUNT_SID, AUTH_TOKEN, BOT_TOKEN, WHATSAPP_FROM
from tests.e2e.story import eventually, has_status, offered_to
from tests.product import ROOT, Product, free_port, running
from tests.sandbox_client import Sandbox

Stage = tuple[Product, Sandbox]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running(tmp_path) as up:
        yield up


async def references(sandbox: Sandbox) -> list[str]:
    """The references of all tickets."""
    return [one["reference"] for one in (await sandbox.product("api/v1/tickets?limit=100"))["items"]]


@pytest.mark.proves("D15")
async def test_two_agents_tap_at_once_and_one_has_it(stage: Stage) -> None:
    _, sandbox = stage
    ani, agents = sandbox.phone("ani"), [sandbox.agent("sari"), sandbox.agent("rina")]
    await ani.says("checkout gagal terus dari tadi")
    reference = (await ani.hears("INC-")).reference
    first = await offered_to(sandbox, reference, agents)
    second = next(agent for agent in agents if agent is not first)
    offer = await first.sees(reference, button="^accept:")
    await first.presses("^pass:", on=reference)
    assert await offered_to(sandbox, reference, [second]) is second
    # The first one's old button and the second one's fresh one, at the same moment.
    stale = next(b["callback_data"] for row in offer.bubble["keyboard"] for b in row if "accept" in b["callback_data"])
    forged = {"message_id": offer.id, "button": stale, "data": stale}
    await asyncio.gather(
        sandbox.post(f"agents/{first.person}/press", **forged), second.presses("^accept:", on=reference)
    )
    ticket = await has_status(sandbox, reference, "assigned")
    assert ticket["assignee"]["name"].lower() == second.person
    assert len([event for event in ticket["events"] if event["type"] == "accepted"]) == 1


@pytest.mark.proves("D33", "D34")
async def test_redis_flushed_and_the_worker_killed_in_the_middle(stage: Stage) -> None:
    product, sandbox = stage
    ani, budi = sandbox.phone("ani"), sandbox.phone("budi")
    product.kill_child("worker")
    await ani.says("pembayaran virtual account gagal")
    await sandbox.breaks("redis")
    await ani.hears("INC-", within=60)
    await sandbox.breaks("redis")
    await budi.says("wifi kantor mati")
    await budi.hears("INC-", within=60)
    assert await ani.heard("INC-") == 1


@pytest.mark.proves("D33")
async def test_the_front_killed_in_the_middle_loses_no_message_and_no_reply(stage: Stage) -> None:
    product, sandbox = stage
    ani, agents = sandbox.phone("ani"), [sandbox.agent("sari"), sandbox.agent("rina")]
    await ani.says("checkout gagal terus")
    reference = (await ani.hears("INC-")).reference
    agent = await offered_to(sandbox, reference, agents)
    await agent.presses("^accept:", on=reference)
    await has_status(sandbox, reference, "assigned")
    await ani.says("tolong ya kak, urgent")
    heard = await agent.hears("tolong ya kak")
    product.kill_child("web")
    await sandbox.post(f"agents/{agent.person}/reply", message_id=heard.id, text="Sedang kami tangani sekarang")
    await ani.says("ini nomor pesanannya A-17", wait=False)
    await ani.hears("Sedang kami tangani", within=60)
    await agent.hears("A-17", within=90)
    assert await ani.heard("Sedang kami tangani") == 1
    assert await references(sandbox) == [reference]


@pytest.mark.proves("D37")
async def test_a_locked_database_is_said_within_two_seconds_and_nothing_is_kept(stage: Stage) -> None:
    product, _ = stage
    token = product.sigap("token", "create", "--name", "test", "--scope", "admin")["token"]
    lock = sqlite3.connect(product.folder / "data" / "sigap.db", timeout=5, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    body = {"name": "Budi", "email": "budi@contoh.example", "description": "wifi mati"}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{product.url}/api/v1/tickets", json=body) as answer:
            told = await answer.json(content_type=None)
            assert answer.status == 503, told
            assert int(answer.headers["Retry-After"]) >= 1
        lock.execute("ROLLBACK")
        lock.close()

        async def taken() -> bool:
            async with session.post(f"{product.url}/api/v1/tickets", json=body) as again:
                return again.status == 201

        await eventually(taken, "it is not taken after the lock is gone")
        async with session.get(f"{product.url}/api/v1/tickets") as listed:
            assert len((await listed.json())["items"]) == 1


@contextlib.asynccontextmanager
async def world_of_its_own(folder: Path, product: Product) -> AsyncIterator[Sandbox]:
    """The played world in a process that goes on while the product is away."""
    environ = {
        **product.environ,
        "SANDBOX_PRODUCT_URL": product.url,
        "SANDBOX_DATA_DIR": str(folder / "world"),
    }
    command = [sys.executable, "-m", "sandbox.run"]
    world = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environ, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with aiohttp.ClientSession() as session:

            async def up() -> bool:
                try:
                    async with session.get(f"{product.sandbox_url}/sandbox/api/state") as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            await eventually(up, "the played world does not come up", within=30)
        async with Sandbox.opened(product.sandbox_url) as sandbox:
            yield sandbox
    finally:
        world.terminate()
        await world.wait()


@pytest.mark.proves("D33")
async def test_twenty_messages_while_the_whole_product_was_stopped_are_tickets_afterwards(tmp_path: Path) -> None:
    port = free_port()
    product = Product(
        tmp_path,
        TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        SIGAP_WHATSAPP_FROM=WHATSAPP_FROM,
        SIGAP_TWILIO_URL=f"http://127.0.0.1:{port}",
        TELEGRAM_BOT_TOKEN=BOT_TOKEN,
        SIGAP_TELEGRAM_URL=f"http://127.0.0.1:{port}",
        SIGAP_SANDBOX="off",
        SIGAP_SANDBOX_PORT=str(port),
    )
    product.sandbox_port, product.sandbox_url = port, f"http://127.0.0.1:{port}"
    async with world_of_its_own(tmp_path, product) as sandbox:
        try:
            await asyncio.to_thread(product.start)
            customers = [await sandbox.new_customer(f"c{n}", name=f"Pelanggan {n}") for n in range(20)]
            await asyncio.to_thread(product.stop)
            for number, customer in enumerate(customers):
                await customer.says(f"mesin kasir nomor {number} rusak", wait=False)
            await asyncio.to_thread(product.start)
            for customer in customers:
                await customer.hears("INC-", within=120)
            listed = await asyncio.to_thread(product.sigap, "ticket", "list", "--all", "--limit", "100")
            assert len(listed["items"]) == 20
        finally:
            with contextlib.suppress(Exception):
                await asyncio.to_thread(product.stop)
            product.kill()


def test_a_taken_port_a_broken_rule_a_wrong_setting_and_half_a_credential_are_one_clear_line(tmp_path: Path) -> None:
    def refused(**settings: str) -> str:
        product = Product(tmp_path, **settings)
        done = subprocess.run(
            [sys.executable, "-m", "console.cli", "run"], cwd=ROOT, env=product.environ, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        return done.stderr

    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert str(port) in refused(SIGAP_HTTP_PORT=str(port))
    assert "SIGAP_HTTP_PROT" in refused(SIGAP_HTTP_PROT="8080")
    assert "TWILIO_AUTH_TOKEN" in refused(TWILIO_ACCOUNT_SID="AC" + "0" * 32)
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    rules = (folder / "rules.yaml").read_text()
    (folder / "rules.yaml").write_text(rules.replace("services: [checkout,", "services: [chekout,", 1))
    said = refused(SIGAP_CONFIG_DIR=str(folder))
    assert "rules.yaml:" in said
    assert "checkout" in said
