"""The schema at head is the one that the program was written for, and what protects it is there."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.contract.store_decider import message
from tests.store_stage import Stage
from tickets.commands import Answer
from tickets.references import read
from tickets.store import schema
from tickets.store.batch import Work
from tickets.store.engine import Database
from tickets.store.ids import BLOCK
from tickets.store.migrate import HEAD, alembic_config, at_head, upgrade

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_the_migrations_lead_to_the_tables_that_the_program_knows(database: Database) -> None:
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    # The columns that followers on PostgreSQL read by, and their index, are written in the migration alone.
    allowed = {"position", "xid", "event_followed"}
    assert [one for one in differences if getattr(one[-1], "name", None) not in allowed] == []


def test_the_revision_that_the_program_asks_for_is_the_newest_there_is() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [HEAD]


def test_an_upgrade_is_needed_once_and_harmless_twice(database_url: str) -> None:
    database = Database(database_url)
    assert not at_head(database)
    upgrade(database)
    assert at_head(database)
    with database.reading() as connection:
        made = list(connection.execute(text("SELECT name, value FROM installation ORDER BY name")))
    upgrade(database)
    with database.reading() as connection:
        assert list(connection.execute(text("SELECT name, value FROM installation ORDER BY name"))) == made
    assert [name for name, _ in made] == ["reference_key", "salt"]
    database.close()


def test_processes_that_start_together_upgrade_once(database_url: str, tmp_path: Path) -> None:
    program = (
        "import sys; from tickets.store.engine import Database; from tickets.store.migrate import upgrade, at_head; "
        "database = Database(sys.argv[1]); upgrade(database); assert at_head(database)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, database_url], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    database = Database(database_url)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM installation")).scalar() == 2
    database.close()


def test_triggers_that_a_migration_lost_are_put_back(database: Database) -> None:
    stage = Stage(database)
    stage.tamper("DELETE FROM event")
    upgrade(database)
    stage.writer.start()
    stage.do(message("wifi mati", key="SM1"))
    stage.writer.stop()

    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(text("DELETE FROM event"))


def test_references_neither_count_nor_repeat_and_a_rolled_back_block_is_left_unused(database: Database) -> None:
    stage = Stage(database)
    stage.writer.start()
    first = stage.do(message("wifi mati", key="SM1"))
    stage.do(message("!unfit", key="SM2"))
    answers = stage.do_all([message("wifi mati", key=f"B{n}", phone=f"+62{n}") for n in range(BLOCK * 2)])
    stage.writer.stop()

    references = [first.reference or "", *(answer.reference or "" for answer in answers)]
    assert len(set(references)) == len(references)
    assert all(read(one) == one for one in references)
    assert sorted(references) != references
    # What the unfit one had taken is a gap.
    assert stage.rows(schema.counter)[0]["next"] >= BLOCK * 3


def test_a_block_of_numbers_that_was_rolled_back_is_never_used(database: Database) -> None:
    first, second = Stage(database), Stage(database)
    for stage, text_ in ((first, "!unfit"), (second, "wifi mati"), (first, "wifi mati")):
        (work,) = works = [Work(submission=message(text_, key=f"{text_}{id(stage)}"))]
        stage.writer.batches.run(works)
        assert isinstance(work.outcome, Answer)
        assert work.outcome.outcome == "opened"
    assert first.rows(schema.counter)[0]["next"] == 2 * BLOCK
    assert first.count(schema.reference) == 3


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
def test_what_is_append_only_can_still_be_appended_to(database: Database, table: str) -> None:
    with database.reading() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
