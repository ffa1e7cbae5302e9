"""References do not count, cannot be mistyped into another ticket, and are read however they are written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.references import ALPHABET, SPACE, find, permute, read, reference

KEY = b"a key of this installation"
numbers = st.integers(0, SPACE - 1)


@pytest.mark.proves("D7", "N21")
@given(numbers, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(number: int, place: int, wrong: str) -> None:
    right = reference(number, KEY)
    body = right[4:]
    typed = "INC-" + body[:place] + wrong + body[place + 1 :]
    assert read(typed) == (right if typed == right else None)


@pytest.mark.proves("D7", "N21")
@given(numbers, st.integers(0, 6))
def test_two_neighbours_that_changed_places_are_always_noticed(number: int, place: int) -> None:
    right = reference(number, KEY)
    body = right[4:]
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert read(swapped) == (right if swapped == body else None)


@given(numbers)
def test_a_reference_is_read_without_case_hyphen_and_prefix(number: int) -> None:
    right = reference(number, KEY)
    spoken = right[4:].replace("0", "o").replace("1", "l")
    for typed in (right, right.lower(), right.replace("-", " "), right.replace("-", ""), right[4:], spoken):
        assert read(typed) == right


@given(st.text(max_size=30))
def test_anything_may_be_typed(text: str) -> None:
    found = read(text)
    assert found is None or read(found) == found


@given(numbers, numbers)
def test_two_numbers_never_get_the_same_reference(one: int, other: int) -> None:
    assert (reference(one, KEY) == reference(other, KEY)) is (one == other)


def test_the_permutation_is_one_to_one_and_keyed() -> None:
    first = [permute(number, KEY) for number in range(2_000)]
    assert len(set(first)) == 2_000
    assert first != [permute(number, b"another key") for number in range(2_000)]
    # Neighbours lie far apart: nobody reads from a reference how many tickets there are.
    assert sum(abs(a - b) for a, b in pairwise(first)) / 2_000 > SPACE / 10


@pytest.mark.parametrize("number", [-1, SPACE])
def test_a_number_outside_the_space_is_an_error(number: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        permute(number, KEY)


def test_references_are_found_in_a_text_each_once() -> None:
    one, other = reference(1, KEY), reference(2, KEY)
    text = f"soal {one.lower()} dan {other.replace('-', ' ')}, bukan INC-00000001; lagi {one}"
    assert find(text) == (one, other)
