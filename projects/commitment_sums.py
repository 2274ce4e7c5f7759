"""What a commitment's tasks come to, in one way for verbs, previews and simulated ledgers: progress, silence, the next date."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from focalpoints.models import Agency
from focalpoints.sql.prepared import Asked, asked_together, prepared
from projects.date_bounds import days_late, light_due_of
from projects.facts import EVERYBODY
from projects.models import Commitment, Task
from projects.models.task_facts import fulfils_task


class CountedTask(NamedTuple):
    """A task that is confirmed, or was cancelled or replaced since, as much of it as its commitment adds up."""

    pk: int
    commitment_id: int
    agency_id: int
    first_agency_id: int | None
    state: str
    ended_on: date | None
    claimed_progress: int | None
    claimed_on: date | None
    verified_progress: int | None
    verified_on: date | None
    has_obstacle: bool
    light_due: date | None
    quiet_since: date | None
    waited_days: int
    fulfilled_on: date | None


class NamedByCommitment(NamedTuple):
    """An agency that a commitment names."""

    commitment_id: int
    agency_id: int
    agency__key: str
    agency__closed_on: date | None


class CommitmentCount(NamedTuple):
    """What a commitment is added up from.

    Its tasks, the agencies that it names (keys), those that answer for it, and those that did once and had no task when it ended.
    """

    tasks: Sequence[CountedTask]
    named: Sequence[str]
    answering: frozenset[int]
    left_out: frozenset[int] = frozenset()

    @property
    def without_task(self) -> frozenset[int]:
        """Those that answer for it and have no counted task."""
        return self.answering - self._with_task

    @property
    def owing(self) -> "Owing":
        """Whom a task was passed to has, for the average, still none of its own: else passing one on would raise it."""
        missing, left_out = len(self.without_task), len(self.left_out - self.answering - self._with_task)
        at_first = {task.first_agency_id or task.agency_id for task in self._counted}
        gaps = len((self.answering | self.left_out) - at_first)
        return Owing(missing, left_out, max(0, gaps - missing - left_out))

    @property
    def _with_task(self) -> set[int]:
        return {task.agency_id for task in self._counted}

    @property
    def _counted(self) -> list[CountedTask]:
        return [task for task in self.tasks if task.state in Task.COUNTED_STATES]


class Owing(NamedTuple):
    """How many agencies without a task a commitment binds (`missing`), how many it bound once, and how many have none but what was passed
    to them: all count as 0 percent.
    """

    missing: int
    left_out: int = 0
    passed_to: int = 0


TOLD = (*Task.COUNTED_STATES, Task.State.REPLACED)


def count_of(commitment: Commitment) -> CommitmentCount:
    return counts_of([commitment])[commitment.pk]


def counts_of(commitments: Sequence[Commitment]) -> dict[int, CommitmentCount]:
    """By key, what each is added up from."""
    return counts_from(commitments, asked_together(*questions_about(commitments)))


def questions_about(commitments: Sequence[Commitment]) -> list[Asked]:
    """What has to be asked for `counts_from`, so that a verb can ask it together with more."""
    named, binding_all = _by_what_they_bind(commitments)
    questions: list[Asked] = [(_counted_tasks, (tuple(row.pk for row in commitments),))]
    questions += [(_named_agencies, (tuple(row.pk for row in named),))] if named else []
    return questions + ([(_reviewed_agencies, ())] if binding_all else [])


def _by_what_they_bind(commitments: Sequence[Commitment]) -> tuple[list[Commitment], list[Commitment]]:
    """Those that name agencies, or none, and those that bind all."""
    binding_all = [row for row in commitments if row.binds == Commitment.Binds.ALL]
    return [row for row in commitments if row.binds != Commitment.Binds.ALL], binding_all


def counts_from(commitments: Sequence[Commitment], answers: Sequence[list[Any]]) -> dict[int, CommitmentCount]:
    """What each is added up from, by the answers to `questions_about` them."""
    tasks, agencies, left = defaultdict(list), defaultdict(list), iter(answers)
    for task in next(left):
        tasks[task.commitment_id].append(task)
    named, binding_all = _by_what_they_bind(commitments)
    for agency in next(left) if named else ():
        agencies[agency.commitment_id].append(agency)
    reviewed = frozenset(next(left) if binding_all else ())
    counts = {
        row.pk: CommitmentCount(tasks[row.pk], EVERYBODY, reviewed, frozenset(row.left_out)) for row in binding_all
    }
    for row in named:
        open_ones = (agency.agency_id for agency in agencies[row.pk] if agency.agency__closed_on is None)
        answering = frozenset(open_ones if row.binds == Commitment.Binds.NAMED else ())
        keys = [agency.agency__key for agency in agencies[row.pk]]
        counts[row.pk] = CommitmentCount(tasks[row.pk], keys, answering, frozenset(row.left_out))
    return counts


# What less than before, or something open again, takes away. "Not fulfilled" stays until a new finding.
TAKEN_AWAY = (Commitment.Finding.FULFILLED, Commitment.Finding.PARTLY)
NO_FINDING: dict[str, Any] = {"finding": "", "found_on": None, "fulfilled_on": None, "days_late": None}


def kept_of(commitment: Commitment, count: CommitmentCount) -> dict[str, Any]:
    """The columns that it keeps of what it is added up from.

    What its tasks come to, what that is of something that recurs, and what its finding makes of it: one that was taken away leaves none.
    """
    sums = added_up(count.tasks, commitment.due, count.owing) | as_a_series(commitment)
    if commitment.finding in TAKEN_AWAY and is_less(commitment, sums):
        return sums | NO_FINDING
    return sums | fulfilment(commitment.finding, commitment.found_on, sums)


def as_a_series(commitment: Any) -> dict[str, Any]:
    """What recurs has no percent; whether periods are still to come."""
    if not commitment.recurrence:
        return {"series_runs": False}
    runs = commitment.series_ended_on is None
    return {"series_runs": runs, "claimed_progress": None, "verified_progress": None}


def is_less(before: Any, sums: Mapping[str, Any]) -> bool:
    """Whether more of it is open than before, or less was verified."""
    return sums["tasks_open"] > before.tasks_open or (sums["verified_progress"] or 0) < (before.verified_progress or 0)


def fulfilment(finding: str, found_on: date | None, sums: Mapping[str, Any]) -> dict[str, Any]:
    """On which day it counts as fulfilled, and how late that was.

    The day on which its last accepted follow-up was sent, so that the office's delay makes nobody late; without tasks or date, the day
    of the finding.
    """
    if finding != Commitment.Finding.FULFILLED:
        return {"fulfilled_on": None, "days_late": None}
    on = (sums["light_due"] and sums["fulfilled_on"]) or found_on
    return {"fulfilled_on": on, "days_late": days_late(on, sums["light_due"])}


def added_up(told: Collection[Any], due: date | None, owing: Owing) -> dict[str, Any]:
    """The columns of a commitment that is due then and has these tasks: rows, CountedTasks or simulated ones.

    `fulfilled_on` is the day on which the last of its tasks was; whether it counts, a finding says (`fulfilment`).
    Progress is the plain average, in whole percent rounded down. A task without follow-up counts as 0, and so does an agency that is or
    was bound and has no task, or none but one that another passed to it.
    A cancelled task goes on counting at the progress last verified, a replaced one through its successor:
    so progress rises only by a follow-up that was accepted.
    """
    tasks = [task for task in told if task.state == Task.State.CONFIRMED]
    cancelled = [task for task in told if task.state == Task.State.CANCELLED]
    still_open = [task for task in tasks if not fulfils_task(task.verified_progress)]
    unclaimed = [task for task in still_open if task.claimed_progress != 100]
    counted = len(tasks) + len(cancelled) + sum(owing)
    # As with what was verified, a cancelled task's word was said, though only its verified part counts.
    claimed_on = _latest(task.claimed_on for task in (*tasks, *cancelled))
    verified_on = _latest(task.verified_on for task in (*tasks, *cancelled))
    of_cancelled = sum(task.verified_progress or 0 for task in cancelled)
    verified = sum(task.verified_progress or 0 for task in tasks) + of_cancelled
    claimed = of_cancelled + sum(
        task.verified_progress or 0 if task.claimed_progress is None else task.claimed_progress for task in tasks
    )
    last_ended_on = _latest(task.ended_on for task in told)
    # While tasks are open the wait of fulfilled ones excuses nothing; once all are fulfilled it counts on the day of the last one.
    waited_days = max((task.waited_days for task in still_open or tasks), default=0)
    light_due = light_due_of(due, waited_days)
    fulfilled_on = None if still_open or owing.missing else _latest(task.fulfilled_on for task in tasks)
    if fulfilled_on and last_ended_on:
        fulfilled_on = max(fulfilled_on, last_ended_on)  # nobody is done earlier by cancelling later
    return {
        "tasks_open": len(still_open),
        "tasks_fulfilled": len(tasks) - len(still_open),
        "tasks_unclaimed": len(unclaimed),
        "tasks_cancelled": len(cancelled),
        "tasks_replaced": len(told) - len(tasks) - len(cancelled),
        "last_ended_on": last_ended_on,
        "agencies_without_task": owing.missing,
        "agencies_left_out": owing.left_out,
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
    }


def _latest(days: Any) -> date | None:
    return max((day for day in days if day), default=None)


@prepared("commitments", row=CountedTask)
def _counted_tasks(commitments: tuple[int, ...]) -> QuerySet[Task]:
    return Task.objects.filter(state__in=TOLD, commitment__in=commitments).order_by()


@prepared("commitments", row=NamedByCommitment)
def _named_agencies(commitments: tuple[int, ...]) -> QuerySet[Any]:
    return Commitment.agencies.through.objects.filter(commitment__in=commitments).order_by("agency__key")


@prepared()
def _reviewed_agencies() -> QuerySet[Agency, int]:
    return Agency.objects.reviewed().order_by().values_list("pk", flat=True)
