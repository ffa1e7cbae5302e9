"""The form and the tracking page in a real browser: at both widths, by keyboard alone, with and without JavaScript."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browsing import chromium
from tests.web_stage import Stage, staged
from tickets.model import Status

WIDTHS = (360, 1280)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, poll_s=0.5) as opened:
        yield opened


async def opened(browser: Browser, stage: Stage, path: str, **options: Any) -> tuple[Page, list[str]]:
    """A page, and everything that the browser complains about."""
    size = {"width": options.pop("width", 360), "height": 800}
    context = await browser.new_context(viewport=size, locale=options.pop("language", "id-ID"), **options)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(10_000)
    await page.goto(str(stage.client.make_url(path)))
    return page, complaints


async def path_of(page: Page) -> str:
    found = re.search(r"/t/[\w-]+", page.url)
    assert found, page.url
    return found[0]


@pytest.mark.proves("D1")
@pytest.mark.parametrize("width", WIDTHS)
async def test_every_page_fits_its_screen_and_the_browser_has_nothing_to_complain_of(
    browser: Browser, stage: Stage, width: int
) -> None:
    long = "checkout gagal " + "x" * 300 + " https://contoh.example/" + "a/" * 150
    path = await stage.reports(long, name="N" * 80)
    await stage.repaired(path)
    for address in ("/report", "/report?lang=en", path, f"{path}?said=noted", "/api/docs"):
        page, complaints = await opened(browser, stage, address, width=width)
        over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (address, over)
        assert complaints == [], address
        await page.context.close()


@pytest.mark.proves("D1", "D37")
@pytest.mark.parametrize("javascript", [True, False])
async def test_a_report_goes_from_the_form_to_the_yes(browser: Browser, stage: Stage, javascript: bool) -> None:
    page, complaints = await opened(browser, stage, "/report", java_script_enabled=javascript)
    await page.get_by_label(stage.words("description"), exact=True).fill("checkout gagal terus, saldo kepotong")
    await page.get_by_label(stage.words("name"), exact=True).fill("Hendra")
    await page.get_by_label(stage.words("phone")).fill("0812 0000 0009")
    await page.locator("#files").set_input_files(
        {"name": "catatan.log", "mimeType": "text/plain", "buffer": b"baris catatan\n"}
    )
    await page.get_by_role("button", name=stage.words("send_report")).click()
    await expect(page.locator(".reference")).to_have_text(re.compile("INC-"))
    await expect(page.get_by_role("link", name="catatan.log")).to_be_visible()
    path = await path_of(page)
    await page.locator("#text").fill("muncul kode E-502")
    await page.get_by_role("button", name=stage.words("send_reply"), exact=True).click()
    await expect(page.locator(".talk")).to_contain_text("muncul kode E-502")
    await stage.repaired(path)
    if not javascript:
        await page.reload()
    await page.get_by_role("button", name=stage.words("answer_yes")).click()
    await expect(page.locator("h1")).to_have_text(stage.words("status_closed"))
    assert stage.ticket(path).ticket.status is Status.CLOSED
    assert complaints == []


@pytest.mark.proves("D1")
async def test_the_form_can_be_filled_in_without_a_mouse(browser: Browser, stage: Stage) -> None:
    page, _ = await opened(browser, stage, "/report", width=1280)
    seen: list[str] = []
    for _ in range(20):
        await page.keyboard.press("Tab")
        focused = await page.evaluate("document.activeElement.id || document.activeElement.className")
        seen.append(focused)
        words = {"description": "printer kantor mati", "name": "Ani", "email": "ani@kopisenja.example"}.get(focused)
        if words:
            await page.keyboard.type(words)
        if focused == "main":
            await page.keyboard.press("Enter")
            break
    assert seen[0] == "skip"
    assert "website" not in seen
    await expect(page.locator(".reference")).to_have_text(re.compile("INC-"))


async def test_mistakes_are_put_before_the_reader(browser: Browser, stage: Stage) -> None:
    page, _ = await opened(browser, stage, "/report")
    await page.locator("#phone").fill("12")
    await page.get_by_role("button", name=stage.words("send_report")).click()
    await expect(page.locator("#mistakes")).to_be_focused()
    await expect(page.locator("#phone")).to_have_value("12")
    await page.locator("#mistakes a").first.click()
    await expect(page.locator("#name")).to_be_in_viewport()


@pytest.mark.proves("D46")
async def test_news_appear_by_themselves_and_nothing_typed_is_lost(browser: Browser, stage: Stage) -> None:
    path = await stage.reports()
    page, complaints = await opened(browser, stage, path)
    await page.locator("#text").fill("sedang saya ketik")
    await stage.rina("accept", path)
    await expect(page.locator("#status")).to_have_text(stage.words("status_assigned"))
    await expect(page.locator("#news")).to_have_text(stage.words("status_assigned"))
    await expect(page.locator("#text")).to_have_value("sedang saya ketik")
    assert complaints == []


async def test_a_double_click_sends_once(browser: Browser, stage: Stage) -> None:
    page, _ = await opened(browser, stage, "/report")
    await page.locator("#description").fill("checkout gagal terus")
    await page.locator("#name").fill("Hendra")
    await page.locator("#phone").fill("081200000009")
    await page.get_by_role("button", name=stage.words("send_report")).dblclick()
    await expect(page.locator(".reference")).to_have_text(re.compile("INC-"))
    assert len(stage.reader.tickets().items) == 1


async def test_a_large_file_is_told_before_it_is_sent(browser: Browser, stage: Stage) -> None:
    page, _ = await opened(browser, stage, "/report")
    large = {"name": "besar.png", "mimeType": "image/png", "buffer": b"x" * (11 * 1024 * 1024)}
    await page.locator("#files").set_input_files(large)
    await expect(page.locator("#files-chosen .mistake")).to_have_text(stage.words("left_out_size"))
