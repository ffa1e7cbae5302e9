"""The router as the writer runs it: messages and commands in, changes out."""

from dataclasses import dataclass
from typing import Any

from config.schema import ConfigSet
from config.wordlists import Words
from router.messages import decide_message
from router.perform import perform
from router.received import Reading, Received
from router.rescue import rescued
from router.rules import RuleBook
from tickets.changes import Changes
from tickets.commands import Command, InboundMessage
from tickets.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Undigested:
    """A message that could not even be read; it becomes a quarantined ticket."""

    message: InboundMessage
    error: str


class Router:
    """Decides items for the writer. Word lists and rules are compiled once per configuration set."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._reading: Reading | None = None

    def reading(self, config: ConfigSet) -> Reading:
        """What messages are read with under a configuration set."""
        current = self._reading
        if current is None or current.config.hash != config.hash:
            current = self._reading = Reading(self._words, RuleBook(config, self._words), config)
        return current

    def decide(self, item: Any, state: Snapshot) -> Changes:
        """What an item changes."""
        if isinstance(item, Command):
            return perform(item, state)
        if isinstance(item, Received):
            return decide_message(item, state, self.reading(state.config))
        if isinstance(item, Undigested):
            return rescued(item.message, state, item.error)
        raise TypeError(f"not an item of the router: {type(item).__name__}")

    def rescue(self, item: Any, state: Snapshot, error: str) -> Changes | None:
        """A message whose decision failed still opens a ticket, in the fallback team, marked as quarantined."""
        if isinstance(item, Received | Undigested):
            return rescued(item.message, state, error)
        return None
