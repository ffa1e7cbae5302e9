"""What one message and a batch of a hundred cost; the same figures stand in ``docs/store.md``."""

import re
from pathlib import Path

import pytest

from tests.contract.store_decider import message
from tests.store_stage import Counted, Stage, counted
from tickets.commands import Answer
from tickets.store.batch import Work
from tickets.store.engine import Database
from tickets.submission import Submission

PAGE = Path(__file__).resolve().parents[2] / "docs" / "store.md"
# PostgreSQL takes one more, which locks the addresses of senders that it may not know yet.
EXPECTED = {"new sender": 19, "known sender": 22, "hundred known senders": 24, "repeat": 2}


@pytest.fixture
def warm(database: Database) -> Stage:
    """A stage whose writer has kept the configuration and taken a block of 64 numbers, one of which is used."""
    made = Stage(database)
    made.writer.start()
    made.do(message("wifi mati", key="warm", phone="+620"))
    return made


def cost(stage: Stage, submissions: list[Submission]) -> Counted:
    """What one batch of these takes."""
    with counted(stage.database) as seen:
        stage.do_all(submissions)
    return seen


def extra(stage: Stage) -> int:
    return 0 if stage.database.sqlite else 1


def test_one_message_costs_a_fixed_number_of_statements_and_one_commit(warm: Stage) -> None:
    new = cost(warm, [message("wifi mati", key="SM1")])
    known = cost(warm, [message("masih mati", key="SM2")])
    repeat = cost(warm, [message("masih mati", key="SM2")])
    warm.writer.stop()

    assert (len(new.statements), new.commits) == (EXPECTED["new sender"] + extra(warm), 1)
    assert (len(known.statements), known.commits) == (EXPECTED["known sender"] + extra(warm), 1)
    assert (len(repeat.statements), repeat.commits) == (EXPECTED["repeat"], 1)


def test_a_hundred_messages_cost_hardly_more_than_one(warm: Stage) -> None:
    people = [f"+62812{n:08d}" for n in range(100)]
    warm.do_all([message("wifi mati", key=f"A{n}", phone=phone) for n, phone in enumerate(people)])
    # The next block of numbers begins with the batch, which needs two.
    warm.do_all([message("lagi", key=f"C{n}", phone="+620") for n in range(64 * 3 - 101)])

    def all_at_once() -> None:
        submissions = [message("masih mati", key=f"B{n}", phone=phone) for n, phone in enumerate(people)]
        works = [Work(submission=one) for one in submissions]
        warm.writer.batches.run(works)
        assert all(isinstance(work.outcome, Answer) for work in works)

    warm.writer.stop()
    with counted(warm.database) as seen:
        all_at_once()

    assert (len(seen.statements), seen.commits) == (EXPECTED["hundred known senders"] + extra(warm), 1)


def test_the_page_about_the_store_says_the_same() -> None:
    page = PAGE.read_text()
    for name, statements in EXPECTED.items():
        assert re.search(rf"\| {name} \| {statements} \| 1 \|", page), name
