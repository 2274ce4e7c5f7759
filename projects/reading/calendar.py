"""A month of due dates: public commitments and tasks that were not cancelled, day by day."""

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from focalpoints.business_days import SATURDAY, rest_day_name
from focalpoints.models import Agency
from focalpoints.pages.typed_dates import read_month
from focalpoints.sql.prepared import prepared
from focalpoints.sql.spanish import InSpanish
from projects.models import Commitment, Task
from projects.reading.day import Day
from projects.reading.figures import ORDER_OF_LIGHTS

# A day with more shows how many stand at which light, and leads to its list.
MOST_IN_A_CELL = 4
PLACES = {light.value: place for place, light in enumerate(ORDER_OF_LIGHTS)}
# Of the agencies that answer for one commitment; the others are counted.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Month:
    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """`2018-10`, as in addresses, or as somebody types it (`typed_dates`); None for what is no month of the calendar."""
        found = read_month(text)
        return cls(*found) if found and MINYEAR <= found[0] <= MAXYEAR else None

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def previous(self) -> "Month | None":
        return Month.of(self.first - timedelta(days=1)) if self.first > date.min else None

    @property
    def next(self) -> "Month | None":
        return Month.of(self.last + timedelta(days=1)) if self.last < date.max else None

    def day(self, number: int) -> date | None:
        """None for 31 November."""
        return self.first.replace(day=number) if 1 <= number <= self.last.day else None

    @property
    def weeks(self) -> list[list[date | None]]:
        """Monday first; None before the first day and after the last."""
        numbers = calendar.Calendar().itermonthdays(self.year, self.number)
        days = [self.first.replace(day=number) if number else None for number in numbers]
        return [days[start : start + 7] for start in range(0, len(days), 7)]


class DueItem(NamedTuple):
    """A commitment or a task. `answers` says who answers for it: the agency of a task, the first agencies of a commitment."""

    kind: str
    code: str
    title: str
    language: str
    due: date
    light: str
    binds: str
    answers: str


@dataclass(slots=True)
class CalendarDay:
    """`items` is empty where there are too many for a cell: then `lights` counts them by kind and light."""

    date: date
    lights: Counter[tuple[str, str]] = field(default_factory=Counter)
    items: list[DueItem] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.lights.total()

    @property
    def rest_day(self) -> str:
        """What the statutory rest day is called; empty for others."""
        return rest_day_name(self.date)

    @property
    def is_weekend(self) -> bool:
        return self.date.weekday() >= SATURDAY

    @property
    def by_light(self) -> list[tuple[str, str, int]]:
        """Kind, light and how many: what needs attention first."""
        found = [(kind, light, count) for (kind, light), count in self.lights.items()]
        return sorted(found, key=lambda row: (PLACES[row[1]], row[0]))


@dataclass(frozen=True, slots=True)
class DueItems:
    """What is asked for: commitments and tasks due from `first` to `last`, both days included.

    Of one `kind` or both, and of these `agencies`; None for all.
    """

    first: date
    last: date
    today: Day
    kind: str = ""
    agencies: tuple[int, ...] | None = None

    def counts(self) -> dict[date, Counter[tuple[str, str]]]:
        """How many fall due on a day, by kind and light. One query, however many items."""
        days: dict[date, Counter[tuple[str, str]]] = {}
        for kind, day, light, count in _counts(self.first, self.last, *self._narrowed):
            days.setdefault(day, Counter())[kind, light] = count
        return days

    def items(self, start: int, stop: int) -> list[DueItem]:
        """By date, from one place to another. Two queries at most."""
        return _with_answers(_items(self.first, self.last, *self._narrowed, start, stop))

    def on_days(self, days: tuple[date, ...]) -> list[DueItem]:
        """All of these days. Two queries at most."""
        return _with_answers(_on_days(days, *self._narrowed)) if days else []

    @property
    def _narrowed(self) -> tuple[tuple[int, ...], bool, str, Day]:
        return self.agencies or (), self.agencies is not None, self.kind, self.today


