"""What a commitment's tasks come to: its progress, the silence, the next date and whether it is fulfilled."""

from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from focalpoints.models import Agency
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.sql.prepared import prepared
from focalpoints.sql.writing import keep
from projects.date_bounds import days_late, light_due_of
from projects.models import Commitment, Task

# What is written just as the database added it up.
_AS_ADDED_UP = (
    "tasks_open", "tasks_fulfilled", "tasks_unclaimed", "claimed_on", "verified_on", "next_due", "quiet_since",
)  # fmt: skip


def roll_up(commitment: Commitment) -> None:
    """Add up the commitment's counted tasks again. Only inside a verb that has its turn (`in_turn`).

    Progress is the plain average over confirmed tasks, in whole percent rounded down. A task without follow-up counts as 0, and so does
    an agency that is bound and has no task.
    """
    missing = sum(_without_task(commitment.pk, commitment.binds))
    [sums] = _sums(commitment.pk)
    counted = sums["tasks_open"] + sums["tasks_fulfilled"] + missing
    # While tasks are open the wait of fulfilled ones excuses nothing; once all are fulfilled it counts on the day of the last one.
    waited_days = sums["waited_open"] if sums["tasks_open"] else sums["waited_fulfilled"]
    light_due = light_due_of(commitment.due, waited_days)
    fulfilled_on = None if sums["tasks_open"] or missing else sums["fulfilled_on"]
    keep(
        commitment,
        **{name: sums[name] for name in _AS_ADDED_UP},
        agencies_without_task=missing,
        claimed_progress=sums["claimed"] // counted if sums["claimed_on"] else None,
        verified_progress=sums["verified"] // counted if sums["verified_on"] else None,
        has_obstacle=sums["obstacles"] > 0,
        waited_days=waited_days,
        light_due=light_due,
        fulfilled_on=fulfilled_on,
        days_late=days_late(fulfilled_on, light_due),
    )


@prepared("commitment")
def _sums(commitment: int) -> QuerySet[Task, dict[str, Any]]:
    """What its counted tasks come to: one row."""
    claim = Coalesce("claimed_progress", "verified_progress", 0)
    return _added_up(
        Task.objects.counted().filter(commitment=commitment),
        tasks_open=Count("pk", filter=Task.OPEN),
        tasks_fulfilled=Count("pk", filter=Task.FULFILLED),
        tasks_unclaimed=Count("pk", filter=Task.UNCLAIMED),
        claimed=Sum(claim, default=0),
        verified=Sum("verified_progress", default=0),
        claimed_on=Max("claimed_on"),
        verified_on=Max("verified_on"),
        obstacles=Count("pk", filter=Task.OPEN & Q(has_obstacle=True)),
        next_due=Min("light_due", filter=Task.UNCLAIMED),
        quiet_since=Max("quiet_since", filter=Task.OPEN),
        waited_open=Max("waited_days", filter=Task.OPEN, default=0),
        waited_fulfilled=Max("waited_days", filter=Task.FULFILLED, default=0),
        fulfilled_on=Max("fulfilled_on"),
    )


@prepared("commitment")
def _without_task(commitment: int, binds: str) -> QuerySet[Agency, int]:
    """How many agencies answer for it and have no counted task: one number, or none where nobody can."""
    tasks = Task.objects.counted().filter(commitment=commitment)
    missing = _bound(commitment, binds).exclude(pk__in=tasks.values("agency"))
    return _added_up(missing, count=Count("pk")).values_list("count", flat=True)


def _bound(commitment: int, binds: str) -> AgencyQuerySet:
    """The registered agencies that answer for it; none where none was published."""
    match binds:
        case Commitment.Binds.ALL:
            return Agency.objects.reviewed()
        case Commitment.Binds.NAMED:
            return Agency.objects.registered().filter(commitments=commitment)
    return Agency.objects.none()


def _added_up(rows: QuerySet, **sums: Any) -> QuerySet:
    """`rows.aggregate(**sums)` as a queryset, which can be prepared: grouped by a constant, it is one row even where there are none."""
    return rows.order_by().annotate(every=Value(1)).values("every").annotate(**sums).values(*sums)
