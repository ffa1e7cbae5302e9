"""Working hours: open or not, the next opening, working minutes; over weekends, holidays and changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.schema import Calendar, Span
from tickets.hours import NeverOpen, add_working, is_open, next_open, working_between

JAKARTA = ZoneInfo("Asia/Jakarta")
OFFICE_DAY = (Span(time(8), time(17)),)
OFFICE = Calendar(
    code="office",
    timezone="Asia/Jakarta",
    week=(OFFICE_DAY,) * 5 + ((), ()),
    holidays={date(2026, 12, 25): "Natal"},
)
ALWAYS = Calendar(code="24x7", timezone="Asia/Jakarta", week=((Span(time(0)),),) * 7)
SHIFTS = Calendar(
    code="shifts",
    timezone="Europe/Berlin",
    week=((Span(time(1, 30), time(2, 30)), Span(time(3), time(4)), Span(time(22))),) * 7,
)
CALENDARS = (OFFICE, ALWAYS, SHIFTS)
moments = st.one_of(
    st.integers(0, 3 * 365 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)),
    st.integers(0, 2 * 24 * 60).map(lambda minute: datetime(2026, 10, 24, tzinfo=UTC) + timedelta(minutes=minute)),
)
calendars = st.sampled_from(CALENDARS)
minutes = st.integers(min_value=0, max_value=20_000)


def jakarta(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JAKARTA)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        (jakarta(2026, 11, 24, 7, 59), False),
        (jakarta(2026, 11, 24, 8, 0), True),
        (jakarta(2026, 11, 24, 16, 59), True),
        (jakarta(2026, 11, 24, 17, 0), False),
        (jakarta(2026, 11, 28, 10, 0), False),
        (jakarta(2026, 12, 25, 10, 0), False),
    ],
)
@pytest.mark.proves("D12", "D41")
def test_the_office_is_open_on_its_own_wall_clock(at: datetime, opened: bool) -> None:
    assert is_open(OFFICE, at) is opened
    assert is_open(OFFICE, at.astimezone(UTC)) is opened


@pytest.mark.proves("D12")
def test_a_report_on_friday_evening_opens_on_monday_morning() -> None:
    assert next_open(OFFICE, jakarta(2026, 11, 27, 22, 10)) == jakarta(2026, 11, 30, 8)


@pytest.mark.proves("D12")
def test_a_holiday_is_passed_over() -> None:
    assert next_open(OFFICE, jakarta(2026, 12, 24, 17)) == jakarta(2026, 12, 28, 8)


@pytest.mark.proves("D12")
def test_working_minutes_go_on_after_the_night() -> None:
    assert add_working(OFFICE, jakarta(2026, 11, 24, 16, 30), 60) == jakarta(2026, 11, 25, 8, 30)
    assert add_working(OFFICE, jakarta(2026, 11, 24, 16, 30), 30) == jakarta(2026, 11, 24, 17)


@pytest.mark.proves("D12")
def test_around_the_clock_a_minute_is_a_minute() -> None:
    assert add_working(ALWAYS, jakarta(2026, 12, 24, 23, 50), 30) == jakarta(2026, 12, 25, 0, 20)


@pytest.mark.proves("D12")
def test_a_night_on_which_the_clock_goes_back_has_an_hour_more() -> None:
    berlin = Calendar(code="night", timezone="Europe/Berlin", week=((Span(time(0), time(6)),),) * 7)
    start, end = datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 5, tzinfo=UTC)
    assert working_between(berlin, start, end) == timedelta(hours=7)


@pytest.mark.proves("D12")
def test_an_hour_that_does_not_exist_counts_once() -> None:
    start, end = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC)
    # 01:30–02:30 and 03:00–04:00 on a clock that jumps from 02:00 to 03:00: from 00:30 to 02:00 UTC.
    assert working_between(SHIFTS, start, end) == timedelta(hours=1, minutes=30)


def test_a_calendar_without_hours_says_so() -> None:
    never = Calendar(code="never", timezone="UTC", week=((),) * 7)
    with pytest.raises(NeverOpen):
        next_open(never, datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(NeverOpen):
        add_working(never, datetime(2026, 1, 1, tzinfo=UTC), 1)


def test_the_last_days_of_time_are_not_a_crash() -> None:
    with pytest.raises(NeverOpen):
        next_open(OFFICE, datetime(9999, 12, 29, 20, tzinfo=UTC))


@given(calendars, moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, at: datetime) -> None:
    opening = next_open(calendar, at)
    assert opening >= at
    assert is_open(calendar, opening)
    assert working_between(calendar, at, opening) == timedelta()


@given(calendars, moments, minutes)
def test_added_minutes_are_the_working_time_that_passed(calendar: Calendar, at: datetime, amount: int) -> None:
    after = add_working(calendar, at, amount)
    assert after >= at
    assert working_between(calendar, at, after) == timedelta(minutes=amount)


@given(calendars, moments, minutes, minutes)
def test_adding_twice_is_adding_the_sum(calendar: Calendar, at: datetime, first: int, second: int) -> None:
    stepwise = add_working(calendar, add_working(calendar, at, first), second)
    assert working_between(calendar, add_working(calendar, at, first + second), stepwise) == timedelta()


@given(calendars, moments, minutes, minutes)
def test_more_minutes_are_never_earlier(calendar: Calendar, at: datetime, first: int, more: int) -> None:
    assert add_working(calendar, at, first) <= add_working(calendar, at, first + more)
