"""How far dates moved, added up by the database.

A commitment's slippage is that of its own date: the sum of (new − old) over its approved moves; a task's, of the task's. The two are
never added together. First dates and corrected captures are no moves. An agency's are those of its tasks and, apart, of the
commitments that name it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from focalpoints.sql.prepared import prepared
from projects.light.bands import LATENESS, MOVED, Band, silence
from projects.light.rule import DaysBetween
from projects.models import Commitment, DateChange, Task
from projects.models.date_change import DateChangeQuerySet
from projects.reading.day import Day

EVERYTHING = Q()


@dataclass(frozen=True, slots=True)
class Moves:
    """Of a group of commitments, or of tasks: how many have a date, how many of those moved, how often, by how many days in sum."""

    dated: int = 0
    moved: int = 0
    moves: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class BandBar:
    """One band of a distribution. `share` is in percent of the longest."""

    key: str
    label: Any
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Slippage:
    """`fulfilled` counts those that had a date; `days_late` is the sum over the `late` ones of them."""

    total: Moves
    fulfilled: int
    late: int
    days_late: int
    moved: list[BandBar]
    lateness: list[BandBar]
    # Of what is open, by how long ago something was heard of it.
    heard: list[BandBar]


def sums_of(commitments: Any, tasks: Any, on: date) -> QuerySet[Any, dict[str, Any]]:
    """Of each kind, today's rows or those of a day: what `slippage` reads."""
    both = [
        rows.order_by().values(kind=Value(kind, output_field=CharField())).annotate(**_sums(is_open, on))
        for kind, rows, is_open in (("commitment", commitments, Commitment.OPEN), ("task", tasks, Task.OPEN))
    ]
    return both[0].union(both[1], all=True).order_by()


def slippage_on(day: Day) -> dict[str, Slippage]:
    """Of the whole strategy. One query."""
    return slippage(_whole(day), day.on)


@prepared()
def _whole(day: Day) -> QuerySet[Any, dict[str, Any]]:
    return sums_of(day.commitments, day.tasks.public(), day.on)


def slippage(rows: Iterable[dict[str, Any]], on: date) -> dict[str, Slippage]:
    """Of `sums_of`, for each kind."""
    found = {sums["kind"]: sums for sums in rows}
    return {kind: _slippage(found.get(kind, defaultdict(int)), on) for kind in ("commitment", "task")}


def _sums(is_open: Q, on: date) -> dict[str, Any]:
    return {
        **_moves(),
        **_counts("moved", MOVED),
        **_counts("late", LATENESS),
        **_counts("heard", silence(on), is_open),
        "of_fulfilled": Count("pk", filter=Q(days_late__isnull=False)),
        "of_late": Count("pk", filter=Q(days_late__gt=0)),
        "sum_late": Sum("days_late", default=0),
    }


def _slippage(sums: Mapping[str, Any], on: date) -> Slippage:
    return Slippage(
        _read(sums), sums["of_fulfilled"], sums["of_late"], sums["sum_late"], _bars("moved", MOVED, sums),
        _bars("late", LATENESS, sums), _bars("heard", silence(on), sums),
    )  # fmt: skip


