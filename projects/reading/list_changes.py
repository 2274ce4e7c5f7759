"""What the ledger tells of the rows of a list, whatever filters narrowed it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Concat

from focalpoints.models import Entry
from focalpoints.models.entry import EntryQuerySet
from projects.models import Assessment, Commitment, FollowUp, Project, Request, Task
from projects.models.commitment import dossier_of
from projects.reading.changes import OF_AN_AGENCY, Scope, entries_about, public_entries

MOST_COUNTED = 999
Parts = Callable[[], list[EntryQuerySet]]


@dataclass(frozen=True, slots=True)
class ListScope(Scope):
    """The events that `found` gives, in parts by what they are about; where `after` is given, those after that entry."""

    found: Parts = list
    after: int = 0

    def parts(self, listed: Callable[[QuerySet], Any] = list) -> list[EntryQuerySet]:
        parts = self.found()
        return [part.filter(seq__gt=self.after) for part in parts] if self.after else parts

    def few(self) -> EntryQuerySet:
        """No more of them than are counted, and one that says that there are more."""
        found = [part.order_by().values("pk") for part in self.parts()]
        if not found:
            return Entry.objects.none()
        first, *others = found
        return Entry.objects.filter(pk__in=first.union(*others) if others else first).order_by()[: MOST_COUNTED + 1]


def about_rows(keys: Mapping[str, QuerySet[Any]]) -> Parts:
    """Of what has these keys, by kind: a list's rows. A commitment's are all that is in its dossier, a task's its follow-ups' too."""
    return lambda: [part for kind, of_kind in keys.items() for part in _PARTS[kind](of_kind)]


def date_moves() -> list[EntryQuerySet]:
    """The decisions that moved a date, set a first one or corrected one."""
    dates = (Request.Kind.RESCHEDULING, Request.Kind.FIRST_DATE, Request.Kind.CORRECTION)
    return [entries_about("request", Request, kind__in=dates).filter(verb__in=("approve", "set_date"))]


def _of_commitments(keys: QuerySet) -> list[EntryQuerySet]:
    dossier = Concat(Value(dossier_of("")), F("code"), output_field=CharField())
    found = Commitment.objects.filter(pk__in=keys).order_by().values_list(dossier, flat=True)
    return [public_entries().filter(dossier__in=found)]


def _of_tasks(keys: QuerySet) -> list[EntryQuerySet]:
    return [
        entries_about("task", Task, pk__in=keys),
        entries_about("follow-up", FollowUp, task__in=keys),
        entries_about("request", Request, task__in=keys),
    ]


def _of_agencies(keys: QuerySet) -> list[EntryQuerySet]:
    """As the page of what changed of one agency tells it."""
    named = Commitment.objects.filter(agencies__in=keys).values("pk")
    return [
        entries_about("commitment", Commitment, pk__in=named),
        entries_about("assessment", Assessment, commitment__in=named),
        *[entries_about(kind, model, agency__in=keys) for kind, model in OF_AN_AGENCY.items()],
    ]


_PARTS: dict[str, Callable[[QuerySet], list[EntryQuerySet]]] = {
    "commitment": _of_commitments,
    "task": _of_tasks,
    "agency": _of_agencies,
    "project": lambda keys: [entries_about("project", Project, pk__in=keys)],
    "follow-up": lambda keys: [entries_about("follow-up", FollowUp, pk__in=keys)],
    "request": lambda keys: [entries_about("request", Request, pk__in=keys)],
}
