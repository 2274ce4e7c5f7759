"""How far dates moved, added up by the database.

A commitment's slippage is that of its own date: the sum of (new − old) over its approved moves; a task's, of the task's. The two are
never added together. First dates and corrected captures are no moves. An agency's are those of its tasks and, apart, of the
commitments that name it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from focalpoints.models import Agency
from focalpoints.sql.prepared import prepared
from projects.derived import counts
from projects.derived.counts import MOVED_BY, Counts
from projects.light.bands import LATENESS, MOVED, SILENCE_WORDS
from projects.light.rule import DaysBetween
from projects.models import Activity, Commitment, FrameLink, Project, Request, Task
from projects.models.request import RequestQuerySet

TITLES = ("number", "title_es", "title_en")
NAMES = ("key", "acronym", "name")
LATEST_FIRST = ("-decided_at", "-pk")
NOT_PUBLIC = tuple(state for state in Task.State if state not in Task.PUBLIC_STATES)


@dataclass(frozen=True, slots=True)
class Moves:
    """Of a group of commitments, or of tasks: how many have a date, how many of those moved, how often, by how many days in sum."""

    dated: int = 0
    moved: int = 0
    moves: int = 0
    days: int = 0

    def __add__(self, other: "Moves") -> "Moves":
        return Moves(
            self.dated + other.dated, self.moved + other.moved, self.moves + other.moves, self.days + other.days
        )


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
    # Of open tasks, by how long ago something was heard of them.
    heard: list[BandBar]


def sums_of(commitments: Any, tasks: Any, on: date) -> QuerySet[Any, dict[str, Any]]:
    """Of each kind, today's rows or those of a day: what `slippage` reads."""
    both = [
        counts.banded(rows.annotate(kind=Value(kind, output_field=CharField())), on, "kind")
        for kind, rows in (("commitment", commitments), ("task", tasks))
    ]
    return both[0].union(both[1], all=True).order_by()


def slippage(rows: Iterable[dict[str, Any]]) -> dict[str, Slippage]:
    """Of `sums_of`, for each kind."""
    found: Counts = {}
    for row in rows:
        counts.add(found, {f"moved:{row['kind']}": counts.row_in_bands(row)})
    return slippage_in(found)


def slippage_in(found: Counts) -> dict[str, Slippage]:
    """Of the whole strategy, by a day's figures, for each kind."""
    nothing = [0] * len(MOVED_BY)
    return {kind: _slippage(found.get(f"moved:{kind}", nothing)) for kind in ("commitment", "task")}


def _slippage(numbers: Sequence[int]) -> Slippage:
    by = dict(zip(MOVED_BY, numbers, strict=True))
    return Slippage(
        Moves(by["dated"], by["moved"], by["moves"], by["days"]), by["fulfilled"], by["late"], by["days_late"],
        _bars("moved", {key: band.label for key, band in MOVED.items()}, by),
        _bars("late", {key: band.label for key, band in LATENESS.items()}, by),
        _bars("heard", SILENCE_WORDS, by),
    )  # fmt: skip


