"""How a call of the Bot API comes in and its answer goes out (core.telegram.org/bots/api#making-requests)."""

import json
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

TRUE: Final = frozenset({"true", "1", "yes"})


class Refused(Exception):
    """An answer with ``ok: false``. ``parameters`` is Telegram's ResponseParameters."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad_request(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    name: str
    content_type: str
    data: bytes


class Call:
    """The parameters of one call, each given as text or as JSON, by query, form, multipart or JSON body."""

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload]) -> None:
        self._values, self.uploads = values, uploads

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        try:
            return int(self._values.get(name, default))
        except (TypeError, ValueError):
            raise bad_request(f'invalid parameter "{name}" value specified') from None

    def flag(self, name: str) -> bool:
        return str(self._values.get(name, "")).lower() in TRUE

    def shape(self, name: str) -> Any:
        """A JSON value, or None where it was not given."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def has(self, name: str) -> bool:
        return name in self._values or name in self.uploads


async def read_call(request: web.Request) -> Call:
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.method != "POST":
        return Call(values, uploads)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise bad_request("can't parse JSON object")
        return Call(values | body, uploads)
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = Upload(name=value.filename, content_type=value.content_type, data=value.file.read())
        else:
            values[name] = value
    return Call(values, uploads)


def granted(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def refused(refusal: Refused) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    headers = {}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
        if "retry_after" in refusal.parameters:
            headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return web.json_response(body, status=refusal.code, headers=headers)
