"""Twilio's refusals: their JSON, their codes and the words that belong to them (twilio.com/docs/api/errors)."""

from typing import Final

from aiohttp import web

WINDOW_CLOSED: Final = (
    63016,
    "Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use "
    "a Message Template.",
)
NOT_JOINED: Final = (
    63015,
    "Channel Sandbox can only send messages to phone numbers that have joined the Sandbox",
)
UNKNOWN_RECIPIENT: Final = (63003, "Channel could not find To address")


def refusal(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """An error as every Twilio resource words it."""
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return web.json_response(body, status=status, headers=headers)


def not_found(request: web.Request) -> web.Response:
    return refusal(404, 20404, f"The requested resource {request.path} was not found")


def bad_request(code: int, message: str) -> web.Response:
    return refusal(400, code, message)
