"""What became of each period of a recurring commitment: how many of the agencies that it bound fulfilled it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from focalpoints.models import Agency, AgencyVersion
from focalpoints.pages.squares import Squares, squares
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


def series_of(commitment: Commitment | CommitmentVersion, day: Day) -> PeriodSeries | None:
    """None for a commitment that does not recur. Two queries, and for today a third."""
    if not commitment.recurrence:
        return None
    runs = running(commitment, day.on) if isinstance(commitment, Commitment) and commitment.series_runs else None
    return PeriodSeries(list(_ended(commitment, day)), runs, beyond_strategy(runs))


def _ended(commitment: Commitment | CommitmentVersion, day: Day) -> Iterable[EndedPeriod]:
    pk = commitment.commitment_id if isinstance(commitment, CommitmentVersion) else commitment.pk
    to = "task__" if day.is_past else ""
    tasks = _of_periods(pk, day).annotate(period_due=F(f"{to}period"), whose=F(f"{to}series_agency"))
    fulfilled = (
        tasks.order_by()
        .values("period_due")
        .annotate(
            given=Count("pk"),
            on_time=Count("pk", filter=Task.FULFILLED & Q(days_late=0)),
            late=Count("pk", filter=Task.FULFILLED & Q(days_late__gt=0)),
            to_be_verified=Count("pk", filter=Task.OPEN & Task.CLAIMED),
        )
    )
    rows = list(fulfilled.order_by("-period_due")[:PERIODS_SHOWN])
    without = _without_task(commitment, pk, tasks, [row["period_due"] for row in rows])
    for row in rows:
        not_given = without[row["period_due"]]
        counted = row["on_time"], row["late"], row["to_be_verified"]
        yield EndedPeriod(row["period_due"], *counted, row["given"] - sum(counted) + not_given, not_given)


def _of_periods(commitment: int, day: Day) -> QuerySet[Any]:
    """The public tasks of periods that are over. What was entered by mistake is of none."""
    if day.is_past:
        tasks: QuerySet[Any] = TaskVersion.objects.on(day.on).public().filter(task__period__lt=day.on)
    else:
        tasks = Task.objects.public().filter(period__lt=day.on)
    return tasks.filter(~Q(state="mistaken"), commitment=commitment)


def _without_task(
    commitment: Commitment | CommitmentVersion, pk: int, tasks: QuerySet[Any], periods: list[date]
) -> dict[date, int]:
    """How many agencies, of those that it bound when each of these periods fell due, had no task of it. One query."""
    if not periods or commitment.binds == Commitment.Binds.NONE_PUBLISHED:
        return dict.fromkeys(periods, 0)
    bound: QuerySet[Any] = AgencyVersion.objects.registered().exclude(agency__kind=Agency.Kind.COORDINATING_UNIT)
    if commitment.binds == Commitment.Binds.NAMED:
        bound = CommitmentAgencyPeriod.objects.filter(commitment=pk)
    counts = bound.aggregate(**{str(place): _bound_without(tasks, period) for place, period in enumerate(periods)})
    return {period: counts[str(place)] for place, period in enumerate(periods)}


def _bound_without(tasks: QuerySet[Any], period: date) -> Count:
    own = Q(Exists(tasks.filter(period_due=period, whose=OuterRef("agency"))))
    open_then = Q(agency__closed_on=None) | Q(agency__closed_on__gt=period)
    return Count("pk", filter=Q(since__lte=period, until__gt=period) & open_then & ~own)
