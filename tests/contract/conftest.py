"""The databases that the contract of the store holds for: SQLite always, PostgreSQL where one is given."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.store_stage import Stage
from tickets.store.engine import Database
from tickets.store.migrate import upgrade

POSTGRES = os.environ.get("SIGAP_TEST_POSTGRES_URL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that speaks of one database (``@pytest.mark.only``) is not collected for the other."""
    kept: list[pytest.Item] = []
    for item in items:
        only = item.get_closest_marker("only")
        on = getattr(getattr(item, "callspec", None), "params", {}).get("database_url")
        (config.hook.pytest_deselected(items=[item]) if only and on not in {None, *only.args} else kept.append(item))
    items[:] = kept


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of this test alone."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sigap.db'}"
    assert POSTGRES
    engine = create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return POSTGRES


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database as the doors use it."""
    made = Database(database_url, door=True, checkpoints=True)
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def stage(database: Database) -> Iterator[Stage]:
    """A running writer with a small decider, and what is needed to look at what it wrote."""
    made = Stage(database)
    made.writer.start()
    yield made
    made.writer.stop()
