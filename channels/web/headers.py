"""Headers that every answer carries: what a browser may do with our pages, and what it may tell others of them."""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The address of a tracking page is its secret.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


async def add(_request: web.Request, response: web.StreamResponse) -> None:
    """A signal handler: a header that the page has set itself stays."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)


@web.middleware
async def own_posts_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a form that another site made a browser post.

    ``Sec-Fetch-Site`` says it truly; where a browser is too old for it, ``Origin`` does. ``Origin: null`` is what
    browsers send under our own ``no-referrer``, so it says nothing, and the signed field of the form decides.
    """
    if request.method == "POST" and not request.path.startswith(("/api/", "/hooks/")):
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin", "null")
        foreign = site not in ("same-origin", "none") if site else origin not in ("null", *_own(request))
        if foreign:
            raise web.HTTPForbidden
    return await handler(request)


def _own(request: web.Request) -> tuple[str, str]:
    return f"http://{request.host}", f"https://{request.host}"
