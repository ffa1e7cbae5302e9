"""When a failed send is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from workers.retry import next_try

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "wait_s"), [(0, 2), (1, 2), (2, 10), (3, 60), (4, 300), (5, 900), (6, 1_800), (7, 3_600), (40, 3_600)]
)
def test_waits_grow_to_an_hour(tries: int, wait_s: int) -> None:
    assert next_try(tries, AT, AT, spread=0.0, asked_s=None) == AT + timedelta(seconds=wait_s)


def test_many_do_not_come_back_together() -> None:
    spread = {next_try(2, AT, AT, spread=number / 10, asked_s=None) for number in range(10)}
    assert len(spread) == 10
    assert max(one for one in spread if one) <= AT + timedelta(seconds=12)


def test_what_the_provider_asks_for_is_never_undercut() -> None:
    assert next_try(1, AT, AT, spread=0.9, asked_s=30) == AT + timedelta(seconds=30)


def test_after_a_day_it_is_given_up() -> None:
    assert next_try(9, AT, AT + timedelta(hours=22), spread=0.0, asked_s=None) is not None
    assert next_try(9, AT, AT + timedelta(hours=23, minutes=30), spread=0.0, asked_s=None) is None
