"""The web channel over the real desk: SQLite, the writer, the router and the texts. Only time is turned by hand."""

import contextlib
import html
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp.test_utils import TestClient, TestServer

from channels.web.app import build_app
from channels.web.hub import TicketHub
from channels.web.parts import WebParts
from config.schema import ConfigSet
from config.textfiles import load_texts
from router.decide import Router
from router.desk import Desk
from router.intake import Intake
from tests.contract.store_decider import Memory
from tests.playing import CONFIG, FOLDER, MORNING, WORDS
from tickets.commands import DESK, Actor, ActorKind, Answer, Command
from tickets.store.engine import Database
from tickets.store.migrate import upgrade
from tickets.store.reading import Reader
from tickets.store.tokens_store import ApiTokens
from tickets.store.writer import ThreadWriter
from tickets.submission import Unavailable
from tickets.texts import Texts
from tickets.tokens import Tokens
from tickets.views import TicketView

TEXTS: Final = Texts(load_texts(FOLDER / "texts"))
BODY: Final = {"name": "Ani", "phone": "+6281200000001", "description": "checkout gagal terus, saldo kepotong"}
# On a machine that is busy with other tests a commit may take longer than a door waits; then it is sent again, which
# the key makes harmless.
PATIENCE: Final = 4
PUBLIC: Final = "https://lapor.contoh.example"
_HIDDEN: Final = re.compile(r'name="form" value="([^"]+)"')


