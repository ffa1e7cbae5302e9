"""One event loop that lives as long as its process, in a thread of its own, so that connections are reused."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")

# Provider libraries without an async side wait in these threads: one per message of a chunk.
THREADS = 8


class Loop:
    """Runs coroutines for threads that have no loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="provider"))
        self._thread = threading.Thread(target=self._loop.run_forever, name="delivery-loop", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], timeout_s: float) -> Result:
        """Run ``work`` to its end and return what it returns. Raises ``TimeoutError`` after ``timeout_s``."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Stop the loop and its threads."""
        if self._loop.is_closed():
            return
        self.run(self._loop.shutdown_default_executor(), 10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
