"""A newcomer presses six buttons, and Ani's report is closed by Ani: the page over the whole product."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browsing import chromium
from tests.product import running

STEP_MS = 30_000


@pytest.mark.proves("D1", "D28", "D37", "D46", "N2", "N22")
async def test_six_steps_from_the_first_word_to_the_close(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, sandbox), chromium() as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="id-ID")
        await page.goto(sandbox.url)
        steps = page.locator(".step")
        for number in range(6):
            await expect(steps.nth(number)).to_be_enabled(timeout=STEP_MS)
            await steps.nth(number).click()
            await expect(page.locator('.step[aria-busy="true"]')).to_have_count(0, timeout=STEP_MS)
            assert await page.locator(".toast.bad").all_inner_texts() == []
            if number < 5:
                assert "closed" not in [row["status"] for row in (await sandbox.product("api/v1/tickets"))["items"]]
        await expect(page.locator(".ticket-head .pill")).to_have_text("Ditutup pelapor")
        await expect(page.locator('[data-counter="c_stored"]')).to_have_text("= 3")
        for counter in ("c_lost", "c_doubled", "c_unconfirmed"):
            await expect(page.locator(f'[data-counter="{counter}"]')).to_have_text("0")
