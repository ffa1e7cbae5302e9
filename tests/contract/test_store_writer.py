"""The writer's promises: a stored answer is on the disk, a key has one effect, one bad item stops nobody."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.contract.store_decider import CONFIG, NOW, TOKENS, SmallDecider, command, message
from tests.store_stage import Stage
from tickets.commands import Answer, Media, Refused
from tickets.store import keys, schema
from tickets.store.batch import FOLLOW_UPS
from tickets.store.direct import DirectWriter
from tickets.store.engine import Database
from tickets.store.waiting import Waiting, WaitingRoom
from tickets.submission import Overloaded, Rank, Submission, Unavailable
from tickets.tokens import fingerprint


@pytest.mark.proves("D1", "D6", "D7", "D8")
def test_a_message_becomes_a_ticket_that_can_be_read_at_once(stage: Stage) -> None:
    answer = stage.do(message("wifi mati", key="SM1"))

    assert answer.reference
    view = stage.reader.ticket(answer.reference.lower().replace("-", " "))
    assert view is not None
    assert [one.text for one in view.messages] == ["wifi mati"]
    assert view.reporter.name == "Ani"
    assert [event.type for event in view.events] == ["opened"]
    assert stage.reader.original(view.messages[0].id) == ("text/plain", b"wifi mati")


@pytest.mark.proves("D4")
def test_a_key_that_comes_fifty_times_at_once_has_one_effect(stage: Stage) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: stage.do(message("wifi mati", key="SM1")), range(50)))

    assert len({answer.reference for answer in answers}) == 1
    assert sum(answer.repeated for answer in answers) == 49
    assert {answer.facts["tracking"] for answer in answers} == {
        TOKENS.tracking(answers[0].ticket or "", answers[0].contact or "")
    }
    assert stage.totals() == {
        "event": 1,
        "ticket": 1,
        "message": 1,
        "notice": 1,
        "command_key": 1,
        "quarantine": 0,
    }


def test_the_secret_of_a_tracking_page_is_stored_nowhere(stage: Stage, tmp_path: Path) -> None:
    answer = stage.do(message("wifi mati", key="SM1"))
    secret = answer.facts["tracking"]

    stored = stage.rows(schema.command_key, key="SM1")[0]["answer"]
    assert secret not in stored
    assert stage.rows(schema.grant)[0]["digest"] == fingerprint(secret)


def test_another_request_under_the_same_key_is_refused(stage: Stage) -> None:
    stage.do(command("card", key="K1", digest="a" * 64))

    assert stage.do(command("card", key="K1", digest="b" * 64)).refused is Refused.KEY_REUSED
    assert stage.do(command("card", key="K1", digest="a" * 64)).repeated


def test_a_repeat_within_one_batch_gets_the_same_answer(database: Database) -> None:
    stage = Stage(database)
    futures = [stage.writer.submit(message("wifi mati", key="SM1")) for _ in range(3)]
    futures.append(stage.writer.submit(command("card", key="SM1")))
    stage.writer.start()
    try:
        answers = [future.result(timeout=10) for future in futures]
    finally:
        stage.writer.stop()

    # The command goes first, because a person taps; then the key belongs to it.
    assert [answer.refused for answer in answers] == [Refused.KEY_REUSED] * 3 + [None]
    assert stage.count(schema.ticket) == 0


def test_of_one_batch_the_first_is_told_that_it_was_the_first(database: Database) -> None:
    stage = Stage(database)
    futures = [stage.writer.submit(message("wifi mati", key="SM1")) for _ in range(3)]
    stage.writer.start()
    try:
        answers = [future.result(timeout=10) for future in futures]
    finally:
        stage.writer.stop()

    assert [answer.repeated for answer in answers] == [False, True, True]
    assert len({answer.facts["tracking"] for answer in answers}) == 1


def test_three_bubbles_of_a_new_sender_at_once_are_one_person(stage: Stage) -> None:
    answers = stage.do_all([message(f"bubble {n}", key=f"SM{n}") for n in range(3)])

    assert len({answer.contact for answer in answers}) == 1
    assert stage.count(schema.contact) == 1


def test_two_writers_on_one_database_agree_on_who_somebody_is(database: Database, database_url: str) -> None:
    other = Database(database_url, door=True)
    stages = [Stage(database), Stage(other)]
    for stage in stages:
        stage.writer.start()
    try:
        futures = [stages[n % 2].writer.submit(message(f"bubble {n}", key=f"SM{n // 2}")) for n in range(40)]
        answers = [future.result(timeout=20) for future in futures]
    finally:
        for stage in stages:
            stage.writer.stop()
        other.close()

    assert len({answer.contact for answer in answers}) == 1
    assert len({answer.reference for answer in answers}) == 20
    assert sum(answer.repeated for answer in answers) == 20
    assert stages[0].count(schema.ticket) == 20


@pytest.mark.parametrize(("text_", "outcome"), [("!poison", "opened"), ("!unfit", "opened"), ("!both", "quarantined")])
def test_an_item_that_cannot_be_decided_is_kept_and_stops_nobody(database: Database, text_: str, outcome: str) -> None:
    stage = Stage(database)
    good = [stage.writer.submit(message(f"report {n}", key=f"SM{n}")) for n in range(20)]
    bad = stage.writer.submit(message(text_, key="SMbad", raw=b"\xff\x00 as it came"))
    good += [stage.writer.submit(message(f"report {n}", key=f"SM{n}")) for n in range(20, 40)]
    stage.writer.start()
    try:
        assert all(future.result(timeout=10).outcome == "opened" for future in good)
        answer = bad.result(timeout=10)
    finally:
        stage.writer.stop()

    assert answer.outcome == outcome
    (case,) = stage.rows(schema.quarantine)
    assert (case["key"], case["ticket_id"]) == ("SMbad", answer.ticket)
    assert text_ not in case["error"] + case["trace"]
    assert stage.count(schema.message) == 41
    assert stage.reader.original(case["message_id"]) == ("text/plain", b"\xff\x00 as it came")
    if answer.ticket:
        view = stage.reader.ticket(answer.ticket)
        assert view is not None
        assert view.ticket.quarantined
    figures = stage.reader.figures()
    assert sum(figures.dispositions.values()) == figures.messages == 41
    assert figures.quarantined == 1


def test_words_that_no_database_can_hold_are_held(stage: Stage) -> None:
    answer = stage.do(message("a\0b \ud83d\ude00 \ud800 c", key="SM1", raw=b"x"))

    view = stage.reader.ticket(answer.reference or "")
    assert view is not None
    assert view.messages[0].text == "a\ufffdb \U0001f600 \ufffd c"


def test_a_command_that_cannot_be_decided_is_refused_and_listed(stage: Stage) -> None:
    answer = stage.do(command("offer", key="K1", subject="nothing"))

    assert answer.refused is Refused.QUARANTINED
    assert stage.rows(schema.quarantine)[0]["error"] == "TypeError"
    assert stage.count(schema.ticket) == 0


def test_follow_up_commands_are_decided_and_answered_in_the_same_transaction(stage: Stage) -> None:
    answer = stage.do(message("!follow", key="SM1"))

    view = stage.reader.ticket(answer.ticket or "")
    assert view is not None
    assert [event.type for event in view.events] == ["opened", "offered"]
    followed = stage.reader.answered("SM1/2")
    assert followed is not None
    assert followed.outcome == "followed"
    assert stage.reader.unseen(["SM1", "SM1/1", "SM1/2", "SM1/3"]) == {"SM1/3"}


def test_when_a_follow_up_fails_nothing_of_its_item_is_left_but_the_rescue(stage: Stage) -> None:
    answer = stage.do(message("!followfail", key="SM1"))

    view = stage.reader.ticket(answer.ticket or "")
    assert view is not None
    assert view.ticket.quarantined
    assert [event.type for event in view.events] == ["opened"]
    # A name that only the failed decision wrote would be missing now.
    assert view.reporter.name == "Ani"
    assert stage.reader.unseen(["SM1/1", "SM1/2"]) == {"SM1/1", "SM1/2"}
    assert stage.count(schema.ticket) == 1


def test_commands_that_call_each_other_end(stage: Stage) -> None:
    assert stage.do(command("loop", key="K1")).refused is Refused.QUARANTINED
    assert stage.decider.decided <= FOLLOW_UPS + 1


def test_a_made_up_follow_up_key_does_not_swallow_a_decision(stage: Stage) -> None:
    stage.do(command("card", key="SM1/1"))

    answer = stage.do(message("!follow", key="SM1"))
    view = stage.reader.ticket(answer.ticket or "")
    assert view is not None
    assert view.ticket.quarantined


@pytest.mark.proves("D13")
@pytest.mark.parametrize("statement", ["UPDATE event SET type = 'x'", "DELETE FROM event", "DELETE FROM receipt"])
def test_the_database_itself_refuses_to_change_events(stage: Stage, statement: str) -> None:
    stage.do(message("wifi mati", key="SM1"))
    with stage.database.writing() as connection:
        connection.execute(schema.receipt.insert().values(channel="whatsapp", provider_id="SMx", state="sent", at=NOW))

    with pytest.raises(IntegrityError, match="append-only"), stage.database.writing() as connection:
        connection.execute(text(statement))


def test_large_originals_and_files_go_to_the_blobs_before_the_commit(stage: Stage) -> None:
    large, small = b"L" * 70_000, b"s" * 10
    files = (
        Media(content_type="image/png", filename="layar.png", data=large),
        Media(content_type="text/plain", data=small),
        Media(content_type="image/jpeg", url="https://api.twilio.com/media/1"),
    )
    answer = stage.do(message("lihat", key="SM1", raw=large + b"raw", media=files))

    view = stage.reader.ticket(answer.ticket or "")
    assert view is not None
    shown = view.messages[0]
    assert [one.state for one in shown.attachments] == ["stored", "stored", "waiting"]
    assert shown.attachments[0].filename == "layar.png"
    for number, data in ((0, large), (1, small)):
        found = stage.reader.file(shown.id, number)
        assert found is not None
        assert found[1] == data
    assert stage.reader.file(shown.id, 2) is None
    assert stage.reader.original(shown.id) == ("text/plain", large + b"raw")
    assert set(stage.blobs.kept.values()) == {large, large + b"raw"}


def test_the_bell_rings_and_followers_hear_after_the_commit(stage: Stage) -> None:
    answer = stage.do(message("wifi mati", key="SM1"))
    stage.writer.stop()

    assert stage.bell.rung == [("whatsapp.normal",)]
    assert stage.committed == [(frozenset({answer.ticket}), frozenset({"whatsapp.normal"}))]


# The house: locks, files, overload, death.


@pytest.fixture
def locked(tmp_path: Path, database: Database) -> sqlite3.Connection:
    """Another connection that can hold the only write lock of the file."""
    assert database.sqlite
    return sqlite3.connect(tmp_path / "sigap.db", isolation_level=None)


@pytest.mark.only("sqlite")
def test_while_the_database_is_locked_everybody_hears_no_within_two_seconds(
    stage: Stage, locked: sqlite3.Connection
) -> None:
    locked.execute("BEGIN IMMEDIATE")
    times: list[float] = []

    def submit(n: int) -> Any:
        began = time.monotonic()
        try:
            return stage.do(message("wifi mati", key=f"SM{n}", phone=f"+62812{n:08d}"))
        except Unavailable as error:
            times.append(time.monotonic() - began)
            return error

    # They come over more than two seconds: some when it locks, some while others wait already.
    with ThreadPoolExecutor(12) as pool:
        futures = []
        for n in range(12):
            futures.append(pool.submit(submit, n))
            threading.Event().wait(0.2)
        errors = [future.result() for future in futures]

    assert all(isinstance(error, Unavailable) for error in errors)
    assert all(error.retry_after_s > 0 for error in errors)
    assert max(times) < 2.0
    locked.execute("ROLLBACK")
    assert sum(stage.totals().values()) == 0
    assert stage.do(message("wifi mati", key="SM0")).outcome == "opened"


@pytest.mark.only("sqlite")
def test_a_file_that_was_moved_away_is_no_place_to_write_into(stage: Stage, database_url: str, tmp_path: Path) -> None:
    stage.do(message("wifi mati", key="SM1"))
    (tmp_path / "sigap.db").rename(tmp_path / "elsewhere.db")

    with pytest.raises(Unavailable, match="database_gone"):
        stage.do(message("wifi mati", key="SM2"))
    (tmp_path / "sigap.db").touch()
    with pytest.raises(Unavailable, match="database_replaced"):
        stage.do(message("wifi mati", key="SM3"))
    (tmp_path / "elsewhere.db").rename(tmp_path / "sigap.db")
    assert stage.do(message("wifi mati", key="SM2")).outcome == "opened"


def test_a_database_that_was_never_prepared_says_no(tmp_path: Path) -> None:
    stage = Stage(Database(f"sqlite:///{tmp_path / 'empty.db'}", door=True))
    stage.writer.start()
    try:
        with pytest.raises(Unavailable):
            stage.do(message("wifi mati", key="SM1"))
    finally:
        stage.writer.stop()


def test_a_writer_whose_thread_dies_answers_everybody_and_goes_on(database: Database) -> None:
    class Killed(BaseException):
        pass

    def kill(item: Any) -> None:
        if getattr(item, "text", "") == "kill":
            raise Killed

    stage = Stage(database, SmallDecider(kill))
    stage.writer.start()
    try:
        with pytest.raises(Unavailable, match="writer_failed"):
            stage.do(message("kill", key="SM1"))
        assert stage.do(message("wifi mati", key="SM2")).outcome == "opened"
    finally:
        stage.writer.stop()
    assert stage.count(schema.ticket) == 1


def test_a_decision_that_hangs_keeps_nobody_waiting(database: Database) -> None:
    began_to_hang, let_go = threading.Event(), threading.Event()

    def hang(item: Any) -> None:
        if getattr(item, "text", "") == "hang":
            began_to_hang.set()
            let_go.wait(10)

    stage = Stage(database, SmallDecider(hang))
    stage.writer.start()
    try:
        futures = [stage.writer.submit(message("hang", key="SM1"))]
        assert began_to_hang.wait(5)
        futures.append(stage.writer.submit(message("wifi mati", key="SM2")))
        for future in futures:
            with pytest.raises(Unavailable, match="too_slow"):
                future.result(timeout=5)
        let_go.set()
        # Whoever comes again with the same key gets the answer that was committed after all.
        assert stage.do(message("hang", key="SM1")).repeated
    finally:
        let_go.set()
        stage.writer.stop()


def test_a_full_waiting_room_refuses_loudly(database: Database) -> None:
    stage = Stage(database)
    writer = stage.new_writer(room=WaitingRoom(items=3, size=100_000))
    for n in range(3):
        writer.submit(message("x", key=f"SM{n}"))

    with pytest.raises(Overloaded):
        writer.submit(message("x", key="SM4"))


def test_the_waiting_room_has_a_limit_of_bytes() -> None:
    room = WaitingRoom(items=100, size=1_000)
    room.put(Waiting(_sized(Rank.MESSAGE, 5_000)))
    with pytest.raises(Overloaded):
        room.put(Waiting(_sized(Rank.MESSAGE, 1)))
    assert len(room.take()) == 1
    room.put(Waiting(_sized(Rank.MESSAGE, 1)))


def test_people_go_first_and_every_rank_has_its_share() -> None:
    room = WaitingRoom()
    for rank, many in ((Rank.ALERT, 300), (Rank.MESSAGE, 300), (Rank.COMMAND, 300)):
        for _ in range(many):
            room.put(Waiting(_sized(rank, 10)))

    batch = [waiting.submission.rank for waiting in room.take()]
    assert len(batch) == 256
    assert batch == sorted(batch)
    assert batch.count(Rank.MESSAGE) >= 64
    assert batch.count(Rank.ALERT) >= 32
    assert batch.count(Rank.COMMAND) >= 128


def test_a_batch_holds_four_mebibytes_but_always_somebody() -> None:
    room = WaitingRoom()
    room.put(Waiting(_sized(Rank.MESSAGE, 20_000_000)))
    for _ in range(8):
        room.put(Waiting(_sized(Rank.MESSAGE, 900_000)))

    assert len(room.take()) == 1
    assert len(room.take()) == 4


def test_a_stopped_writer_answers_who_is_inside_and_lets_nobody_in(database: Database) -> None:
    stage = Stage(database)
    future = stage.writer.submit(message("wifi mati", key="SM1"))
    stage.writer.start()
    stage.writer.stop()

    assert future.result(timeout=1).outcome == "opened"
    with pytest.raises(Overloaded):
        stage.writer.submit(message("wifi mati", key="SM2"))


def _sized(rank: Rank, size: int) -> Submission:
    return Submission(key="k", digest="d", item=None, rank=rank, size=size)


def test_a_command_line_writes_with_the_same_promises_beside_a_running_writer(stage: Stage) -> None:
    direct = DirectWriter(
        stage.database,
        stage.decider,
        config=lambda: CONFIG,
        tokens=TOKENS,
        clock=lambda: NOW,
        blobs=stage.blobs,
        bell=stage.bell,
    )
    running = stage.writer.submit(message("wifi mati", key="SM1"))
    answer = direct.submit(message("printer", key="SM2")).result(timeout=0)

    assert answer.outcome == running.result(timeout=10).outcome == "opened"
    assert direct.submit(message("printer", key="SM2")).result(timeout=0).repeated
    assert stage.count(schema.ticket) == 2


# PostgreSQL's own ways of saying no.


@pytest.fixture
def postgres(stage: Stage) -> Stage:
    assert not stage.database.sqlite
    return stage


@pytest.mark.only("postgresql")
def test_two_writers_in_a_ring_repeat_the_whole_batch(postgres: Stage) -> None:
    with postgres.database.writing() as connection:
        # A sequence keeps counting when its transaction is rolled back.
        connection.execute(text("CREATE SEQUENCE times"))
        connection.execute(
            text(
                "CREATE FUNCTION ring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('times') < 3 THEN "
                "RAISE EXCEPTION 'ring' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER ring BEFORE INSERT ON message FOR EACH STATEMENT EXECUTE FUNCTION ring()")
        )
    assert postgres.do(message("wifi mati", key="SM1")).outcome == "opened"
    assert postgres.decider.decided == 3
    assert postgres.totals()["quarantine"] == 0
    assert postgres.count(schema.ticket) == 1


@pytest.mark.only("postgresql")
def test_a_table_that_somebody_else_holds_is_a_no_within_two_seconds(postgres: Stage, database_url: str) -> None:
    holder = Database(database_url)
    with holder.writing() as connection:
        connection.execute(text("LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(Unavailable):
            postgres.do(message("wifi mati", key="SM1"))
    holder.close()
    assert postgres.do(message("wifi mati", key="SM1")).outcome == "opened"
    assert postgres.count(schema.ticket) == 1


@pytest.mark.only("postgresql")
def test_a_server_that_cut_every_connection_is_found_again(postgres: Stage, database_url: str) -> None:
    postgres.do(message("wifi mati", key="SM1"))
    other = Database(database_url)
    with other.writing() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"))
    other.close()
    assert postgres.do(message("wifi mati", key="SM2")).outcome == "opened"


def test_a_one_time_code_is_told_once_and_not_kept() -> None:
    kept = keys._body(Answer(facts={"code": "ABCD2345", "account": "a1"}))
    assert "ABCD2345" not in kept
    assert "a1" in kept
