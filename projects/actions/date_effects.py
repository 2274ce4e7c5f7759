"""What approving a date would do, for the pages on which it is asked for and decided.

The preview carries out the verb's own step and undoes it: a second calculation could disagree with the first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects.actions.date_writing import carry_out
from projects.date_bounds import beyond_strategy
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Clause, Rule
from projects.models import Commitment, DateChange, Task

TASKS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class DateStanding:
    """How a task or a commitment stands, before or after."""

    due: date | None
    moves: int
    slippage_days: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class TaskDate:
    """A task of the commitment; `days_before` is how long before the commitment's new date it falls due, negative after it."""

    task: Task
    days_before: int


@dataclass(frozen=True, slots=True)
class DateEffect:
    """Before and after, of the item whose date it is. A task's effect has its commitment too, a commitment's its last tasks."""

    change: DateChange
    item: tuple[DateStanding, DateStanding]
    commitment: tuple[DateStanding, DateStanding] | None
    tasks: list[TaskDate]
    tasks_left_out: int
    warnings: list[str]


def effect_of(change: DateChange, on: date) -> DateEffect:
    """How things stand on that day, and how they would if it were approved then. Nothing that is written stays."""
    before = _standings(change, on)
    with undone():
        carry_out(_copied(change))
        after = _standings(change, on)
    tasks = _dated_tasks(change)
    return DateEffect(
        change=change,
        item=(before.item, after.item),
        commitment=(before.commitment, after.commitment) if change.task_id else None,
        tasks=[TaskDate(task, (change.to_due - task.due).days) for task in tasks[:TASKS_SHOWN] if task.due],
        tasks_left_out=max(0, tasks.count() - TASKS_SHOWN),
        warnings=list(_warnings(change)),
    )


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written inside. Its rows stay locked until then: task before commitment, as in every verb."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _copied(change: DateChange) -> DateChange:
    """A copy on rows of its own: those of the page stay as they are."""
    copied = copy(change)
    copied.commitment = Commitment.objects.get(pk=change.commitment_id)
    if change.task_id:
        copied.task = Task.objects.get(pk=change.task_id)
        copied.task.commitment = copied.commitment
    return copied


class _Standings(NamedTuple):
    """How the item whose date it is stands, and its commitment, which may be that item."""

    item: DateStanding
    commitment: DateStanding


def _standings(change: DateChange, on: date) -> _Standings:
    commitment = _standing(Commitment.objects.with_clause(on).get(pk=change.commitment_id), COMMITMENT_RULE)
    if change.task_id is None:
        return _Standings(commitment, commitment)
    return _Standings(_standing(Task.objects.with_clause(on).get(pk=change.task_id), TASK_RULE), commitment)


def _standing(row: Any, rule: Rule) -> DateStanding:
    """`row` is a commitment or task `with_clause`."""
    return DateStanding(row.due, row.moves, row.slippage_days, rule[row.clause])


def _dated_tasks(change: DateChange) -> QuerySet[Task]:
    if change.task_id:
        return Task.objects.none()
    dated = Task.objects.open().filter(commitment=change.commitment_id, due__isnull=False)
    return dated.select_related("agency").order_by("-due", "number")


def _warnings(change: DateChange) -> Iterator[str]:
    if change.commitment_from and change.commitment_to:
        text = _(
            "A task cannot outlive its commitment: the commitment's date moves too, from %(before)s to %(after)s. "
            "Both are approved or rejected together."
        )
        days = {"before": change.commitment_from, "after": change.commitment_to}
        yield text % {name: date_format(day, "d/m/Y") for name, day in days.items()}
    if beyond := beyond_strategy(change.to_due):
        yield beyond
