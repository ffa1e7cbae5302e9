"""What a visitor reads when something does not work: a kind page in their language, or a problem for a program."""

import traceback
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from channels.web import pages
from channels.web.api import problems
from tickets.submission import Unavailable

_log = structlog.get_logger("sigap.web")
_PAGES: Final = {400: "bad", 403: "foreign", 404: "missing", 405: "method", 408: "slow", 413: "large", 415: "type"}


def _speaks_json(request: web.Request) -> bool:
    return request.path.startswith(("/api/", "/hooks/"))


def page(request: web.Request, status: int, **headers: str) -> web.Response:
    """The page for a status; one and the same for every address that is unknown, so that it tells nothing."""
    name = _PAGES.get(status, "busy" if status == 503 else "broken" if status >= 500 else "bad")
    response = pages.render(request, "failure.html", {"name": name, "status": status}, status=status)
    response.headers.update(headers)
    return response


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what was raised into an answer. What nobody expected is logged by its kind only, and answered with 500."""
    try:
        return await handler(request)
    except problems.Problem as problem:
        return problem.response()
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return _http(request, answer)
    except Unavailable as error:
        _log.warning("unavailable", reason=error.reason)
        return unavailable(request, error)
    except Exception as error:
        _log.error("request_failed", error=type(error).__name__, frames=_frames(error))
        if _speaks_json(request):
            return problems.internal().response()
        return page(request, 500)


def _frames(error: BaseException) -> list[str]:
    """Where it happened, innermost last. A whole traceback would show values: bodies, tokens, addresses."""
    steps = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{Path(step.filename).name}:{step.lineno} {step.name}" for step in steps]


def unavailable(request: web.Request, error: Unavailable) -> web.Response:
    """503: nothing was stored, and when to try again."""
    if _speaks_json(request):
        return problems.unavailable(error.retry_after_s).response()
    return page(request, 503, **{"Retry-After": str(error.retry_after_s)})


def _http(request: web.Request, answer: web.HTTPException) -> web.Response:
    speaks_json = _speaks_json(request)
    response = problems.of_status(answer.status).response() if speaks_json else page(request, answer.status)
    if "Allow" in answer.headers:
        response.headers["Allow"] = answer.headers["Allow"]
    return response