def middle(rows: QuerySet) -> int | None:
    """The median of the days by which the moved ones moved, the lower of two; None where none did. Two queries."""
    days = rows.filter(moves__gt=0).order_by("slippage_days").values_list("slippage_days", flat=True)
    count = days.count()
    return days[(count - 1) // 2] if count else None


def _moves(to: str = "") -> dict[str, Any]:
    """The aggregates of `Moves`, under names that shadow no column; `to` leads to the rows."""
    return {
        "of_dated": Count(f"{to}pk", filter=Q(**{f"{to}due__isnull": False})),
        "of_moved": Count(f"{to}pk", filter=Q(**{f"{to}moves__gt": 0})),
        "sum_moves": Sum(f"{to}moves", default=0),
        "sum_days": Sum(f"{to}slippage_days", default=0),
    }


def _read(sums: Mapping[str, Any]) -> Moves:
    return Moves(sums["of_dated"], sums["of_moved"], sums["sum_moves"], sums["sum_days"])


def _counts(name: str, bands: Mapping[str, Band], among: Q = EVERYTHING) -> dict[str, Count]:
    return {f"in_{name}_{key}": Count("pk", filter=among & band.rows) for key, band in bands.items()}


def _bars(name: str, bands: Mapping[str, Band], sums: Mapping[str, int]) -> list[BandBar]:
    counts = {key: sums[f"in_{name}_{key}"] for key in bands}
    most = max(counts.values(), default=0) or 1
    return [BandBar(key, band.label, counts[key], round(100 * counts[key] / most)) for key, band in bands.items()]


@dataclass(slots=True)
class SlippageGroup:
    """A row of a table: what of it moved. `key` is None for what belongs to no group."""

    key: Any
    titles: tuple[Any, ...]
    commitments: Moves = Moves()
    tasks: Moves = Moves()


def by_objective() -> list[SlippageGroup]:
    """Each objective by number, not aligned last. Two queries, as for each table."""
    titles = ("objective__number", "objective__title_es", "objective__title_en")
    groups = _grouped(
        Commitment.objects.values_list(*(f"project__{name}" for name in titles)),
        Task.objects.public().values_list(*(f"commitment__project__{name}" for name in titles)),
    )
    return sorted(groups, key=lambda group: (group.key is None, group.key))


def by_principle() -> list[SlippageGroup]:
    """A project may serve several: what is promised under it counts in each."""
    titles = ("principles__number", "principles__title_es", "principles__title_en")
    serving = Q(project__principles__isnull=False)
    groups = _grouped(
        Commitment.objects.filter(serving).values_list(*(f"project__{name}" for name in titles)),
        Task.objects.public().filter(commitment__project__principles__isnull=False)
        .values_list(*(f"commitment__project__{name}" for name in titles)),
    )  # fmt: skip
    return sorted(groups, key=lambda group: group.key)


def by_agency() -> list[SlippageGroup]:
    """Every agency that has a task, or that a commitment names."""
    titles = ("agency__key", "agency__acronym", "agency__name")
    named = Commitment.agencies.through.objects.values_list(*titles)
    return _grouped(named, Task.objects.public().values_list(*titles), to="commitment__")


def by_sector() -> list[SlippageGroup]:
    """Commitments that name agencies of a sector count once in it; tasks by their agency's sector."""
    through, sector = Commitment.agencies.through, Coalesce("agency__parent", "agency")
    titles = {
        f"sector_{name}": Coalesce(f"agency__parent__{name}", f"agency__{name}") for name in ("key", "acronym", "name")
    }
    same = Q(commitment=OuterRef("commitment")) & Q(sector=OuterRef("sector"))
    earlier = through.objects.annotate(sector=sector).filter(same, agency__lt=OuterRef("agency"))
    named = through.objects.annotate(sector=sector).filter(~Exists(earlier))
    return _grouped(
        named.annotate(**titles).values_list(*titles),
        Task.objects.public().annotate(**titles).values_list(*titles),
        to="commitment__",
    )


def _grouped(commitments: QuerySet, tasks: QuerySet, to: str = "") -> list[SlippageGroup]:
    groups: dict[Any, SlippageGroup] = {}
    for name, rows in (("commitments", commitments.annotate(**_moves(to))), ("tasks", tasks.annotate(**_moves()))):
        for key, *titles, dated, moved, moves, days in rows.order_by():
            group = groups.setdefault(key, SlippageGroup(key, tuple(titles)))
            setattr(group, name, Moves(dated, moved, moves, days))
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class MovesByReason:
    """Approved moves for reasons of a category; one that takes its commitment along is a move of each."""

    category: DateChange.Category
    commitment_moves: int
    commitment_days: int
    task_moves: int
    task_days: int


def by_category() -> list[MovesByReason]:
    """One query."""
    days, along = DaysBetween("to_due", "from_due"), DaysBetween("commitment_to", "commitment_from")
    rows = (
        public(DateChange.objects.moves())
        .order_by()
        .values_list("category")
        .annotate(
            own=Count("pk", filter=Q(task=None)),
            own_days=Sum(days, filter=Q(task=None), default=0),
            carried=Count("pk", filter=Q(commitment_to__isnull=False)),
            carried_days=Sum(along, default=0),
            of_tasks=Count("pk", filter=Q(task__isnull=False)),
            task_days=Sum(days, filter=Q(task__isnull=False), default=0),
        )
    )
    reasons = [
        MovesByReason(DateChange.Category(category), own + carried, own_days + carried_days, of_tasks, task_days)
        for category, own, own_days, carried, carried_days, of_tasks, task_days in rows
    ]
    return sorted(reasons, key=lambda row: (-row.commitment_moves - row.task_moves, row.category))


@dataclass(frozen=True, slots=True)
class Apart:
    """What is counted apart from moves: commitments' and tasks'."""

    first_dates: tuple[int, int]
    corrections: tuple[int, int]
    requested: tuple[int, int]
    rejected: tuple[int, int]


def apart() -> Apart:
    """One query."""
    kind, state = DateChange.Kind, DateChange.State
    kinds = {
        "first": Q(kind=kind.FIRST_DATE),
        "corrected": Q(kind=kind.CORRECTION),
        "requested": Q(state=state.REQUESTED),
        "rejected": Q(state=state.REJECTED),
    }
    is_task = Q(task__isnull=False)
    sums = public(DateChange.objects.all()).aggregate(
        **{f"{name}_c": Count("pk", filter=which & ~is_task) for name, which in kinds.items()},
        **{f"{name}_t": Count("pk", filter=which & is_task) for name, which in kinds.items()},
    )
    return Apart(*((sums[f"{name}_c"], sums[f"{name}_t"]) for name in kinds))


def public(changes: DateChangeQuerySet) -> DateChangeQuerySet:
    return changes.visible_to(AnonymousUser())


def latest(count: int) -> Iterable[DateChange]:
    """The last approved moves, newest first. One query."""
    return (
        public(DateChange.objects.moves())
        .select_related("commitment", "task", "agency")
        .order_by("-decided_at", "-pk")[:count]
    )
