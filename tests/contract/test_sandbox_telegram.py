"""The played Telegram, spoken to by python-telegram-bot."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from tests.sandbox_stage import Stage, opened_stage

pytestmark = pytest.mark.proves("N22")
SARI, RINA = 900000001, 900000002


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with opened_stage(tmp_path) as opened:
        yield opened


@pytest.fixture
async def bot(stage: Stage) -> AsyncIterator[Bot]:
    made = stage.bot()
    async with made:
        yield made


def keyboard(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(title, callback_data=data) for title, data in buttons]])


async def newest(bot: Bot) -> Update:
    (update,) = await bot.get_updates(timeout=2)
    return update


async def test_the_bot_knows_itself_and_a_wrong_token_is_refused(stage: Stage, bot: Bot) -> None:
    assert bot.username == "sigap_sandbox_bot"
    with pytest.raises(InvalidToken):
        async with stage.bot("7000000001:another"):
            pass


async def test_formatting_arrives_as_entities(stage: Stage, bot: Bot) -> None:
    sent = await bot.send_message(SARI, "<b>INC-7K3M9QXA</b> 😀 <i>baru</i> &lt;ok&gt;", parse_mode="HTML")
    assert sent.text == "INC-7K3M9QXA 😀 baru <ok>"
    assert [(one.type, sent.parse_entity(one)) for one in sent.entities] == [
        ("bold", "INC-7K3M9QXA"),
        ("italic", "baru"),
    ]
    marked = await bot.send_message(SARI, r"*tebal* dan _miring_\. `a*b`", parse_mode="MarkdownV2")
    assert marked.text == "tebal dan miring. a*b"
    assert [one.type for one in marked.entities] == ["bold", "italic", "code"]
    for text, mode in [("<b>x", "HTML"), ("<h1>x</h1>", "HTML"), ("titik.", "MarkdownV2"), ("*x", "MarkdownV2")]:
        with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
            await bot.send_message(SARI, text, parse_mode=mode)
    assert (await stage.sandbox.agent("sari").hears("INC-")).reference == "INC-7K3M9QXA"


async def test_limits_of_texts_and_buttons(bot: Bot) -> None:
    await bot.send_message(SARI, "x" * 4096)
    with pytest.raises(BadRequest, match=r"(?i)message is too long"):
        await bot.send_message(SARI, "x" * 4097)
    with pytest.raises(BadRequest, match=r"(?i)message text is empty"):
        await bot.send_message(SARI, "  ")
    await bot.send_message(SARI, "x", reply_markup=keyboard(("Terima", "d" * 64)))
    with pytest.raises(BadRequest, match=r"(?i)BUTTON_DATA_INVALID"):
        await bot.send_message(SARI, "x", reply_markup=keyboard(("Terima", "d" * 65)))
    link = InlineKeyboardButton("Buka", url="http://localhost:8080/t/x")
    with pytest.raises(BadRequest, match=r"(?i)wrong http url"):
        await bot.send_message(SARI, "x", reply_markup=InlineKeyboardMarkup([[link]]))
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(12345, "x")


async def test_replies_silence_and_forced_replies_are_kept(stage: Stage, bot: Bot) -> None:
    first = await bot.send_message(SARI, "kata Ani", disable_notification=True)
    second = await bot.send_message(
        SARI, "balas?", reply_parameters=ReplyParameters(first.message_id), reply_markup=ForceReply()
    )
    assert second.reply_to_message is not None
    assert second.reply_to_message.message_id == first.message_id
    chat = await stage.sandbox.agent("sari").chat()
    assert [(one["silent"], one["force_reply"], one["reply_to"]) for one in chat] == [
        (True, False, None),
        (False, True, first.message_id),
    ]
    with pytest.raises(BadRequest, match=r"(?i)replied not found"):
        await bot.send_message(SARI, "x", reply_parameters=ReplyParameters(999_999))
    await bot.send_message(SARI, "x", reply_parameters=ReplyParameters(999_999, allow_sending_without_reply=True))


async def test_editing_says_what_is_wrong(stage: Stage, bot: Bot) -> None:
    card = await bot.send_message(SARI, "kartu", reply_markup=keyboard(("Terima", "a"), ("Lewati", "p")))
    sari = stage.sandbox.agent("sari")
    await sari.hears("kartu")
    edited = await bot.edit_message_text(
        "kartu, diterima", SARI, card.message_id, reply_markup=keyboard(("Balas", "r"))
    )
    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    assert (await sari.hears("kartu, diterima")).buttons == ["Balas"]
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text("kartu, diterima", SARI, card.message_id, reply_markup=keyboard(("Balas", "r")))
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("x", SARI, 999_999)
    number = await sari.says("punyaku")
    with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
        await bot.edit_message_text("x", SARI, number)
    await bot.edit_message_reply_markup(SARI, card.message_id)
    assert (await sari.sees("diterima")).buttons == []
    await bot.pin_chat_message(SARI, card.message_id)
    assert await bot.delete_message(SARI, card.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("x", SARI, card.message_id)


async def test_an_offset_confirms_and_nothing_else_does(stage: Stage, bot: Bot) -> None:
    sari = stage.sandbox.agent("sari")
    for word in ("satu", "dua", "tiga"):
        await sari.says(word)
    first = await bot.get_updates()
    again = await bot.get_updates()
    assert [one.update_id for one in first] == [one.update_id for one in again]
    rest = await bot.get_updates(offset=first[1].update_id)
    assert [one.message.text for one in rest if one.message] == ["dua", "tiga"]
    assert await bot.get_updates(offset=first[2].update_id + 1) == ()
    assert await bot.get_updates(offset=first[0].update_id) == ()


async def test_a_long_poll_wakes_at_once_and_a_second_poller_ends_the_first(stage: Stage, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await stage.sandbox.agent("sari").says("/queue sekarang")
    async with asyncio.timeout(3):
        (update,) = await waiting
    assert update.message is not None
    assert [(one.type, one.offset, one.length) for one in update.message.entities] == [("bot_command", 0, 6)]
    other = stage.bot()
    async with other:
        old = asyncio.create_task(bot.get_updates(offset=update.update_id + 1, timeout=20))
        async with asyncio.timeout(3):
            while stage.world.telegram._turn is None:
                await asyncio.sleep(0.01)
        new = asyncio.create_task(other.get_updates(timeout=1))
        with pytest.raises(Conflict):
            await old
        assert await new == ()


async def test_a_webhook_takes_over_and_carries_the_secret(stage: Stage, bot: Bot) -> None:
    await bot.set_webhook(f"{stage.product.url}/hooks/telegram", secret_token="rahasia")
    with pytest.raises(Conflict):
        await bot.get_updates()
    stage.product.status = 500
    await stage.sandbox.agent("sari").says("halo")
    async with asyncio.timeout(3):
        while not (await bot.get_webhook_info()).last_error_message:
            await asyncio.sleep(0.02)
    stage.product.status = 200
    async with asyncio.timeout(3):
        while (await bot.get_webhook_info()).pending_update_count:
            await asyncio.sleep(0.02)
    hook = stage.product.hooks[-1]
    assert hook.headers["X-Telegram-Bot-Api-Secret-Token"] == "rahasia"
    assert hook.json["message"]["text"] == "halo"
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_press_carries_the_message_and_waits_for_one_answer(stage: Stage, bot: Bot) -> None:
    card = await bot.send_message(SARI, "kartu", reply_markup=keyboard(("Terima", "accept:7K3M9QXA:3")))
    sari = stage.sandbox.agent("sari")
    asked = await sari.presses("terima")
    query = (await newest(bot)).callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (asked, "accept:7K3M9QXA:3", SARI)
    assert query.message is not None
    assert query.message.message_id == card.message_id
    await bot.answer_callback_query(query.id, "Diterima")
    await sari.is_told(asked, "diterima")
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query.id)
    late = await sari.presses("terima")
    await stage.sandbox.clock.forward(minutes=25)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(late)


async def test_a_reply_and_a_photo_of_an_agent(stage: Stage, bot: Bot) -> None:
    sent = await bot.send_message(SARI, "kata Ani: gagal")
    sari = stage.sandbox.agent("sari")
    await sari.replies_to("kata Ani", "sedang kami cek")
    update = await newest(bot)
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.message_id == sent.message_id
    await sari.sends_photo("ini buktinya")
    photo = (await bot.get_updates(offset=update.update_id + 1))[0].message
    assert photo is not None
    assert photo.caption == "ini buktinya"
    data = await (await photo.photo[-1].get_file()).download_as_bytearray()
    assert bytes(data[:4]) == b"\x89PNG"


async def test_files_of_the_bot(stage: Stage, bot: Bot) -> None:
    photo = await bot.send_photo(SARI, b"\x89PNG lokal", caption="layar Ani", filename="layar.png")
    again = await bot.send_photo(RINA, photo.photo[-1].file_id)
    assert again.photo[-1].file_id == photo.photo[-1].file_id
    document = await bot.send_document(SARI, b"isi", filename="catatan.txt")
    assert document.document is not None
    assert document.document.file_name == "catatan.txt"
    voice = await bot.send_voice(SARI, b"OggS")
    assert voice.voice is not None
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await bot.send_photo(SARI, "tidak-ada")
    assert [one["file"] for one in await stage.sandbox.agent("sari").chat()] == ["photo", "document", "voice"]


async def test_faults_speak_as_telegram_does(stage: Stage, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    # The library's way to say that it wants seconds as a timedelta; without it, it warns at each 429.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    faults = stage.sandbox.faults
    await faults.on("telegram_429", count=1, retry_after=4)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(SARI, "x")
    assert caught.value.retry_after == timedelta(seconds=4)
    await faults.on("telegram_500", count=1)
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(SARI, "x")
    await faults.on("telegram_blocked", person="sari")
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(SARI, "x")
    await bot.send_message(RINA, "Rina tetap dapat")
    await faults.clear()
    await stage.sandbox.agent("sari").blocks()
    with pytest.raises(Forbidden):
        await bot.send_message(SARI, "x")
    assert (await newest(bot)).my_chat_member is not None
    await stage.sandbox.agent("sari").blocks(False)
    await bot.send_message(SARI, "kembali")


async def test_a_broken_connection_after_acceptance_leaves_the_message_in_the_chat(stage: Stage, bot: Bot) -> None:
    await stage.sandbox.faults.on("telegram_timeout_after_accept", count=1)
    with pytest.raises((NetworkError, TimedOut)):
        await bot.send_message(SARI, "yang meragukan")
    assert await stage.sandbox.agent("sari").heard("yang meragukan") == 1


async def test_commands_and_small_calls(bot: Bot) -> None:
    await bot.set_my_commands([("on", "mulai"), ("queue", "antrean")], language_code="id")
    assert [one.command for one in await bot.get_my_commands(language_code="id")] == ["on", "queue"]
    assert await bot.send_chat_action(SARI, "typing")
    assert (await bot.get_chat(SARI)).first_name == "Sari"
