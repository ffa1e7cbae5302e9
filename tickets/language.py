"""Indonesian or English: a vote of the commonest words. Pure; some microseconds.

A trained detector was not worth its hundred megabytes for two languages: see the score in the tests. Under three words
nothing can be said ("ok", "halo", "yes"), so the language that a person spoke last is kept.
"""

from functools import lru_cache
from typing import Final

from config.wordlists import Words
from tickets.wording import raw_words

FEWEST_WORDS: Final = 3
_PREFIXES: Final = ("meng", "meny", "mem", "men", "ber", "ter", "peng", "pem")
_SUFFIXES: Final = ("nya", "kan", "lah", "kah")
# Letters and endings that Indonesian words hardly ever have.
_ENGLISH_ENDS: Final = ("ing", "tion", "ed", "ly", "ght", "ould", "n't", "ck", "sh", "ow")


def detect(text: str, words: Words, last: str) -> str:
    """``id`` or ``en``; ``last`` where the text is too short or the vote is even."""
    spoken = [word for word in raw_words(text) if not word[0].isdigit()]
    if len(spoken) < FEWEST_WORDS:
        return last
    indonesian, english = _voters(words)
    votes = 0.0
    for word in spoken:
        at_home, abroad = word in indonesian, word in english
        if at_home != abroad:
            votes += 1 if at_home else -1
        elif not at_home:
            votes += _shape(word)
    if votes == 0:
        return last
    return "id" if votes > 0 else "en"


def _shape(word: str) -> float:
    """A faint vote by the looks of a word that nobody knows."""
    if len(word) > 5 and (word.startswith(_PREFIXES) or word.endswith(_SUFFIXES)):
        return 0.5
    return -0.5 if len(word) > 3 and word.endswith(_ENGLISH_ENDS) else 0.0


@lru_cache(maxsize=4)
def _voters(words: Words) -> tuple[frozenset[str], frozenset[str]]:
    return words.stop["id"], words.stop["en"]
