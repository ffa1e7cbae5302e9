"""Words and patterns in a text: typing mistakes, boundaries, the prefilter, and that nothing can slow it down."""

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from config.rulefile import pattern_options
from router.literals import literals
from router.patterns import MAX_CHARS, MAX_UNKNOWN, Lexicon

WORDS = ("wifi", "printer", "checkout", "check out", "tidak bisa", "pencairan", "vpn", "otp", "layar")


def read(text: str, *patterns: str, known: tuple[str, ...] = ()) -> set[str]:
    reading = Lexicon(WORDS, patterns, known).read(text)
    return set(reading.phrases) | reading.patterns


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("wifi", "wifi"),
        ("wifinya mati", "wifi"),
        ("wifii", "wifi"),
        ("prnter macet", "printer"),
        ("chekout gagal", "checkout"),
        ("check-out gagal", "check out"),
        ("pencairn dana", "pencairan"),
        ("otp2 saya", "otp"),
        ("tidak  bisa", "tidak bisa"),
    ],
)
@pytest.mark.proves("D16")
def test_a_word_is_found_behind_how_people_type_it(text: str, found: str) -> None:
    assert found in read(text)


@pytest.mark.parametrize("text", ["wife", "hotplate", "vpnx", "bayar", "tidak jadi bisa", "pintar", ""])
def test_another_word_is_not_taken_for_it(text: str) -> None:
    assert read(text) == set()


def test_a_right_word_is_not_taken_for_a_typing_mistake() -> None:
    assert read("pinter") == {"printer"}
    assert read("pinter", known=("pinter",)) == set()


def test_what_was_read_for_what_is_told() -> None:
    assert Lexicon(WORDS, ()).read("prnter mati").typos == {"prnter": "printer"}


def test_the_place_of_a_phrase_is_its_first_letter() -> None:
    assert Lexicon(WORDS, ()).read("vpn lewat wifi").phrases == {"vpn": 0, "wifi": 10}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"semua\s+error", {"semua"}),
        (r"\b(mati|padam)\b", {"mati", "padam"}),
        (r"(?:mati|p)", None),
        (r"abc?", None),
        (r"abcd?", {"abc"}),
        (r"(foo|bar)?bazzz", {"bazzz"}),
        (r"[abc]+\d{3}", None),
        (r"foo|", None),
        (r"foo\.bar", {"foo.bar"}),
        (r"\x41bcd", None),
        (r"\Qabcd\E", None),
        (r"(?i)WIFI", {"wifi"}),
        (r"[]|)]wifi(", {"wifi"}),
    ],
)
def test_a_literal_is_named_only_where_it_is_certain(pattern: str, expected: set[str] | None) -> None:
    assert literals(pattern) == (frozenset(expected) if expected else None)


ATOMS = st.sampled_from(["abc", "abcd", "bca", "a", r"\d", ".", "[abc]", "[^a]", r"\b", r"\.", r"\s"])
PIECES = st.builds(lambda atom, many: atom + many if atom != r"\b" else atom, ATOMS, st.sampled_from(["", "", "?", "*", "+", "{0,2}", "{2}"]))  # fmt: skip  # noqa: E501
SEQUENCES = st.lists(PIECES, min_size=1, max_size=4).map("".join)
GROUPS = st.builds(
    lambda inner, many, kind: f"({kind}{'|'.join(inner)}){many}",
    st.lists(SEQUENCES, min_size=1, max_size=3),
    st.sampled_from(["", "?", "*", "+", "{1,3}"]),
    st.sampled_from(["", "?:", "?P<name>"]),
)
PATTERNS = st.lists(st.one_of(SEQUENCES, GROUPS), min_size=1, max_size=3).map("|".join) | st.builds(
    lambda left, group, right: left + group + right, SEQUENCES, GROUPS, SEQUENCES
)


@given(PATTERNS, st.text(alphabet="abcd. 12", max_size=40))
def test_the_prefilter_never_loses_a_match(pattern: str, text: str) -> None:
    expected = re2.compile(pattern, pattern_options()).search(text) is not None
    assert (pattern in Lexicon((), [pattern]).read(text).patterns) is expected


def test_a_pattern_runs_only_when_one_of_its_literals_was_seen() -> None:
    lexicon = Lexicon((), [rf"\bword{number}\b.{{0,20}}end" for number in range(200)])
    assert lexicon.read("nothing of it stands here").ran == 0
    assert lexicon.read("word7 and the end").ran <= 2


HOSTILE = {
    "one letter": "a" * 50_000,
    "many words": " ".join(f"w{number}x" for number in range(10_000)),
    "near misses": " ".join(f"printe{chr(97 + number % 26)}{number}" for number in range(5_000)),
    "repeated phrase": "tidak bisa " * 5_000,
    "long words": " ".join("pencaira" * 40 for _ in range(150)),
    "brackets": "(((((" * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.proves("N16")
def test_fifty_kilobytes_of_malice_cost_no_more_than_a_long_message(text: str) -> None:
    reading = Lexicon(WORDS, [r"(a+)+$", r"(a|a)*b", r"(\w+\s?)+!"]).read(text)
    assert reading.compared <= MAX_UNKNOWN
    assert reading.ran <= 3
    assert max(reading.phrases.values(), default=0) < MAX_CHARS


def test_a_pattern_that_would_hang_others_is_linear() -> None:
    assert read("a" * 50_000 + "!", r"(a+)+$") == {r"(a+)+$"}
    assert read("a" * 3_000 + "!", r"^(a+)+$") == set()