@dataclass
class Clock:
    """The time of the play."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@dataclass
class Stage:
    """A desk with Rina at payments and Sari at the service desk, and a browser without JavaScript."""

    client: TestClient[Any, Any]
    desk: Desk
    reader: Reader
    hub: TicketHub
    clock: Clock
    tokens: ApiTokens
    database: Database
    bell: dict[str, bool]
    numbers: list[int] = field(default_factory=lambda: [0])

    @property
    def config(self) -> ConfigSet:
        return CONFIG

    def words(self, key: str, language: str = "id", **variables: str) -> str:
        """What stands under a key of the web's words, as it stands in a page."""
        return html.escape(TEXTS.label(language, f"web_{key}", **variables), quote=False)

    # A visitor.

    async def page(self, path: str, status: int = 200, **headers: str) -> str:
        """What a page says."""
        async with self.client.get(path, headers=headers, allow_redirects=False) as answer:
            assert answer.status == status, await answer.text()
            return await answer.text()

    async def fields(self, path: str = "/report") -> str:
        """The hidden field of a page's first form."""
        found = _HIDDEN.search(await self.page(path))
        assert found
        return html.unescape(found[1])

    async def post(self, path: str, data: Any, **headers: str) -> aiohttp.ClientResponse:
        """Send a form as a browser does; the answer is read and not followed."""
        answer = await self.client.post(path, data=data, headers=headers, allow_redirects=False)
        await answer.read()
        return answer

    async def reports(self, description: str = "checkout gagal terus, saldo kepotong", **fields: Any) -> str:
        """Fill in the form and send it; the path of the tracking page."""
        typed = {"name": "Hendra", "email": "hendra@tokomelati.example", "description": description} | fields
        posted = {"form": await self.fields(), **typed}
        answer = await self.post("/report", posted)
        for _ in range(PATIENCE):
            if answer.status != 503:
                break
            answer = await self.post("/report", posted)
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"]

    async def answers(self, path: str, choice: str) -> aiohttp.ClientResponse:
        """Press a button of the tracking page."""
        return await self.post(f"{path}/answer", {"form": await self.fields(path), "answer": choice})

    # The desk.

    def ticket(self, path: str) -> TicketView:
        """The ticket behind a tracking page."""
        grant = self.reader.grant(path.partition("?")[0].removeprefix("/t/"))
        assert grant
        view = self.reader.ticket(grant[0])
        assert view
        return view

    async def does(self, action: str, subject: str, actor: Actor = DESK, **data: Any) -> Answer:
        """Something happens at the desk."""
        self.numbers[0] += 1
        key = f"play:{self.numbers[0]}"
        command = Command(key=key, action=action, subject=subject, actor=actor, at=self.clock(), data=data)
        for _ in range(PATIENCE):
            with contextlib.suppress(Unavailable):
                return await self.desk.perform(command)
        return await self.desk.perform(command)

    async def rina(self, action: str, path: str, **data: Any) -> Answer:
        """Rina taps."""
        answer = await self.does(action, self.ticket(path).ticket.id, Actor(ActorKind.TELEGRAM, "900000002"), **data)
        assert answer.ok, answer
        return answer

    async def repaired(self, path: str) -> None:
        """Rina takes the report all the way to the question."""
        for action in ("accept", "start"):
            await self.rina(action, path)
        cause = {"cause": "kolam koneksi penuh", "service": "checkout"}
        await self.rina("resolve", path, occurred_at=self.clock().isoformat(), **cause)
        for check in self.ticket(path).ticket.checks:
            await self.rina("check", path, service=check.service, passed=True)
        await self.rina("verify", path, figure="99,2 %")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody else holds the database's lock."""
        other = sqlite3.connect(str(self.database.path), isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        finally:
            other.close()

    # A program.

    def token(self, *scopes: str) -> dict[str, str]:
        """The header of a fresh token."""
        return {"Authorization": f"Bearer {self.tokens.create('test', list(scopes), self.clock())}"}

    async def call(
        self, method: str, path: str, token: dict[str, str] | None = None, **options: Any
    ) -> tuple[int, dict[str, Any], Any]:
        """Status, body and headers of an API call; every refusal must be a problem document."""
        headers = {**(token or {}), **options.pop("headers", {})}
        async with self.client.request(method, path, headers=headers, **options) as answer:
            found = json.loads(await answer.read())
            if answer.status >= 400:
                assert answer.content_type == "application/problem+json"
                assert set(found) >= {"type", "title", "status", "code", "detail"}
                assert found["status"] == answer.status
            return answer.status, found, answer.headers

    async def created(self, **fields: Any) -> str:
        """A ticket that a program made; its reference."""
        token = self.token("report") | {"Idempotency-Key": "once"}
        for _ in range(PATIENCE):
            status, found, _ = await self.call("POST", "/api/v1/tickets", token, json=BODY | fields)
            if status != 503:
                break
        assert status == 201, found
        reference: str = found["reference"]
        return reference


@contextlib.asynccontextmanager
async def staged(folder: Path, **options: Any) -> AsyncIterator[Stage]:
    """A desk in a folder, with people on duty."""
    database = Database(f"sqlite:///{folder / 'sigap.db'}", door=True, checkpoints=True)
    upgrade(database)
    clock, hub, bell = Clock(), TicketHub(), {"answers": True}
    tokens, router, blobs = Tokens([b"k" * 32]), Router(WORDS), Memory()
    common: dict[str, Any] = {"config": lambda: CONFIG, "tokens": tokens, "clock": clock}
    writer = ThreadWriter(database, router, blobs=blobs, on_commit=lambda found, _: hub.changed(found), **common)
    writer.start()
    reader, desk = Reader(database, clock, blobs), Desk(writer)

    async def ping() -> bool:
        return bell["answers"]

    parts = WebParts(
        intake=Intake(writer, router, lambda: CONFIG),
        desk=desk,
        reader=reader,
        texts=TEXTS,
        hub=hub,
        redis_ping=ping,
        public_url=PUBLIC,
        **common,
        **options,
    )
    try:
        async with TestClient(TestServer(build_app(parts))) as client:
            stage = Stage(client, desk, reader, hub, clock, ApiTokens(database), database, bell)
            await _people(stage)
            yield stage
    finally:
        writer.stop()
        database.close()


async def _people(stage: Stage) -> None:
    """Sari and Rina come on duty."""
    for name, team, telegram in (("Sari", "service-desk", 900000001), ("Rina", "payments", 900000002)):
        facts = {"name": name, "teams": [team], "roles": ["agent"], "telegram_id": telegram, "available": True}
        added = await stage.does("add_account", "", Actor(ActorKind.OPERATOR), **facts)
        assert added.ok, added
