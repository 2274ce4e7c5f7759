"""The days on which reminders of a date go out, against tables written by hand with a calendar of Mexico's rest days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from focalpoints.business_days import is_business_day, on_or_after
from projects.reminders.ladder import last_rung, last_rung_of_week, next_weekly_day, retry_day, rung_days, weekly_day

# Due date → the days on which 30, 7 and 1 days before and 1, 7, 15 and 30 days after go out. After that, every thirty days.
LADDERS = {
    # A Monday: the Saturday and the Sunday before are free.
    "2018-10-15": "2018-09-14 2018-10-08 2018-10-12 2018-10-16 2018-10-22 2018-10-30 2018-11-14",
    # A Friday: the day after is a Saturday, so it is said on Monday; the last day is the Sunday before the Monday of the Revolution.
    "2018-10-19": "2018-09-19 2018-10-12 2018-10-18 2018-10-22 2018-10-26 2018-11-05 2018-11-20",
    # A Saturday: the day before goes out on the Friday, the day after on the Monday.
    "2018-10-20": "2018-09-20 2018-10-12 2018-10-19 2018-10-22 2018-10-29 2018-11-05 2018-11-20",
    # The Tuesday after the Monday of the Revolution.
    "2018-11-20": "2018-10-19 2018-11-13 2018-11-16 2018-11-21 2018-11-27 2018-12-05 2018-12-20",
    # Christmas on the Tuesday after, New Year on another Tuesday.
    "2018-12-24": "2018-11-23 2018-12-17 2018-12-21 2018-12-26 2018-12-31 2019-01-08 2019-01-23",
    "2019-01-02": "2018-12-03 2018-12-26 2018-12-31 2019-01-03 2019-01-09 2019-01-17 2019-02-01",
    # A chain at year end: Christmas on a Friday, then the weekend; a week later New Year and another weekend.
    "2026-12-26": "2026-11-26 2026-12-18 2026-12-24 2026-12-28 2027-01-04 2027-01-11 2027-01-25",
    "2026-12-28": "2026-11-27 2026-12-21 2026-12-24 2026-12-29 2027-01-04 2027-01-12 2027-01-27",
    "2027-01-02": "2026-12-03 2026-12-24 2026-12-31 2027-01-04 2027-01-11 2027-01-18 2027-02-02",
    # A leap day.
    "2024-02-29": "2024-01-30 2024-02-22 2024-02-28 2024-03-01 2024-03-07 2024-03-15 2024-04-01",
}
RUNGS = (-30, -7, -1, 1, 7, 15, 30)


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(("due", "days"), LADDERS.items())
def test_a_rung_of_a_free_day_goes_out_before_it_while_there_is_time_and_after_it_once_it_is_late(due, days):
    expected = tuple(zip(map(day, days.split()), RUNGS, strict=True))
    assert rung_days(day(due), day(due)) == expected


def test_late_is_by_the_date_that_counts_before_it_by_the_date_that_was_promised():
    """Five days in review: Monday 15 October was promised, Saturday 20 October counts."""
    assert rung_days(day("2018-10-15"), day("2018-10-20")) == (
        (day("2018-09-14"), -30),
        (day("2018-10-08"), -7),
        (day("2018-10-12"), -1),
        (day("2018-10-22"), 1),
        (day("2018-10-29"), 7),
        (day("2018-11-05"), 15),
        (day("2018-11-20"), 30),
    )


@pytest.mark.parametrize(
    ("on", "rung"),
    [
        ("2018-09-13", None),
        ("2018-09-14", -30),
        ("2018-10-05", -30),
        ("2018-10-08", -7),
        ("2018-10-11", -7),
        ("2018-10-12", -1),
        ("2018-10-15", -1),
        ("2018-10-16", 1),
        ("2018-10-22", 7),
        ("2018-10-30", 15),
        ("2018-11-13", 15),
        ("2018-11-14", 30),
        ("2018-12-13", 30),
        ("2018-12-14", 60),
        ("2019-01-11", 60),
        ("2019-01-13", 60),  # the ninetieth day is a Sunday
        ("2019-01-14", 90),
        ("2020-01-02", 420),
        ("2118-10-15", 36510),
    ],
)
def test_missed_rungs_fall_together_in_the_newest(on, rung):
    assert last_rung(day("2018-10-15"), day("2018-10-15"), day(on)) == rung


@pytest.mark.parametrize(
    ("due", "monday", "rung"),
    [
        ("2018-10-19", "2018-10-15", -1),  # Friday: its eve falls in this week
        ("2018-10-22", "2018-10-15", -1),  # Monday: its eve, a Sunday, goes out on this Friday
        ("2018-10-23", "2018-10-15", -7),  # Tuesday: its eve is next week's
        ("2018-10-26", "2018-10-15", -7),  # a week before it is this Friday
        ("2018-11-19", "2018-10-15", -30),  # thirty days before it is this Saturday
        ("2018-11-21", "2018-10-15", None),  # thirty days before it is next Monday
        ("2018-10-16", "2018-10-15", -1),  # a day late is not said beforehand
        ("2018-10-12", "2018-10-15", 1),
    ],
)
def test_who_reads_once_a_week_reads_what_falls_in_that_week(due, monday, rung):
    assert last_rung_of_week(day(due), day(due), day(monday), next_weekly_day(day(monday))) == rung


@pytest.mark.parametrize(
    ("on", "first", "following"),
    [
        ("2018-10-15", "2018-10-15", "2018-10-22"),
        ("2018-10-21", "2018-10-15", "2018-10-22"),
        ("2018-11-14", "2018-11-12", "2018-11-20"),  # the Monday after is a holiday
        ("2018-11-20", "2018-11-20", "2018-11-26"),
        ("2018-12-28", "2018-12-24", "2018-12-31"),
    ],
)
def test_the_first_business_day_of_a_week(on, first, following):
    assert (weekly_day(day(on)), next_weekly_day(day(on))) == (day(first), day(following))


@pytest.mark.parametrize(
    ("times", "again"),
    [(1, "2018-10-16"), (2, "2018-10-17"), (3, "2018-10-19"), (4, "2018-10-25"), (5, "2018-11-06"), (9, "2018-11-12")],
)
def test_a_refused_address_is_tried_later_each_time(times, again):
    """1, 2, 4, 8, 16 and at most 20 business days after Monday 15 October 2018."""
    assert retry_day(day("2018-10-15"), times) == day(again)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(31, 4000))
def test_what_stays_late_is_told_again_in_thirty_days_and_the_free_days_after(due, late):
    """Whatever day it is told on, the next rung comes by the first business day from the thirtieth day on."""
    today = on_or_after(due + timedelta(late))
    then = on_or_after(today + timedelta(30))
    assert last_rung(due, due, then) > last_rung(due, due, today)


@given(st.dates(), st.integers(min_value=0, max_value=400))
def test_the_ladder_is_climbed_in_order_on_business_days_and_never_ends_the_calendar(due, waited):
    light_due = date.fromordinal(min(due.toordinal() + waited, date.max.toordinal()))
    days = [goes for goes, _rung in rung_days(due, light_due)]
    assert days == sorted(days)
    edge = (date.min.toordinal() + 40, date.max.toordinal() - 440)
    if edge[0] < due.toordinal() < edge[1]:
        assert all(map(is_business_day, days))
