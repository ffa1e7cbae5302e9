"""``Idempotency-Key``: a request that is sent twice is done once."""

import re
import uuid
from typing import Final

from aiohttp import web

from channels.web.api.problems import Problem
from tickets.views import ApiToken

_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")


def key(request: web.Request, token: ApiToken) -> str:
    """The key of a command or message: the caller's own, else a fresh one. Raises ``Problem``."""
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return f"api:{token.id}:{uuid.uuid4().hex}"
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        detail = "Idempotency-Key is one value of 1 to 128 visible ASCII characters."
        raise Problem("invalid", detail, field="Idempotency-Key")
    return f"api:{token.id}:{given[0]}"
