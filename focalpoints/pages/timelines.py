"""Timelines: dates as percent across a strip. Pure arithmetic, from year 1 to 9999; what lies beyond the frame stands at its edge."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.dates import MONTHS_3

from focalpoints.pages.rows import language

# A frame reaches at most so many days to either side of today: one date in year 9999 would squeeze all others into a point.
FARTHEST = 3 * 365
# Months from one line to the next, and how many lines a frame has at most.
STEPS, MOST_LINES = (1, 3, 6, 12, 24), 6
# In percent of the narrowest strip, a phone's: what is left free at either side, and how wide the words of today and of months are.
MARGIN, WIDTH_OF_TODAY, WITH_YEAR, WIDTH_OF_MONTH = 3.5, 25, 17, 9


class RowDates(NamedTuple):
    """The dates of one row. `ended` is when it was fulfilled or ended; `late_since` the day from which it is late, today included."""

    begins: date | None
    first: date | None
    due: date | None
    ended: date | None = None
    late_since: date | None = None


class Strip(NamedTuple):
    """A course in percent: where its bar (`plan`), its dashes (`moved`) and its delay (`over`) begin and end, where its marks stand."""

    plan: tuple[str, str] | None
    moved: tuple[str, str] | None
    over: tuple[str, str] | None
    first: str | None
    mark: str | None


class AxisWord(NamedTuple):
    """`anchor`: which end of the word stands at `x`."""

    x: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """From which day to which a strip reaches, as ordinals, and the day that it calls today."""

    opens: int
    closes: int
    today: date

    def at(self, day: date) -> str:
        """Where a day stands, in percent."""
        return f"{self._place(day.toordinal()):.2f}%"

    def _place(self, ordinal: int) -> float:
        inside = min(max(ordinal, self.opens), self.closes)
        return MARGIN + (100 - 2 * MARGIN) * (inside - self.opens) / (self.closes - self.opens)

    @property
    def now(self) -> str:
        return self.at(self.today)

    @property
    def word_of_today(self) -> str:
        """ "15 oct"."""
        return f"{self.today.day} {short_month(self.today.month)}"

    @property
    def anchor_of_today(self) -> str:
        place = self._place(self.today.toordinal())
        return "start" if place < WIDTH_OF_TODAY / 2 else "end" if place > 100 - WIDTH_OF_TODAY / 2 else "middle"

    @property
    def lines(self) -> list[date]:
        """The first days of months that get a line: as many as there is room for."""
        for step in STEPS:
            lines = list(self._firsts(step))
            if len(lines) <= MOST_LINES:
                return lines
        return []

    def _firsts(self, step: int) -> Iterable[date]:
        opens, closes = date.fromordinal(self.opens), date.fromordinal(self.closes)
        for month in range(-(-_months(opens) // step) * step, _months(closes) + 1, step):
            year, place = divmod(month, 12)
            if date.min.year <= year <= date.max.year and (first := date(year, place + 1, 1)) >= opens:
                yield first

    @property
    def words(self) -> list[AxisWord]:
        """The months' names under their lines, but for those that another word would cover. The first and each January say their year."""
        found, taken = list[AxisWord](), 0.0
        begins, ends = _span_of(self._place(self.today.toordinal()), WIDTH_OF_TODAY, self.anchor_of_today)
        for line in self.lines:
            has_year = not found or line.month == 1
            place, width = self._place(line.toordinal()), WITH_YEAR if has_year else WIDTH_OF_MONTH
            anchor = "end" if place > 100 - width else "start"
            left, right = _span_of(place, width, anchor)
            if left < taken or (left < ends and right > begins):
                continue
            text = f"{short_month(line.month)} {line.year}" if has_year else short_month(line.month)
            found.append(AxisWord(self.at(line), anchor, text))
            taken = right
        return found

    def strip(self, course: RowDates) -> Strip:
        begins, first, due, ended, late_since = course
        ends = ended or due
        moved = (first, due) if first and due and first != due else None
        plan_ends = min(first, ended) if first and ended else first
        plan = (begins, plan_ends) if begins and plan_ends and begins < plan_ends else None
        over = None
        if ended and due and ended > due:
            over = (due, ended)
        elif late_since and late_since < self.today:
            over = (late_since, self.today)
        return Strip(
            self._span(plan),
            self._span(moved),
            self._span(over),
            self.at(first) if first and moved else None,
            self.at(ends) if ends else None,
        )

    def _span(self, days: tuple[date, date] | None) -> tuple[str, str] | None:
        return (self.at(days[0]), self.at(days[1])) if days else None


def frame_of(rows: Sequence[RowDates], today: date) -> Frame:
    """The frame that holds these rows and today; half a year around today where there is nothing else."""
    days = [day.toordinal() for course in rows for day in course if day]
    now = today.toordinal()
    opens = max(min([*days, now - 61]), now - FARTHEST, date.min.toordinal())
    closes = min(max([*days, now + 61]), now + FARTHEST, date.max.toordinal())
    return Frame(opens, closes, today)


class Drawn(NamedTuple):
    """What any strip of a timeline has: a plan, a first date that moved, days late."""

    plan: bool
    first: bool
    over: bool

    @property
    def needs_a_key(self) -> bool:
        return any(self)


class Timeline[Row](NamedTuple):
    """Rows under one frame, each with its strip."""

    frame: Frame
    rows: list[tuple[Row, Strip]]

    @property
    def drawn(self) -> Drawn:
        strips = [strip for _row, strip in self.rows]
        return Drawn(*[any(getattr(strip, name) for strip in strips) for name in Drawn._fields])

    @property
    def has_dates(self) -> bool:
        return any(any(strip) for _row, strip in self.rows)


def timeline_of[Row](rows: Sequence[Row], dates_of: Callable[[Row], RowDates], today: date) -> Timeline[Row]:
    dated = [dates_of(row) for row in rows]
    frame = frame_of(dated, today)
    return Timeline(frame, [(row, frame.strip(dates)) for row, dates in zip(rows, dated, strict=True)])


def _span_of(place: float, width: float, anchor: str) -> tuple[float, float]:
    """From where to where a word reaches that stands at a place."""
    left = place - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return left, left + width


def short_month(number: int) -> str:
    """ "oct" in Spanish, "Oct" in English."""
    name = str(MONTHS_3[number])
    return name if language() == "es" else name.capitalize()


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1
