"""Pak Hendra fills in the form; the same journey as on WhatsApp, on the tracking page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.story import eventually, has_status, offered_to, prompted, repaired, taps
from tests.e2e.visitor import Visitor
from tests.product import Product, running
from tests.sandbox_client import Sandbox

Stage = tuple[Product, Sandbox]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running(tmp_path) as up:
        yield up


async def shows(visitor: Visitor, words: str) -> None:
    """Wait until the tracking page says so."""

    async def look() -> bool:
        return words in await visitor.looks_again()

    await eventually(look, f"the page does not say {words!r}")


@pytest.mark.proves("D6", "D14", "D15", "D18", "D20", "D21")
async def test_from_the_form_to_the_reporters_yes(stage: Stage) -> None:
    product, sandbox = stage
    agents = [sandbox.agent("sari"), sandbox.agent("rina")]
    async with Visitor(product.url) as hendra:
        reference = await hendra.reports("QRIS di kasir tidak bisa dipakai sejak pagi")
        first = await offered_to(sandbox, reference, agents)
        second = next(agent for agent in agents if agent is not first)
        await first.presses("^pass:", on=reference)
        assert await offered_to(sandbox, reference, [second]) is second
        await second.presses("^accept:", on=reference)
        await has_status(sandbox, reference, "assigned")

        await hendra.submits("/reply", text="Kasir dua juga sama, Pak")
        await second.hears("Kasir dua juga sama")
        await second.replies_to("Kasir dua juga sama", "Terima kasih, Pak. Kami periksa sekarang")
        await shows(hendra, "Kami periksa sekarang")

        await prompted(sandbox, second, "workaround", "Pakai kode QRIS cetak", reference)
        await shows(hendra, "Pakai kode QRIS cetak")
        await repaired(sandbox, second, reference)
        await shows(hendra, 'value="yes"')
        await hendra.submits("/answer", answer="no")
        await has_status(sandbox, reference, "investigating")
        await second.hears(reference)

        await repaired(sandbox, second, reference, "Konfigurasi ulang terminal")
        await shows(hendra, 'value="yes"')
        await hendra.submits("/answer", answer="yes")
        ticket = await has_status(sandbox, reference, "closed")
        confirmed = [event for event in ticket["events"] if event["type"] == "confirmed"]
        assert len(confirmed) == 1
        assert confirmed[0]["actor"].startswith("contact:")
        assert confirmed[0]["data"]["confirmed_on"] == "web"


@pytest.mark.proves("D16")
async def test_nobody_else_can_close_and_time_alone_only_lapses(stage: Stage) -> None:
    product, sandbox = stage
    agents = [sandbox.agent("sari"), sandbox.agent("rina")]
    async with Visitor(product.url) as hendra:
        reference = await hendra.reports("Virtual account tidak keluar")
        agent = await offered_to(sandbox, reference, agents)
        await agent.presses("^accept:", on=reference)
        await has_status(sandbox, reference, "assigned")
        await taps(sandbox, agent, "start", reference)
        await repaired(sandbox, agent, reference)
        await sandbox.clock.forward(hours=40)
        await shows(hendra, "masih menunggu jawaban")
        await sandbox.clock.forward(hours=60)
        await has_status(sandbox, reference, "lapsed")
        await hendra.looks_again()
        await hendra.submits("/answer", answer="yes")
        await has_status(sandbox, reference, "closed")
    listed = product.sigap("ticket", "list", "--all")
    assert [one["status"] for one in listed["items"]] == ["closed"]
