"""The Media resource of a message: its list, its facts, and the bytes behind a redirect, as Twilio has them."""

from aiohttp import web

from sandbox.settings import ACCOUNT_SID
from sandbox.twilio.book import ROOT, Media, Message, rfc2822
from sandbox.twilio.errors import not_found
from sandbox.world import WORLD


def _facts(message: Message, media: Media) -> dict[str, str]:
    return {
        "account_sid": ACCOUNT_SID,
        "content_type": media.content_type,
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(message.created),
        "parent_sid": message.sid,
        "sid": media.sid,
        "uri": f"{ROOT}/Messages/{message.sid}/Media/{media.sid}.json",
    }


async def listing(request: web.Request) -> web.Response:
    message = request.app[WORLD].twilio.messages.get(request.match_info["sid"])
    if message is None:
        return not_found(request)
    uri = f"{ROOT}/Messages/{message.sid}/Media.json"
    return web.json_response(
        {
            "end": max(len(message.media) - 1, 0),
            "first_page_uri": f"{uri}?PageSize=50&Page=0",
            "media_list": [_facts(message, media) for media in message.media],
            "next_page_uri": None,
            "page": 0,
            "page_size": 50,
            "previous_page_uri": None,
            "start": 0,
            "uri": uri,
        }
    )


def _find(request: web.Request, sid: str) -> tuple[Message, Media] | None:
    message = request.app[WORLD].twilio.messages.get(request.match_info["sid"])
    media = next((one for one in message.media if one.sid == sid), None) if message else None
    return (message, media) if message and media else None


async def fetch(request: web.Request) -> web.Response:
    """``ME….json`` gives facts; ``ME…`` sends on to the bytes, which lie where no credentials are asked."""
    name = request.match_info["media"]
    found = _find(request, name.removesuffix(".json"))
    if found is None:
        return not_found(request)
    if name.endswith(".json"):
        return web.json_response(_facts(*found))
    target = f"{request.app[WORLD].settings.public_url}/sandbox/media/{found[0].sid}/{found[1].sid}"
    return web.Response(status=307, headers={"Location": target})


async def content(request: web.Request) -> web.Response:
    found = _find(request, request.match_info["media"])
    if found is None:
        return web.Response(status=404)
    media = found[1]
    headers = {"Content-Type": media.content_type, "X-Content-Type-Options": "nosniff"}
    return web.Response(
        body=media.data, headers=headers | {"Content-Disposition": f'inline; filename="{media.filename}"'}
    )
