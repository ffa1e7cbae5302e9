"""What kind of speech a message is, before anybody asks what it is about. Pure.

A greeting opens no ticket, thanks reopen none, and only the exact word stops our messages.
"""

from enum import StrEnum
from functools import lru_cache

from config.wordlists import Words
from tickets.wording import Plain, normalise, raw_words


class Speech(StrEnum):
    GREETING = "greeting"
    COURTESY = "courtesy"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    CONTENT = "content"


def recognise(text: str, words: Words) -> Speech:
    """The kind of a message. An empty text is content: a photo without words is for the caller to judge.

    A message of emoji, signs or forms of address alone ("min", "🙏", "?") greets: somebody wants to be asked.
    """
    if not text.strip():
        return Speech.CONTENT
    bare = raw_words(text)
    if len(bare) == 1:
        if bare[0] in words.by_meaning["opt_out"]:
            return Speech.OPT_OUT
        if bare[0] in words.by_meaning["opt_in"]:
            return Speech.OPT_IN
    plain = normalise(text, words)
    if not plain.words:
        return _of_marks(plain, words)
    rest = _without(plain.words, *_phrases(words))
    if rest is None:
        return Speech.CONTENT
    return rest


def _of_marks(plain: Plain, words: Words) -> Speech:
    """Emoji alone: a thumb agrees, all others greet."""
    thumbs = [mark for mark in plain.marks if mark in words.by_meaning["ok"]]
    return Speech.COURTESY if thumbs and len(thumbs) == len(plain.marks) else Speech.GREETING


@lru_cache(maxsize=4)
def _phrases(words: Words) -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]], frozenset[str]]:
    """Greetings and courtesies as plain words, and the small words that may stand beside them."""

    def plain(*meanings: str) -> frozenset[tuple[str, ...]]:
        entries = (entry for meaning in meanings for entry in words.by_meaning[meaning])
        return frozenset(found for entry in entries if (found := normalise(entry, words, keep_vocatives=True).words))

    particles = frozenset(word for phrase in plain("particles") for word in phrase) | {"ya", "iya"}
    return plain("greetings"), plain("courtesy", "ok"), particles


def _without(
    spoken: tuple[str, ...],
    greetings: frozenset[tuple[str, ...]],
    courtesies: frozenset[tuple[str, ...]],
    particles: frozenset[str],
) -> Speech | None:
    """Greeting or courtesy when nothing else is left of the words, None when something is."""
    thanked = greeted = False
    position = 0
    while position < len(spoken):
        for size in range(min(4, len(spoken) - position), 0, -1):
            phrase = spoken[position : position + size]
            if phrase in courtesies:
                thanked = True
            elif phrase in greetings:
                greeted = True
            elif size > 1 or phrase[0] not in particles:
                continue
            position += size
            break
        else:
            return None
    if thanked:
        return Speech.COURTESY
    return Speech.GREETING if greeted else None
