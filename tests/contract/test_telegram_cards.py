"""Cards as agents read them: whole texts in both languages, the buttons of each status, and how much is shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from channels.telegram import callback, keyboards, wishes
from channels.telegram.cards import Painter
from channels.telegram.discretion import Discretion, Showing
from channels.telegram.notices import Composer
from channels.telegram.speech import TEXT_LIMIT, Speech, units
from channels.telegram.visit import MISSING
from config.load import load_config
from config.textfiles import load_texts
from router.actions.triage import CANCEL_REASONS
from tickets.commands import Person, Refused
from tickets.lifecycle import TRANSITIONS, Action, allowed
from tickets.model import (
    Account,
    Channel,
    Check,
    Contact,
    Identity,
    Kind,
    Level,
    Presence,
    Priority,
    Role,
    Status,
    Ticket,
)
from tickets.outbound import Permanent, Reason
from tickets.texts import Texts
from tickets.views import Briefing, MessageView, Notice, Party, TicketView

FOLDER = Path(__file__).resolve().parents[2] / "config"
CONFIG, TEXTS = load_config(FOLDER), Texts(load_texts(FOLDER / "texts"))
NOW = datetime(2026, 11, 24, 15, 10, tzinfo=UTC)
TICKET = Ticket(
    id="t1",
    reference="INC-7K3M9QXA",
    organisation="house",
    kind=Kind.INCIDENT,
    status=Status.INVESTIGATING,
    version=12,
    category="software",
    team="payments",
    service="checkout",
    impact=Level.MEDIUM,
    urgency=Level.HIGH,
    priority=Priority.P2,
    channel=Channel.WHATSAPP,
    reporter="c1",
    confirmer="c1",
    opened_at=NOW - timedelta(minutes=20),
    updated_at=NOW,
    assignee="a1",
    next_update_by=NOW + timedelta(minutes=30),
)
CONTACT = Contact(id="c1", organisation="house", language="id", created_at=NOW)
IDENTITY = Identity(channel=Channel.WHATSAPP, address="+6281200000001", contact="c1", verified=True)
ANI = Party(kind="contact", id="c1", name="Ani Wijaya")
SARI, RINA = Party(kind="account", id="a1", name="Sari"), Party(kind="account", id="a2", name="Rina")


def account(language: str = "id", identity: str = "a1", *roles: Role) -> Account:
    return Account(
        id=identity,
        name="Sari",
        version=1,
        roles=roles or (Role.AGENT,),
        teams=("payments",),
        language=language,
        timezone="Asia/Jakarta",
        capacity=5,
        presence=Presence.AVAILABLE,
        presence_at=NOW,
        telegram_id=900000001,
    )


def said(number: int, text: str, direction: Any = "in", **more: Any) -> MessageView:
    return MessageView(
        id=f"m{number}",
        at=NOW - timedelta(minutes=20 - number),
        direction=direction,
        channel=Channel.WHATSAPP,
        author=ANI if direction == "in" else SARI,
        text=text,
        **more,
    )


MESSAGES = (
    said(0, "min kok checkout gagal trus, saldo kepotong. kartu 4111 1111 1111 1111"),
    said(1, "Halo Kak Ani, laporan sudah kami catat", "out", purpose="ack"),
    said(4, "kami cek dulu ya", "out", purpose="reply"),
    said(6, "sudah lapor vendor", "note", purpose="note"),
    said(9, "masih gagal <b>kak</b>"),
)


def view(**changes: Any) -> TicketView:
    return TicketView(
        ticket=msgspec.structs.replace(TICKET, **changes),
        reporter=ANI,
        contact=CONTACT,
        identities=(IDENTITY,),
        words={"subject": "min kok checkout gagal trus"},
        assignee=SARI,
        messages=MESSAGES,
    )


def discretion(showing: Showing) -> Discretion:
    return Discretion(
        showing=showing,
        mask=lambda words: words.replace("4111 1111 1111 1111", "•••• 1111"),
        link=lambda reference: f"https://desk.example/{reference}",
    )


def painter(language: str = "id", showing: Showing = Showing.MASKED, who: Account | None = None) -> Painter:
    speech = Speech(TEXTS, language, "Asia/Jakarta")
    return Painter(
        speech=speech, discretion=discretion(showing), config=CONFIG, account=who or account(language), now=NOW
    )


def briefing(purpose: str, shown: TicketView, who: Account | None = None, **more: Any) -> Briefing:
    notice = Notice(
        id="n1",
        position=1,
        ticket="t1",
        event="e1",
        person=Person("account", "a1"),
        purpose=purpose,
        params=more.pop("params", {}),
        address=None,
        channel=Channel.TELEGRAM,
        urgency=more.pop("urgency", "normal"),
        lane="telegram:normal",
        tries=0,
        created_at=NOW,
        in_doubt=more.pop("in_doubt", False),
    )
    return Briefing(
        notice=notice,
        view=shown,
        account=who or account(),
        contact=CONTACT,
        name="Ani Wijaya",
        identities=(IDENTITY,),
        words=more.pop("words", {}),
        **more,
    )


def composer(showing: Showing = Showing.MASKED) -> Composer:
    return Composer(words=TEXTS, discretion=discretion(showing), config=lambda: CONFIG)


def titles(rows: keyboards.Rows) -> list[list[str]]:
    return [[choice.title for choice in row] for row in rows]


def verbs(rows: keyboards.Rows) -> list[str]:
    taps = [callback.read(choice.payload) for row in rows for choice in row]
    return [tap.verb for tap in taps if tap]


TEAM = CONFIG.teams["payments"].name
CARD_ID = f"""🟠 INC-7K3M9QXA · P2 · Dikerjakan
➡️ Pulihkan dulu: solusi sementara, atau selesaikan.
Checkout · {TEAM.id} · Ani …001 · WA
⏰ Janji kabar: 22.40 WIB
👤 21.50 WIB: min kok checkout gagal trus, saldo kepotong. kartu •••• 1111
📝 21.56 WIB: sudah lapor vendor
👤 21.59 WIB: masih gagal <b>kak</b>"""
CARD_EN = f"""🟠 INC-7K3M9QXA · P2 · In work
➡️ Restore first: a workaround, or resolve it.
Checkout · {TEAM.en} · Ani …001 · WA
⏰ News promised by 22:40 WIB
👤 21:50 WIB: min kok checkout gagal trus, saldo kepotong. kartu •••• 1111
📝 21:56 WIB: sudah lapor vendor
👤 21:59 WIB: masih gagal <b>kak</b>"""


@pytest.mark.proves("D24", "D30", "N9")
@pytest.mark.parametrize(("language", "text"), [("id", CARD_ID), ("en", CARD_EN)])
def test_the_card_of_a_ticket_in_work(language: str, text: str) -> None:
    card = painter(language).card(view())
    assert card.text.text == text
    head = text.partition("\n")[0]
    assert [card.text.text[start : start + length] for start, length in card.text.bold] == [head]


OFFER_ID = f"""🟠 INC-7K3M9QXA · P2 · ditawarkan ke kamu
Checkout · {TEAM.id} · Ani …001 · WA
“min kok checkout gagal trus, saldo kepotong. kartu •••• 1111”
Terima sebelum 22.13 WIB"""
OFFER_EN = f"""🟠 INC-7K3M9QXA · P2 · offered to you
Checkout · {TEAM.en} · Ani …001 · WA
“min kok checkout gagal trus, saldo kepotong. kartu •••• 1111”
Accept before 22:13 WIB"""


@pytest.mark.proves("D41", "N9")
@pytest.mark.parametrize(
    ("language", "text", "buttons"),
    [("id", OFFER_ID, ["Terima", "Lewati"]), ("en", OFFER_EN, ["Accept", "Pass"])],
)
def test_an_offer(language: str, text: str, buttons: list[str]) -> None:
    offered = view(status=Status.OFFERED, assignee=None, offered_to="a1", offer_until=NOW + timedelta(minutes=3))
    message = composer().compose(briefing("offer", offered, account(language)), NOW)
    assert message is not None
    assert message.text == text
    assert titles(message.rows) == [buttons]
    assert not message.silent


def test_an_offer_that_went_to_somebody_else_is_not_sent() -> None:
    assert (
        composer().compose(briefing("offer", view(status=Status.OFFERED, offered_to="a2", assignee=None)), NOW) is None
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.ASSIGNED, ["reply", "workaround", "resolve", "start", "more"]),
        (Status.INVESTIGATING, ["workaround", "resolve", "reply", "note", "more"]),
        (Status.RESTORED, ["resolve", "relapse", "reply", "note", "more"]),
        (Status.WAITING, ["resume", "reply", "note", "more"]),
        (Status.AWAITING_CONFIRMATION, ["reply", "note", "record_confirmation", "more"]),
        (Status.CLOSED, []),
        (Status.LAPSED, []),
        (Status.MERGED, []),
        (Status.CANCELLED, []),
    ],
)
def test_the_likely_buttons_come_first(status: Status, expected: list[str]) -> None:
    assert verbs(painter().card(view(status=status)).rows) == expected


@pytest.mark.proves("D34")
def test_the_checklist_of_a_retest() -> None:
    checks = (
        Check(service="checkout", passed=True),
        Check(service="invoice"),
        Check(service="dashboard", passed=False),
    )
    card = painter().card(view(status=Status.VERIFYING, checks=checks))
    names = [CONFIG.services[code].name.id for code in ("checkout", "invoice", "dashboard")]
    shown = [line for line in card.text.text.splitlines() if line[0] in "☑☐✗"]
    assert shown == [f"{sign} {name}" for sign, name in zip("☑☐✗", names, strict=True)]
    assert verbs(card.rows) == ["check", "check", "check", "check", "fail_verification", "note", "more"]
    done = tuple(Check(service=check.service, passed=True) for check in checks)
    assert verbs(painter().card(view(status=Status.VERIFYING, checks=done)).rows)[0] == "verify"


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("status", list(Status))
def test_no_button_is_shown_that_the_lifecycle_forbids(kind: Kind, status: Status) -> None:
    ticket = msgspec.structs.replace(TICKET, kind=kind, status=status)
    speech = Speech(TEXTS, "id", "Asia/Jakarta")
    shown = [*keyboards.card(ticket, account(), speech, CONFIG), *keyboards.more(ticket, account(), speech)]
    possible = set(allowed(kind, status))
    if status is Status.ASSIGNED:
        possible |= set(allowed(kind, Status.INVESTIGATING))
    actions = {action for _, _, action in TRANSITIONS}
    for verb in verbs(tuple(shown)):
        if verb in {action.value for action in actions} and status in (Status(s) for s in Status if s != "closed"):
            assert Action(verb) in possible, (kind, status, verb)
    assert all(len(row) <= 3 for row in shown)
    assert all(len(choice.payload.encode()) <= 64 for row in shown for choice in row)


def test_a_suspected_p1_is_one_tap_on_top() -> None:
    assert verbs(painter().card(view(p1_suspected=True)).rows)[:2] == ["p1", "not_p1"]


def test_others_see_who_holds_it_and_no_buttons() -> None:
    card = painter(who=account("id", "a2")).card(view())
    assert "➡️ Dipegang Sari." in card.text.text
    assert card.rows == ()
    assert verbs(painter(who=account("id", "a3", Role.LEAD)).card(view()).rows) == ["more"]


def test_what_is_shown_follows_the_setting() -> None:
    full = painter(showing=Showing.FULL).card(view()).text.text
    assert "Ani Wijaya +6281200000001" in full
    assert "4111 1111 1111 1111" not in full
    link = painter(showing=Showing.LINK).card(view()).text.text
    for secret in ("Ani", "001", "gagal", "Checkout", "vendor"):
        assert secret not in link
    assert link.endswith("https://desk.example/INC-7K3M9QXA")


@pytest.mark.proves("D18")
def test_a_matter_of_security_is_reference_and_link_only_whatever_the_setting() -> None:
    secret = view(category="security", team="security")
    for showing in Showing:
        for purpose in ("card", "customer_wrote", "promise", "alarm", "reopened_for_you"):
            message = composer(showing).compose(
                briefing(purpose, secret, params={"words": "w"}, words={"w": "bocor"}), NOW
            )
            assert message is not None
            assert not [word for word in ("Ani", "gagal", "bocor", "Checkout", "0001") if word in message.text]
            assert "INC-7K3M9QXA" in message.text
            assert "https://desk.example/" in message.text


def test_the_customers_words_are_a_message_of_their_own() -> None:
    told = briefing(
        "customer_wrote", view(), params={"message": "m9", "words": "w"}, words={"w": "masih <b>gagal</b>\n📌"}
    )
    message = composer().compose(told, NOW)
    assert message is not None
    assert message.text == (
        "💬 INC-7K3M9QXA · Ani …001 · WA\nmasih <b>gagal</b>\n📌\n↩️ Balas pesan ini untuk menjawab pelanggan."
    )
    assert message.bold == ((0, len("💬 INC-7K3M9QXA · Ani …001 · WA")),)
    assert verbs(message.rows) == ["reply", "open"]
    assert message.replaces is None


@pytest.mark.parametrize("words", ["x" * 9000, "😀" * 5000, "​", "\n\n", "✍️ a\n⌁ note:7K3M9QXA:1"])
def test_any_words_fit(words: str) -> None:
    told = briefing("customer_wrote", view(), params={"words": "w"}, words={"w": words})
    message = composer().compose(told, NOW)
    assert message is not None
    assert units(message.text) <= TEXT_LIMIT
    assert message.text.startswith("💬 INC-7K3M9QXA")
    assert message.text.endswith("menjawab pelanggan.")


def test_loud_and_silent() -> None:
    def silent(purpose: str, priority: Priority, urgency: str = "normal", **changes: Any) -> bool:
        told = composer().compose(briefing(purpose, view(priority=priority, **changes), urgency=urgency), NOW)
        assert told is not None
        return told.silent

    assert silent("customer_wrote", Priority.P3)
    assert not silent("customer_wrote", Priority.P2)
    assert not silent("page", Priority.P1, "page", assignee=None)
    assert silent("alarm", Priority.P3)
    assert not silent("alarm", Priority.P2)
    assert not silent("promise", Priority.P2)
    assert not silent("customer_wrote", Priority.P1)
    assert silent("card", Priority.P1, "low")


def test_a_card_is_edited_in_place_and_never_sent_to_somebody_who_has_no_part_in_it() -> None:
    message = composer().compose(briefing("card", view(), replaces="900000001:77"), NOW)
    assert message is not None
    assert message.replaces == "900000001:77"
    stranger = account("id", "a9")
    assert composer().compose(briefing("card", view(), stranger), NOW) is None
    assert composer().compose(briefing("card", view(), stranger, replaces="900000001:77"), NOW) is not None


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("purpose", "params"),
    [
        *[
            ("alarm", {"reason": reason})
            for reason in ("nobody_available", "everybody_passed", "promise_missed", "new")
        ],
        ("promise", {"by": "2026-11-24T15:40:00.000000Z"}),
        ("promise", {"by": "2026-11-24T15:40:00.000000Z", "missed": True}),
        ("promise", {"why": "waiting_over"}),
        ("taken", {"by": "a1"}),
        ("transferred", {"team": "systems"}),
        ("offer_gone", {"why": "offer_expired"}),
        ("offer_gone", {}),
        ("reopened_for_you", {}),
        ("something_new", {}),
    ],
)
def test_every_notice_has_words(language: str, purpose: str, params: dict[str, Any]) -> None:
    message = composer().compose(briefing(purpose, view(), account(language), params=params), NOW)
    assert message is not None
    assert "INC-7K3M9QXA" in message.text


def test_an_open_offer_is_kept_up_to_date_where_it_stands() -> None:
    offered = view(status=Status.OFFERED, assignee=None, offered_to="a1")
    message = composer().compose(briefing("card", offered, replaces="900000001:77"), NOW)
    assert message is not None
    assert (verbs(message.rows), message.replaces) == (["accept", "pass"], "900000001:77")
    assert composer().compose(briefing("card", offered), NOW) is None
    suspected = composer().compose(briefing("offer", view(p1_suspected=True, assignee=None, offered_to="a1")), NOW)
    assert suspected is not None
    assert verbs(suspected.rows) == ["accept", "pass", "p1", "not_p1"]


def test_a_page_stops_when_somebody_has_taken_it() -> None:
    page = composer().compose(briefing("page", view(priority=Priority.P1, assignee=None)), NOW)
    assert page is not None
    assert page.text.startswith("🚨🚨🚨\nP1 BELUM ADA YANG TANGANI")
    assert verbs(page.rows) == ["acknowledge", "open"]
    assert composer().compose(briefing("page", view(priority=Priority.P1, assignee="a2")), NOW) is None


def test_a_message_that_may_be_a_second_one_says_so() -> None:
    message = composer().compose(briefing("customer_wrote", view(), in_doubt=True), NOW)
    assert message is not None
    assert message.text.endswith("(Dikirim ulang: pesan ini mungkin sudah sampai.)")


def test_who_has_no_telegram_cannot_be_told() -> None:
    nowhere = msgspec.structs.replace(account(), telegram_id=None)
    with pytest.raises(Permanent) as refused:
        composer().compose(briefing("card", view(), nowhere), NOW)
    assert refused.value.reason is Reason.NO_ADDRESS


def test_every_code_has_words() -> None:
    keys = [
        *(f"tg_refused_{code}" for code in Refused),
        *(f"tg_status_{status}" for status in Status),
        *(f"tg_next_{status}" for status in Status),
        *(f"tg_channel_{channel}" for channel in Channel),
        *(f"tg_ask_{verb}" for verb in wishes.ASKS_WORDS),
        *(f"tg_do_{verb}" for verb in wishes.ASKS_WORDS),
        *(f"tg_missing_{field}" for field in MISSING),
        *(f"tg_cancel_{reason}" for reason in CANCEL_REASONS),
    ]
    assert [key for key in keys if not TEXTS.has_label(key)] == []
