"""How a due date is written: the steps that the verbs on dates share. Only inside a verb that has its turn (`in_turn`)."""

from datetime import date
from typing import Any

from django.db.models import F

from focalpoints.ledger.record import record
from focalpoints.models import Agency, Entry, User
from focalpoints.rules import office_of
from projects.actions.commitment_progress import days_late, later, roll_up
from projects.bounds import outlives
from projects.facts import commitment_state, date_change_state
from projects.models import Commitment, DateChange, Task

Item = Commitment | Task


def code_for(item: Item) -> str:
    """`<item's code>-R<n>`. A commitment may be called like another's task, hence the second look."""
    made = item.date_changes.all() if isinstance(item, Task) else item.date_changes.filter(task=None)
    number = made.count() + 1
    while DateChange.objects.filter(code=f"{item.code}-R{number}").exists():
        number += 1
    return f"{item.code}-R{number}"


def of(item: Item) -> dict[str, Any]:
    """The columns that say whose date a change is."""
    if isinstance(item, Task):
        return {"task": item, "commitment": item.commitment, "is_fictional": item.is_fictional}
    return {"task": None, "commitment": item}


def carried(item: Item, to_due: date) -> dict[str, date | None]:
    """The move of its commitment that a task's date takes along; nothing where it fits."""
    if isinstance(item, Task) and outlives(item.commitment, to_due):
        return {"commitment_from": item.commitment.due, "commitment_to": to_due}
    return {"commitment_from": None, "commitment_to": None}


def carry_out(change: DateChange) -> None:
    """Write its date, with that of the commitment where it moves along, and add up. What a preview shows is this, undone again."""
    slips = change.kind == DateChange.Kind.RESCHEDULING
    write(change.item, change.to_due, moved=change.days if slips else None)
    if change.task and change.commitment_to:
        write(change.commitment, change.commitment_to, moved=change.commitment_days)
    roll_up(change.commitment)


def write(item: Item, due: date, *, moved: int | None = None) -> None:
    """`moved` is by how many days it slips; None where nothing slips: a first date, a corrected capture."""
    facts: dict[str, Any] = {"due": due, "light_due": later(due, item.waited_days), "revision": F("revision") + 1}
    if item.baseline_due is None:
        facts["baseline_due"] = due
    if moved is not None:
        facts |= {"moves": F("moves") + 1, "slippage_days": F("slippage_days") + moved}
    if isinstance(item, Task):
        facts["days_late"] = days_late(item.fulfilled_on, facts["light_due"])
    type(item).objects.filter(pk=item.pk).update(**facts)
    item.refresh_from_db(fields=[*facts])


def say_anew(commitment: Commitment) -> None:
    """What the requests that wait would do to its date, now that it may have moved, or bound its tasks otherwise."""
    for other in DateChange.objects.waiting().filter(commitment=commitment, task__isnull=False).select_related("task"):
        other.task.commitment = commitment  # type: ignore[union-attr]
        along = carried(other.item, other.to_due)
        if any(getattr(other, name) != day for name, day in along.items()):
            # Whoever reads it now would decide on something else: their press is stale.
            DateChange.objects.filter(pk=other.pk).update(revision=F("revision") + 1, **along)


def recorded(
    verb: str, change: DateChange, *, by: User, agency: Agency | None = None, evidence: int = 0, **private: Any
) -> Entry:
    """The shared last step: one entry, filed under the commitment. `agency` is whom the person acted for."""
    return record(
        verb,
        date_change_state(change, evidence=evidence),
        by=by,
        office=office_of(by, agency),
        private=private,
        dossier=commitment_state(change.commitment),
    )
