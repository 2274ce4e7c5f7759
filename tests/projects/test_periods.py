"""The calendar of a series: each period falls due on its first day's day of the month, however short the months between."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.periods import ends_month, period_after, period_on, series_day

pytestmark = pytest.mark.once

MONTHS = {"quarterly": 3, "yearly": 12}
DAYS = st.dates(date(2013, 1, 1), date(2040, 12, 31))


def following(first: date, recurrence: str, number: int, *, on_last_day: bool = True) -> list[date]:
    """The periods after the first, one counted on from the other."""
    day, periods = series_day(first, on_last_day=on_last_day), [first]
    for _place in range(number):
        periods.append(period_after(periods[-1], recurrence, day))
    return periods[1:]


@pytest.mark.parametrize(
    ("first", "recurrence", "on_last_day", "periods"),
    [
        (date(2017, 11, 28), "quarterly", True, [date(2018, 2, 28), date(2018, 5, 28), date(2018, 8, 28)]),
        (date(2018, 3, 31), "quarterly", True, [date(2018, 6, 30), date(2018, 9, 30), date(2018, 12, 31)]),
        (date(2018, 3, 31), "quarterly", False, [date(2018, 6, 30), date(2018, 9, 30), date(2018, 12, 31)]),
        (date(2018, 6, 30), "quarterly", True, [date(2018, 9, 30), date(2018, 12, 31), date(2019, 3, 31)]),
        (date(2018, 6, 30), "quarterly", False, [date(2018, 9, 30), date(2018, 12, 30), date(2019, 3, 30)]),
        (date(2018, 11, 30), "quarterly", True, [date(2019, 2, 28), date(2019, 5, 31), date(2019, 8, 31)]),
        (date(2018, 11, 30), "quarterly", False, [date(2019, 2, 28), date(2019, 5, 30), date(2019, 8, 30)]),
        (date(2018, 11, 29), "quarterly", True, [date(2019, 2, 28), date(2019, 5, 29), date(2019, 8, 29)]),
        (date(2019, 2, 28), "quarterly", True, [date(2019, 5, 31), date(2019, 8, 31), date(2019, 11, 30)]),
        (date(2019, 2, 28), "quarterly", False, [date(2019, 5, 28), date(2019, 8, 28), date(2019, 11, 28)]),
        (
            date(2016, 2, 29),
            "yearly",
            True,
            [date(2017, 2, 28), date(2018, 2, 28), date(2019, 2, 28), date(2020, 2, 29)],
        ),
        (
            date(2016, 2, 29),
            "yearly",
            False,
            [date(2017, 2, 28), date(2018, 2, 28), date(2019, 2, 28), date(2020, 2, 29)],
        ),
        (date(2017, 2, 28), "yearly", False, [date(2018, 2, 28), date(2019, 2, 28), date(2020, 2, 28)]),
        (date(2017, 2, 28), "yearly", True, [date(2018, 2, 28), date(2019, 2, 28), date(2020, 2, 29)]),
    ],
)
def test_a_series_keeps_its_first_day(first, recurrence, on_last_day, periods):
    assert following(first, recurrence, len(periods), on_last_day=on_last_day) == periods


@given(DAYS, st.sampled_from(list(MONTHS)), st.booleans(), st.integers(1, 20))
def test_each_period_stands_by_itself(first, recurrence, on_last_day, number):
    """As counted from the first at once, by whoever has only a calendar: nothing is handed on from a shorter month."""
    last = following(first, recurrence, number, on_last_day=on_last_day)[-1]
    assert (last.year * 12 + last.month) - (first.year * 12 + first.month) == number * MONTHS[recurrence]
    days = monthrange(last.year, last.month)[1]
    is_last = on_last_day and ends_month(first)
    assert last.day == (days if is_last else min(first.day, days))


@given(DAYS, st.sampled_from(list(MONTHS)), st.booleans(), st.integers(-500, 5000))
def test_one_period_runs_on_each_day(first, recurrence, on_last_day, days):
    on, day = first + timedelta(days=days), series_day(first, on_last_day=on_last_day)
    runs = period_on(day, recurrence, first, on)
    assert runs >= on
    earlier = [
        period for period in [first, *following(first, recurrence, 60, on_last_day=on_last_day)] if period < runs
    ]
    assert all(period < on for period in earlier)
