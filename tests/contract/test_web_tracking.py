"""The tracking page: what a reporter sees and can do there, and what nobody can do with it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.web_stage import Stage, staged
from tickets.commands import Actor, ActorKind
from tickets.model import Priority, Status


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, poll_s=0.2) as found:
        yield found


@pytest.mark.proves("D37", "D46", "N1")
async def test_a_report_closes_on_the_page_by_its_reporters_yes_only(stage: Stage) -> None:
    path = await stage.reports()
    assert 'value="yes"' not in await stage.page(path)
    await stage.repaired(path)
    page = await stage.page(path)
    assert stage.words("ask_confirm") in page
    assert stage.ticket(path).ticket.status is Status.AWAITING_CONFIRMATION
    answer = await stage.answers(path, "yes")
    assert answer.status == 303
    view = stage.ticket(path)
    assert view.ticket.status is Status.CLOSED
    assert any(message.text == stage.words("answer_yes") for message in view.messages)
    page = await stage.page(answer.headers["Location"].partition("#")[0])
    assert stage.words("status_closed") in page
    assert stage.words("said_noted") in page


@pytest.mark.proves("D37")
async def test_a_no_goes_back_to_work(stage: Stage) -> None:
    path = await stage.reports()
    await stage.repaired(path)
    await stage.answers(path, "no")
    assert stage.ticket(path).ticket.status is Status.INVESTIGATING
    assert stage.words("answer_no") in await stage.page(path)


async def test_not_yet_leaves_the_question_open(stage: Stage) -> None:
    path = await stage.reports()
    await stage.repaired(path)
    assert (await stage.answers(path, "not_yet")).status == 303
    assert stage.ticket(path).ticket.status is Status.AWAITING_CONFIRMATION
    assert stage.words("ask_confirm") in await stage.page(path)


async def test_after_the_yes_a_score_is_asked_once(stage: Stage) -> None:
    path = await stage.reports()
    await stage.repaired(path)
    await stage.answers(path, "yes")
    assert stage.words("ask_score") in await stage.page(path)
    await stage.answers(path, "good")
    assert stage.ticket(path).ticket.score == "good"
    assert stage.words("ask_score") not in await stage.page(path)


async def test_from_any_open_status_the_reporter_can_say_that_it_works(stage: Stage) -> None:
    path = await stage.reports()
    assert 'value="works"' in await stage.page(path)
    await stage.answers(path, "works")
    assert stage.ticket(path).ticket.status is Status.AWAITING_CONFIRMATION
    assert 'value="works"' not in await stage.page(path)


@pytest.mark.proves("D30")
async def test_a_reply_joins_the_conversation_both_ways(stage: Stage) -> None:
    path = await stage.reports()
    for action in ("accept", "start"):
        await stage.rina(action, path)
    form = await stage.fields(path)
    data = aiohttp.FormData(default_to_multipart=True)
    for name, value in {"form": form, "text": "muncul kode E-502 <b>lagi</b>"}.items():
        data.add_field(name, value)
    data.add_field("files", b"baris catatan\n", filename="catatan.log", content_type="text/plain")
    answer = await stage.post(f"{path}/reply", data)
    assert answer.status == 303
    page = await stage.page(path)
    assert "kode E-502 &lt;b&gt;lagi&lt;/b&gt;" in page
    assert "catatan.log" in page
    ticket = stage.ticket(path)
    assert len(stage.reader.tickets().items) == 1
    assert ticket.ticket.status is Status.INVESTIGATING


async def test_a_reply_twice_is_one_message(stage: Stage) -> None:
    path = await stage.reports()
    data = {"form": await stage.fields(path), "text": "kode E-502"}
    for _ in range(3):
        assert (await stage.post(f"{path}/reply", data)).status == 303
    assert [m.text for m in stage.ticket(path).messages if m.direction == "in"].count("kode E-502") == 1


@pytest.mark.parametrize("words", ["", "   ", "\x00"[:0]])
async def test_an_empty_reply_is_asked_for_words(stage: Stage, words: str) -> None:
    path = await stage.reports()
    answer = await stage.post(f"{path}/reply", {"form": await stage.fields(path), "text": words})
    assert answer.status == 400
    assert stage.words("error_reply_empty") in await answer.text()


async def test_notes_are_not_shown(stage: Stage) -> None:
    path = await stage.reports()
    for action in ("accept", "start"):
        await stage.rina(action, path)
    await stage.rina("note", path, text="pelanggan ini galak")
    assert "galak" not in await stage.page(path)
    assert any(message.direction == "note" for message in stage.ticket(path).messages)


@pytest.mark.proves("N21")
async def test_a_look_changes_nothing(stage: Stage) -> None:
    path = await stage.reports()
    await stage.repaired(path)
    before = stage.ticket(path)
    for address in (path, f"{path}?answer=yes", f"{path}?said=sent", f"{path}?lang=en"):
        await stage.page(address)
    head: Any = await stage.client.head(path)
    assert head.status == 200
    for address in (f"{path}/answer", f"{path}/reply"):
        assert (await stage.client.get(address)).status == 405
    assert stage.ticket(path) == before


@pytest.mark.parametrize("token", ["a" * 24, "é" * 20, "x", "a" * 5000, "..%2f..%2fetc", "%00" * 20, "a%0d%0aX:b" * 3])
async def test_every_secret_that_opens_nothing_looks_the_same(stage: Stage, token: str) -> None:
    pages = {await stage.page(f"/t/{one}", 404) for one in (token, "b" * 24)}
    assert len(pages) == 1
    for address in (f"/t/{token}/events", f"/t/{token}/files/x/0"):
        assert (await stage.client.get(address)).status == 404


async def test_an_expired_secret_opens_nothing(stage: Stage) -> None:
    path = await stage.reports()
    stage.clock.forward(days=400)
    await stage.page(path, 404)


async def test_a_form_of_another_page_does_not_fit(stage: Stage) -> None:
    first, second = await stage.reports(), await stage.reports("printer kantor mati")
    await stage.repaired(first)
    for form in (await stage.fields(second), await stage.fields("/report"), ""):
        answer = await stage.post(f"{first}/answer", {"form": form, "answer": "yes"})
        assert answer.status == 400
        answer = await stage.post(f"{first}/reply", {"form": form, "text": "halo dari luar"})
        assert answer.status == 400
        assert "halo dari luar" in await answer.text()
    assert stage.ticket(first).ticket.status is Status.AWAITING_CONFIRMATION


@pytest.mark.parametrize(
    "choice", ["yes", "no", "not_yet", "good", "object", "close", "", "service:checkout", "score:good"]
)
async def test_a_button_that_the_page_does_not_show_does_nothing(stage: Stage, choice: str) -> None:
    path = await stage.reports()
    before = stage.ticket(path)
    answer = await stage.answers(path, choice)
    assert answer.status == 303
    assert "said=changed" in answer.headers["Location"]
    assert stage.ticket(path) == before


@pytest.mark.proves("D22")
async def test_while_the_team_is_away_a_reporter_can_call_whoever_is_on_duty(stage: Stage) -> None:
    assert 'value="stopped"' not in await stage.page(await stage.reports())
    stage.clock.forward(hours=13)
    path = await stage.reports("wifi kantor lambat")
    page = await stage.page(path)
    assert stage.ticket(path).ticket.priority is not Priority.P1
    assert 'value="stopped"' in page
    assert stage.words("away", time="besok pukul 08.00 WIB") in page
    await stage.answers(path, "stopped")
    assert stage.ticket(path).ticket.priority is Priority.P1
    assert 'value="stopped"' not in await stage.page(path)


async def test_a_cancelled_report_can_be_objected_to(stage: Stage) -> None:
    path = await stage.reports()
    for action in ("accept", "start"):
        await stage.rina(action, path)
    await stage.rina("cancel", path, reason="not_ours")
    assert stage.words("status_cancelled") in await stage.page(path)
    await stage.answers(path, "object")
    assert stage.ticket(path).ticket.open


@pytest.mark.proves("D46", "N8")
async def test_a_broken_promise_is_admitted(stage: Stage) -> None:
    path = await stage.reports()
    stage.clock.forward(days=3)
    assert 'class="promise late"' in await stage.page(path)


@pytest.mark.proves("D46")
async def test_the_page_hears_of_changes_at_once(stage: Stage) -> None:
    path = await stage.reports()
    page = await stage.page(path)
    seen = page.split('data-seen="')[1].split('"')[0]
    async with stage.client.get(f"{path}/events?seen={seen}") as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        await stage.rina("accept", path)
        heard = await asyncio.wait_for(_event(stream), 5)
    assert heard["event"] == "changed"
    assert heard["data"] != seen
    assert f'data-seen="{heard["data"]}"' in await stage.page(path)


async def test_the_page_hears_of_changes_of_other_processes(stage: Stage) -> None:
    path = await stage.reports()
    seen = (await stage.page(path)).split('data-seen="')[1].split('"')[0]
    async with stage.client.get(f"{path}/events?seen={seen}") as stream:
        # Another process does not call this process's hub.
        stage.hub.changed = lambda tickets: None  # type: ignore[method-assign]
        await stage.does("accept", stage.ticket(path).ticket.id, Actor(ActorKind.TELEGRAM, "900000002"))
        assert (await asyncio.wait_for(_event(stream), 5))["event"] == "changed"


async def test_a_page_that_missed_something_is_told_when_it_comes_back(stage: Stage) -> None:
    path = await stage.reports()
    async with stage.client.get(f"{path}/events?seen=0000") as stream:
        first = await asyncio.wait_for(_event(stream), 5)
    assert first["id"] == first["data"]
    assert stage.reader.grant(path.removeprefix("/t/"))


async def test_too_many_pages_of_one_ticket_are_asked_to_reload_instead(stage: Stage) -> None:
    path = await stage.reports()
    streams = [await stage.client.get(f"{path}/events") for _ in range(21)]
    assert [stream.status for stream in streams].count(204) == 1
    for stream in streams:
        stream.close()


async def _event(stream: aiohttp.ClientResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    async for raw in stream.content:
        line = raw.decode().strip()
        if not line and "event" in found:
            return found
        name, _, value = line.partition(": ")
        if value:
            found[name] = value
    raise AssertionError("the stream ended")
