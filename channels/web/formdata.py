"""Reads a posted form, with or without files, under limits that hold while the bytes arrive."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from channels.web import clean, sniffing
from tickets.commands import Media

MOST_FILES: Final = 5
FILE_BYTES: Final = 10 * 1024 * 1024
FILES_BYTES: Final = 25 * 1024 * 1024
FIELD_BYTES: Final = 64 * 1024
MOST_PARTS: Final = 60
# What one post may weigh in all; a file beyond its own limit is read and thrown away up to here.
POST_BYTES: Final = 48 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_SECONDS: Final = 180.0


@dataclass(slots=True)
class Form:
    """What was posted. ``left_out`` says why files were not kept: ``type size count total`` (see ``FILE_BYTES`` …)."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Media] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """A field as it was typed, or an empty text."""
        return self.fields.get(name, "")

    @property
    def parts(self) -> tuple[str, ...]:
        """The words for what came beside the text."""
        return tuple(sniffing.part(file.content_type) for file in self.files)

    def digest(self) -> str:
        """What was posted, in short: a form sent again with other words is another message, a double click is not."""
        told = hashlib.blake2b(digest_size=8)
        for name, value in sorted(self.fields.items()):
            told.update(f"{name}\0{value}\0".encode("utf-8", "replace"))
        for file in self.files:
            told.update(hashlib.blake2b(file.data or b"").digest())
        return told.hexdigest()

    def leave_out(self, reason: str) -> None:
        """Note that a file was not kept."""
        if reason not in self.left_out:
            self.left_out.append(reason)


async def read(request: web.Request) -> Form:
    """The posted form.

    Raises ``HTTPRequestEntityTooLarge``, ``HTTPUnsupportedMediaType``, ``HTTPBadRequest`` (it cannot be read) or
    ``HTTPRequestTimeout``.
    """
    if (request.content_length or 0) > POST_BYTES:
        raise web.HTTPRequestEntityTooLarge(POST_BYTES, request.content_length or 0)
    try:
        async with asyncio.timeout(_SECONDS):
            if request.content_type == "multipart/form-data":
                return await _Reading(request).all()
            if request.content_type == "application/x-www-form-urlencoded":
                return await _urlencoded(request)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, AssertionError, LookupError, RuntimeError):
        # What aiohttp's reader raises for a body that is not what its header says.
        raise web.HTTPBadRequest from None
    raise web.HTTPUnsupportedMediaType


async def _urlencoded(request: web.Request) -> Form:
    body = bytearray()
    async for chunk in request.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > FIELD_BYTES * 4:
            raise web.HTTPRequestEntityTooLarge(FIELD_BYTES * 4, len(body))
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_PARTS)
    form = Form()
    for name, value in pairs:
        form.fields.setdefault(name, value)
    return form


class _Reading:
    """One multipart body on its way in; counts every byte."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._form = Form()
        self._taken = 0
        self._kept = 0

    async def all(self) -> Form:
        reader = await self._request.multipart()
        parts = 0
        while (part := await reader.next()) is not None:
            parts += 1
            if parts > MOST_PARTS:
                raise web.HTTPRequestEntityTooLarge(MOST_PARTS, parts)
            if not isinstance(part, BodyPartReader):
                raise web.HTTPBadRequest
            if part.filename is not None:
                await self._file(part)
            elif part.name:
                value = (await self._field(part)).decode("utf-8", "replace")
                self._form.fields.setdefault(part.name, value)
        return self._form

    async def _chunk(self, part: BodyPartReader) -> bytes:
        chunk = await part.read_chunk(_CHUNK)
        self._taken += len(chunk)
        if self._taken > POST_BYTES:
            raise web.HTTPRequestEntityTooLarge(POST_BYTES, self._taken)
        return chunk

    async def _field(self, part: BodyPartReader) -> bytes:
        value = bytearray()
        while chunk := await self._chunk(part):
            value += chunk
            if len(value) > FIELD_BYTES:
                raise web.HTTPRequestEntityTooLarge(FIELD_BYTES, len(value))
        return bytes(value)

    async def _file(self, part: BodyPartReader) -> None:
        data, reason = bytearray(), None
        while chunk := await self._chunk(part):
            if reason is None:
                data += chunk
                reason = self._over(len(data))
        name = clean.filename(part.filename)
        if not data and name is None:
            # A browser sends an empty part for a file field in which nothing was chosen.
            return
        content_type = None if reason else sniffing.kind(bytes(data))
        if reason or content_type is None:
            self._form.leave_out(reason or "type")
            return
        self._kept += len(data)
        self._form.files.append(Media(content_type=content_type, filename=name, data=bytes(data)))

    def _over(self, size: int) -> str | None:
        if len(self._form.files) >= MOST_FILES:
            return "count"
        if size > FILE_BYTES:
            return "size"
        return "total" if self._kept + size > FILES_BYTES else None
