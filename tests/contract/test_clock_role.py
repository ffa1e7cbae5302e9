"""The clock: due rows become commands once, and what waits is rung for. Over a real store."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.contract.store_decider import NOW, command
from tests.outbox_stage import OutboxStage
from tickets.commands import Answer, Command
from tickets.store.timers import Timers
from tickets.submission import Unavailable
from workers.clock import ClockRole, command_of


class Desk:
    """Remembers what it was asked; refuses as long as it is told to."""

    def __init__(self) -> None:
        self.performed: list[Command] = []
        self.refusals: list[Exception] = []

    async def perform(self, command: Command) -> Answer:
        if self.refusals:
            raise self.refusals.pop(0)
        self.performed.append(command)
        return Answer()


class Bell:
    def __init__(self) -> None:
        self.lanes: set[str] = set()

    def ring(self, lanes: set[str]) -> None:
        self.lanes |= lanes


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[OutboxStage]:
    opened = OutboxStage(tmp_path)
    yield opened
    opened.close()


def role(stage: OutboxStage, desk: Desk, bell: Bell) -> ClockRole:
    return ClockRole(
        timers=Timers(stage.database),
        desk=desk,
        outbox=stage.outbox,
        bell=bell,  # type: ignore[arg-type]
        clock=stage.clock,
    )


def due(stage: OutboxStage, stream: str, after: timedelta) -> None:
    key = f"later:{stream}:{after}"
    stage.writer.submit(command("later", key=key, subject=stream, at=(NOW + after).isoformat())).result(5)


async def test_what_is_due_becomes_a_command_of_the_clock(stage: OutboxStage) -> None:
    due(stage, "ticket:t1", timedelta(minutes=25))
    desk = Desk()
    clock = role(stage, desk, Bell())
    assert await clock.fire() == 0
    stage.forward(25 * 60)
    assert await clock.fire() == 1
    asked = desk.performed[0]
    assert (asked.action, asked.subject, str(asked.actor), asked.data) == ("promise", "t1", "clock", {"n": 1})
    assert asked.key.startswith("due:ticket:t1:promise:")


async def test_two_clocks_ask_with_the_same_key(stage: OutboxStage) -> None:
    due(stage, "ticket:t1", timedelta(0))
    row = Timers(stage.database).ripe(stage.now)[0]
    assert command_of(row, stage.now).key == command_of(row, stage.now + timedelta(seconds=9)).key


async def test_a_row_that_stays_after_its_decision_does_not_keep_the_clock_busy(stage: OutboxStage) -> None:
    due(stage, "ticket:t1", timedelta(0))
    desk = Desk()
    clock = role(stage, desk, Bell())
    assert await clock.fire() == 1
    assert await clock.fire() == 0
    assert len(desk.performed) == 1
    assert Timers(stage.database).next_at() is None


async def test_what_cannot_be_stored_now_is_tried_again(stage: OutboxStage) -> None:
    due(stage, "ticket:t1", timedelta(0))
    desk = Desk()
    desk.refusals = [Unavailable("database_locked")]
    clock = role(stage, desk, Bell())
    with pytest.raises(Unavailable):
        await clock.fire()
    assert await clock.fire() == 1


async def test_the_clock_runs_until_it_is_stopped_and_fires_within_a_second(stage: OutboxStage) -> None:
    desk, stop = Desk(), asyncio.Event()
    running = asyncio.create_task(role(stage, desk, Bell()).run(stop))
    due(stage, "ticket:t1", timedelta(minutes=25))
    stage.forward(25 * 60)
    async with asyncio.timeout(1.5):
        while not desk.performed:
            await asyncio.sleep(0.01)
    stop.set()
    async with asyncio.timeout(1):
        await running


@pytest.mark.proves("N16")
async def test_the_sweep_rings_for_what_no_bell_announced(stage: OutboxStage) -> None:
    stage.person()
    bell = Bell()
    assert await role(stage, Desk(), bell).sweep() == {"whatsapp.normal"}
    assert bell.lanes == {"whatsapp.normal"}
