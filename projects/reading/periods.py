"""What became of each period of a recurring commitment: how many of the agencies that it bound fulfilled it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from focalpoints.models import Agency, AgencyVersion
from focalpoints.pages.squares import Squares, squares
from focalpoints.sql.prepared import prepared
from projects.date_bounds import beyond_strategy
from projects.models import Commitment, CommitmentAgencyPeriod, CommitmentVersion, Task, TaskVersion
from projects.periods import running
from projects.reading.day import Day

PERIODS_SHOWN = 40  # ten years of quarters


class EndedPeriod(NamedTuple):
    """By agencies: who fulfilled it on time, late, says 100 % and waits to be verified, and not at all.

    The last include those to which nobody gave a task.
    """

    due: date
    on_time: int
    late: int
    to_be_verified: int
    not_at_all: int
    without_task: int

    @property
    def bound(self) -> int:
        return self.on_time + self.late + self.to_be_verified + self.not_at_all

    @property
    def squares(self) -> Squares | None:
        """One for each agency bound: what attention is due to first."""
        with_task = self.not_at_all - self.without_task
        counts = {
            "not_at_all": with_task,
            "to_be_verified": self.to_be_verified,
            "late": self.late,
            "on_time": self.on_time,
            "without_task": self.without_task,
        }
        return squares(counts.items())


class PeriodSeries(NamedTuple):
    """The periods over by a day, the newest first; of today, also the one that runs, and a warning where the strategy ends before it."""

    ended: list[EndedPeriod]
    runs: date | None
    warning: str

    @property
    def kinds(self) -> set[str]:
        """Which squares there are in any period that has some."""
        drawn = [period.squares for period in self.ended]
        return {key for group in drawn if group for key, _outline in group.kinds}


class _Counted(NamedTuple):
    """How the tasks that were given for a period went."""

    period_due: date
    given: int
    on_time: int
    late: int
    to_be_verified: int


def series_of(commitment: Commitment | CommitmentVersion, day: Day) -> PeriodSeries | None:
    """None for a commitment that does not recur. Two queries, and for today a third."""
    if not commitment.recurrence:
        return None
    runs = running(commitment, day.on) if isinstance(commitment, Commitment) and commitment.series_runs else None
    return PeriodSeries(list(_ended(commitment, day)), runs, beyond_strategy(runs))


def _ended(commitment: Commitment | CommitmentVersion, day: Day) -> Iterable[EndedPeriod]:
    pk = commitment.commitment_id if isinstance(commitment, CommitmentVersion) else commitment.pk
    rows = _counted(pk, day.on, day.is_past)
    without = _without_task(commitment.binds, pk, day, tuple([row.period_due for row in rows]))
    for row, not_given in zip(rows, without, strict=False):
        counted = row.on_time, row.late, row.to_be_verified
        yield EndedPeriod(row.period_due, *counted, row.given - sum(counted) + not_given, not_given)


@prepared("commitment", "on", row=_Counted)
def _counted(commitment: int, on: date, is_past: bool) -> QuerySet[Any]:
    fulfilled = (
        _of_periods(commitment, on, is_past)
        .order_by()
        .values("period_due")
        .annotate(
            given=Count("pk"),
            on_time=Count("pk", filter=Task.FULFILLED & Q(days_late=0)),
            late=Count("pk", filter=Task.FULFILLED & Q(days_late__gt=0)),
            to_be_verified=Count("pk", filter=Task.OPEN & Task.CLAIMED),
        )
    )
    return fulfilled.order_by("-period_due")[:PERIODS_SHOWN]


def _of_periods(commitment: int, on: date, is_past: bool) -> QuerySet[Any]:
    """The public tasks of periods that are over. What was entered by mistake is of none."""
    if is_past:
        tasks: QuerySet[Any] = TaskVersion.objects.on(on).public().filter(task__period__lt=on)
    else:
        tasks = Task.objects.public().filter(period__lt=on)
    to = "task__" if is_past else ""
    own = tasks.filter(~Q(state="mistaken"), commitment=commitment)
    return own.annotate(period_due=F(f"{to}period"), whose=F(f"{to}series_agency"))


def _without_task(binds: str, commitment: int, day: Day, periods: tuple[date, ...]) -> Sequence[int]:
    """How many agencies, of those that it bound when each of these periods fell due, had no task of it. One query."""
    none = (0,) * len(periods)
    if not periods or binds == Commitment.Binds.NONE_PUBLISHED:
        return none
    [*counts] = _bound_without(commitment, day.on, periods, day.is_past, binds == Commitment.Binds.NAMED)
    return counts[0] if counts else none  # no row where nobody is bound


@prepared("commitment", "on", "periods")
def _bound_without(
    commitment: int, on: date, periods: tuple[date, ...], is_past: bool, are_named: bool
) -> QuerySet[Any, tuple[int, ...]]:
    """One row: a column for each period."""
    bound: QuerySet[Any] = AgencyVersion.objects.registered().exclude(agency__kind=Agency.Kind.COORDINATING_UNIT)
    if are_named:
        bound = CommitmentAgencyPeriod.objects.filter(commitment=commitment)
    tasks = _of_periods(commitment, on, is_past)
    columns = {f"period_{place}": _count_without(tasks, period) for place, period in enumerate(periods)}
    return bound.order_by().values(every=Value(1)).annotate(**columns).values_list(*columns)


def _count_without(tasks: QuerySet[Any], period: date) -> Count:
    own = Q(Exists(tasks.filter(period_due=period, whose=OuterRef("agency"))))
    open_then = Q(agency__closed_on=None) | Q(agency__closed_on__gt=period)
    return Count("pk", filter=Q(since__lte=period, until__gt=period) & open_then & ~own)
