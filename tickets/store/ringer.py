"""Rings the bell beside the writer, so that a Redis that does not answer delays nobody."""

import logging
import threading
from collections.abc import Iterable

from tickets.outbound import Bell

log = logging.getLogger(__name__)


class Ringer:
    """One thread, one ring at a time: lanes that come meanwhile are rung together with the next."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._lanes: set[str] = set()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ring what is left, then end."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join(timeout=2)

    def ring(self, lanes: Iterable[str]) -> None:
        """Have these lanes rung soon."""
        with self._changed:
            self._lanes.update(lanes)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lanes or self._stopped)
                lanes, self._lanes = self._lanes, set()
            if not lanes:
                return
            try:
                self._bell.ring(sorted(lanes))
            except Exception as error:
                log.warning("the bell failed: %s", type(error).__name__)
