"""``python -m sandbox.run``: the played providers and the page, in one process."""

import asyncio
import contextlib
import os
import signal
import sys

from aiohttp import web

from sandbox.control import routes as control
from sandbox.control.counters import BOOK, Book
from sandbox.control.guard import guard, harden
from sandbox.keeping import kept
from sandbox.settings import Settings, load_settings
from sandbox.telegram import routes as telegram
from sandbox.twilio import routes as twilio
from sandbox.world import WORLD, World

_UPLOAD = 25 * 1024 * 1024


def build(settings: Settings) -> web.Application:
    """The application: one world, the wires of both providers, the control API and the page."""
    app = web.Application(client_max_size=_UPLOAD, middlewares=[guard])
    app[WORLD] = World(settings)
    app[BOOK] = Book()
    app.on_response_prepare.append(harden)
    app.cleanup_ctx.append(kept)
    app.on_cleanup.append(_close)
    twilio.add_routes(app)
    telegram.add_routes(app)
    control.add_routes(app)
    return app


async def _close(app: web.Application) -> None:
    await app[WORLD].close()


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises OSError when the port is taken."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    # Followers of the event stream and long polls never end by themselves, so a stop does not wait for them.
    runner = web.AppRunner(build(settings), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        await stopped.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    try:
        settings = load_settings(os.environ)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(settings))
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"sandbox: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
