"""The form: what a visitor without JavaScript meets, and what whoever attacks it meets."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.web_stage import Stage, staged
from tickets.model import Channel

# aiohttp's own reader of multipart bodies warns of a method of aiohttp's own stream.
pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 64


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as found:
        yield found


def multipart(form: str, *files: tuple[str, bytes], **fields: str) -> aiohttp.FormData:
    data = aiohttp.FormData()
    typed = {"name": "Hendra", "phone": "0812 0000 0009", "description": "checkout gagal terus"} | fields
    for name, value in {"form": form, **typed}.items():
        data.add_field(name, value)
    for name, content in files:
        data.add_field("files", io.BytesIO(content), filename=name, content_type="image/png")
    return data


@pytest.mark.proves("D1", "D7", "D8", "D9", "D10", "D11", "D51")
async def test_a_filled_in_form_becomes_a_ticket_and_leads_to_its_page(stage: Stage) -> None:
    path = await stage.reports(
        "checkout gagal terus sejak tadi", phone="0812-0000-0009", service="checkout", occurred_at="2026-11-24T09:30"
    )
    view = stage.ticket(path)
    ticket = view.ticket
    assert (ticket.channel, ticket.service, ticket.team) == (Channel.WEB, "checkout", "payments")
    assert ticket.occurred_at == datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    assert view.reporter.name == "Hendra"
    page = await stage.page(path)
    assert ticket.reference in page
    assert "checkout gagal terus sejak tadi" in page
    assert stage.words("promise", time="pukul 12.00 WIB") in page


async def test_the_root_leads_to_the_form(stage: Stage) -> None:
    answer = await stage.client.get("/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/report")


async def test_the_form_speaks_the_visitors_language(stage: Stage) -> None:
    assert stage.words("report_title") in await stage.page("/report")
    assert stage.words("report_title", "en") in await stage.page(
        "/report", **{"Accept-Language": "en-GB,en;q=0.9,id;q=0.4"}
    )
    assert stage.words("report_title", "en") in await stage.page("/report?lang=en")
    assert stage.words("report_title") in await stage.page("/report?lang=id", **{"Accept-Language": "en"})


async def test_every_field_has_a_label_and_nothing_is_inline(stage: Stage) -> None:
    page = await stage.page("/report")
    ids = re.findall(r'<(?:input|textarea|select)[^>]* id="([^"]+)"', page)
    assert set(ids) >= {"name", "email", "phone", "description", "service", "occurred_at", "files"}
    for one in ids:
        assert f'for="{one}"' in page
    assert "<script>" not in page
    assert "style=" not in page
    assert " on" + "click" not in page


@pytest.mark.proves("D4")
async def test_a_double_click_is_one_ticket(stage: Stage) -> None:
    form = await stage.fields()
    answers = await asyncio.gather(
        *(stage.post("/report", multipart(form, ("layar.png", PNG))) for _ in range(8)),
    )
    assert {answer.status for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(stage.reader.tickets().items) == 1


async def test_the_same_form_with_other_words_is_not_swallowed(stage: Stage) -> None:
    form = await stage.fields()
    first = await stage.post("/report", multipart(form))
    second = await stage.post("/report", multipart(form, description="printer kantor mati"))
    assert first.headers["Location"] != second.headers["Location"]
    assert len(stage.reader.tickets().items) == 2


async def test_mistakes_are_named_and_what_was_typed_is_kept(stage: Stage) -> None:
    typed = {"name": "Hen<b>dra", "phone": "12", "email": "bukan-alamat", "description": "QRIS & <i>mati</i>"}
    answer = await stage.post("/report", {"form": await stage.fields(), **typed})
    page = await answer.text()
    assert answer.status == 400
    assert 'value="Hen&lt;b&gt;dra"' in page
    assert "QRIS &amp; &lt;i&gt;mati&lt;/i&gt;" in page
    assert 'id="phone-error"' in page
    assert 'aria-invalid="true"' in page
    assert stage.reader.figures().messages == 0


async def test_somebody_who_cannot_be_reached_is_asked_for_a_number_or_an_address(stage: Stage) -> None:
    answer = await stage.post("/report", {"form": await stage.fields(), "name": "Ani", "description": "qris mati"})
    assert answer.status == 400
    assert stage.words("error_contact") in await answer.text()


@pytest.mark.parametrize("form", ["", "x", "a.b.c", "abc.1790000000.AAAA", "é.1.é", "n." + "9" * 150 + ".x"])
async def test_a_form_that_was_not_made_here_is_shown_again_with_its_words(stage: Stage, form: str) -> None:
    answer = await stage.post("/report", multipart(form))
    assert answer.status == 400
    assert "checkout gagal terus" in await answer.text()
    assert stage.reader.figures().messages == 0


async def test_an_old_form_must_be_sent_once_more(stage: Stage) -> None:
    form = await stage.fields()
    stage.clock.forward(days=8)
    answer = await stage.post("/report", multipart(form))
    assert answer.status == 400
    assert stage.words("error_expired") in await answer.text()


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
async def test_another_site_cannot_post_our_form(stage: Stage, headers: dict[str, str]) -> None:
    answer = await stage.post("/report", multipart(await stage.fields()), **headers)
    assert answer.status == 403
    assert stage.reader.figures().messages == 0


async def test_our_own_page_may_post_it_from_any_browser(stage: Stage) -> None:
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {}):
        answer = await stage.post("/report", multipart(await stage.fields()), **headers)
        assert answer.status == 303


async def test_a_machine_that_fills_in_everything_is_stopped_politely(stage: Stage) -> None:
    answer = await stage.post("/report", multipart(await stage.fields(), website="http://judi.example"))
    assert answer.status == 400
    assert stage.reader.figures().messages == 0


@pytest.mark.proves("D10")
async def test_files_are_kept_and_can_be_fetched_again(stage: Stage) -> None:
    answer = await stage.post("/report", multipart(await stage.fields(), ("../../etc/layar.png", PNG)))
    path = answer.headers["Location"]
    page = await stage.page(path)
    assert "layar.png" in page
    assert "etc/" not in page
    found = re.search(r'href="(/t/[^"]+/files/[^"]+)"', page)
    assert found
    fetched = await stage.client.get(found[1])
    assert await fetched.read() == PNG
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in fetched.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("paket.apk", b"PK\x03\x04" + b"AndroidManifest.xml" * 9),
        ("gambar.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("foto.jpg", b"<!doctype html><html><script>alert(1)</script></html>"),
        ("program.png", b"MZ\x90\x00" + b"\x00" * 200),
        ("kosong.png", b""),
    ],
)
async def test_a_refused_file_is_told_and_the_report_is_kept(stage: Stage, name: str, content: bytes) -> None:
    answer = await stage.post("/report", multipart(await stage.fields(), (name, content), ("layar.png", PNG)))
    assert answer.status == 303
    page = await stage.page(answer.headers["Location"])
    assert stage.words("left_out_type") in page
    assert "layar.png" in page
    assert name not in page


async def test_a_sixth_and_a_large_file_are_left_out(stage: Stage) -> None:
    files = [(f"{number}.png", PNG) for number in range(5)]
    large = ("besar.png", PNG + b"\x00" * (10 * 1024 * 1024))
    answer = await stage.post("/report", multipart(await stage.fields(), large, *files, ("6.png", PNG)))
    assert answer.status == 303
    page = await stage.page(answer.headers["Location"])
    assert stage.words("left_out_size") in page
    assert stage.words("left_out_count") in page
    assert len(stage.ticket(answer.headers["Location"]).messages[0].attachments) == 5


async def test_what_is_far_too_large_is_refused_kindly(stage: Stage) -> None:
    heavy = ("x.png", b"\x00" * (50 * 1024 * 1024))
    answer = await stage.post("/report", multipart(await stage.fields(), heavy))
    assert answer.status == 413
    assert stage.words("failure_large") in await answer.text()
    many = aiohttp.FormData(default_to_multipart=True)
    for number in range(1000):
        many.add_field(f"f{number}", "x")
    assert (await stage.post("/report", many)).status == 413


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", b'{"name":"x"}', 415),
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"xx", 400),
        ("multipart/form-data; boundary=x", b"garbage", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nab", 400),
        ("multipart/form-data; boundary=" + "y" * 200, b"--", 400),
        ("application/x-www-form-urlencoded", b"a=1&" * 500, 400),
        ("application/x-www-form-urlencoded", b"description=" + b"x" * 400_000, 413),
        ("application/x-www-form-urlencoded", b"name=%ff%fe%00&description=%ed%a0%80", 400),
    ],
)
async def test_broken_posts_are_the_senders_fault(stage: Stage, content_type: str, body: bytes, status: int) -> None:
    answer = await stage.post("/report", body, **{"Content-Type": content_type})
    assert answer.status == status


async def test_unfit_characters_are_replaced_once(stage: Stage) -> None:
    path = await stage.reports("checkout gagal \x00\x1b[31m\u202e dan \ud7ff", name="Ani\r\nBcc: x@y.example")
    view = stage.ticket(path)
    assert view.reporter.name == "Ani Bcc: x@y.example"
    assert "\x00" not in view.messages[0].text
    assert "\ufffd" in view.messages[0].text


@pytest.mark.proves("D4")
async def test_a_report_that_could_not_be_decided_still_has_its_page(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("router.intake.read", fails)
    path = await stage.reports("checkout gagal terus")
    assert stage.ticket(path).ticket.quarantined
    assert "checkout gagal terus" in await stage.page(path)


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script> checkout error",
        '"><img src=x onerror=alert(1)> checkout error',
        "{{ 7*7 }} checkout error",
    ],
)
async def test_nothing_from_outside_runs_in_a_page(stage: Stage, words: str) -> None:
    path = await stage.reports(words, name="<script>alert(2)</script>")
    page = await stage.page(path)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "49 checkout" not in page


async def test_a_report_that_cannot_be_stored_is_not_lost(stage: Stage) -> None:
    """The database is locked by somebody else: the form comes back with its words, and the same field works later."""
    form = await stage.fields()
    with stage.locked():
        answer = await stage.post("/report", multipart(form))
    page = await answer.text()
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert "checkout gagal terus" in page
    assert form in page
    assert (await stage.post("/report", multipart(form))).status == 303
    assert len(stage.reader.tickets().items) == 1


async def test_headers_keep_the_page_to_itself(stage: Stage) -> None:
    answer = await stage.client.get("/report")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    assert "Server" not in answer.headers


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/t/x", 404), ("/static/../app.py", 404)])
async def test_what_is_not_there_has_one_kind_page(stage: Stage, path: str, status: int) -> None:
    assert stage.words("failure_missing") in await stage.page(path, status)
    assert stage.words("failure_missing", "en") in await stage.page(path + "?lang=en", status)


async def test_a_wrong_method_is_said_kindly(stage: Stage) -> None:
    answer: Any = await stage.client.delete("/report")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert stage.words("failure_method") in await answer.text()
