"""What approving a date would do, for the pages on which it is asked for and decided.

Its columns come from what the verb writes by (`date_moves`), its lights from the rule, read over them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, DateField, Min, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects.date_bounds import beyond_strategy
from projects.date_moves import dates_written
from projects.light.reader import clause_of
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Clause, Rule
from projects.light.thresholds import in_force
from projects.models import Commitment, Request, Task

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

    change: Request
    item: tuple[DateStanding, DateStanding]
    commitment: tuple[DateStanding, DateStanding] | None
    tasks: list[TaskDate]
    tasks_left_out: int
    warnings: list[str]


def effect_of(change: Request, on: date) -> DateEffect:
    """How things stand on that day by the rows in hand, and how they would if it were approved then. Nothing is written."""
    written = dict(dates_written(change))
    commitment, commitment_columns = change.commitment, written.get(change.commitment, {})
    if task := change.task:
        commitment_columns["next_due"] = _next_due(task, written[task]["light_due"])
    tasks = _dated_tasks(change)
    of_commitment = _before_and_after(commitment, commitment_columns, COMMITMENT_RULE, on)
    return DateEffect(
        change=change,
        item=_before_and_after(task, written[task], TASK_RULE, on) if task else of_commitment,
        commitment=of_commitment if task else None,
        tasks=[TaskDate(row, (change.to_due - row.due).days) for row in tasks[:TASKS_SHOWN] if row.due],
        tasks_left_out=max(0, tasks.count() - TASKS_SHOWN),
        warnings=list(_warnings(change)),
    )


def _next_due(task: Task, light_due: date) -> date | None:
    """What its commitment's `next_due` would be if that were the task's date for the light. One query."""
    moved = Case(When(pk=task.pk, then=Value(light_due)), default="light_due", output_field=DateField())
    tasks = Task.objects.filter(Task.UNCLAIMED, commitment=task.commitment_id)
    return tasks.aggregate(earliest=Min(moved))["earliest"]


def _before_and_after(
    row: Commitment | Task, columns: dict[str, Any], rule: Rule, on: date
) -> tuple[DateStanding, DateStanding]:
    return _standing(vars(row), rule, on), _standing(vars(row) | columns, rule, on)


def _standing(facts: dict[str, Any], rule: Rule, on: date) -> DateStanding:
    clause = rule[clause_of(rule, facts, on, in_force(on))]
    return DateStanding(facts["due"], facts["moves"], facts["slippage_days"], clause)


def _dated_tasks(change: Request) -> QuerySet[Task]:
    if change.task_id:
        return Task.objects.none()
    dated = Task.objects.open().filter(commitment=change.commitment_id, due__isnull=False)
    return dated.select_related("agency").order_by("-due", "number")


def _warnings(change: Request) -> Iterator[str]:
    if change.commitment_from and change.commitment_to:
        text = _(
            "A task cannot outlive its commitment: the commitment's date moves too, from %(before)s to %(after)s. "
            "Both are approved or rejected together."
        )
        days = {"before": change.commitment_from, "after": change.commitment_to}
        yield text % {name: date_format(day, "d/m/Y") for name, day in days.items()}
    if beyond := beyond_strategy(change.to_due, commitment=change.commitment):
        yield beyond
