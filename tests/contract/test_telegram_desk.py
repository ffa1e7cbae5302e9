"""An agent's day in Telegram over the real desk, a real database and the played Bot API."""

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Update

from channels.telegram.reactions import Redraw, Toast
from tests.telegram_desk import MAYA, RINA, SARI, TelegramDesk, opened_desk
from tickets.commands import Media
from tickets.model import Presence, Status

_NUMBERS = itertools.count(1)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TelegramDesk]:
    async with opened_desk(tmp_path) as up:
        yield up


async def taken(desk: TelegramDesk) -> str:
    """A report of Ani's about checkout that Rina holds; her chat has the card and Ani's words."""
    answer = await desk.reports("checkout gagal terus, saldo kepotong")
    assert answer.reference is not None
    offer = await desk.tells(RINA, "offer", answer.reference)
    await desk.stage.sandbox.agent("rina").presses("Accept", on=answer.reference)
    await desk.drains()
    assert desk.view(answer.reference).ticket.status is Status.ASSIGNED
    assert await desk.tells(RINA, "card", answer.reference, replaces=offer) == offer
    return answer.reference


def forged(telegram: int, data: str) -> Update:
    """A tap that no button of ours has sent."""
    person = {"id": telegram, "is_bot": False, "first_name": "x"}
    chat = {"id": telegram, "type": "private"}
    message = {"message_id": 5, "date": 1_800_000_000, "chat": chat, "text": "kartu"}
    query = {"id": "q", "from": person, "chat_instance": "1", "data": data, "message": message}
    return Update.de_json({"update_id": next(_NUMBERS), "callback_query": query})


async def test_nobody_is_let_in_without_a_code(desk: TelegramDesk) -> None:
    sari = desk.stage.sandbox.agent("sari")
    account = desk.reader.account_on_telegram(SARI)
    assert account is not None
    await desk.operator("deactivate", subject=account.id)
    await sari.says("/queue")
    await desk.drains()
    await sari.hears("belum tersambung")
    (toast,) = await desk.bot.take(forged(SARI, "accept:7K3M9QXA:1"))
    assert isinstance(toast, Toast)
    assert "belum tersambung" in toast.text
    dewi = await desk.hires("Dewi", None, "service-desk")
    code = (await desk.operator("invite", subject=dewi)).facts["code"]
    await sari.says("/start SALAH")
    await desk.drains()
    await sari.says(f"/start {code}")
    await desk.drains()
    await sari.hears("Tersambung. Halo Dewi")
    linked = desk.reader.account_on_telegram(SARI)
    assert linked is not None
    assert linked.id == dewi


async def test_presence(desk: TelegramDesk) -> None:
    sari = desk.stage.sandbox.agent("sari")
    for word, presence in (("/off", Presence.OFFLINE), ("/busy", Presence.BUSY), ("/on", Presence.AVAILABLE)):
        await sari.says(word)
        await desk.drains()
        account = desk.reader.account_on_telegram(SARI)
        assert account is not None
        assert account.presence is presence
    await sari.hears("siap bertugas. Laporan baru")