def middle(rows: QuerySet, moved: int) -> int | None:
    """The median of the days by which the moved ones, so many of these rows, moved: the lower of two; None where none did. One query."""
    days = rows.filter(moves__gt=0).order_by("slippage_days").values_list("slippage_days", flat=True)
    return days[(moved - 1) // 2] if moved else None


def _moves(to: str = "") -> dict[str, Any]:
    """The aggregates of `Moves`, under names that shadow no column; `to` leads to the rows."""
    return {
        "of_dated": Count(f"{to}pk", filter=Q(**{f"{to}due__isnull": False})),
        "of_moved": Count(f"{to}pk", filter=Q(**{f"{to}moves__gt": 0})),
        "sum_moves": Sum(f"{to}moves", default=0),
        "sum_days": Sum(f"{to}slippage_days", default=0),
    }


def _bars(name: str, labels: Mapping[str, Any], by: Mapping[str, int]) -> list[BandBar]:
    numbers = {key: by[f"{name}_{key}"] for key in labels}
    most = max(numbers.values(), default=0) or 1
    return [BandBar(key, label, numbers[key], round(100 * numbers[key] / most)) for key, label in labels.items()]


@dataclass(slots=True)
class SlippageGroup:
    """A row of a table: what of it moved. `key` is None for what belongs to no group."""

    key: Any
    titles: tuple[Any, ...]
    commitments: Moves = Moves()
    tasks: Moves = Moves()


type MovesByKey = dict[Any, Moves]
# What a row of a project or an agency belongs to: key and titles of each group.
type Groups = Mapping[int, Iterable[tuple[Any, ...]]]


def by_objective_and_principle() -> tuple[list[SlippageGroup], list[SlippageGroup]]:
    """By number, not aligned last. A project may serve several principles: what is promised under it counts in each. Five queries."""
    of_projects = _moves_by(_commitments, "project"), _moves_by(_tasks, "commitment__project")
    by_objective, by_principle = (
        _grouped(_groups_of(rows), *of_projects) for rows in (_objectives(), {*_printed(), *_linked()})
    )
    by_objective.sort(key=lambda group: (group.key is None, group.key))
    return by_objective, sorted(by_principle, key=lambda group: group.key)


def by_sector_and_agency() -> tuple[list[SlippageGroup], list[SlippageGroup]]:
    """Those that have a task, or that a commitment names, which counts once in each of its sectors. Four queries."""
    agencies = {pk: (parent, named) for pk, parent, *named in _agencies()}
    own: Groups = {pk: [tuple(named)] for pk, (_parent, named) in agencies.items()}
    sectors: Groups = {pk: own[parent or pk] for pk, (parent, _named) in agencies.items()}
    tasks = _moves_by(_tasks, "agency")
    by_agency = _grouped(own, _moves_by(_named, "agency", "commitment__"), tasks)
    return _grouped(sectors, _moves_by(_named_once_in_a_sector, "sector", "commitment__"), tasks), by_agency


@prepared()
def _objectives() -> QuerySet[Project, tuple[Any, ...]]:
    return Project.objects.order_by().values_list("pk", *(f"objective__{name}" for name in TITLES))


@prepared()
def _printed() -> QuerySet[Activity, tuple[Any, ...]]:
    return Activity.objects.order_by().values_list("project", *(f"principle__{name}" for name in TITLES))


@prepared()
def _linked() -> QuerySet[FrameLink, tuple[Any, ...]]:
    links = FrameLink.objects.exclude(principle=None).order_by()
    return links.values_list("project", *(f"principle__{name}" for name in TITLES))


@prepared()
def _agencies() -> QuerySet[Agency, tuple[Any, ...]]:
    return Agency.objects.values_list("pk", "parent", *NAMES)


def _commitments() -> QuerySet:
    return Commitment.objects.all()


def _tasks() -> QuerySet:
    return Task.objects.public()


def _named() -> QuerySet:
    """The links between commitments and agencies."""
    return Commitment.agencies.through.objects.all()


def _named_once_in_a_sector() -> QuerySet:
    """Of these links, those to the first agency of each sector."""
    links = _named().annotate(sector=Coalesce("agency__parent", "agency"))
    same = Q(commitment=OuterRef("commitment")) & Q(sector=OuterRef("sector"))
    return links.filter(~Exists(links.filter(same, agency__lt=OuterRef("agency"))))


def _moves_by(rows: Callable[[], QuerySet], column: str, to: str = "") -> MovesByKey:
    """`to` leads from the rows to those that moved."""
    return {key: Moves(*numbers) for key, *numbers in _sums_by(rows, column, to)}


@prepared()
def _sums_by(rows: Callable[[], QuerySet], column: str, to: str) -> QuerySet[Any, tuple[Any, ...]]:
    return rows().order_by().values_list(column).annotate(**_moves(to))


def _groups_of(rows: Iterable[tuple[Any, ...]]) -> Groups:
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for pk, *group in rows:
        groups.setdefault(pk, []).append(tuple(group))
    return groups


def _grouped(groups_of: Groups, commitments: MovesByKey, tasks: MovesByKey) -> list[SlippageGroup]:
    groups: dict[Any, SlippageGroup] = {}
    for name, moves_by in (("commitments", commitments), ("tasks", tasks)):
        for pk, moves in moves_by.items():
            for key, *titles in groups_of.get(pk, ()):
                group = groups.setdefault(key, SlippageGroup(key, tuple(titles)))
                setattr(group, name, getattr(group, name) + moves)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class MovesByReason:
    """Approved moves for reasons of a category; one that takes its commitment along is a move of each."""

    category: Request.Category
    commitment_moves: int
    commitment_days: int
    task_moves: int
    task_days: int


def by_category() -> list[MovesByReason]:
    """One query."""
    reasons = [
        MovesByReason(Request.Category(category), own + carried, own_days + carried_days, of_tasks, task_days)
        for category, own, own_days, carried, carried_days, of_tasks, task_days in _by_category()
    ]
    return sorted(reasons, key=lambda row: (-row.commitment_moves - row.task_moves, row.category))


@prepared()
def _by_category() -> QuerySet[Request, tuple[Any, ...]]:
    days, along = DaysBetween("to_due", "from_due"), DaysBetween("commitment_to", "commitment_from")
    return (
        public(Request.objects.moves())
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


@dataclass(frozen=True, slots=True)
class Apart:
    """What is counted apart from moves: commitments' and tasks'."""

    first_dates: tuple[int, int]
    corrections: tuple[int, int]
    requested: tuple[int, int]
    rejected: tuple[int, int]


def apart() -> Apart:
    """One query."""
    kind, state = Request.Kind, Request.State
    kinds = {
        "first": Q(kind=kind.FIRST_DATE, state=state.APPROVED),
        "corrected": Q(kind=kind.CORRECTION, state=state.APPROVED),
        "requested": Q(state=state.REQUESTED),
        "rejected": Q(state=state.REJECTED),
    }
    is_task = Q(task__isnull=False)
    sums = public(Request.objects.filter(kind__in=Request.DATES)).aggregate(
        **{f"{name}_c": Count("pk", filter=which & ~is_task) for name, which in kinds.items()},
        **{f"{name}_t": Count("pk", filter=which & is_task) for name, which in kinds.items()},
    )
    return Apart(*((sums[f"{name}_c"], sums[f"{name}_t"]) for name in kinds))


def public(changes: RequestQuerySet) -> RequestQuerySet:
    """Those that everybody may see, as `visible_to` says: asked for by the tasks that are not public, which are few."""
    return changes.filter(~Exists(Task.objects.filter(pk=OuterRef("task"), state__in=NOT_PUBLIC)))


def latest(count: int) -> Iterable[Request]:
    """The last approved moves, newest first. Two queries: which they are, and all that the page shows of these few."""
    return _rows(tuple(_latest(count)))


@prepared()
def _latest(count: int) -> QuerySet[Request, int]:
    return public(Request.objects.moves()).order_by(*LATEST_FIRST).values_list("pk", flat=True)[:count]


@prepared("keys")
def _rows(keys: tuple[int, ...]) -> QuerySet[Request]:
    return Request.objects.filter(pk__in=keys).select_related("commitment", "task", "agency").order_by(*LATEST_FIRST)
