"""The rows of a list's page by their keys, in the keys' order: asked the same way whatever the list's filters are."""

from typing import Any

from django.db.models import Model, QuerySet

from focalpoints.sql.prepared import prepared
from projects.models import Commitment, Task
from projects.models.commitment import with_agencies
from projects.models.list_rows import CommitmentRow, TaskRow
from projects.reading.as_of import told
from projects.reading.day import Day


def commitments_by_key(keys: tuple[int, ...], day: Day) -> list[Any]:
    """Two queries; of a past day, its versions: five."""
    if day.is_past:
        return told(in_turn(keys, day.few_commitments.for_list(day.on)))
    found = {row.pk: row for row in _commitments(keys, day)}
    return with_agencies([found[key] for key in keys])


def tasks_by_key(keys: tuple[int, ...], day: Day) -> list[TaskRow]:
    found = {row.pk: row for row in _tasks(keys, day)}
    return [found[key] for key in keys]


def in_turn[Row: Model](keys: tuple[int, ...], rows: QuerySet[Row]) -> list[Row]:
    found = rows.in_bulk(keys)
    return [found[key] for key in keys]


@prepared("keys", row=CommitmentRow)
def _commitments(keys: tuple[int, ...], day: Day) -> QuerySet[Commitment]:
    return Commitment.objects.as_listed(day.on).filter(pk__in=keys).order_by()


@prepared("keys", row=TaskRow)
def _tasks(keys: tuple[int, ...], day: Day) -> QuerySet[Task]:
    return Task.objects.with_light(day.on).filter(pk__in=keys).order_by()
