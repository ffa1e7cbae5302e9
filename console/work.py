"""The process of the role `worker`: delivery, the fetching of files, and its signs of life."""

from collections.abc import Callable, Mapping
from typing import Final

from channels.whatsapp.media import LANE, Fetcher
from config.clock import Clock
from config.settings import Settings
from console import lean
from console.compose import sending_channels
from console.files import WaitingFiles
from console.foundation import Foundation
from console.processes import beat_file
from console.pushing import push_where_played
from console.ready import say_ready
from console.redis_server import redis_url
from console.storing import quick_redis
from tickets.model import Channel
from tickets.store.attachments import Attachments
from tickets.store.outbox import Outbox
from tickets.store.state import Heartbeats
from workers.connections import patient
from workers.delivery import Delivery
from workers.limits import Limits, Rate
from workers.loop import Loop
from workers.worker import WorkerRole

# Telegram: 30 messages a second for a bot (core.telegram.org/bots/faq). Twilio: 80 a second for a WhatsApp sender.
RATES: Final[Mapping[str, Rate]] = {Channel.TELEGRAM: Rate(25, 25), Channel.WHATSAPP: Rate(60, 60)}


def run_worker(settings: Settings, name: str) -> None:
    """Deliver until SIGTERM or SIGINT."""
    foundation = Foundation(settings, examples=False)
    loop = Loop()
    channels = sending_channels(foundation)
    quick = quick_redis(foundation)
    waiting = patient(redis_url(settings))
    beats = Heartbeats(foundation.database)
    # Signs of life are compared with those of other machines, so they never follow the sandbox's clock.
    machine = Clock()

    def beat() -> None:
        if settings.run_dir.is_dir():
            beat_file(settings, "worker").touch()
        say_ready()
        beats.beat(name, "worker", machine())

    delivery = Delivery(
        outbox=Outbox(foundation.database),
        channels=channels,
        limits=Limits(quick, RATES),
        loop=loop,
        worker=name,
        clock=foundation.clock,
    )
    lanes = _files(foundation, loop)
    push_where_played(foundation)
    role = WorkerRole(connection=waiting, quick=quick, delivery=delivery, beat=beat, lanes=lanes)
    lean.done()
    try:
        role.run()
    finally:
        loop.run(channels.close(), 2)
        loop.close()
        quick.close()
        waiting.close()
        foundation.close()


def _files(foundation: Foundation, loop: Loop) -> dict[str, Callable[[str], bool]]:
    twilio = foundation.settings.twilio
    if twilio is None:
        return {}
    fetcher = Fetcher(
        WaitingFiles(Attachments(foundation.database, foundation.blobs)),
        run=loop.run,
        credentials=(twilio.account_sid, twilio.auth_token.reveal()),
        base_url=twilio.base_url,
        clock=foundation.clock,
    )
    return {LANE: fetcher.drain}
