"""Timelines: every mark within the strip, dates in their order, whatever the dates; words on the axis that do not cover each other."""

from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from focalpoints.pages.squares import HIGH, MOST, squares
from focalpoints.pages.timelines import MOST_LINES, RowDates, frame_of, short_month, timeline_of

TODAY = date(2018, 10, 15)
days = st.none() | st.dates()
courses = st.builds(RowDates, days, days, days, days, days)


def percent(text):
    assert text.endswith("%")
    return float(text[:-1])


def marks(strip):
    spans = [end for span in (strip.plan, strip.moved, strip.over) if span for end in span]
    return [percent(text) for text in [*spans, strip.first, strip.mark] if text]


@given(st.lists(courses, max_size=5), st.dates())
def test_everything_stands_within_the_strip(rows, today):
    frame = frame_of(rows, today)
    for row in rows:
        strip = frame.strip(row)
        assert all(0 <= place <= 100 for place in marks(strip))
        assert not strip.plan or percent(strip.plan[0]) <= percent(strip.plan[1])
        assert not strip.over or percent(strip.over[0]) <= percent(strip.over[1])
    assert 0 <= percent(frame.now) <= 100
    assert len(frame.lines) <= MOST_LINES
    assert all(0 <= percent(frame.at(line)) <= 100 for line in frame.lines)
    places = [percent(word.x) for word in frame.words]
    assert places == sorted(places)
    spans = sorted(
        spanned(*word)
        for word in [
            *((word.x, word.anchor, len(word.text)) for word in frame.words),
            (frame.now, frame.anchor_of_today, len("hoy, ") + len(frame.word_of_today)),
        ]
    )
    assert all(one[1] <= other[0] for one, other in pairwise(spans)), "no word covers another on a phone"


def spanned(x, anchor, letters, strip=330, letter=6.5):
    """From where to where a word reaches, in percent of a phone's strip."""
    width = 100 * letters * letter / strip
    left = percent(x) - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
    return left, left + width


@given(st.lists(st.dates(date(2016, 1, 1), date(2021, 1, 1)), min_size=2, max_size=6))
def test_an_earlier_day_stands_further_left(dates):
    frame = frame_of([RowDates(None, None, day) for day in dates], TODAY)
    ordered = sorted(dates)
    assert [percent(frame.at(day)) for day in ordered] == sorted(percent(frame.at(day)) for day in dates)
    for earlier, later in pairwise(ordered):
        if earlier < later:
            assert percent(frame.at(earlier)) < percent(frame.at(later))


def test_months_are_written_as_each_language_writes_them():
    for written_in, month in (("es-mx", "oct"), ("en", "Oct")):
        with override(written_in):
            assert short_month(10) == month


def test_a_late_task_is_red_from_its_date_to_today():
    due = date(2018, 9, 28)
    course = RowDates(date(2018, 1, 15), due, due, None, due)
    frame = frame_of([course], TODAY)
    strip = frame.strip(course)
    assert strip.plan == (frame.at(date(2018, 1, 15)), frame.at(due))
    assert strip.over == (frame.at(due), frame.now)
    assert (strip.moved, strip.first, strip.mark) == (None, None, frame.at(due))


def test_a_moved_date_keeps_its_first_one():
    course = RowDates(date(2018, 3, 1), date(2018, 8, 31), date(2018, 10, 26))
    frame = frame_of([course], TODAY)
    strip = frame.strip(course)
    assert strip.moved == (frame.at(date(2018, 8, 31)), frame.at(date(2018, 10, 26)))
    assert strip.first == frame.at(date(2018, 8, 31))
    assert (strip.over, strip.mark) == (None, frame.at(date(2018, 10, 26)))


def test_what_was_fulfilled_ends_there_and_late_days_are_red():
    due, done = date(2018, 6, 29), date(2018, 7, 9)
    frame = frame_of([RowDates(None, due, due, done)], TODAY)
    strip = frame.strip(RowDates(None, due, due, done))
    assert (strip.over, strip.mark) == ((frame.at(due), frame.at(done)), frame.at(done))


def test_nothing_dated_draws_nothing_but_today():
    timeline = timeline_of(["row"], lambda row: RowDates(None, None, None), TODAY)
    [(_row, strip)] = timeline.rows
    assert not any(strip)
    assert timeline.frame.word_of_today.startswith("15 ")
    assert not timeline.has_dates
    assert not timeline.drawn.needs_a_key


def test_the_key_explains_what_is_drawn_and_nothing_else():
    week = timedelta(days=7)
    dated, planned = RowDates(None, TODAY, TODAY), RowDates(TODAY - week, TODAY, TODAY)
    moved, late = (
        RowDates(None, TODAY - week, TODAY + week),
        RowDates(None, TODAY - week, TODAY - week, None, TODAY - week),
    )
    drawn = [timeline_of([dates], lambda dates: dates, TODAY).drawn for dates in (dated, planned, moved, late)]
    assert drawn == [(False, False, False), (True, False, False), (False, True, False), (False, False, True)]
    assert [found.needs_a_key for found in drawn] == [False, True, True, True]


def test_a_date_at_the_calendars_end_squeezes_nothing():
    near, far = RowDates(None, None, TODAY + timedelta(days=30)), RowDates(date.min, None, date.max)
    frame = frame_of([near, far], TODAY)
    assert percent(frame.at(near.due)) - percent(frame.now) > 1
    assert percent(frame.strip(far).mark) > 95


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 200)), max_size=4))
def test_squares_cover_as_many_as_are_counted(counts):
    drawn, total = squares(counts), sum(count for _key, count in counts)
    if not 0 < total <= MOST:
        assert drawn is None
        return
    assert [key for key, _outline in drawn.kinds] == [key for key, count in counts if count]
    for (_key, outline), count in zip(drawn.kinds, [count for _key, count in counts if count], strict=True):
        boxes = [box.replace("M", "").replace("h", " ").replace("v", " ").split() for box in outline.split("z") if box]
        assert sum(int(wide) * int(high) for _x, _y, wide, high, _back in boxes) == count * 100
    assert drawn.width * drawn.height >= total * 100
    assert drawn.height <= HIGH * 10
