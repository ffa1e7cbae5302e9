"""One line for each request: what was asked by its pattern, the answer, the time. No address, token or query."""

import time
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, Counter

REGISTRY: Final = web.AppKey("registry", CollectorRegistry)
REQUESTS: Final = web.AppKey("requests", Counter)
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_log = structlog.get_logger("sigap.web")


def set_up(app: web.Application) -> None:
    """Give the application its own counters, so that two in one process do not meet."""
    registry = CollectorRegistry()
    app[REGISTRY] = registry
    app[REQUESTS] = Counter(
        "sigap_http_requests_total", "Requests answered.", ("method", "route", "status"), registry=registry
    )


def pattern(request: web.Request) -> str:
    """The route's pattern, or ``unmatched``: the path itself may hold a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


@web.middleware
async def write(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count and log each request."""
    started = time.perf_counter()
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as answer:
        status = answer.status
        raise
    finally:
        route = pattern(request)
        # Methods are a closed list here: anybody may invent new ones.
        method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
        request.app[REQUESTS].labels(method, route, str(status)).inc()
        if route not in _QUIET:
            took = round((time.perf_counter() - started) * 1000, 1)
            _log.info("http_request", method=method, route=route, status=status, took_ms=took)
