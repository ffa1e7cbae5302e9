"""Twilio's addresses."""

from aiohttp import web

from sandbox.settings import ACCOUNT_SID
from sandbox.twilio import contents, media, messages
from sandbox.twilio.credentials import guarded


async def account(_request: web.Request) -> web.Response:
    return web.json_response(
        {"sid": ACCOUNT_SID, "friendly_name": "PT Contoh Bayar", "status": "active", "type": "Trial"}
    )


def add_routes(app: web.Application) -> None:
    root = "/2010-04-01/Accounts/{account}"
    one = root + "/Messages/{sid:[A-Z]{2}[0-9a-f]{32}}"
    template = "/v1/Content/{sid}"
    route = app.router.add_route
    route("GET", root + ".json", guarded(account))
    route("POST", root + "/Messages.json", guarded(messages.create))
    route("GET", root + "/Messages.json", guarded(messages.listing))
    route("GET", one + ".json", guarded(messages.fetch))
    route("DELETE", one + ".json", guarded(messages.delete))
    route("GET", one + "/Media.json", guarded(media.listing))
    route("GET", one + "/Media/{media}", guarded(media.fetch))
    route("GET", "/sandbox/media/{sid}/{media}", media.content)
    route("POST", "/v1/Content", guarded(contents.create))
    route("GET", "/v1/Content", guarded(contents.listing))
    route("GET", template, guarded(contents.fetch))
    route("DELETE", template, guarded(contents.delete))
    route("POST", template + "/ApprovalRequests/whatsapp", guarded(contents.ask_approval))
    route("GET", template + "/ApprovalRequests", guarded(contents.approval))
