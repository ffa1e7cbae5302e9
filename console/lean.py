"""How a process of the product loads: without what it never uses, and without looking for garbage meanwhile.

Loading takes most of the CPU time of a start. Objects that are made by it live as long as the process, so a collector
that looks through them again and again finds nothing, neither while they load nor later.
"""

import gc
import sys
from typing import Any, Final

# structlog and httpx load these when they are installed, to colour what no process of ours prints (our log formats
# errors itself): a seventh of all modules. Typer needs `rich`, and keeps it, in the process of the command line.
UNUSED: Final = ("rich", "httpx._main")


def begin() -> None:
    """First of all, before anything else is imported."""
    gc.disable()
    modules: dict[str, Any] = sys.modules
    for name in UNUSED:
        # None under its name is how Python is told that a module is not there.
        modules.setdefault(name, None)


def done() -> None:
    """When everything is loaded: from here on only what comes new is looked through."""
    gc.freeze()
    gc.enable()
