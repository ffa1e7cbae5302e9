"""Delivery to Telegram against the played Bot API: sent, edited, refused, limited, uncertain."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.base import Channel as Wire
from channels.telegram import api
from channels.telegram.channel import TelegramChannel
from sandbox.settings import BOT_TOKEN
from tests.sandbox_stage import Stage, opened_stage
from tests.telegram_desk import SARI, composer
from tickets.model import Channel
from tickets.outbound import Choice, OutboundMessage, Permanent, Reason, Temporary, Unknown


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with opened_stage(tmp_path) as opened:
        yield opened


@pytest.fixture
async def channel(stage: Stage) -> AsyncIterator[TelegramChannel]:
    made = TelegramChannel(api.connect(BOT_TOKEN, stage.url + "/"), composer())
    yield made
    await made.close()


def outbound(text: str = "kartu 😀 tebal", **more: Any) -> OutboundMessage:
    return OutboundMessage(
        key="n1",
        channel=Channel.TELEGRAM,
        address=str(more.pop("to", SARI)),
        text=text,
        language="id",
        purpose="card",
        **more,
    )


async def test_it_is_a_channel(channel: TelegramChannel) -> None:
    wire: Wire = channel
    assert wire.name is Channel.TELEGRAM
    assert await wire.find(outbound()) is None


async def test_a_message_arrives_with_its_buttons_and_bold_words(stage: Stage, channel: TelegramChannel) -> None:
    rows = ((Choice("accept:7K3M9QXA:1", "Terima"), Choice("pass:7K3M9QXA:1", "Lewati")),)
    sent = await channel.send(outbound(rows=rows, bold=((8, 5),), silent=True))
    heard = await stage.sandbox.agent("sari").hears("kartu 😀 tebal")
    assert sent == f"{SARI}:{heard.id}"
    assert heard.buttons == ["Terima", "Lewati"]
    assert heard.bubble["silent"]
    assert [(one["type"], one["offset"], one["length"]) for one in heard.bubble["entities"]] == [("bold", 9, 5)]


async def test_words_of_people_are_never_markup(stage: Stage, channel: TelegramChannel) -> None:
    await channel.send(outbound("<b>x</b> *y* _z_ &lt; [a](tg://user?id=1)"))
    (bubble,) = await stage.sandbox.agent("sari").chat()
    assert bubble["text"] == "<b>x</b> *y* _z_ &lt; [a](tg://user?id=1)"
    assert not [one for one in bubble["entities"] if one["type"] in {"bold", "text_link"}]


async def test_a_card_is_edited_where_it_is_and_sent_anew_where_it_is_gone(
    stage: Stage, channel: TelegramChannel
) -> None:
    sari = stage.sandbox.agent("sari")
    first = await channel.send(outbound("satu"))
    assert await channel.send(outbound("dua", replaces=first)) == first
    assert await channel.send(outbound("dua", replaces=first)) == first
    assert [one["text"] for one in await sari.chat()] == ["dua"]
    gone = f"{SARI}:999999"
    anew = await channel.send(outbound("tiga", replaces=gone))
    assert anew not in {first, gone}
    elsewhere = await channel.send(outbound("empat", replaces="900000002:1"))
    assert elsewhere.startswith(f"{SARI}:")


async def test_a_question_that_wants_an_answer(stage: Stage, channel: TelegramChannel) -> None:
    first = await channel.send(outbound("satu"))
    await channel.send(outbound("apa sebabnya?", reply_to=first, wants_reply=True))
    asked = (await stage.sandbox.agent("sari").chat())[-1]
    assert asked["force_reply"]
    assert f"{SARI}:{asked['reply_to']}" == first


async def test_refusals_come_in_deliverys_words(stage: Stage, channel: TelegramChannel) -> None:
    faults = stage.sandbox.faults
    await faults.on("telegram_429", retry_after=7, count=1)
    with pytest.raises(Temporary) as limited:
        await channel.send(outbound())
    assert (limited.value.reason, limited.value.retry_after_s) == (Reason.RATE_LIMITED, 7)
    await faults.on("telegram_500", count=1)
    with pytest.raises(Temporary) as away:
        await channel.send(outbound())
    assert away.value.reason is Reason.UNREACHABLE
    await faults.on("telegram_blocked", person="sari")
    with pytest.raises(Permanent) as blocked:
        await channel.send(outbound())
    assert blocked.value.reason is Reason.BLOCKED
    await faults.clear()
    for address in ("12345", "not a number"):
        with pytest.raises(Permanent) as unknown:
            await channel.send(outbound(to=address))
        assert unknown.value.reason is Reason.INVALID_ADDRESS


async def test_a_connection_that_breaks_late_is_uncertain(stage: Stage, channel: TelegramChannel) -> None:
    first = await channel.send(outbound("satu"))
    await stage.sandbox.faults.on("telegram_timeout_after_accept", count=1)
    with pytest.raises(Unknown):
        await channel.send(outbound("dua"))
    assert await stage.sandbox.agent("sari").heard("dua") == 1
    await stage.sandbox.faults.on("telegram_timeout_after_accept", count=1)
    with pytest.raises(Temporary):
        await channel.send(outbound("tiga", replaces=first))


async def test_nobody_there_is_temporary() -> None:
    nowhere = TelegramChannel(api.connect(BOT_TOKEN, "http://127.0.0.1:9"), composer())
    with pytest.raises(Temporary) as away:
        await nowhere.send(outbound())
    assert away.value.reason is Reason.UNREACHABLE
    await nowhere.close()
