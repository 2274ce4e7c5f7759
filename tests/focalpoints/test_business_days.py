"""Business days against dates written by hand, from a printed calendar and the Ley Federal del Trabajo, article 74."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from focalpoints import business_days

REST_DAYS = {  # by hand: every rest day that falls between Monday and Friday
    2017: ["01-01~", "02-06", "03-20", "05-01", "09-16~", "11-20", "12-25"],
    2018: ["01-01", "02-05", "03-19", "05-01", "09-16~", "11-19", "12-01~", "12-25"],
    2019: ["01-01", "02-04", "03-18", "05-01", "09-16", "11-18", "12-25"],
    2020: ["01-01", "02-03", "03-16", "05-01", "09-16", "11-16", "12-25"],
    2024: ["01-01", "02-05", "03-18", "05-01", "09-16", "10-01", "11-18", "12-25"],
    2030: ["01-01", "02-04", "03-18", "05-01", "09-16", "10-01", "11-18", "12-25"],
}


@pytest.mark.parametrize("year", REST_DAYS)
def test_free_weekdays_are_the_statutory_rest_days(year):
    """`~` marks those that fall on a weekend: the law moves none of these to a Monday."""
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    found = [
        day.strftime("%m-%d")
        for day in days
        if day.year == year and day.weekday() < 5 and not business_days.is_business_day(day)
    ]
    assert found == [day for day in REST_DAYS[year] if not day.endswith("~")]


@pytest.mark.parametrize(
    "day",
    [
        date(2018, 10, 12),  # Día de la Raza: marked, not free
        date(2018, 11, 2),  # Día de Muertos: by custom alone
        date(2018, 3, 29),  # Holy Thursday
        date(2018, 11, 20),  # the day of the Revolution itself: the Monday before stands in for it
        date(2018, 10, 1),  # the executive has changed on 1 October only since 2024
        date(2024, 12, 2),
        date(2024, 2, 29),
        date(2016, 2, 29),
    ],
)
def test_other_days_are_worked(day):
    assert business_days.is_business_day(day)


def test_the_executive_changed_on_a_saturday_in_2018():
    """Free twice over: the last business day is the Friday before, the next the Monday after."""
    change = date(2018, 12, 1)
    assert not business_days.is_business_day(change)
    assert business_days.on_or_before(change) == date(2018, 11, 30)
    assert business_days.on_or_after(change) == date(2018, 12, 3)


@pytest.mark.parametrize(
    ("day", "before", "afterwards", "following"),
    [
        # 2021: Christmas and New Year's Day are Saturdays: no Monday is free.
        (date(2021, 12, 25), date(2021, 12, 24), date(2021, 12, 27), date(2021, 12, 27)),
        (date(2022, 1, 1), date(2021, 12, 31), date(2022, 1, 3), date(2022, 1, 3)),
        # 2020/21: both are Fridays: three free days in a row, twice.
        (date(2020, 12, 27), date(2020, 12, 24), date(2020, 12, 28), date(2020, 12, 28)),
        (date(2021, 1, 3), date(2020, 12, 31), date(2021, 1, 4), date(2021, 1, 4)),
        # 2017/18: both are Mondays.
        (date(2017, 12, 23), date(2017, 12, 22), date(2017, 12, 26), date(2017, 12, 26)),
        (date(2018, 1, 1), date(2017, 12, 29), date(2018, 1, 2), date(2018, 1, 2)),
        # A worked day is itself, and the next one follows it.
        (date(2018, 12, 24), date(2018, 12, 24), date(2018, 12, 24), date(2018, 12, 26)),
        (date(2016, 2, 29), date(2016, 2, 29), date(2016, 2, 29), date(2016, 3, 1)),
        (date(2020, 2, 29), date(2020, 2, 28), date(2020, 3, 2), date(2020, 3, 2)),
    ],
)
def test_free_days_in_a_row(day, before, afterwards, following):
    assert business_days.on_or_before(day) == before
    assert business_days.on_or_after(day) == afterwards
    assert business_days.after(day) == following


@pytest.mark.parametrize(
    ("first", "days", "last"),
    [
        (date(2018, 10, 15), 5, date(2018, 10, 22)),
        (date(2018, 11, 16), 1, date(2018, 11, 20)),
        (date(2017, 12, 22), 5, date(2018, 1, 2)),  # 26, 27, 28, 29 December, 2 January
        (date(2020, 12, 24), 5, date(2021, 1, 4)),  # 28 to 31 December, 4 January
        (date(2024, 9, 30), 1, date(2024, 10, 2)),
        (date(2018, 10, 13), 1, date(2018, 10, 15)),
    ],
)
def test_business_days_are_added_and_counted(first, days, last):
    assert business_days.after(first, days) == last
    assert business_days.between(first, last) == days


def test_nothing_lies_between_a_day_and_itself_or_an_earlier_one():
    assert business_days.between(date(2018, 10, 15), date(2018, 10, 15)) == 0
    assert business_days.between(date(2018, 10, 15), date(2018, 10, 1)) == 0
    assert business_days.between(date(2018, 10, 12), date(2018, 10, 14)) == 0


def test_a_year_has_the_business_days_of_its_calendar():
    """2018: 261 weekdays, six of them rest days."""
    assert business_days.between(date(2017, 12, 31), date(2018, 12, 31)) == 255


def test_the_ends_of_the_calendar_do_not_crash():
    assert business_days.on_or_before(date.min) == date.min  # a Monday
    assert business_days.after(date.max) == date.max
    assert business_days.after(date.max, 400) == date.max
    assert business_days.on_or_after(date.max) == date.max  # a Friday
    assert business_days.after(date(9999, 12, 30), 3) == date.max
    assert business_days.between(date(9999, 12, 30), date.max) == 1
    assert business_days.between(date.min, date.max) > 2_000_000


def test_business_days_are_counted_from_one():
    with pytest.raises(ValueError, match="from one"):
        business_days.after(date(2018, 10, 15), 0)


@given(
    first=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    length=st.integers(-30, 900),
)
def test_counting_agrees_with_looking_at_each_day(first, length):
    last = first + timedelta(days=length)
    days = [first + timedelta(days=number) for number in range(1, length + 1)]
    assert business_days.between(first, last) == sum(map(business_days.is_business_day, days))


@given(day=st.dates(date(1990, 1, 1), date(2060, 1, 1)), days=st.integers(1, 60))
def test_adding_and_counting_undo_each_other(day, days):
    later = business_days.after(day, days)
    assert business_days.is_business_day(later)
    assert business_days.between(day, later) == days


def test_a_rest_day_is_called_as_the_page_speaks():
    christmas, change = date(2018, 12, 25), date(2018, 12, 1)
    with translation.override("es-mx"):
        assert business_days.rest_day_name(christmas) == "Navidad"
        assert business_days.rest_day_name(change) == "Transmisión del Poder Ejecutivo Federal"
        assert business_days.rest_day_name(date(2018, 12, 24)) == ""
    with translation.override("en"):
        assert business_days.rest_day_name(christmas) == "Christmas Day"
    with translation.override(None):
        assert business_days.rest_day_name(christmas) == "Navidad"


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2018, 10, 15), 30, date(2018, 11, 14)),
        (date(2018, 10, 15), -15, date(2018, 9, 30)),
        (date(2018, 10, 15), 0, date(2018, 10, 15)),
        (date(9999, 12, 30), 5, date.max),
        (date(1, 1, 3), -5, date.min),
    ],
)
def test_calendar_days_stop_at_the_ends_of_the_calendar(day, days, expected):
    assert business_days.calendar_days_after(day, days) == expected
