"""A month of due dates: public commitments and tasks that were not cancelled, day by day."""

import calendar
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Any, Self

from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from focalpoints.business_days import SATURDAY, rest_day_name
from focalpoints.models.agency import AgencyQuerySet
from projects.models import Commitment, Task
from projects.models.commitment import CommitmentQuerySet
from projects.models.task import TaskQuerySet
from projects.reading.figures import ORDER_OF_LIGHTS

# A day with more shows how many stand at which light, and leads to its list.
MOST_IN_A_CELL = 4
_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})")
_COLUMNS = ("kind", "code", "title", "language", "due", "light", "binds", "answers")
# Of the agencies that answer for one commitment; the others are counted.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Month:
    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """`2018-10`; None for what is no month of the calendar."""
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            return None
        year, number = int(found[1]), int(found[2])
        return cls(year, number) if MINYEAR <= year <= MAXYEAR and 1 <= number <= 12 else None

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


@dataclass(slots=True)
class CalendarDay:
    """`items` is empty where there are too many for a cell: then `lights` counts them by kind and light."""

    date: date
    lights: Counter[tuple[str, str]] = field(default_factory=Counter)
    items: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.lights.total()

    @property
    def rest_day(self) -> str:
        """What the statutory rest day is called; empty for others."""
        return rest_day_name(self.date)

    @property
    def is_free(self) -> bool:
        return self.date.weekday() >= SATURDAY or bool(self.rest_day)

    @property
    def by_light(self) -> list[tuple[str, str, int]]:
        """Kind, light and how many: what needs attention first."""
        order = {light.value: place for place, light in enumerate(ORDER_OF_LIGHTS)}
        found = [(kind, light, count) for (kind, light), count in self.lights.items()]
        return sorted(found, key=lambda row: (order.get(row[1], len(order)), row[0]))


@dataclass(frozen=True, slots=True)
class DueItems:
    """What is asked for: commitments and tasks due from `first` to `last`, both days included."""

    commitments: CommitmentQuerySet
    tasks: TaskQuerySet
    on: date

    @classmethod
    def chosen(
        cls, first: date, last: date, on: date, *, kind: str = "", agencies: AgencyQuerySet | None = None
    ) -> Self:
        """Of one kind or both, and of these agencies where any were asked for."""
        commitments = Commitment.objects.filter(Commitment.ACTIVE, due__gte=first, due__lte=last)
        tasks = Task.objects.counted().filter(due__gte=first, due__lte=last)
        if agencies is not None:
            commitments = commitments.naming(agencies)
            tasks = tasks.filter(agency__in=agencies.order_by())
        if kind == "task":
            commitments = commitments.none()
        if kind == "commitment":
            tasks = tasks.none()
        return cls(commitments, tasks, on)

    def counts(self) -> dict[date, Counter[tuple[str, str]]]:
        """How many fall due on a day, by kind and light. Two queries, however many items."""
        days: dict[date, Counter[tuple[str, str]]] = {}
        for kind, rows in (("commitment", self.commitments), ("task", self.tasks)):
            lit: QuerySet[Any] = rows.with_light(self.on).order_by()
            for day, light, count in lit.values_list("due", "light").annotate(count=Count("pk")):
                days.setdefault(day, Counter())[kind, light] = count
        return days

    def items(self) -> QuerySet:
        """By date, as dicts: kind, code, title, language, due, light, and for `with_answers` binds and answers."""
        acronym = Coalesce(NullIf("agency__acronym", Value("")), "agency__name")
        tasks = self.tasks.with_light(self.on).annotate(kind=_text("task"), binds=_text(""), answers=acronym)
        commitments = self.commitments.with_light(self.on).annotate(kind=_text("commitment"), answers=_text(""))
        rows = commitments.order_by().values(*_COLUMNS).union(tasks.order_by().values(*_COLUMNS), all=True)
        return rows.order_by("due", "kind", "code")

    def on_days(self, days: list[date]) -> "DueItems":
        return DueItems(self.commitments.filter(due__in=days), self.tasks.filter(due__in=days), self.on)


def weeks_of(month: Month, dated: DueItems) -> list[list[CalendarDay | None]]:
    """The month's days with what falls due on each. Four queries, and no more rows than cells can show."""
    counts = dated.counts()
    weeks = [[CalendarDay(day, counts.get(day, Counter())) if day else None for day in week] for week in month.weeks]
    days = {day.date: day for week in weeks for day in week if day}
    few = [day.date for day in days.values() if 0 < day.total <= MOST_IN_A_CELL]
    for item in with_answers(dated.on_days(few).items()) if few else ():
        days[item["due"]].items.append(item)
    return weeks


def with_answers(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fill in `answers`, who answers for each. One query where there are commitments."""
    rows = list(items)
    commitments = [row for row in rows if row["kind"] == "commitment"]
    named = Commitment.agencies.through.objects.filter(commitment__code__in=[row["code"] for row in commitments])
    agencies: dict[str, list[str]] = {}
    if commitments:
        columns = ("commitment__code", "agency__acronym", "agency__name")
        for code, acronym, name in named.order_by(*columns).values_list(*columns):
            agencies.setdefault(code, []).append(acronym or name)
    for row in commitments:
        names = agencies.get(row["code"], [])
        more = [f"+{len(names) - MOST_NAMED}"] if len(names) > MOST_NAMED else []
        row["answers"] = ", ".join([*names[:MOST_NAMED], *more]) or str(Commitment.Binds(row["binds"]).label)
    return rows


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())
