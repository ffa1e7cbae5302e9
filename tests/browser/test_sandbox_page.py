"""The sandbox's page in a real browser: readable at both widths, playable by hand and by keyboard, strict."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.browsing import chromium
from tests.sandbox_stage import Stage, opened_stage

pytestmark = pytest.mark.proves("N22")
REFERENCE, RINA = "INC-7K3M9QXA", 900000002


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with opened_stage(tmp_path, api_token="token") as opened:
        yield opened


async def open_page(browser: Browser, stage: Stage, width: int = 1280, language: str = "id-ID") -> Page:
    """The page, failing the test for anything that the browser complains about."""
    page = await browser.new_page(viewport={"width": width, "height": 800}, locale=language)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    await page.goto(stage.url)
    await expect(page.locator(".step")).to_have_count(6)
    return page


def report(stage: Stage) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    rina = {"kind": "account", "id": "account-rina", "name": "Rina"}
    candidates = [
        {"account": "account-rina", "open": 0, "capacity": 5, "why_not": None},
        {"account": "account-else", "open": 3, "capacity": 5, "why_not": "more_open"},
    ]
    steps = [{"level": "impact", "to": "medium", "because": "criticality", "of": "checkout"}]
    rating = {"impact": "medium", "urgency": "high", "priority": "P2", "matrix": "P2", "steps": steps}
    words = {
        "id": "m1",
        "at": at,
        "direction": "in",
        "channel": "whatsapp",
        "text": "checkout gagal",
        "attachments": [],
    }
    events = [
        {"type": "opened", "data": {"why": {"rules": ["checkout-broken"], "rating": rating}}},
        {
            "type": "offered",
            "data": {"why": {"candidates": candidates, "chosen_by": "fewest_open", "account": "account-rina"}},
        },
    ]
    return {
        "reference": REFERENCE,
        "status": "offered",
        "version": 2,
        "priority": "P2",
        "service": "checkout",
        "team": "payments",
        "subject": "checkout gagal",
        "reporter": {"kind": "contact", "id": "c", "name": "Ani"},
        "assignee": None,
        "offered_to": rina,
        "messages": [words | {"author": {"kind": "contact", "id": "c", "name": "Ani"}}],
        "events": [one | {"seq": n, "at": at, "actor": "desk", "config": "abc"} for n, one in enumerate(events, 1)],
    }


async def test_a_customer_writes_and_the_message_reaches_the_product(browser: Browser, stage: Stage) -> None:
    page = await open_page(browser, stage)
    await page.get_by_label("Tulis pesan… (Ani)").fill("checkout gagal")
    await page.keyboard.press("Enter")
    await expect(page.locator("#phone-customers .bubble.mine")).to_contain_text("checkout gagal")
    await expect(page.locator('[data-counter="c_sent"]')).to_have_text("1")
    assert [form["Body"] for form in stage.product.messages()] == ["checkout gagal"]
    assert page.complaints == []  # type: ignore[attr-defined]


async def test_a_tap_on_a_card_comes_back_to_the_bot(browser: Browser, stage: Stage) -> None:
    page = await open_page(browser, stage)
    async with stage.bot() as bot:
        buttons = [[InlineKeyboardButton("Terima", callback_data="accept:7K3M9QXA:2")]]
        await bot.send_message(
            RINA, "<b>Laporan</b> baru", parse_mode="HTML", reply_markup=InlineKeyboardMarkup(buttons)
        )
        await expect(page.locator("#tabs-agents .badge")).to_have_text("1")
        await page.get_by_role("tab", name="Rina").click()
        await expect(page.locator("#phone-agents strong")).to_have_text("Laporan")
        await page.get_by_role("button", name="Terima", exact=True).click()
        (update,) = await bot.get_updates(timeout=2)
    assert update.callback_query is not None
    assert update.callback_query.data == "accept:7K3M9QXA:2"


async def test_the_ticket_says_why(browser: Browser, stage: Stage) -> None:
    stage.product.tickets = [report(stage)]
    page = await open_page(browser, stage)
    await expect(page.locator(".ticket-head code")).to_have_text(REFERENCE)
    for summary in await page.get_by_text("kenapa?").all():
        await summary.click()
    why = page.locator(".why-body")
    await expect(why.first).to_contain_text("checkout-broken")
    await expect(why.first.locator("td.here")).to_have_text("P2")
    await expect(why.last.locator("tr.chosen")).to_contain_text("Rina")
    await expect(why.last).to_contain_text("memegang lebih banyak")


async def test_the_browsers_language_decides_and_can_be_changed(browser: Browser, stage: Stage) -> None:
    page = await open_page(browser, stage, language="en-GB")
    await expect(page.locator("#title-customers")).to_have_text("Customers")
    await page.get_by_role("button", name="ID", exact=True).click()
    await expect(page.locator("#title-customers")).to_have_text("Pelanggan")
    assert await page.evaluate("document.documentElement.lang") == "id"


async def test_a_phone_shows_one_column_at_a_time_and_nothing_runs_out(browser: Browser, stage: Stage) -> None:
    stage.product.tickets = [report(stage)]
    page = await open_page(browser, stage, width=360)
    for column in ("customers", "ticket", "agents"):
        await page.locator(f'[data-column="{column}"]').click()
        await expect(page.locator(f"#column-{column}")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await expect(page.locator("#column-customers")).to_be_hidden()


async def test_the_panel_moves_the_clock_and_says_what_it_cannot_do(browser: Browser, stage: Stage) -> None:
    page = await open_page(browser, stage)
    await page.get_by_text("Coba rusak").click()
    await page.get_by_role("button", name="Maju 25 menit").click()
    await expect(page.locator(".ahead")).to_have_text("+25 mnt")
    await page.get_by_role("button", name="Kosongkan Redis").click()
    await expect(page.locator(".toast.bad")).to_contain_text("Tidak bisa")


async def test_a_voice_note_goes_out_by_keyboard_alone(browser: Browser, stage: Stage) -> None:
    page = await open_page(browser, stage)
    await page.locator("#phone-customers .attach summary").focus()
    await page.keyboard.press("Enter")
    for key in ("Tab", "Tab", "Enter"):
        await page.keyboard.press(key)
    await expect(page.locator("#phone-customers .bubble.mine")).to_contain_text("pesan-suara.ogg")
    await expect(page.locator('[data-counter="c_sent"]')).to_have_text("1")
    assert [form["MediaContentType0"] for form in stage.product.messages()] == ["audio/ogg"]


async def test_typing_is_not_disturbed_by_what_arrives(browser: Browser, stage: Stage) -> None:
    page = await open_page(browser, stage)
    box = page.get_by_label("Tulis pesan… (Ani)")
    await box.press_sequentially("belum sele")
    await stage.sandbox.phone("ani").says("dari ponsel lain")
    await expect(page.locator("#phone-customers .bubble.mine")).to_have_count(1)
    await page.keyboard.type("sai")
    await expect(box).to_have_value("belum selesai")
    await expect(box).to_be_focused()
