"""WhatsApp out: a notice in words, with real buttons where a Content object carries the same words, else numbers."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec
import structlog

from channels.whatsapp.client import close, failure
from channels.whatsapp.templates import KnownTemplates, filled_template
from tickets.model import Channel
from tickets.outbound import OutboundMessage, Permanent, Reason, Temporary, Unknown
from tickets.replies import BY_NUMBER, House, compose, numbered, parts
from tickets.views import Briefing

# How far apart our clock and Twilio's may be when a doubtful message is looked up.
CLOCKS_DIFFER: Final = timedelta(minutes=5)
LOOK_UP: Final = 50

Result = TypeVar("Result")

log = structlog.get_logger("channels.whatsapp")


class WhatsApp:
    """The channel ``whatsapp``. ``sender`` is our own number as Twilio writes it (``whatsapp:+62…``)."""

    name = Channel.WHATSAPP

    def __init__(
        self,
        client: Any,
        *,
        sender: str,
        house: Callable[[], House],
        templates: KnownTemplates,
        status_url: str | None = None,
        settled: Callable[[str], bool] = lambda sid: False,
    ) -> None:
        """``settled(sid)``: whether a message at Twilio is known to be some notice's. Called in threads."""
        self._client, self._sender, self._house, self._templates = client, sender, house, templates
        self._status_url, self._settled = status_url, settled

    def compose(self, briefing: Briefing, now: datetime) -> OutboundMessage | None:
        """See ``channels.base.Channel``."""
        house = self._house()
        message = compose(briefing, house, channel=Channel.WHATSAPP, now=now, markup=True)
        if message is None:
            return None
        message = msgspec.structs.replace(
            message, status_url=self._status_url, since=briefing.notice.created_at - CLOCKS_DIFFER
        )
        if not message.choices:
            return message
        template = filled_template(house.texts, message)
        if template is not None and self._templates.sid(template.name):
            return msgspec.structs.replace(message, template=template.name, variables=template.values)
        if message.purpose not in BY_NUMBER:
            return message
        lead = house.texts.label(message.language, "numbered")
        return msgspec.structs.replace(message, text=numbered(message.text, message.choices, lead))

    async def send(self, message: OutboundMessage) -> str:
        """See ``channels.base.Channel``. A long text leaves in several parts; the id is that of the first."""
        sid = self._templates.sid(message.template) if message.template else None
        if sid is not None:
            try:
                return await self._create(
                    message, content_sid=sid, content_variables=msgspec.json.encode(message.variables).decode()
                )
            except Permanent as error:
                if error.reason is not Reason.UNRENDERABLE:
                    raise
                # The Content object is gone at Twilio: the next try puts numbers into the text.
                self._templates.forget(message.template or "")
                raise Temporary(Reason.UNRENDERABLE) from error
        first, *rest = parts(message.text)
        provider_id = await self._create(message, body=first)
        for part in rest:
            await self._go_on(message, part)
        return provider_id

    async def _go_on(self, message: OutboundMessage, part: str) -> None:
        """A further part. The first has arrived, so a failure here must not send that one again."""
        try:
            await self._create(message, body=part)
        except (Temporary, Permanent) as error:
            log.warning("part_lost", notice=message.key, reason=error.reason)
            raise Permanent(error.reason) from error

    async def _create(self, message: OutboundMessage, **words: str) -> str:
        options: dict[str, str] = {"status_callback": message.status_url} if message.status_url else {}

        def create() -> str:
            created = self._client.messages.create(
                to=f"whatsapp:{message.address}", from_=self._sender, **words, **options
            )
            return str(created.sid)

        return await _asked(create)

    async def find(self, message: OutboundMessage) -> str | None:
        """Look for the same words to the same person among what Twilio has had from us since the notice was made.

        No filter by time of sending: what Twilio has accepted and not sent yet has none. A message that is known to be
        another notice's is not this one, though it says the same.
        """
        wanted = _comparable(parts(message.text)[0])

        def look() -> str | None:
            listed = self._client.messages.list(to=f"whatsapp:{message.address}", from_=self._sender, limit=LOOK_UP)
            same = [str(one.sid) for one in listed if _comparable(one.body or "") == wanted and _since(one, message)]
            return next((sid for sid in reversed(same) if not self._settled(sid)), None)

        try:
            return await _asked(look)
        except (Unknown, Permanent) as error:
            # Asking changes nothing, so it can simply be asked again.
            raise Temporary(Reason.UNREACHABLE) from error

    async def close(self) -> None:
        """Give the client's connections back."""
        await asyncio.to_thread(close, self._client)


async def _asked(call: Callable[[], Result]) -> Result:
    """Run a call of the client in a thread; its failures in our words."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(None, call)
    except Exception as error:
        meant = failure(error)
        if meant is error:
            raise
        raise meant from error


def _since(one: Any, message: OutboundMessage) -> bool:
    """Whether a message at Twilio can be from after the notice was made."""
    return message.since is None or one.date_created is None or one.date_created >= message.since


def _comparable(text: str) -> str:
    """Words without what providers change on the way (spaces, line ends)."""
    return " ".join(text.split())
