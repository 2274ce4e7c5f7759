"""What approving a date would do: the verb's own step, carried out and undone. There is no second rule that could disagree with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects.actions.date_writing import Item, carried, carry_out, of
from projects.bounds import beyond_strategy
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Clause
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
    """A task of the commitment, and the days that it has left until the commitment's new date; negative beyond it."""

    task: Task
    days_before: int


@dataclass(frozen=True, slots=True)
class DateEffect:
    """`commitment` is there for a task alone: its commitment before and after. `tasks` for a commitment: the last to fall due."""

    change: DateChange
    item: tuple[DateStanding, DateStanding]
    commitment: tuple[DateStanding, DateStanding] | None
    tasks: list[TaskDate]
    tasks_left_out: int
    warnings: list[str]


def asked_for(item: Item, to_due: date) -> DateChange:
    """The request that would be made, unsaved."""
    return DateChange(from_due=item.due, to_due=to_due, **of(item), **carried(item, to_due))


def effect_of(change: DateChange, on: date) -> DateEffect:
    """What stands on that day, and what would stand if it were approved then. Writes nothing that stays."""
    before = _sides(change, on)
    with undone():
        carry_out(_read_again(change))
        after = _sides(change, on)
    tasks = _dated_tasks(change)
    return DateEffect(
        change=change,
        item=(before[0], after[0]),
        commitment=(before[1], after[1]) if change.task_id else None,
        tasks=[TaskDate(task, (change.to_due - task.due).days) for task in tasks[:TASKS_SHOWN] if task.due],
        tasks_left_out=max(0, tasks.count() - TASKS_SHOWN),
        warnings=list(_warnings(change)),
    )


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back. Rows stay locked for as long: task before commitment, as in every verb."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _read_again(change: DateChange) -> DateChange:
    """A copy on rows of its own: those of the page stay as they are."""
    fresh = copy(change)
    fresh.commitment = Commitment.objects.get(pk=change.commitment_id)
    if change.task_id:
        fresh.task = Task.objects.get(pk=change.task_id)
        fresh.task.commitment = fresh.commitment
    return fresh


def _sides(change: DateChange, on: date) -> tuple[DateStanding, DateStanding]:
    """Of what the date is of, and of its commitment."""
    commitment = Commitment.objects.with_clause(on).get(pk=change.commitment_id)
    of_commitment = _side(commitment, COMMITMENT_RULE[commitment.clause])  # type: ignore[attr-defined]  # annotated
    if change.task_id is None:
        return of_commitment, of_commitment
    task = Task.objects.with_clause(on).get(pk=change.task_id)
    return _side(task, TASK_RULE[task.clause]), of_commitment  # type: ignore[attr-defined]  # annotated


def _side(row: Item, clause: Clause) -> DateStanding:
    return DateStanding(row.due, row.moves, row.slippage_days, clause)


def _dated_tasks(change: DateChange) -> QuerySet[Task]:
    if change.task_id:
        return Task.objects.none()
    dated = Task.objects.open().filter(commitment=change.commitment_id, due__isnull=False)
    return dated.select_related("agency").order_by("-due", "number")


def _warnings(change: DateChange) -> Iterator[str]:
    if change.commitment_from and change.commitment_to:
        said = _(
            "A task cannot outlive its commitment: the commitment's date moves too, from %(before)s to %(after)s. "
            "Both are approved or rejected together."
        )
        days = {"before": change.commitment_from, "after": change.commitment_to}
        yield said % {name: date_format(day, "d/m/Y") for name, day in days.items()}
    if beyond := beyond_strategy(change.to_due):
        yield beyond