def weeks_of(month: Month, dated: DueItems) -> list[list[CalendarDay | None]]:
    """The month's days with what falls due on each. Three queries, and no more rows than cells can show."""
    counts = dated.counts()
    weeks = [[CalendarDay(day, counts.get(day, Counter())) if day else None for day in week] for week in month.weeks]
    days = {day.date: day for week in weeks for day in week if day}
    few = tuple([day.date for day in days.values() if 0 < day.total <= MOST_IN_A_CELL])
    for item in dated.on_days(few):
        days[item.due].items.append(item)
    return weeks


def due_rows(agencies: tuple[int, ...], is_narrowed: bool, kind: str, **due: Any) -> Iterator[tuple[str, Any]]:
    """Each kind that is asked for, with its rows that are due then."""
    if kind != "task":
        commitments = Commitment.objects.filter(Commitment.ACTIVE, **due)
        yield "commitment", commitments.naming(Agency.objects.filter(pk__in=agencies)) if is_narrowed else commitments
    if kind != "commitment":
        tasks = Task.objects.confirmed().filter(**due)
        yield "task", tasks.filter(agency__in=agencies) if is_narrowed else tasks


@prepared("first", "last", "agencies")
def _counts(
    first: date, last: date, agencies: tuple[int, ...], is_narrowed: bool, kind: str, today: Day
) -> QuerySet[Any, tuple[str, date, str, int]]:
    return _together(
        rows.with_light(today.on).order_by().values("due", "light", kind=_text(name)).annotate(count=Count("pk"))
        .values_list("kind", "due", "light", "count")
        for name, rows in due_rows(agencies, is_narrowed, kind, due__gte=first, due__lte=last)
    )  # fmt: skip


@prepared("first", "last", "agencies")
def _items(
    first: date, last: date, agencies: tuple[int, ...], is_narrowed: bool, kind: str, today: Day, start: int, stop: int
) -> QuerySet[Any, tuple]:
    return _listed(due_rows(agencies, is_narrowed, kind, due__gte=first, due__lte=last), today)[start:stop]


@prepared("days", "agencies")
def _on_days(
    days: tuple[date, ...], agencies: tuple[int, ...], is_narrowed: bool, kind: str, today: Day
) -> QuerySet[Any, tuple]:
    return _listed(due_rows(agencies, is_narrowed, kind, due__in=days), today)


def _listed(both: Iterable[tuple[str, Any]], today: Day) -> QuerySet[Any, tuple]:
    acronym = Coalesce(NullIf("agency__acronym", Value("")), "agency__name")
    own: dict[str, dict[str, Any]] = {
        "task": {"kind": _text("task"), "binds": _text(""), "answers": acronym},
        "commitment": {"kind": _text("commitment"), "answers": _text("")},
    }
    found = _together(
        rows.with_light(today.on).annotate(**own[name]).order_by().values_list(*DueItem._fields) for name, rows in both
    )
    return found.order_by("due", "kind", "code")


def _together(several: Iterable[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    first, *others = several
    return (first.union(*others, all=True) if others else first).order_by()


def _with_answers(rows: list[tuple]) -> list[DueItem]:
    """Say who answers for the commitments among these. One query where there are any."""
    items = [DueItem(*row) for row in rows]
    codes = tuple([item.code for item in items if item.kind == "commitment"])
    agencies: dict[str, list[str]] = {}
    for code, acronym, name in _named(codes) if codes else ():
        agencies.setdefault(code, []).append(acronym or name)
    return [
        item._replace(answers=_answers(item, agencies.get(item.code, []))) if item.kind == "commitment" else item
        for item in items
    ]


def _answers(commitment: DueItem, names: list[str]) -> str:
    more = [f"+{len(names) - MOST_NAMED}"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more]) or str(Commitment.Binds(commitment.binds).label)


@prepared("codes")
def _named(codes: tuple[str, ...]) -> QuerySet[Any, tuple[str, str, str]]:
    columns = ("commitment__code", "agency__acronym", "agency__name")
    named = Commitment.agencies.through.objects.filter(commitment__code__in=codes)
    order = ("commitment__code", InSpanish("agency__acronym"), InSpanish("agency__name"))
    return named.order_by(*order).values_list(*columns)


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())
