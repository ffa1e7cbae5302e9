"""Who may call: HTTP basic auth with account sid and auth token, and the faults that strike any request."""

import hmac
from collections.abc import Awaitable, Callable

from aiohttp import encode_basic_auth, web

from sandbox.faults import Name
from sandbox.settings import ACCOUNT_SID, AUTH_TOKEN
from sandbox.twilio.errors import refusal
from sandbox.world import WORLD

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def may_call(request: web.Request) -> bool:
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN).encode())


def guarded(handler: Handler) -> Handler:
    """A resource: 401 without credentials, 404 in another account, and 429 or 500 while such a fault is on."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if not may_call(request):
            headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'}
            return refusal(401, 20003, "Authenticate", headers)
        if request.match_info.get("account", ACCOUNT_SID) != ACCOUNT_SID:
            return refusal(404, 20404, f"The requested resource {request.path} was not found")
        faults = request.app[WORLD].faults
        if limited := faults.strikes(Name.TWILIO_429):
            return refusal(429, 20429, "Too Many Requests", {"Retry-After": str(limited.retry_after)})
        if faults.strikes(Name.TWILIO_500):
            return refusal(500, 20500, "An internal server error has occurred")
        return await handler(request)

    return answer
