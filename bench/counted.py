"""`python -m bench.counted FILE ROLE…`: a process of the product that counts its statements and commits.

On SIGUSR1 it writes both into the file. Only for counting: what is timed runs without this.
"""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from console.run import main


def count_into(file: Path) -> None:
    """Count what every engine of this process does from now on."""
    counts = {"statements": 0, "commits": 0}

    def statement(_c: Any, _cursor: Any, words: str, *_more: Any) -> None:
        counts["statements"] += not words.startswith(("BEGIN", "PRAGMA"))

    def commit(connection: Any) -> None:
        # Reading transactions end with a commit, too, and those cost no sync.
        counts["commits"] += bool(connection.get_execution_options().get("writes"))

    hooks: dict[str, Callable[..., None]] = {"before_cursor_execute": statement, "commit": commit}
    for name, hook in hooks.items():
        event.listen(Engine, name, hook)

    def write(*_signal: Any) -> None:
        draft = file.with_suffix(".draft")
        draft.write_text(f"{counts['statements']} {counts['commits']}\n")
        draft.replace(file)

    signal.signal(signal.SIGUSR1, write)


if __name__ == "__main__":
    count_into(Path(sys.argv[1]))
    raise SystemExit(main(sys.argv[2:]))
