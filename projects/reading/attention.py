"""What asks for the coordination office's attention in the strategy or in a part of it: numbers over exactly the rows of the lists that
they open, and each sector's tasks by light.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from focalpoints.models import Agency, LedgerHead
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.sql.prepared import Steps, prepared, reading
from focalpoints.text import alphabetical
from focalpoints.workflow import vacant
from projects.light.bands import IS_MOVED, unheard
from projects.light.rule import Light
from projects.light.verdict import LATE
from projects.models import Commitment, FollowUp, Request, Task
from projects.models.commitment import CommitmentQuerySet
from projects.models.task import TaskQuerySet
from projects.reading.alone import decided_alone
from projects.reading.day import Day
from projects.reading.disagreements import disagreeing
from projects.reading.figures import count_of, heads_called
from projects.reading.lists.filter_form import NONE

_IS_RESCOPED = Q(scope_changes__gt=0)
# The conditions of the lists' filters.
OF_TASKS: dict[str, Callable[[Day], Q]] = {
    "tasks_unheard": lambda day: Task.OPEN & unheard(day.on).rows,
    "tasks_hindered": lambda day: Task.HINDERED,
    "tasks_moved": lambda day: IS_MOVED.rows,
    "tasks_rescoped": lambda day: _IS_RESCOPED,
    "tasks_cancelled": lambda day: Q(state=Task.State.CANCELLED),
}
OF_COMMITMENTS = {
    "commitments_without_tasks": Commitment.WITHOUT_TASKS,
    "commitments_undated": Q(due=None),
    "commitments_moved": IS_MOVED.rows,
    "commitments_rescoped": _IS_RESCOPED,
    "commitments_withdrawn": Q(state=Commitment.State.CANCELLED),
}


class StrategyPart(NamedTuple):
    """A part of the strategy: what these agencies answer for, what serves an objective (NONE: no objective) or a principle. Empty: all."""

    agencies: tuple[int, ...] = ()
    objective: str = ""
    principle: str = ""

    @property
    def tasks(self) -> TaskQuerySet:
        return self._serving(Task.objects.public().filter(*self._of("agency")))

    @property
    def commitments(self) -> CommitmentQuerySet:
        rows = Commitment.objects.all()
        return self._serving(rows.naming(self.agencies) if self.agencies else rows)

    @property
    def seats(self) -> AgencyQuerySet:
        """The agencies themselves; under an objective or principle, those with open tasks for it."""
        agencies = Agency.objects.registered().filter(*self._of("pk"))
        if not self.objective and not self.principle:
            return agencies
        return agencies.filter(pk__in=self._serving(Task.objects.open()).order_by().values("agency"))

    def _of(self, column: str) -> list[Q]:
        return [Q(**{f"{column}__in": self.agencies})] if self.agencies else []

    def _serving[Rows: (TaskQuerySet, CommitmentQuerySet)](self, rows: Rows) -> Rows:
        if self.objective:
            rows = rows.under_objective(None if self.objective == NONE else int(self.objective))
        return rows.under_principle(int(self.principle)) if self.principle else rows


APART: dict[str, Callable[[StrategyPart, date], QuerySet]] = {
    "tasks_without_evidence": lambda part, on: part.tasks.without_evidence(),
    "commitments_with_discrepancies": lambda part, on: disagreeing(part.commitments.with_light(on).order_by(), on),
    "commitments_decided_alone": lambda part, on: decided_alone(part.commitments, on),
    "agencies_vacant": lambda part, on: vacant(part.seats, on),
}


@dataclass(slots=True)
class SectorTasks:
    """The public tasks of a sector's agencies, by light."""

    key: str
    acronym: str
    name: str
    lights: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.lights.total()


class Attention(NamedTuple):
    """`numbers` by the names of `tables.attention`; the sectors with most tasks first."""

    numbers: dict[str, int]
    sectors: list[SectorTasks]


