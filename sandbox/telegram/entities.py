"""Formatted text as Telegram reads it: HTML and MarkdownV2 become plain text with entities, counted in UTF-16 units.

Source: core.telegram.org/bots/api#formatting-options.
"""

import html
import re
from typing import Any, Final

from sandbox.telegram.wire import bad_request

_TAGS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_TOKEN: Final = re.compile(
    r"<(?P<close>/?)(?P<tag>[a-zA-Z-]+)(?P<rest>[^<>]*)>|&(?P<name>#?\w+);|(?P<open><)|(?P<text>[^<&]+|&)"
)
_HREF: Final = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAMED: Final = frozenset({"lt", "gt", "amp", "quot"})
_MARKS: Final = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
}
_RESERVED: Final = frozenset("_*[]()~`>#+-=|{}.!")
_COMMAND: Final = re.compile(r"(?:^|(?<=\s))/[A-Za-z0-9_]{1,32}(?:@\w+)?")
_URL: Final = re.compile(r"https?://[^\s<>\"]+")

Entity = dict[str, Any]


def utf16(text: str) -> int:
    """Length in the units in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def parse(text: str, mode: str, given: list[Entity] | None) -> tuple[str, list[Entity]]:
    """Plain text and its entities; raises Refused (400) for a text that Telegram could not parse."""
    kind = mode.lower()
    if kind == "html":
        plain, entities = _html(text)
    elif kind == "markdownv2":
        plain, entities = _markdown(text)
    elif kind in {"", "none"}:
        plain, entities = text, list(given or [])
    else:
        raise bad_request("unsupported parse_mode")
    return _trimmed(plain, entities)


def noticed(text: str) -> list[Entity]:
    """What Telegram marks on its own in what a person types: commands and addresses."""
    found = [("bot_command", match) for match in _COMMAND.finditer(text)] + [
        ("url", match) for match in _URL.finditer(text)
    ]
    marked = [{"type": kind, "offset": utf16(text[: m.start()]), "length": utf16(m[0])} for kind, m in found]
    return sorted(marked, key=lambda entity: entity["offset"])


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    lead = utf16(text) - utf16(text.lstrip())
    plain = text.strip()
    end, kept = utf16(plain), []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        length = min(entity["offset"] - lead + entity["length"], end) - start
        if length > 0:
            kept.append(entity | {"offset": start, "length": length})
    return plain, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def _html(text: str) -> tuple[str, list[Entity]]:
    plain = ""
    opened: list[tuple[str, int, str]] = []
    entities: list[Entity] = []
    for token in _TOKEN.finditer(text):
        if token["open"]:
            raise bad_request(f"can't parse entities: Unclosed start tag at byte offset {_byte(text, token)}")
        if token["name"] is not None:
            known = token["name"] in _NAMED or token["name"].startswith("#")
            plain += html.unescape(token[0]) if known else token[0]
        elif token["tag"] is None:
            plain += token["text"]
        elif token["tag"].lower() not in _TAGS:
            raise bad_request(
                f'can\'t parse entities: Unsupported start tag "{token["tag"]}" at byte offset {_byte(text, token)}'
            )
        elif not token["close"]:
            opened.append((token["tag"].lower(), utf16(plain), token["rest"]))
        else:
            if not opened or opened[-1][0] != token["tag"].lower():
                raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {_byte(text, token)}")
            tag, start, rest = opened.pop()
            _close(entities, _TAGS[tag], start, utf16(plain), rest)
    if opened:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1][0]}\"")
    return plain, entities


def _byte(text: str, token: "re.Match[str]") -> int:
    return len(text[: token.start()].encode())


def _close(entities: list[Entity], kind: str, start: int, end: int, attributes: str) -> None:
    entity: Entity = {"type": kind, "offset": start, "length": end - start}
    if kind == "text_link":
        href = _HREF.search(attributes)
        if href is None:
            return
        entity["url"] = html.unescape(href[1] or href[2] or "")
    if end > start:
        entities.append(entity)


def _markdown(text: str) -> tuple[str, list[Entity]]:
    plain, at = "", 0
    opened: list[tuple[str, int]] = []
    entities: list[Entity] = []
    while at < len(text):
        mark = _mark(text, at, [mark for mark, _ in opened])
        if text[at] == "\\" and at + 1 < len(text):
            plain, at = plain + text[at + 1], at + 2
        elif mark is not None:
            if opened and opened[-1][0] == mark:
                _close(entities, _MARKS[mark], opened.pop()[1], utf16(plain), "")
            else:
                opened.append((mark, utf16(plain)))
            at += len(mark)
        elif link := re.compile(r"\[([^\]]*)\]\(([^)]*)\)").match(text, at):
            label = re.sub(r"\\(.)", r"\1", link[1])
            start = utf16(plain)
            plain += label
            entities.append({"type": "text_link", "offset": start, "length": utf16(label), "url": link[2]})
            at = link.end()
        elif text[at] in _RESERVED and not _inside_code(opened) and not (text[at] == ">" and plain[-1:] in {"", "\n"}):
            raise bad_request(
                f"can't parse entities: Character '{text[at]}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            plain, at = plain + text[at], at + 1
    if opened:
        raise bad_request(f"can't parse entities: Can't find end of the entity starting at byte offset {opened[-1][1]}")
    return plain, entities


def _inside_code(opened: list[tuple[str, int]]) -> bool:
    return bool(opened) and opened[-1][0] in {"`", "```"}


def _mark(text: str, at: int, opened: list[str]) -> str | None:
    """The longest mark that stands here; inside code only the one that ends it."""
    here = next((mark for mark in ("```", "__", "||", "*", "_", "~", "`") if text.startswith(mark, at)), None)
    if opened and opened[-1] in {"`", "```"} and here != opened[-1]:
        return None
    return here
