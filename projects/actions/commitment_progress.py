"""What a commitment's tasks come to: its progress, the silence, the next date and whether it is fulfilled."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from focalpoints.models import Agency
from focalpoints.sql.prepared import prepared
from focalpoints.sql.writing import keep
from projects.date_bounds import days_late, light_due_of
from projects.facts import EVERYBODY
from projects.models import Commitment, Task
from projects.models.task_facts import fulfils_task


class CountedTask(NamedTuple):
    """A confirmed task, as much of it as its commitment adds up."""

    pk: int
    agency_id: int
    claimed_progress: int | None
    claimed_on: date | None
    verified_progress: int | None
    verified_on: date | None
    has_obstacle: bool
    light_due: date | None
    quiet_since: date | None
    waited_days: int
    fulfilled_on: date | None


class CommitmentCount(NamedTuple):
    """What a commitment is added up from: its confirmed tasks, and the agencies that it names (keys) and that answer for it."""

    tasks: Sequence[CountedTask]
    named: Sequence[str]
    answering: frozenset[int]


def count_of(commitment: Commitment) -> CommitmentCount:
    """Two queries."""
    tasks = _counted_tasks(commitment.pk)
    if commitment.binds == Commitment.Binds.ALL:
        return CommitmentCount(tasks, EVERYBODY, frozenset(_reviewed_agencies()))
    named = _named_agencies(commitment.pk)
    answering = frozenset(pk for pk, _key, closed_on in named if closed_on is None)
    is_published = commitment.binds == Commitment.Binds.NAMED
    return CommitmentCount(tasks, [key for _pk, key, _closed_on in named], answering if is_published else frozenset())


def roll_up(
    commitment: Commitment, count: CommitmentCount | None = None, changed: Collection[Task] = ()
) -> CommitmentCount:
    """Add up the commitment's counted tasks again. Only inside a verb that has the ledger's head (`turn`).

    `count` is what it was added up from, read before; `changed` are tasks in hand that were written since. Returns the new count.
    """
    count = _with(count or count_of(commitment), changed)
    missing = len(count.answering - {task.agency_id for task in count.tasks})
    keep(commitment, **added_up(count.tasks, commitment.due, missing))
    return count


def _with(count: CommitmentCount, changed: Collection[Task]) -> CommitmentCount:
    if not changed:
        return count
    keys = {task.pk for task in changed}
    others = [task for task in count.tasks if task.pk not in keys]
    ours = [
        CountedTask._make(getattr(task, name) for name in CountedTask._fields) for task in changed if task.is_confirmed
    ]
    return count._replace(tasks=others + ours)


def added_up(tasks: Collection[Any], due: date | None, missing: int) -> dict[str, Any]:
    """The columns of a commitment that is due then and has these counted tasks: rows, CountedTasks or simulated ones.

    `missing` is how many agencies are bound and have none.

    Progress is the plain average over confirmed tasks, in whole percent rounded down. A task without follow-up counts as 0, and so does
    an agency that is bound and has no task.
    """
    still_open = [task for task in tasks if not fulfils_task(task.verified_progress)]
    unclaimed = [task for task in still_open if task.claimed_progress != 100]
    counted = len(tasks) + missing
    claimed_on = _latest(task.claimed_on for task in tasks)
    verified_on = _latest(task.verified_on for task in tasks)
    verified = sum(task.verified_progress or 0 for task in tasks)
    claimed = sum(
        task.verified_progress or 0 if task.claimed_progress is None else task.claimed_progress for task in tasks
    )
    # While tasks are open the wait of fulfilled ones excuses nothing; once all are fulfilled it counts on the day of the last one.
    waited_days = max((task.waited_days for task in still_open or tasks), default=0)
    light_due = light_due_of(due, waited_days)
    fulfilled_on = None if still_open or missing else _latest(task.fulfilled_on for task in tasks)
    return {
        "tasks_open": len(still_open),
        "tasks_fulfilled": len(tasks) - len(still_open),
        "tasks_unclaimed": len(unclaimed),
        "agencies_without_task": missing,
        "claimed_progress": claimed // counted if claimed_on else None,
        "claimed_on": claimed_on,
        "verified_progress": verified // counted if verified_on else None,
        "verified_on": verified_on,
        "has_obstacle": any(task.has_obstacle for task in still_open),
        "next_due": min((task.light_due for task in unclaimed if task.light_due), default=None),
        "quiet_since": _latest(task.quiet_since for task in still_open),
        "waited_days": waited_days,
        "light_due": light_due,
        "fulfilled_on": fulfilled_on,
        "days_late": days_late(fulfilled_on, light_due),
    }


def _latest(days: Any) -> date | None:
    return max((day for day in days if day), default=None)


@prepared("commitment", row=CountedTask)
def _counted_tasks(commitment: int) -> QuerySet[Task]:
    return Task.objects.counted().filter(commitment=commitment).order_by()


@prepared("commitment")
def _named_agencies(commitment: int) -> QuerySet[Agency, tuple[int, str, date | None]]:
    return Agency.objects.filter(commitments=commitment).order_by("key").values_list("pk", "key", "closed_on")


@prepared()
def _reviewed_agencies() -> QuerySet[Agency, int]:
    return Agency.objects.reviewed().order_by().values_list("pk", flat=True)
