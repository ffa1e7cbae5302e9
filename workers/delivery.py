"""Delivery: everything of a lane that waits is claimed, said in words, sent and settled, in chunks of at most eight.

Three commits a chunk, however many messages: claim, ``sending``, settle. What was ``sending`` when a worker died, or
when the connection broke after the request had left, is in doubt: its lease runs out, it is claimed again, and the
channel is asked whether it knows the message before it is sent once more.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from channels.base import Channel
from tickets.model import Channel as ChannelName
from tickets.outbound import OutboundMessage, Permanent, Reason, Temporary, Unknown
from tickets.replies import another_way
from tickets.store.outbox import Attempt, Outbox, Outcome
from tickets.submission import Unavailable
from tickets.views import Briefing, Notice
from workers.limits import Limits
from workers.loop import Loop
from workers.retry import GIVE_UP, next_try

CHUNK: Final = 8
LEASE_S: Final = 30
# Looking up, waiting for a place and sending together stay below the lease.
FIND_S: Final = 8.0
PATIENCE_S: Final = 4.0
SEND_S: Final = 12.0

log = structlog.get_logger("workers.delivery")


@dataclass(frozen=True, slots=True)
class Ready:
    """A notice that was put into words."""

    briefing: Briefing
    message: OutboundMessage
    channel: Channel

    @property
    def notice(self) -> Notice:
        return self.briefing.notice


class Delivery:
    """Drains lanes. One per process; safe to use from several threads, because claims are leased in the database."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        channels: Mapping[ChannelName, Channel],
        limits: Limits,
        loop: Loop,
        worker: str,
        clock: Callable[[], datetime],
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._outbox, self._channels, self._limits, self._loop = outbox, channels, limits, loop
        self._worker, self._clock, self._spread = worker, clock, spread
        self._stopping = False
        self.counts: Counter[str] = Counter()
        """What became of notices here: sent, retry, failed, dropped, unknown, found (in doubt, and it had arrived)."""

    def stop(self) -> None:
        """End after the chunk in hand."""
        self._stopping = True

    def lanes(self) -> set[str]:
        """The lanes that have something claimable now."""
        return self._outbox.lanes(self._clock())

    def drain(self, lane: str, slice_s: float = 5.0) -> bool:
        """Deliver what waits in ``lane`` for at most about ``slice_s``; True when there may be more.

        Short slices let a page overtake a long queue of ordinary messages in the same worker.
        """
        until = time.monotonic() + slice_s
        while not self._stopping:
            notices = self._outbox.claim(lane, self._worker, self._clock(), limit=CHUNK, lease_s=LEASE_S)
            if not notices:
                return False
            self._deliver(notices)
            if time.monotonic() >= until:
                return True
        return True

    def _deliver(self, notices: Sequence[Notice]) -> None:
        now = self._clock()
        outcomes: list[Outcome] = []
        ready: list[Ready] = []
        for briefing in self._outbox.brief(notices):
            prepared = self._prepare(briefing, now)
            if isinstance(prepared, Outcome):
                outcomes.append(prepared)
            else:
                ready.append(prepared)
        ready = self._looked_up(ready, outcomes)
        waits = self._places(ready, outcomes, now)
        if waits:
            ours = self._outbox.sending([attempt(one) for one, _ in waits], now)
            # What is no longer ours is somebody else's by now; nothing is said about it here.
            waits = [(one, pause) for one, pause in waits if one.notice.id in ours]
            outcomes += self._loop.run(self._send_all(waits), PATIENCE_S + SEND_S + 5)
        self._settle(outcomes)

    def _prepare(self, briefing: Briefing, now: datetime) -> Ready | Outcome:
        notice = briefing.notice
        if now - notice.created_at > GIVE_UP + timedelta(hours=1):
            return Outcome(notice=notice, state="failed", reason=Reason.GIVEN_UP)
        channel = self._channels.get(notice.channel)
        if channel is None:
            return self._failed(briefing, Reason.UNREACHABLE)
        try:
            message = channel.compose(briefing, now)
        except Permanent as error:
            return self._failed(briefing, error.reason)
        except Exception as error:
            log.error("unrenderable", notice=notice.id, purpose=notice.purpose, error=type(error).__name__)
            return Outcome(notice=notice, state="failed", reason=Reason.UNRENDERABLE)
        if message is None:
            return Outcome(notice=notice, state="dropped", reason="irrelevant")
        if notice.in_doubt:
            message = msgspec.structs.replace(message, in_doubt=True)
        return Ready(briefing, message, channel)

    def _looked_up(self, ready: list[Ready], outcomes: list[Outcome]) -> list[Ready]:
        """Those that are to be sent: a doubtful one only when its channel could be asked and does not know it."""
        doubtful = [one for one in ready if one.notice.in_doubt]
        if not doubtful:
            return ready
        answers = self._loop.run(_look_up(doubtful), FIND_S + 2)
        keep = [one for one in ready if not one.notice.in_doubt]
        for one, answer in zip(doubtful, answers, strict=True):
            if isinstance(answer, BaseException):
                # Left as it is: it is claimed again when this lease has run out, and asked for again.
                self.counts["unknown"] += 1
            elif answer is None:
                keep.append(one)
            else:
                self.counts["found"] += 1
                outcomes.append(Outcome(notice=one.notice, state="sent", provider_id=answer))
            log.info("in_doubt", notice=one.notice.id, channel=one.message.channel, answer=_verdict(answer))
        return keep

    def _places(self, ready: list[Ready], outcomes: list[Outcome], now: datetime) -> list[tuple[Ready, float]]:
        placed = []
        for one in ready:
            wait = self._limits.reserve(one.message.channel, PATIENCE_S)
            if wait <= PATIENCE_S:
                placed.append((one, wait))
            elif not one.notice.in_doubt:
                outcomes.append(_later(one.notice, Reason.RATE_LIMITED, now + timedelta(seconds=wait)))
        return placed

    async def _send_all(self, waits: Sequence[tuple[Ready, float]]) -> list[Outcome]:
        outcomes = await asyncio.gather(*(self._send(one, wait) for one, wait in waits))
        return [outcome for outcome in outcomes if outcome is not None]

    async def _send(self, one: Ready, wait_s: float) -> Outcome | None:
        """What became of one message; None where nobody knows, so that it stays ``sending``."""
        await asyncio.sleep(wait_s)
        try:
            async with asyncio.timeout(SEND_S):
                provider_id = await one.channel.send(one.message)
            return Outcome(notice=one.notice, state="sent", provider_id=provider_id)
        except Permanent as error:
            return self._failed(one.briefing, error.reason)
        except Temporary as error:
            return self._again(one.notice, error)
        except (Unknown, TimeoutError):
            verdict = "unknown"
        except Exception as error:
            verdict = type(error).__name__
        log.warning("send_unknown", notice=one.notice.id, channel=one.message.channel, error=verdict)
        self.counts["unknown"] += 1
        return None

    def _again(self, notice: Notice, error: Temporary) -> Outcome:
        now = self._clock()
        if error.reason is Reason.RATE_LIMITED:
            self._limits.hold(notice.channel, error.retry_after_s or 1.0)
        at = next_try(notice.tries + 1, notice.created_at, now, spread=self._spread(), asked_s=error.retry_after_s)
        if at is None:
            return Outcome(notice=notice, state="failed", reason=Reason.GIVEN_UP)
        return _later(notice, error.reason, at)

    def _failed(self, briefing: Briefing, reason: Reason) -> Outcome:
        """Final on this identity; another way to the same person is tried where there is one."""
        other = another_way(briefing, reason, self._channels)
        return Outcome(notice=briefing.notice, state="failed", reason=reason, fallback=other)

    def _settle(self, outcomes: list[Outcome]) -> None:
        if not outcomes:
            return
        for outcome in outcomes:
            self.counts[outcome.state] += 1
            log.info("settled", notice=outcome.notice.id, state=outcome.state, reason=outcome.reason)
        # The provider has them: a short lock must not put what we know in doubt.
        for left in (3, 2, 1, 0):
            try:
                self._outbox.settle(outcomes, self._clock())
                break
            except Unavailable:
                if not left:
                    raise
                time.sleep(0.5)


def attempt(one: Ready) -> Attempt:
    """The row that says that a message is leaving."""
    message = one.message
    return Attempt(
        notice=one.notice,
        channel=message.channel,
        address=message.address,
        text=message.text,
        language=message.language,
    )


def as_sent(one: Ready) -> OutboundMessage:
    """The message with the words that the doubtful try carried, where they were written down; now it may say others."""
    messages = one.briefing.view.messages if one.briefing.view else ()
    words = next((said.text for said in messages if said.id == one.notice.id), one.message.text)
    return msgspec.structs.replace(one.message, text=words)


def _later(notice: Notice, reason: Reason, at: datetime) -> Outcome:
    return Outcome(notice=notice, state="retry", reason=reason, not_before=at)


def _verdict(answer: object) -> str:
    if isinstance(answer, BaseException):
        return type(answer).__name__
    return "not_known" if answer is None else "found"


async def _look_up(doubtful: Sequence[Ready]) -> list[str | BaseException | None]:
    async def one(ready: Ready) -> str | None:
        async with asyncio.timeout(FIND_S):
            return await ready.channel.find(as_sent(ready))

    return await asyncio.gather(*(one(ready) for ready in doubtful), return_exceptions=True)
