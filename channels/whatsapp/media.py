"""Files that came with WhatsApp messages: fetched by a worker, from Twilio's hosts only, with limits.

Credentials go to the first address only, never to where it redirects. What cannot be had is refused with a reason from
a closed list; the ticket stays.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urljoin, urlsplit

import aiohttp
import msgspec
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from channels.web.sniffing import kind

LANE: Final = "files.low"
LARGEST: Final = 16 * 1024 * 1024
REDIRECTS: Final = 3
TIMEOUT_S: Final = 30.0
TRIES: Final = 6
CHUNK: Final = 8
HOSTS: Final = ("twilio.com", "twiliocdn.com")
# Where Twilio's own media redirect to.
REDIRECT_HOSTS: Final = (*HOSTS, "s3-external-1.amazonaws.com")
log = structlog.get_logger("channels.whatsapp.media")


class WaitingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was announced and not fetched yet. ``tries`` counts earlier ones."""

    message: str
    no: int
    content_type: str
    source: str
    tries: int


class Files(Protocol):
    """Where files wait and are kept (the store)."""

    def waiting(self, now: datetime, limit: int) -> list[WaitingFile]:
        """Files whose time has come, oldest first."""
        ...

    def keep(self, message: str, no: int, data: bytes, content_type: str, now: datetime) -> None:
        """The bytes, and what they are by their content."""
        ...

    def refuse(self, message: str, no: int, reason: str, now: datetime) -> None:
        """It cannot be had."""
        ...

    def later(self, message: str, no: int, not_before: datetime) -> None:
        """Try again; counts the try."""
        ...


class Refused(Exception):
    """A file that is not kept: ``host``, ``too_large``, ``gone``, ``type``, ``redirects``, ``given_up``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def allowed(url: str, base_url: str | None, *, first: bool) -> bool:
    """Whether we go there. With another base address than Twilio's, only there (scheme, host and port)."""
    try:
        there = urlsplit(url)
        if base_url is not None:
            base = urlsplit(base_url)
            return (there.scheme, there.hostname, there.port) == (base.scheme, base.hostname, base.port)
        host, port = (there.hostname or "").rstrip("."), there.port
    except ValueError:
        return False
    if there.scheme != "https" or port not in (None, 443) or there.username or there.password:
        return False
    return any(host == one or host.endswith(f".{one}") for one in (HOSTS if first else REDIRECT_HOSTS))


class _GlobalOnly(AbstractResolver):
    """Names that resolve to addresses inside are not resolved: a name server must not aim us at our own house."""

    def __init__(self) -> None:
        self._real = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._real.resolve(host, port, family)
        good = [one for one in found if ipaddress.ip_address(one["host"]).is_global]
        if not good:
            raise OSError("not a public address")
        return good

    async def close(self) -> None:
        await self._real.close()


class Fetcher:
    """Fetches waiting files in chunks; the job of the lane ``files.low``."""

    def __init__(
        self,
        files: Files,
        *,
        run: Callable[[Any, float], Any],
        credentials: tuple[str, str],
        base_url: str | None,
        clock: Callable[[], datetime],
    ) -> None:
        """``run(coroutine, timeout_s)`` runs on the worker's long-lived loop."""
        self._files, self._run, self._credentials = files, run, credentials
        self._base_url, self._clock = base_url, clock

    def drain(self, _lane: str = LANE) -> bool:
        """Fetch one chunk; True when there may be more."""
        waiting = self._files.waiting(self._clock(), CHUNK)
        if waiting:
            self._run(self._fetch_all(waiting), TIMEOUT_S * 2)
        return len(waiting) == CHUNK

    async def _fetch_all(self, waiting: list[WaitingFile]) -> None:
        connector = aiohttp.TCPConnector(resolver=None if self._base_url else _GlobalOnly())
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session:
            await asyncio.gather(*(self._fetch(session, one) for one in waiting))

    async def _fetch(self, session: aiohttp.ClientSession, one: WaitingFile) -> None:
        now = self._clock()
        try:
            data = await self.download(session, one.source)
            found = kind(data)
            if found is None:
                raise Refused("type")
        except Refused as refused:
            log.info("file_refused", message=one.message, no=one.no, reason=refused.reason)
            await asyncio.to_thread(self._files.refuse, one.message, one.no, refused.reason, now)
        except (aiohttp.ClientError, TimeoutError, OSError):
            if one.tries + 1 >= TRIES:
                await asyncio.to_thread(self._files.refuse, one.message, one.no, "given_up", now)
            else:
                again = now + timedelta(seconds=5 * 4**one.tries)
                await asyncio.to_thread(self._files.later, one.message, one.no, again)
        else:
            await asyncio.to_thread(self._files.keep, one.message, one.no, data, found, now)

    async def download(self, session: aiohttp.ClientSession, url: str) -> bytes:
        """The bytes behind an address. Raises ``Refused``, or aiohttp's errors to try again."""
        for step in range(REDIRECTS + 1):
            if not allowed(url, self._base_url, first=step == 0):
                raise Refused("host")
            headers = {"Authorization": aiohttp.encode_basic_auth(*self._credentials)} if step == 0 else {}
            async with session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, answer.headers.get("Location", ""))
                    continue
                return await _read(answer)
        raise Refused("redirects")


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status in (404, 410):
        raise Refused("gone")
    answer.raise_for_status()
    if (answer.content_length or 0) > LARGEST:
        raise Refused("too_large")
    data = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        data += piece
        if len(data) > LARGEST:
            raise Refused("too_large")
    return bytes(data)
