"""Twilio's own client, sent to another base address where the settings say so; and what its failures mean.

The client is synchronous; callers run it in threads.
"""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3.exceptions
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tickets.outbound import Permanent, Reason, Temporary, Unknown

TIMEOUT_S: Final = 10.0
DAILY_LIMIT_PAUSE_S: Final = 3_600.0

# https://www.twilio.com/docs/api/errors
REASONS: Final = {
    14107: Reason.RATE_LIMITED,
    20003: Reason.AUTH,
    20008: Reason.AUTH,
    20429: Reason.RATE_LIMITED,
    21211: Reason.INVALID_ADDRESS,
    21214: Reason.INVALID_ADDRESS,
    21408: Reason.REJECTED,
    21602: Reason.UNRENDERABLE,
    21610: Reason.OPTED_OUT,
    21614: Reason.INVALID_ADDRESS,
    21617: Reason.TOO_LARGE,
    21655: Reason.UNRENDERABLE,
    21656: Reason.UNRENDERABLE,
    63003: Reason.INVALID_ADDRESS,
    63005: Reason.REJECTED,
    63007: Reason.AUTH,
    63013: Reason.BLOCKED,
    63014: Reason.BLOCKED,
    63015: Reason.NOT_JOINED,
    63016: Reason.WINDOW_CLOSED,
    63018: Reason.RATE_LIMITED,
    63024: Reason.INVALID_ADDRESS,
    63027: Reason.UNRENDERABLE,
    63028: Reason.UNRENDERABLE,
    63032: Reason.OPTED_OUT,
    63038: Reason.RATE_LIMITED,
}
# A wrong token is the operator's to mend; what waits goes out when it is.
_TEMPORARY: Final = frozenset({Reason.RATE_LIMITED, Reason.AUTH})
_NOT_SENT: Final = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.SSLError,
    urllib3.exceptions.ProxyError,
)


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """Replaces scheme and host of every product's address, and hears ``Retry-After``, which the client drops."""

    def __init__(self, base_url: str | None) -> None:
        super().__init__(timeout=TIMEOUT_S)
        self._base = urlsplit(base_url) if base_url else None

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        if self._base is not None:
            url = urlunsplit(urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc))
        answer = super().request(method, url, *args, **options)
        if answer.status_code == 429:
            raise Temporary(Reason.RATE_LIMITED, _seconds(answer.headers.get("Retry-After")))
        return answer


def connect(account_sid: str, auth_token: str, base_url: str | None) -> Client:
    """A client of one account."""
    return Client(account_sid, auth_token, http_client=_Http(base_url))


def close(client: Client) -> None:
    """Give the client's connections back."""
    session = getattr(client.http_client, "session", None)
    if session is not None:
        session.close()


def failure(error: Exception) -> Temporary | Permanent | Unknown:
    """What a failed request means for the message that it carried."""
    if isinstance(error, Temporary | Permanent | Unknown):
        return error
    if isinstance(error, TwilioRestException):
        return _refused(error.status, error.code)
    if isinstance(error, requests.RequestException) and any(isinstance(one, _NOT_SENT) for one in _causes(error)):
        return Temporary(Reason.UNREACHABLE)
    return Unknown()


def reason_of(code: int | None) -> Reason:
    """Our word for one of Twilio's codes."""
    return REASONS.get(code or 0, Reason.REJECTED)


def _refused(status: int, code: int | None) -> Temporary | Permanent | Unknown:
    if status in (503, 408):
        return Temporary(Reason.UNREACHABLE)
    if status >= 500:
        # It may have been accepted before it failed.
        return Unknown()
    reason = Reason.AUTH if status == 401 else reason_of(code)
    if reason in _TEMPORARY:
        return Temporary(reason, DAILY_LIMIT_PAUSE_S if code == 63038 else None)
    return Permanent(reason)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and what it wraps."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        linked = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [other for other in linked if isinstance(other, BaseException)]


def _seconds(value: str | None) -> float | None:
    try:
        return max(float(value), 0.0) if value else None
    except ValueError:
        return None
