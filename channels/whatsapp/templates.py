"""Content objects: the same words as our texts, with real buttons. ``sigap templates push`` creates them.

A template's body is the text itself with its variables numbered, so it is used only where filling it gives exactly the
words that would be sent otherwise. Its name carries a digest: a text that was changed is another template.
"""

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from config.textfiles import TextFiles
from tickets.buttons import PAYLOADS
from tickets.outbound import OutboundMessage
from tickets.texts import RenderError, Texts

BODY_LIMIT: Final = 1_024
BUTTONS: Final = 3
CURSOR: Final = "template:"
CATEGORY: Final = "UTILITY"
REMEMBER_S: Final = 60.0
# What is not there yet may be pushed at any moment.
MISSING_S: Final = 2.0
_PLACEHOLDER: Final = re.compile(r"\{\{(\d+)\}\}")
_BAD_VALUE: Final = re.compile(r"[\n\r\t]|\s{4}")
# How many buttons these have depends on the person.
_OPEN_CHOICES: Final = frozenset({"which"})
_SAMPLE_REFERENCE: Final = "7K3M9QXR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One Content object: ``names`` are the text's variables in the order of their numbers; the last number after
    them is the reference that the buttons carry."""

    name: str
    language: str
    body: str
    names: tuple[str, ...]
    actions: tuple[tuple[str, str], ...]

    def as_content(self) -> dict[str, Any]:
        """The body of ``POST /v1/Content``."""
        samples = {str(number): name.replace("_", " ") for number, name in enumerate(self.names, 1)}
        return {
            "friendly_name": self.name,
            "language": self.language,
            "variables": samples | {str(len(self.names) + 1): _SAMPLE_REFERENCE},
            "types": {
                "twilio/quick-reply": {
                    "body": self.body,
                    "actions": [
                        {"type": "QUICK_REPLY", "title": title, "id": payload} for payload, title in self.actions
                    ],
                }
            },
        }


@dataclass(frozen=True, slots=True)
class Filled:
    """A template's name and the values for one message."""

    name: str
    values: dict[str, str]


def template_of(texts: Texts, language: str, purpose: str) -> Template | None:
    """The Content object for a text, or None where it has no buttons or cannot be one."""
    titles = texts.choices(language, purpose)
    if not titles or len(titles) > BUTTONS or purpose in _OPEN_CHOICES:
        return None
    names = tuple(sorted(texts.variables(language, purpose)))
    marks = {name: f"{{{{{number}}}}}" for number, name in enumerate(names, 1)}
    try:
        body = texts.render(language, purpose, **marks)
    except RenderError:
        return None
    if len(body) > BODY_LIMIT:
        return None
    last = f"{{{{{len(names) + 1}}}}}"
    actions = tuple((f"{PAYLOADS.get(code, code)}:{last}", title) for code, title in titles.items())
    digest = hashlib.sha256(repr((body, names, actions)).encode()).hexdigest()[:10]
    return Template(
        name=f"sigap_{purpose}_{language}_{digest}", language=language, body=body, names=names, actions=actions
    )


def filled_template(texts: Texts, message: OutboundMessage) -> Filled | None:
    """The template and the values that give exactly ``message``, or None where there is none.

    The values are read back out of the finished text, so that what was decided there (a part left out, a time in words)
    is never decided twice.
    """
    template = template_of(texts, message.language, message.purpose)
    if template is None or len(template.actions) != len(message.choices):
        return None
    values = _read_back(template.body, message.text)
    if values is None or any(not value.strip() or _BAD_VALUE.search(value) for value in values.values()):
        return None
    number = str(len(template.names) + 1)
    suffix = message.choices[0].payload.rpartition(":")[2]
    filled = [(payload.replace(f"{{{{{number}}}}}", suffix), title) for payload, title in template.actions]
    if filled != [(choice.payload, choice.title) for choice in message.choices]:
        return None
    return Filled(template.name, values | {number: suffix})


def _read_back(body: str, text: str) -> dict[str, str] | None:
    """The values that turn ``body`` into ``text``, or None where none do. A number that stands twice has one value."""
    pattern, end, seen = "", 0, set[str]()
    for found in _PLACEHOLDER.finditer(body):
        pattern += re.escape(body[end : found.start()])
        pattern += f"(?P=v{found[1]})" if found[1] in seen else f"(?P<v{found[1]}>.+?)"
        seen.add(found[1])
        end = found.end()
    matched = re.fullmatch(pattern + re.escape(body[end:]), text, re.DOTALL)
    return {name[1:]: value for name, value in matched.groupdict().items()} if matched else None


class KnownTemplates:
    """Which Content objects exist: name → sid, as ``push`` wrote them down. Looked at again after a while."""

    def __init__(self, stored: Callable[[str], str | None], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._stored, self._monotonic = stored, monotonic
        self._known: dict[str, tuple[str | None, float]] = {}

    def sid(self, name: str) -> str | None:
        """The sid of a Content object, or None where it was not pushed."""
        known, until = self._known.get(name, (None, 0.0))
        if self._monotonic() >= until:
            known = self._stored(CURSOR + name)
            self._known[name] = (known, self._monotonic() + (REMEMBER_S if known else MISSING_S))
        return known

    def forget(self, name: str) -> None:
        """Twilio does not know it any more: do without for ten minutes."""
        self._known[name] = (None, self._monotonic() + 10 * REMEMBER_S)


def all_templates(texts: Texts, files: TextFiles) -> list[Template]:
    """Every text that can have real buttons, in every language."""
    found = [template_of(texts, language, purpose) for language, some in files.choices.items() for purpose in some]
    return [template for template in found if template is not None]


def push(
    client: Any, templates: list[Template], remember: Callable[[str, str, datetime], None], now: datetime
) -> list[tuple[str, str, bool]]:
    """Create what Twilio does not have yet, ask WhatsApp to approve it, and write every sid down.

    Within 24 hours of a person's message a template needs no approval. Returns (name, sid, whether it is new).
    """
    there = {one.friendly_name: one.sid for one in client.content.v1.contents.list()}
    done = []
    for template in templates:
        sid = there.get(template.name)
        if sid is None:
            request = ContentList.ContentCreateRequest(template.as_content())
            sid = client.content.v1.contents.create(request).sid
            approval = ApprovalCreateList.ContentApprovalRequest({"name": template.name, "category": CATEGORY})
            client.content.v1.contents(sid).approval_create.create(approval)
        remember(CURSOR + template.name, sid, now)
        done.append((template.name, sid, template.name not in there))
    return done
