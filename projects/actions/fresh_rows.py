"""Rows read again in a verb's turn: what they say now decides, not what they said when a page was drawn."""

from typing import Any

from django.db.models import Model, QuerySet

from focalpoints.sql.prepared import prepared
from focalpoints.turn import has_head, stands_on
from projects.models import Commitment, FollowUp, Task
from projects.reading.by_code import with_last_entry


def reread(row: Model, *related: str) -> None:
    """Bring a row in hand up to the database, with the rows that `related` leads to. Raises DoesNotExist."""
    _bring_up(row, read_row(type(row), row.pk, *related))


def reread_in_dossier(row: Task | FollowUp) -> None:
    """As `reread`, with all that its entry tells; the verb whose turn it is decides by its commitment's dossier as it is now.

    A page that has just read the row for the verb spares it that, once: with the head in hand it shows whether that still stands.
    """
    seen = vars(row).pop("last_entry", None)
    if seen is None or has_head():
        found = _rows_with_last_entry(type(row), row.pk)
        if not found:
            raise type(row).DoesNotExist
        _bring_up(row, found[0])
        seen = vars(row).pop("last_entry")
    task = row.task if isinstance(row, FollowUp) else row
    stands_on(task.commitment.dossier, seen)


def _bring_up(row: Model, found: Model) -> None:
    # What `refresh_from_db` does, which builds its query every time.
    vars(row).pop("_prefetched_objects_cache", None)
    vars(row).update(vars(found))


def reread_item(item: Commitment | Task) -> None:
    """With what the rules ask of it and what its entry says."""
    reread(item, *(("agency", "commitment__project") if isinstance(item, Task) else ("project",)))


def read_row[Row: Model](model: type[Row], pk: int, *related: str) -> Row:
    """A row of its own, with the rows that `related` leads to. Raises DoesNotExist."""
    found = _rows(model, pk, related)
    if not found:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    return found[0]


@prepared("task")
def locked_task(task: int) -> QuerySet[Task, int]:
    """Locks a task's row until the transaction ends: nobody writes a draft about it meanwhile, or passes it to another agency."""
    return Task.objects.select_for_update(no_key=True).filter(pk=task).order_by().values_list("agency_id", flat=True)


@prepared("pk")
def _rows_with_last_entry(model: type[Task] | type[FollowUp], pk: int) -> QuerySet[Any]:
    to_task, related = ("task__", ("agency", "task__agency")) if model is FollowUp else ("", ("agency",))
    rows: QuerySet[Any] = model._default_manager.select_related(*related, f"{to_task}commitment__project")
    return with_last_entry(rows, model).filter(pk=pk).order_by()


@prepared("pk")
def _rows[Row: Model](model: type[Row], pk: int, related: tuple[str, ...]) -> QuerySet[Row]:
    return model._default_manager.select_related(*related).filter(pk=pk).order_by()
