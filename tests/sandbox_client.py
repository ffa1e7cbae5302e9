"""The words in which story tests are written: people who say, press and hear, over the sandbox's control API.

``hears`` takes each message once: what was heard does not count a second time, unless the bot has edited it since.
Every wait has a deadline, and what was not heard fails with the whole chat in the message.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

WITHIN_S: Final = 10.0
REFERENCE: Final = re.compile(r"INC-[0-9A-HJKMNP-TV-Z]{8}")
Chat = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it stood when it was heard."""

    id: str | int
    text: str
    match: "re.Match[str]"
    bubble: dict[str, Any]

    @property
    def reference(self) -> str:
        """The first ticket reference in it; fails where there is none."""
        found = REFERENCE.search(self.text)
        assert found is not None, f"no reference in: {self.text}"
        return found[0]

    @property
    def buttons(self) -> list[str]:
        """The titles of its buttons, of either provider."""
        rows = [*self.bubble.get("keyboard", []), self.bubble.get("buttons", [])]
        return [button.get("text") or button["title"] for row in rows for button in row]


class Sandbox:
    """A connection to a running sandbox; follows its events from the moment it is opened."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url, self._session = url.rstrip("/"), session
        self._bell = asyncio.Event()
        self.clock, self.faults = Clock(self), Faults(self)

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator["Sandbox"]:
        async with aiohttp.ClientSession() as session:
            sandbox = cls(url, session)
            follower = asyncio.create_task(sandbox._follow())
            try:
                yield sandbox
            finally:
                follower.cancel()
                await asyncio.gather(follower, return_exceptions=True)

    async def _follow(self) -> None:
        """Ring at every event; a connection that breaks is made again."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.get(f"{self.url}/sandbox/api/events", timeout=timeout) as stream:
                    self._ring()
                    async for line in stream.content:
                        if line.startswith(b"data:"):
                            self._ring()
            await asyncio.sleep(0.1)

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()

    async def get(self, path: str) -> Any:
        async with self._session.get(f"{self.url}/sandbox/{path}") as answer:
            assert answer.status == 200, f"GET {path}: {answer.status} {await answer.text()}"
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self._session.post(f"{self.url}/sandbox/api/{path}", json=body) as answer:
            assert answer.status < 300, f"POST {path}: {answer.status} {await answer.text()}"
            return await answer.json()

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.get("api/state")
        return found

    async def until(self, look: Callable[[dict[str, Any]], Any], within: float, failing: Callable[[Any], str]) -> Any:
        """Look at the state at every event until ``look`` finds something; fails with ``failing(state)``."""
        deadline = time.monotonic() + within
        while True:
            bell, state = self._bell, await self.state()
            if (found := look(state)) is not None:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(failing(state))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), min(left, 1.0))

    def phone(self, person: str) -> "Phone":
        return Phone(self, person)

    def agent(self, person: str) -> "AgentPhone":
        return AgentPhone(self, person)

    async def new_customer(self, person: str, **facts: Any) -> "Phone":
        await self.post("customers", id=person, **facts)
        return Phone(self, person)

    async def breaks(self, what: str, **options: Any) -> Any:
        return await self.post(f"breakit/{what}", **options)

    async def ledger(self, kind: str | None = None) -> Chat:
        entries: Chat = (await self.get("api/ledger"))["entries"]
        return [entry for entry in entries if kind in {None, entry["kind"]}]

    async def product(self, path: str) -> Any:
        """What the product's API says, read with the sandbox's token."""
        return await self.get(f"product/{path.lstrip('/')}")

    async def ticket(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.product(f"api/v1/tickets/{reference}")
        return found


class _Person:
    """What both kinds of phone have: a chat, and what of it was heard."""

    side: str

    def __init__(self, sandbox: Sandbox, person: str) -> None:
        self.sandbox, self.person = sandbox, person
        self._heard: set[tuple[str | int, int]] = set()

    async def chat(self) -> Chat:
        return self._chat(await self.sandbox.state())

    def _chat(self, state: dict[str, Any]) -> Chat:
        return next((one["chat"] for one in state[self.side] if one["id"] == self.person), [])

    async def hears(self, pattern: str, *, within: float = WITHIN_S) -> Heard:
        """The oldest message not heard yet that has ``pattern`` (a regular expression, without case)."""

        def look(state: dict[str, Any]) -> Heard | None:
            for bubble in self._chat(state):
                mark = (bubble["id"], bubble.get("revision", 0))
                found = re.search(pattern, bubble["text"], re.IGNORECASE | re.DOTALL)
                if found and not bubble["mine"] and mark not in self._heard:
                    self._heard.add(mark)
                    return Heard(bubble["id"], bubble["text"], found, bubble)
            return None

        heard: Heard = await self.sandbox.until(
            look, within, lambda state: self._missed(f"hear {pattern!r}", within, state)
        )
        return heard

    async def heard(self, pattern: str) -> int:
        """How many messages of this chat have ``pattern`` now, heard before or not."""
        chat = await self.chat()
        return sum(1 for one in chat if not one["mine"] and re.search(pattern, one["text"], re.IGNORECASE | re.DOTALL))

    async def transcript(self) -> str:
        return _transcript(await self.chat())

    def _missed(self, what: str, within: float, state: dict[str, Any]) -> str:
        return f"{self.person} did not {what} within {within:g} s. The chat:\n{_transcript(self._chat(state))}"


class Phone(_Person):
    """A customer on WhatsApp."""

    side = "customers"

    async def says(self, text: str, **options: Any) -> str:
        """Type a message; returns its MessageSid. ``forwarded``, ``as_user_id``, ``wait`` as in the control API."""
        sid: str = (await self.sandbox.post(f"customers/{self.person}/say", text=text, **options))["sid"]
        return sid

    async def presses(self, button: str, *, within: float = WITHIN_S) -> Any:
        """Tap the newest button whose title or payload fits, as soon as there is one."""

        def look(state: dict[str, Any]) -> tuple[str, str] | None:
            for bubble in reversed(self._chat(state)):
                for one in bubble["buttons"]:
                    if one["payload"] == button or re.search(button, one["title"], re.IGNORECASE):
                        return str(bubble["id"]), str(one["payload"])
            return None

        found = await self.sandbox.until(
            look, within, lambda state: self._missed(f"see a button {button!r}", within, state)
        )
        return await self.sandbox.post(f"customers/{self.person}/press", message=found[0], button=found[1])

    async def quotes(self, pattern: str, text: str, **options: Any) -> str:
        """Answer to a bubble: the newest one, of either side, that has ``pattern``."""
        chat = await self.chat()
        found = next(
            (one for one in reversed(chat) if re.search(pattern, one["text"], re.IGNORECASE | re.DOTALL)), None
        )
        assert found is not None, f"{self.person} has no bubble {pattern!r}. The chat:\n{_transcript(chat)}"
        return await self.says(text, quotes=found["id"], **options)

    async def sends_photo(self, text: str = "", *, kind: str = "photo", **options: Any) -> str:
        sent = await self.sandbox.post(f"customers/{self.person}/send_media", kind=kind, text=text, **options)
        return str(sent["sid"])

    async def reads(self) -> None:
        await self.sandbox.post(f"customers/{self.person}/read")


class AgentPhone(_Person):
    """Somebody of the desk on Telegram."""

    side = "agents"

    async def says(self, text: str) -> int:
        """Type a message that answers nothing; returns its message id."""
        return int((await self.sandbox.post(f"agents/{self.person}/say", text=text))["message_id"])

    async def sees(self, pattern: str, *, button: str | None = None, within: float = WITHIN_S) -> Heard:
        """The newest standing message with ``pattern``, heard before or not; with ``button``, one that has it."""

        def look(state: dict[str, Any]) -> Heard | None:
            for bubble in reversed(self._chat(state)):
                found = re.search(pattern, bubble["text"], re.IGNORECASE | re.DOTALL)
                if found and not bubble["mine"] and (button is None or _data(bubble, button) is not None):
                    return Heard(bubble["id"], bubble["text"], found, bubble)
            return None

        what = f"see {pattern!r}" + (f" with a button {button!r}" if button else "")
        seen: Heard = await self.sandbox.until(look, within, lambda state: self._missed(what, within, state))
        return seen

    async def card(self, reference: str, *, within: float = WITHIN_S) -> Heard:
        """The card of a ticket: the newest message with its reference and buttons."""
        return await self.sees(re.escape(reference), button="", within=within)

    async def presses(self, button: str, *, on: str = "", within: float = WITHIN_S) -> str:
        """Tap a button by a pattern of its title (or its data), on the newest message with ``on``; the query's id."""
        seen = await self.sees(on, button=button, within=within)
        body = {"message_id": seen.id, "button": _data(seen.bubble, button)}
        return str((await self.sandbox.post(f"agents/{self.person}/press", **body)).get("query_id", ""))

    async def taps(self, message_id: int | str, data: str, **forged: Any) -> str:
        """Tap a button of a message by its data; ``forged`` may carry ``data`` that no button has."""
        body = {"message_id": message_id, "button": data, **forged}
        return str((await self.sandbox.post(f"agents/{self.person}/press", **body))["query_id"])

    async def is_told(self, query: str, pattern: str, *, within: float = WITHIN_S) -> str:
        """What the bot answered to a tap (the line that appears for a moment)."""
        deadline = time.monotonic() + within
        while True:
            answers = [one for one in await self.sandbox.ledger("telegram.answer") if one["query"] == query]
            if answers:
                assert re.search(pattern, answers[0]["text"], re.IGNORECASE), f"told {answers[0]['text']!r}"
                return str(answers[0]["text"])
            assert time.monotonic() < deadline, f"{self.person}'s tap was not answered within {within:g} s"
            await asyncio.sleep(0.05)

    async def replies_to(self, pattern: str, text: str, *, within: float = WITHIN_S) -> int:
        """Reply to the newest standing message of the bot with ``pattern``."""
        seen = await self.sees(pattern, within=within)
        sent = await self.sandbox.post(f"agents/{self.person}/reply", message_id=seen.id, text=text)
        return int(sent["message_id"])

    async def sends_photo(self, text: str = "", **options: Any) -> int:
        sent = await self.sandbox.post(f"agents/{self.person}/send_photo", text=text, **options)
        return int(sent["message_id"])

    async def blocks(self, on: bool = True) -> None:
        await self.sandbox.post(f"agents/{self.person}/block", on=on)


class Clock:
    """The played time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def forward(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        await self._sandbox.post("clock/forward", seconds=days * 86400 + hours * 3600 + minutes * 60 + seconds)

    async def reset(self) -> None:
        await self._sandbox.post("clock/reset")


class Faults:
    """What goes wrong at the providers."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def on(self, name: str, **options: Any) -> None:
        """``count``, ``person``, ``retry_after`` (seconds), ``times`` as in the control API."""
        await self._sandbox.post("faults", name=name, on=True, **options)

    async def off(self, name: str) -> None:
        await self._sandbox.post("faults", name=name, on=False)

    async def clear(self) -> None:
        await self._sandbox.post("faults", clear=True)

    async def hits(self, name: str) -> int:
        return int((await self._sandbox.get("api/faults"))[name]["hits"])


def _data(bubble: dict[str, Any], button: str) -> str | None:
    """The callback data (or title) of the first button whose title fits, else of the first whose data does."""
    buttons = [one for row in bubble["keyboard"] for one in row]
    for name in ("text", "callback_data"):
        for one in buttons:
            if button == one.get("callback_data") or re.search(button, str(one.get(name, "")), re.IGNORECASE):
                return str(one.get("callback_data") or one["text"])
    return None


def _transcript(chat: Chat) -> str:
    lines = []
    for one in chat:
        rows = [*one.get("keyboard", []), one.get("buttons", [])]
        buttons = " ".join(f"[{button.get('text') or button['title']}]" for row in rows for button in row)
        lines.append(
            f"  {'→' if one['mine'] else '←'} {json.dumps(one['text'], ensure_ascii=False)} {buttons}".rstrip()
        )
    return "\n".join(lines) or "  (empty)"
