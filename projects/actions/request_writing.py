"""What the verbs on requests have in common: codes, columns, dates, entries. Only inside a verb that has its turn (`in_turn`)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet

from focalpoints.ledger.record import record
from focalpoints.models import Agency, Entry, User
from focalpoints.rules import office_of
from focalpoints.sql.prepared import asked_together, prepared
from focalpoints.sql.writing import keep
from projects.codes import next_code
from projects.date_bounds import outlives
from projects.date_moves import dates_written
from projects.facts import agency_keys, commitment_state, request_state
from projects.models import Commitment, Evidence, Request, Task


def code_for(item: Commitment | Task) -> str:
    """The code of its next request: `<item's code>-R<n>`."""
    made = item.requests.all() if isinstance(item, Task) else item.requests.filter(task=None)
    return next_code(Request, f"{item.code}-R", made.count())


def columns_of(item: Commitment | Task) -> dict[str, Any]:
    """The columns of a request that say what it is about."""
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


def sent_before(form_key: UUID | None, by: User) -> Request | None:
    """What a form with this key has asked already: who sends it twice asks once."""
    return Request.objects.filter(form_key=form_key, asked_by=by).first() if form_key else None


def add(change: Request) -> None:
    """Write a new request. In a demonstration whoever asks is fictional, even where the commitment is real."""
    change.is_fictional = change.is_fictional or settings.DEMO
    change.save(force_insert=True)


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


def recorded(verb: str, change: Request, *, by: User, agency: Agency | None = None, **private: Any) -> Entry:
    """One entry, filed under the commitment. `agency` is whom the person acted for."""
    task, commitment = change.task, change.commitment
    proofs, keys = asked_together((_proofs, (change.pk,)), (agency_keys, (change.commitment_id or 0,)))
    named = (task, commitment, change.agency, task and task.agency)
    return record(
        verb,
        request_state(change, evidence=len(proofs)),
        by=by,
        office=office_of(by, agency),
        private=private,
        dossier=commitment_state(commitment, keys) if commitment else None,
        rows=[row for row in named if row],
    )


@prepared("request")
def _proofs(request: int) -> QuerySet[Evidence, int]:
    return Evidence.objects.filter(request=request).order_by().values_list("pk", flat=True)