@reading
def queue_length() -> Steps[int]:
    """How many follow-ups, requests, proposed tasks and commitments to be assessed wait for the coordination office. One query."""
    [[waiting]] = yield [(_queue, ())]
    return sum(waiting)


@prepared()
def _queue() -> QuerySet[LedgerHead, tuple[int, ...]]:
    proposed = Task.objects.filter(state=Task.State.PROPOSED)
    to_assess = Commitment.objects.filter(Commitment.TO_ASSESS)
    waiting = (FollowUp.objects.waiting(), Request.objects.waiting(), proposed, to_assess)
    return LedgerHead.objects.filter(pk=1).values_list(*(count_of(rows) for rows in waiting))


@reading
def attention(part: StrategyPart, day: Day) -> Steps[Attention]:
    """Four queries; on PostgreSQL in two round trips."""
    asked = (*part, day)
    tasks, commitments, [apart] = yield [(_tasks, asked), (_commitments, asked), (_apart, asked)]
    lights, late = Counter[str](), 0
    by_sector: dict[int, Counter[str]] = {}
    for sector, light, number, *_sums in tasks:
        by_sector.setdefault(sector, Counter())[light] = number
        lights[light] += number
    for light, number, *_sums in commitments:
        late += number if light in LATE else 0
    numbers = {
        "tasks_late": lights[Light.LATE],
        "tasks_at_risk": lights[Light.AT_RISK],
        "tasks_to_be_verified": lights[Light.TO_BE_VERIFIED],
        **_summed(OF_TASKS, [row[3:] for row in tasks]),
        "commitments_late": late,
        **_summed(OF_COMMITMENTS, [row[2:] for row in commitments]),
        **dict(zip(APART, apart, strict=True)),
    }
    heads: list[dict[str, Any]] = []
    if by_sector:
        [heads] = yield [(heads_called, (tuple(sorted(by_sector)),))]
    sectors = [SectorTasks(head["key"], head["acronym"], head["name"], by_sector[head["pk"]]) for head in heads]
    return Attention(numbers, sorted(sectors, key=lambda one: (-one.total, alphabetical(one.acronym), one.key)))


def _summed(names: Iterable[str], rows: Sequence[Sequence[int]]) -> dict[str, int]:
    return {name: sum(row[place] for row in rows) for place, name in enumerate(names)}


def _sums(conditions: Mapping[str, Q]) -> dict[str, Count]:
    return {name: Count("pk", filter=condition) for name, condition in conditions.items()}


@prepared("agencies")
def _tasks(agencies: tuple[int, ...], objective: str, principle: str, day: Day) -> QuerySet[Any, tuple[Any, ...]]:
    """By sector and light: how many there are, and of how many the conditions hold."""
    rows = StrategyPart(agencies, objective, principle).tasks.with_light(day.on).order_by()
    by_sector = rows.annotate(sector=Coalesce("agency__parent", "agency")).values_list("sector", "light")
    conditions = {name: condition(day) for name, condition in OF_TASKS.items()}
    return by_sector.annotate(number=Count("pk"), **_sums(conditions))


@prepared("agencies")
def _commitments(agencies: tuple[int, ...], objective: str, principle: str, day: Day) -> QuerySet[Any, tuple[Any, ...]]:
    """By light."""
    rows = StrategyPart(agencies, objective, principle).commitments.with_light(day.on).order_by()
    return rows.values_list("light").annotate(number=Count("pk"), **_sums(OF_COMMITMENTS))  # type: ignore[misc]


@prepared("agencies")
def _apart(
    agencies: tuple[int, ...], objective: str, principle: str, day: Day
) -> QuerySet[LedgerHead, tuple[int, ...]]:
    """What is not told by a row of its own: one row of counts, in the order of `APART`."""
    part = StrategyPart(agencies, objective, principle)
    return LedgerHead.objects.filter(pk=1).values_list(*[count_of(rows(part, day.on)) for rows in APART.values()])
