"""The Content resource: templates with buttons (twilio.com/docs/content), and how a phone shows them."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from sandbox.twilio.book import Button, Content, new_sid
from sandbox.twilio.errors import bad_request, not_found
from sandbox.world import WORLD

# WhatsApp's limits inside a session, as Twilio's page of each content type gives them.
QUICK_REPLIES: Final = 3
TITLE: Final = 20
LIST_ITEMS: Final = 10
ITEM: Final = 24
DESCRIPTION: Final = 72
BODY: Final = 1024
_KNOWN: Final = frozenset(
    {"twilio/text", "twilio/media", "twilio/quick-reply", "twilio/list-picker", "twilio/call-to-action", "twilio/card"}
)
_VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A template as it stands on the phone; ``list_title`` is the button that opens a list."""

    body: str
    buttons: tuple[Button, ...] = ()
    list_title: str | None = None


async def create(request: web.Request) -> web.Response:
    try:
        asked = await request.json()
    except ValueError:
        return bad_request(20001, "Invalid JSON")
    wrong = problem(asked)
    if wrong:
        return bad_request(20422, wrong)
    world = request.app[WORLD]
    content = Content(
        sid=new_sid("HX"),
        friendly_name=asked.get("friendly_name"),
        language=asked["language"],
        variables=asked.get("variables") or {},
        types=asked["types"],
        created=world.clock.now(),
    )
    world.twilio.contents[content.sid] = content
    world.ledger.add("twilio.content", sid=content.sid, name=content.friendly_name)
    return web.json_response(content.as_json(), status=201)


def problem(asked: Any) -> str | None:
    """What is wrong with a template, in a sentence; None when WhatsApp would show it."""
    if not isinstance(asked, dict) or not asked.get("language"):
        return "language is required"
    types = asked.get("types")
    if not isinstance(types, dict) or not types:
        return "types is required"
    for name, shape in types.items():
        if name not in _KNOWN or not isinstance(shape, dict):
            return f"{name} is not a content type that this sandbox plays"
        if wrong := _shape_problem(name, shape):
            return f"{name}: {wrong}"
    return None


def _shape_problem(name: str, shape: dict[str, Any]) -> str | None:
    if name != "twilio/card" and not 0 < len(str(shape.get("body", ""))) <= BODY:
        return f"body must have 1 to {BODY} characters"
    titles, limit, most = [], TITLE, QUICK_REPLIES
    if name == "twilio/list-picker":
        titles, limit, most = [item.get("item", "") for item in shape.get("items", [])], ITEM, LIST_ITEMS
        if not 0 < len(shape.get("button", "")) <= TITLE:
            return f"button must have 1 to {TITLE} characters"
        if any(len(item.get("description") or "") > DESCRIPTION for item in shape.get("items", [])):
            return f"a description has more than {DESCRIPTION} characters"
    elif name in {"twilio/quick-reply", "twilio/call-to-action"}:
        titles = [action.get("title", "") for action in shape.get("actions", [])]
        if not titles:
            return "actions is required"
    if len(titles) > most:
        return f"at most {most} choices are allowed"
    if any(not 0 < len(title) <= limit for title in titles):
        return f"a title must have 1 to {limit} characters"
    return "two titles are the same" if len(set(titles)) < len(titles) else None


async def fetch(request: web.Request) -> web.Response:
    content = request.app[WORLD].twilio.contents.get(request.match_info["sid"])
    return not_found(request) if content is None else web.json_response(content.as_json())


async def delete(request: web.Request) -> web.Response:
    gone = request.app[WORLD].twilio.contents.pop(request.match_info["sid"], None)
    return not_found(request) if gone is None else web.Response(status=204)


async def listing(request: web.Request) -> web.Response:
    contents = list(request.app[WORLD].twilio.contents.values())
    size, page = min(int(request.query.get("PageSize", 50)), 500), int(request.query.get("Page", 0))
    part = contents[page * size : (page + 1) * size]

    def url(number: int) -> str:
        return f"https://content.twilio.com/v1/Content?PageSize={size}&Page={number}"

    meta = {
        "first_page_url": url(0),
        "key": "contents",
        "next_page_url": url(page + 1) if (page + 1) * size < len(contents) else None,
        "page": page,
        "page_size": size,
        "previous_page_url": url(page - 1) if page else None,
        "url": url(page),
    }
    return web.json_response({"contents": [content.as_json() for content in part], "meta": meta})


async def ask_approval(request: web.Request) -> web.Response:
    """WhatsApp answers within days; here the answer stands at the next look."""
    content = request.app[WORLD].twilio.contents.get(request.match_info["sid"])
    if content is None:
        return not_found(request)
    asked = await request.json()
    facts = {"name": str(asked.get("name", "")), "category": str(asked.get("category", ""))}
    content.approval = facts | {"status": "approved", "content_type": next(iter(content.types)), "rejection_reason": ""}
    return web.json_response(content.approval | {"status": "received"}, status=201)


async def approval(request: web.Request) -> web.Response:
    content = request.app[WORLD].twilio.contents.get(request.match_info["sid"])
    if content is None:
        return not_found(request)
    return web.json_response(
        {"sid": content.sid, "account_sid": content.as_json()["account_sid"], "whatsapp": content.approval or {}}
    )


def render(content: Content, given: dict[str, str]) -> Shown:
    """A template with its variables put in; one that was not given falls back to the template's own sample."""
    values = content.variables | given
    filled = json.loads(
        json.dumps(content.types), object_hook=lambda shape: {k: _fill(v, values) for k, v in shape.items()}
    )
    for name in ("twilio/quick-reply", "twilio/list-picker", "twilio/call-to-action", "twilio/media", "twilio/text"):
        if shape := filled.get(name):
            actions = [Button(a["title"], a.get("id") or a["title"], a.get("url")) for a in shape.get("actions", [])]
            items = [Button(item["item"], item["id"]) for item in shape.get("items", [])]
            return Shown(body=shape["body"], buttons=(*actions, *items), list_title=shape.get("button"))
    return Shown(body=str(filled.get("twilio/card", {}).get("title", "")))


def _fill(value: Any, values: dict[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    return _VARIABLE.sub(lambda match: str(values.get(match[1], match[0])), value)
