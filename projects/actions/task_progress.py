"""What a task's follow-ups come to: its progress, the silence, the day it was fulfilled, and how long it was kept waiting."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from focalpoints import clock
from focalpoints.sql.prepared import prepared
from focalpoints.sql.writing import keep
from projects.date_bounds import days_late, light_due_of
from projects.models import FollowUp, Task

S = FollowUp.State
HEARD = frozenset({S.SUBMITTED, S.ACCEPTED, S.RETURNED, S.NOTED})


class FollowUpSummary(NamedTuple):
    """As much of a follow-up as the verbs compare it by."""

    pk: int
    number: int
    agency_id: int
    state: str
    progress: int | None
    obstacle: str
    submitted_at: datetime | None
    decided_at: datetime | None
    saved_from: str
    held_progress: int | None


@prepared("task", row=FollowUpSummary)
def follow_ups_of(task: int) -> QuerySet[FollowUp]:
    """All of a task's follow-ups, drafts included, the latest first."""
    return FollowUp.objects.filter(task=task).order_by("-number")


def heard_of(task: Task) -> list[FollowUpSummary]:
    """Those with which its agency gave word, whatever became of them, the latest first."""
    return [row for row in follow_ups_of(task.pk) if row.state in HEARD]


def with_written(follow_ups: Iterable[FollowUpSummary], written: FollowUp) -> list[FollowUpSummary]:
    """What was read of a task's follow-ups, brought up to the one that has been written since."""
    now = FollowUpSummary._make(getattr(written, name) for name in FollowUpSummary._fields)
    rows = [now, *(row for row in follow_ups if row.number != now.number)]
    return sorted(rows, key=lambda row: row.number, reverse=True)


def refresh_progress(task: Task, follow_ups: Sequence[FollowUpSummary]) -> None:
    """Add up its follow-ups again. Claimed is the latest submitted or accepted one, verified the latest accepted one.

    Returned and withdrawn follow-ups drop out. What was accepted in error since then raises nothing by dropping out.
    """
    heard = [row for row in follow_ups if row.state in HEARD]
    claimed = next((row for row in heard if row.state in {S.SUBMITTED, S.ACCEPTED}), None)
    verified = next((row for row in heard if row.state == S.ACCEPTED), None)
    fulfilled_on = _fulfilled_on(follow_ups)
    if fulfilled_on is None and task.waited_while_fulfilled:
        _wait(task, task.waited_days + task.waited_while_fulfilled)
    keep(
        task,
        claimed_progress=claimed and claimed.progress,
        claimed_on=claimed and clock.day_of(claimed.submitted_at),
        has_obstacle=bool(claimed and claimed.obstacle.strip()),
        verified_progress=_verified_level(task.carried_progress, follow_ups),
        verified_on=clock.day_of(verified.decided_at) if verified else task.carried_on,
        last_word_on=max((day for row in heard if (day := clock.day_of(row.submitted_at))), default=None),
        quiet_since=quiet_since(task, heard),
        fulfilled_on=fulfilled_on,
        days_late=days_late(fulfilled_on, task.light_due),
    )


def quiet_since(task: Task, heard: Iterable[FollowUpSummary]) -> date | None:
    """Since when the agency is silent: its last word, or the day on which that was returned.

    Before its first word, the day from which one can be expected.
    """
    days = [task.word_expected_from]
    for row in heard:
        days += [clock.day_of(row.submitted_at), clock.day_of(row.decided_at) if row.state == S.RETURNED else None]
    return max((day for day in days if day), default=None)


def _verified_level(carried: int | None, follow_ups: Sequence[FollowUpSummary]) -> int | None:
    """What the last accepted one said, or what the task began with; what was accepted in error since only lowers it."""
    level = carried
    for row in reversed(follow_ups):
        if row.state == S.ACCEPTED:
            level = row.progress
        elif row.held_progress is not None and level is not None:
            level = min(level, row.held_progress)
    return level


def _fulfilled_on(follow_ups: Sequence[FollowUpSummary]) -> date | None:
    """The day on which the first 100 % since the last step back was sent. One that was accepted in error is a step back too."""
    first = None
    for row in reversed(follow_ups):
        if row.held_progress is not None and row.held_progress < 100:
            first = None
        if row.state == S.ACCEPTED:
            first = (first or clock.day_of(row.submitted_at)) if row.progress == 100 else None
    return first


def give_back_wait(task: Task, returned: FollowUp) -> None:
    """Add the days for which a returned follow-up waited to its task's date for the light, unless that had passed when it was sent.

    While the task is fulfilled they are put by: they count once it is open again.
    """
    sent, decided = clock.day_of(returned.submitted_at), clock.day_of(returned.decided_at)
    was_late = bool(sent and task.light_due and sent > task.light_due)
    days = max(0, (decided - sent).days) if sent and decided and not was_late else 0
    if task.is_fulfilled:
        keep(task, waited_while_fulfilled=task.waited_while_fulfilled + days)
    else:
        _wait(task, task.waited_days + days)


def _wait(task: Task, days: int) -> None:
    keep(task, waited_days=days, light_due=light_due_of(task.due, days), waited_while_fulfilled=0)
