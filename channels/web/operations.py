"""What watches the process: ``/healthz`` (it runs), ``/readyz`` (it can work), ``/metrics`` (how much it does)."""

import asyncio
from typing import Any, Final

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from channels.web.accesslog import REGISTRY
from channels.web.parts import PARTS, WebParts

# A notice that waits longer than this means that the workers do not keep up, or that none runs.
QUEUE_LATE_S: Final = 120.0
_SECONDS: Final = 2.0


async def alive(_request: web.Request) -> web.Response:
    """Liveness: the loop turns. Looks at nothing else, so that a slow database kills no process."""
    return web.json_response({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """Readiness. 503 only where nothing could be stored; a silent bell or a late queue is told, and loses nothing."""
    parts = request.app[PARTS]
    figures, bell = await asyncio.gather(_figures(parts), _bell(parts))
    age = _oldest_s(figures)
    checks = {
        "database": "ok" if figures is not None else "down",
        "redis": "ok" if bell else "down",
        "queue": "unknown" if age is None else "late" if age > QUEUE_LATE_S else "ok",
    }
    status = "unready" if figures is None else "ok" if set(checks.values()) == {"ok"} else "degraded"
    document = {"status": status, "checks": checks, "queue_age_s": age}
    return web.json_response(document, status=503 if figures is None else 200)


async def _figures(parts: WebParts) -> Any:
    try:
        async with asyncio.timeout(_SECONDS):
            return await asyncio.to_thread(parts.reader.figures)
    except Exception:
        # Whatever the database says here, the answer is that it is not there.
        return None


async def _bell(parts: WebParts) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            return await parts.redis_ping()
    except Exception:
        return False


def _oldest_s(figures: Any) -> float | None:
    """The age of the oldest waiting notice in seconds; 0 when none waits, None when it is not known."""
    found = plain(figures).get("oldest_waiting_s") if figures is not None else None
    if isinstance(found, dict):
        found = max(found.values(), default=0.0)
    return float(found) if isinstance(found, int | float) else (0.0 if figures is not None else None)


def plain(figures: Any) -> dict[str, Any]:
    """The figures as plain values."""
    found: dict[str, Any] = msgspec.to_builtins(figures, str_keys=True)
    return found


async def metrics(request: web.Request) -> web.Response:
    """Prometheus' text: this process's requests, and the desk's figures from the database."""
    parts = request.app[PARTS]
    own = generate_latest(request.app[REGISTRY])
    figures = await _figures(parts)
    registry = CollectorRegistry()
    Gauge("sigap_database_up", "Whether the database can be read.", registry=registry).set(figures is not None)
    Gauge("sigap_live_pages", "Tracking pages that listen.", registry=registry).set(parts.hub.listeners)
    for name, value in (plain(figures) if figures is not None else {}).items():
        _gauge(registry, name, value)
    body = own + generate_latest(registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})


def _gauge(registry: CollectorRegistry, name: str, value: Any) -> None:
    """One gauge for a number, one with a label per level for a mapping of numbers."""
    metric = f"sigap_{name}"
    help_text = name.replace("_", " ").capitalize() + "."
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        Gauge(metric, help_text, registry=registry).set(value)
    elif isinstance(value, dict) and all(isinstance(one, int | float) for one in value.values()):
        gauge = Gauge(metric, help_text, ("of",), registry=registry)
        for label, number in value.items():
            gauge.labels(label).set(number)
