"""Nothing that people wrote is out of sight: what became no report waits in the tray."""

import pytest

from router.decide import Router
from router.intake import Intake
from tests.playing import CONFIG, WORDS
from tests.store_stage import Stage
from tickets.commands import InboundMessage, Sender
from tickets.model import Channel
from tickets.store.engine import Database
from tickets.store.tray import Tray


@pytest.mark.proves("D5")
def test_what_is_unclear_waits_in_the_tray(database: Database) -> None:
    router = Router(WORDS)
    stage = Stage(database, decider=router)
    stage.writer.start()
    try:
        intake = Intake(stage.writer, router, lambda: CONFIG)
        message = InboundMessage(
            key="wa:SM1",
            channel=Channel.WHATSAPP,
            sender=Sender(address="+628110", name="Dedi", verified=True),
            received_at=stage.now,
            text="titip salam ya buat semuanya",
            forwarded=True,
        )
        answer = stage.writer.submit(intake.submission(message)).result(timeout=5)
        waiting = Tray(database).list()
    finally:
        stage.writer.stop()
    assert answer.outcome == "unclear"
    assert [one.text for one in waiting] == ["titip salam ya buat semuanya"]