@pytest.mark.proves("D41", "N9")
async def test_two_taps_on_one_offer_have_one_winner_and_the_loser_is_told_who(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    (toast, settled) = await desk.bot.take(forged(MAYA, f"accept:{reference[4:]}:1"))
    assert isinstance(toast, Toast)
    assert toast.alert
    assert toast.text == "Tawaran ini sudah tidak berlaku. sekarang dipegang Rina"
    assert isinstance(settled, Redraw)
    assert settled.card.rows == ()
    rina = desk.reader.account_on_telegram(RINA)
    assert rina is not None
    assert desk.view(reference).ticket.assignee == rina.id


@pytest.mark.proves("D30", "N9")
async def test_words_go_both_ways_and_say_where_they_went(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    await rina.hears("💬.*checkout gagal terus.*Reply to this message")
    await rina.replies_to("💬", "we are on it")
    await desk.drains()
    await rina.hears("→ Ani · WA")
    said = [(m.direction, m.text) for m in desk.view(reference).messages if m.purpose == "reply"]
    assert said == [("out", "we are on it")]


async def test_a_reply_to_the_card_is_a_note(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    await rina.replies_to(f"{reference} · P. · Accepted", "the cache is full again")
    await desk.drains()
    await rina.hears(f"✓ Note · {reference}")
    assert [m.direction for m in desk.view(reference).messages][-1] == "note"


@pytest.mark.proves("N9")
async def test_words_that_reply_to_nothing_ask_first_and_go_out_once(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    await rina.says("please try again now")
    await desk.drains()
    asked = await rina.hears("For which report")
    assert asked.buttons == [f"💬 Ani · {reference}", "📝 note", "✖ Cancel, send nothing"]
    assert not [m for m in desk.view(reference).messages if m.purpose == "reply"]
    data = asked.bubble["keyboard"][0][0]["callback_data"]
    await rina.taps(asked.id, data)
    await rina.taps(asked.id, data)
    await desk.drains()
    assert [m.text for m in desk.view(reference).messages if m.purpose == "reply"] == ["please try again now"]
    await rina.hears("→ Ani · WA")


@pytest.mark.proves("D28", "D34", "D37", "N9")
async def test_from_workaround_to_the_question_by_buttons(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    card = f"{RINA}:{(await rina.sees(f'{reference} · P')).id}"
    for button, words in (("Workaround", "use QRIS meanwhile"), ("Resolve", "certificate had expired")):
        await rina.presses(button, on=f"{reference} · P")
        await desk.drains()
        await rina.replies_to("✍️", words)
        await desk.drains()
        card = await desk.tells(RINA, "card", reference, replaces=card)
    assert desk.view(reference).ticket.status is Status.VERIFYING
    while not all(check.passed for check in desk.view(reference).ticket.checks):
        await rina.presses("✓ ", on=f"{reference} · P")
        await desk.drains()
    await rina.presses("Verified", on=f"{reference} · P")
    await desk.drains()
    await rina.hears("which figure.*normal: success_rate")
    await rina.replies_to("which figure", "99.2 %")
    await desk.drains()
    assert desk.view(reference).ticket.status is Status.AWAITING_CONFIRMATION


async def test_pages_of_choices(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    await rina.presses("⋯", on=f"{reference} · P")
    await desk.drains()
    await rina.presses("Transfer", on=f"{reference} · P")
    await desk.drains()
    await rina.presses("Systems|Sistem", on=f"{reference} · P")
    await desk.drains()
    ticket = desk.view(reference).ticket
    assert ticket.team == "systems"
    assert ticket.assignee is None


async def test_a_wait_has_a_date(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    for button in ("⋯", "Wait", "vendor", "4 h"):
        await rina.presses(button, on=f"{reference} · P")
        await desk.drains()
    ticket = desk.view(reference).ticket
    assert (ticket.status, ticket.waiting_for) == (Status.WAITING, "vendor")
    await rina.hears("Waiting for a vendor until")


async def test_an_old_button_changes_nothing(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    before = desk.view(reference).ticket
    (toast, fresh) = await desk.bot.take(forged(RINA, f"p1:{reference[4:]}:1"))
    assert isinstance(toast, Toast)
    assert toast.text == "The report has changed since that card. Please look at it again."
    assert isinstance(fresh, Redraw)
    assert f":{before.version}" in fresh.card.rows[0][0].payload
    for rubbish in ("x" * 64, f"close:{reference[4:]}:9", "open:00000000:1", "a:b"):
        (toast,) = await desk.bot.take(forged(RINA, rubbish))
        assert isinstance(toast, Toast)
        assert toast.alert
    assert desk.view(reference).ticket == before


async def test_somebody_elses_ticket_cannot_be_answered(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    sari = desk.stage.sandbox.agent("sari")
    await desk.tells(SARI, "customer_wrote", reference)
    await sari.replies_to("💬", "saya bantu")
    await desk.drains()
    assert not [m for m in desk.view(reference).messages if m.purpose == "reply"]
    assert not await sari.heard("→ ")


@pytest.mark.proves("D54")
async def test_a_report_for_somebody_else_in_four_answers(desk: TelegramDesk) -> None:
    sari = desk.stage.sandbox.agent("sari")
    await sari.says("/new")
    await desk.drains()
    await sari.replies_to("1/4", "Bu Tini")
    await desk.drains()
    await sari.replies_to("2/4", "tidak tahu nomornya")
    await desk.drains()
    await sari.replies_to("bukan nomor telepon", "0812 3456 7890")
    await desk.drains()
    await sari.presses("QRIS", on="3/4")
    await desk.drains()
    await sari.replies_to("4/4", "QRIS di kasir tidak bisa dipindai sejak jam 9")
    await desk.drains()
    logged = await sari.hears("Laporan Bu Tini tercatat: INC-")
    view = desk.view(logged.reference)
    account = desk.reader.account_on_telegram(SARI)
    assert account is not None
    assert (view.ticket.service, view.ticket.logged_by) == ("qris", account.id)
    assert view.reporter.name == "Bu Tini"


async def test_a_card_on_demand_and_the_queue(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    await rina.says("/queue")
    await desk.drains()
    queue = await rina.hears("My queue: 1")
    await rina.taps(queue.id, queue.bubble["keyboard"][0][0]["callback_data"])
    await rina.says(f"/t {reference.lower()}")
    await rina.says("/t INC-00000000")
    await desk.drains()
    assert await rina.heard(f"{reference} · P. · Accepted") == 3
    await rina.hears("no report with that number")


async def test_only_text_goes_and_changes_do_not(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    await rina.sends_photo("look")
    await desk.drains()
    await rina.hears("Only text is passed on")
    assert len(desk.view(reference).messages) == 1


async def test_words_that_came_too_late_are_not_lost(desk: TelegramDesk) -> None:
    reference = await taken(desk)
    rina = desk.stage.sandbox.agent("rina")
    await rina.presses("Workaround", on=f"{reference} · P")
    await desk.drains()
    await desk.operator("set_levels", subject=reference, impact="low", urgency="low")
    await rina.replies_to("✍️", "use QRIS meanwhile")
    await desk.drains()
    assert desk.view(reference).ticket.status is Status.ASSIGNED
    await rina.presses("Do it anyway", on="has changed")
    await desk.drains()
    assert desk.view(reference).words["workaround"] == "use QRIS meanwhile"


async def test_what_a_customer_sent_is_handed_over_on_demand(desk: TelegramDesk) -> None:
    picture = Media(content_type="image/png", filename="layar.png", data=PNG)
    answer = await desk.reports("checkout gagal, ini layarnya", media=(picture,), parts=("image",))
    assert answer.reference is not None
    await desk.tells(RINA, "offer", answer.reference)
    rina = desk.stage.sandbox.agent("rina")
    await rina.presses("Accept", on=answer.reference)
    await desk.drains()
    await rina.hears("💬.*📎 image")
    await rina.presses("Files", on=f"{answer.reference} · P")
    await desk.drains()
    async with asyncio.timeout(5):
        while "photo" not in [one["file"] for one in await rina.chat()]:
            await asyncio.sleep(0.05)
    (toast,) = await desk.bot.take(forged(SARI, f"files:{answer.reference[4:]}:1"))
    assert isinstance(toast, Toast)
    assert toast.alert
