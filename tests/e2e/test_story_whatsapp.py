"""Ani writes on WhatsApp, Sari and Rina answer in Telegram: real processes, real Redis, the providers' own clients."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.story import eventually, has_status, offered_to, prompted, repaired, says_and_is_heard
from tests.product import Product, running
from tests.sandbox_client import Sandbox

Stage = tuple[Product, Sandbox]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running(tmp_path) as up:
        yield up


@pytest.mark.proves("D1", "D14", "D15", "D18", "D20", "D21", "D22", "D24")
async def test_from_the_first_word_to_the_reporters_yes(stage: Stage) -> None:
    product, sandbox = stage
    ani, agents = sandbox.phone("ani"), [sandbox.agent("sari"), sandbox.agent("rina")]
    await ani.says("min kok checkout gagal trus, saldo kepotong")
    reference = (await ani.hears(r"INC-")).reference

    first = await offered_to(sandbox, reference, agents)
    second = next(agent for agent in agents if agent is not first)
    await first.presses("^pass:", on=reference)
    await second.hears(reference)
    await second.presses("^accept:", on=reference)
    await has_status(sandbox, reference, "assigned")

    await says_and_is_heard(ani, second, "tolong dicek ya kak")
    await second.replies_to("tolong dicek ya", "Baik kak, sedang kami cek log pembayarannya")
    await ani.hears("sedang kami cek log")
    await second.hears("→ .*Ani.*WA")
    await has_status(sandbox, reference, "investigating")

    await prompted(sandbox, second, "workaround", "Pakai QRIS dulu ya", reference)
    await ani.hears("Pakai QRIS dulu")
    await has_status(sandbox, reference, "restored")

    await repaired(sandbox, second, reference)
    await ani.hears("Ya, sudah beres|sudah kami perbaiki")
    await ani.says("iya masih kak")
    await has_status(sandbox, reference, "investigating")
    await ani.hears("belum tuntas")
    await second.hears("belum beres")

    await repaired(sandbox, second, reference, "Cache lama dibersihkan")
    await ani.hears("sudah kami perbaiki")
    await ani.presses("Ya, sudah beres")
    await has_status(sandbox, reference, "closed")
    await ani.hears("kami tutup")
    await ani.presses("^Puas$")

    async def scored() -> bool:
        return bool((await sandbox.ticket(reference))["score"] == "good")

    await eventually(scored, "the score was not stored")
    audit = product.sigap("audit", "verify", "--rebuild")
    assert audit.get("ok", audit.get("first_bad") is None)


@pytest.mark.proves("D5", "D7")
async def test_greeting_bubbles_and_repeats(stage: Stage) -> None:
    _, sandbox = stage
    ani, budi = sandbox.phone("ani"), sandbox.phone("budi")
    await budi.says("P")
    await budi.hears("ada yang bisa kami bantu")
    assert await budi.heard("INC-") == 0
    await budi.says("wifi kantor mati dari pagi")
    await budi.hears("INC-")

    for bubble in ("checkout error", "dari tadi pagi", "saldo kepotong juga"):
        await ani.says(bubble, wait=False)
    reference = (await ani.hears("INC-")).reference

    async def all_joined() -> bool:
        ticket = await sandbox.ticket(reference)
        return len([m for m in ticket["messages"] if m["direction"] == "in"]) == 3

    await eventually(all_joined, "three bubbles are not one ticket")
    assert await ani.heard("INC-") == 1


@pytest.mark.proves("D4")
async def test_a_webhook_fifty_times_in_parallel_is_one_message(stage: Stage) -> None:
    _, sandbox = stage
    ani = sandbox.phone("ani")
    await sandbox.faults.on("twilio_webhook_repeated", times=50)
    await ani.says("pembayaran qris gagal terus")
    reference = (await ani.hears("INC-")).reference
    await sandbox.faults.clear()
    ticket = await sandbox.ticket(reference)
    assert len([message for message in ticket["messages"] if message["direction"] == "in"]) == 1
    tickets = (await sandbox.product("api/v1/tickets"))["items"]
    assert [one["reference"] for one in tickets] == [reference]
