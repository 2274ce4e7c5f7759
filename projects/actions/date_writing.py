"""How the verbs on due dates write one. Only inside a verb that has its turn (`in_turn`)."""

from datetime import date
from typing import Any

from django.db.models import F

from focalpoints.sql.writing import keep
from projects.date_bounds import outlives
from projects.date_moves import dates_written
from projects.models import Commitment, Request, Task


def code_for(item: Commitment | Task) -> str:
    """The code of its next request: `<item's code>-R<n>`."""
    made = item.requests.all() if isinstance(item, Task) else item.requests.filter(task=None)
    number = made.count() + 1
    # A commitment may be called like another's task.
    while Request.objects.filter(code=f"{item.code}-R{number}").exists():
        number += 1
    return f"{item.code}-R{number}"


def columns_of(item: Commitment | Task) -> dict[str, Any]:
    """The columns of a request that say whose date it is."""
    if isinstance(item, Task):
        return {"task": item, "commitment": item.commitment, "is_fictional": item.is_fictional}
    return {"task": None, "commitment": item}


def unsaved_request(item: Commitment | Task, to_due: date, **facts: Any) -> Request:
    """A request for that date, with its commitment's move. The preview shows what the verb writes."""
    return Request(from_due=item.due, to_due=to_due, **columns_of(item), **_commitment_move(item, to_due), **facts)


def _commitment_move(item: Commitment | Task, to_due: date) -> dict[str, date | None]:
    """How a task's new date moves its commitment's date too; nothing where it lies within that."""
    if isinstance(item, Task) and outlives(item.commitment, to_due):
        return {"commitment_from": item.commitment.due, "commitment_to": to_due}
    return {"commitment_from": None, "commitment_to": None}


def write_dates(change: Request) -> None:
    """Write its date, and its commitment's where that moves too."""
    for item, columns in dates_written(change):
        keep(item, revision=item.revision + 1, **columns)


def refresh_requests(commitment: Commitment) -> None:
    """Write anew how the waiting requests of its tasks would move its date, after that date or its recurrence has changed.

    The revision of such a request counts up: whoever has it on screen would decide on something else.
    """
    waiting = Request.objects.waiting().filter(commitment=commitment, task__isnull=False).select_related("task")
    for asked in waiting:
        asked.task.commitment = commitment  # type: ignore[union-attr]
        move = _commitment_move(asked.item, asked.to_due)
        if any(getattr(asked, name) != day for name, day in move.items()):
            Request.objects.filter(pk=asked.pk).update(revision=F("revision") + 1, **move)
