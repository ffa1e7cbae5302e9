"""Logs: structlog to stderr, for eyes on a terminal and as JSON elsewhere, with everything personal taken out.

The standard library's log (of the libraries) goes the same way. What leaves here holds no address, number, body or
token: values under telling names are replaced, and what looks like one inside other words is, too.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, Literal, cast

import structlog
from structlog.types import EventDict, Processor

MASK: Final = "[masked]"
# A key that contains one of these words never shows its value.
_TELLING: Final = (
    "text",
    "body",
    "address",
    "phone",
    "token",
    "secret",
    "password",
    "credential",
    "email",
    "mail_from",
    "words",
    "subject_line",
    "sender",
    "recipient",
    "authorization",
    "cookie",
    "raw",
)
# "context" contains "text", and says nothing about anybody.
_HARMLESS: Final = frozenset({"context", "content_type", "raw_type"})
_LOOKS_PERSONAL: Final = re.compile(
    r"""
    (?P<login>://[^/\s:@]*:[^/\s@]+@)                   # user and password of an address
    | \d{6,}:[A-Za-z0-9_-]{20,}                         # a Telegram bot token
    | \b[\w.+-]+@[\w-]+(?:\.[\w-]+)+                    # a mail address
    | \bwhatsapp:[+\w.]+                                # a WhatsApp sender
    | (?<![\w.-])\+\d{8,15}\b                           # a telephone number, international
    | (?<![\w.:-])(?:62|0)8\d{7,12}(?![\w.-])           # a telephone number as Indonesians write it
    | /t/[\w-]{20,}                                     # a tracking page
    """,
    re.VERBOSE,
)
Style = Literal["auto", "json", "text"]


def configure(process: str, style: Style = "auto", level: int = logging.INFO) -> None:
    """Set up logging of this process; ``process`` names it in every line."""
    readable = style == "text" or (style == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable),
        _name_process(process) if not readable else _pass,
        structlog.processors.format_exc_info,
        mask,
    ]
    last = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
        if readable
        else structlog.processors.JSONRenderer(sort_keys=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_positional, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
    # These tell every request, addresses and tokens of providers included.
    for noisy in ("httpx", "httpcore", "aiohttp.access", "twilio", "telegram", "urllib3", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes out what must not be logged: a structlog processor."""
    for key, value in event.items():
        if not key.startswith("_"):
            event[key] = MASK if _tells(key) and value not in (None, "", 0) else _masked(value)
    return event


def _tells(key: str) -> bool:
    lowered = key.lower()
    return lowered not in _HARMLESS and any(word in lowered for word in _TELLING)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return _LOOKS_PERSONAL.sub(_stars, value)
    if isinstance(value, dict):
        return {key: MASK if _tells(str(key)) else _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _LOOKS_PERSONAL.sub(_stars, str(value))


def _stars(found: re.Match[str]) -> str:
    return f"://{MASK}@" if found["login"] else MASK


def _name_process(process: str) -> Processor:
    def add(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return add


def _pass(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return event


def _positional(_logger: Any, _method: str, event: EventDict) -> EventDict:
    record = cast(logging.LogRecord | None, event.get("_record"))
    if record is not None:
        event["logger"] = record.name
    return event
