"""A visitor of the report form and the tracking page, without JavaScript: what a browser would send."""

import re
from types import TracebackType
from typing import Any

import aiohttp

_HIDDEN = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_NONCE = re.compile(r'name="form" value="([^"]*)"')


class Visitor:
    """Fills in forms as a person would."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.page = ""
        self.address = ""
        self._session = aiohttp.ClientSession()

    async def __aenter__(self) -> "Visitor":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def opens(self, path: str) -> int:
        """GET a page; returns its status."""
        async with self._session.get(self.url + path) as answer:
            self.page, self.address = await answer.text(), str(answer.url.path)
            return answer.status

    async def submits(self, action: str, **fields: Any) -> int:
        """Post the form of the page whose action contains ``action``; follows the redirect. Returns the status."""
        for target, body in _HIDDEN.findall(self.page):
            nonce = _NONCE.search(body)
            if action in target and nonce:
                data = {"form": nonce[1], **fields}
                path = target.replace("&amp;", "&")
                async with self._session.post(self.url + path, data=data) as answer:
                    self.page, self.address = await answer.text(), str(answer.url.path)
                    return answer.status
        raise AssertionError(f"no form {action!r} on {self.address}")

    async def reports(self, description: str, **fields: Any) -> str:
        """Fill in the report form; returns the reference."""
        assert await self.opens("/report?lang=id") == 200
        told = {"name": "Pak Hendra", "email": "hendra@tokomelati.example", "website": "", **fields}
        assert await self.submits("/report", description=description, **told) == 200
        found = re.search(r"INC-[0-9A-Z]{8}", self.page)
        assert found, self.page
        return found[0]

    async def looks_again(self) -> str:
        """The page as it is now."""
        assert await self.opens(f"{self.address}?lang=id") == 200
        return self.page
