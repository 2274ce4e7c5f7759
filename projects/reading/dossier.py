"""A commitment's dossier: what its page reads of today's rows."""

from collections.abc import Callable
from datetime import date
from itertools import starmap

from django.db.models import Exists, OuterRef, QuerySet

from focalpoints.models import Agency, Entry
from focalpoints.readers import reader, somebody
from focalpoints.rules import Person
from focalpoints.sql.prepared import prepared
from projects.light.rule import Thresholds
from projects.light.thresholds import in_force
from projects.models import Commitment, DateChange, FollowUp, Task
from projects.models.commitment import CommitmentQuerySet, dossier_of
from projects.models.plain_rows import AgencyName, FollowUpRow, TaskRow
from projects.reading.date_history import DateHistory, history_of
from projects.reading.figures import proofs_of
from projects.reading.history import EventEntry


def of_task(code: str) -> str:
    """A task's code begins with its commitment's, as `actions.tasks` gives it."""
    return dossier_of(code.rpartition("-T")[0])


def commitment_with_clause(code: str, on: date) -> Commitment | None:
    return next(iter(_commitment(code, on, in_force(on))), None)


@prepared("code")
def _commitment(code: str, on: date, rule: Thresholds) -> CommitmentQuerySet:
    found = Commitment.objects.with_clause(on).select_related("project__objective").filter(code=code)
    return found.annotate(has_date_changes=Exists(DateChange.objects.filter(commitment=OuterRef("pk"))))


def dates_of(commitment: Commitment, user: Person) -> DateHistory:
    """Of one from `commitment_with_clause`: most dates never changed, and nothing is asked."""
    has_changes: bool = commitment.has_date_changes  # type: ignore[attr-defined]  # annotated
    return history_of(commitment, user) if has_changes else DateHistory([])


def agencies_of(commitment: Commitment) -> list[AgencyName]:
    if commitment.binds != Commitment.Binds.NAMED:
        return []
    return list(starmap(AgencyName, _agencies(commitment.pk)))


@prepared("commitment")
def _agencies(commitment: int) -> QuerySet[Agency, tuple]:
    return Agency.objects.filter(commitments=commitment).values_list(*AgencyName._fields)


def task_lines(commitment: int, user: Person, on: date) -> Callable[[int, int], list[TaskRow]]:
    """Rows from one place to another, of the tasks that this reader may see."""
    asked = reader(user)

    def read(start: int, stop: int) -> list[TaskRow]:
        return list(starmap(TaskRow, _tasks(commitment, *asked, on, in_force(on), start, stop)))

    return read


@prepared("commitment", "agencies")
def _tasks(
    commitment: int, roles: frozenset[str], agencies: tuple[int, ...], on: date, rule: Thresholds, start: int, stop: int
) -> QuerySet[Task, tuple]:
    tasks = Task.objects.filter(commitment=commitment).visible_to(somebody(roles, agencies)).with_evidence_count()
    return tasks.with_light(on).order_by("number").values_list(*TaskRow._fields)[start:stop]


def accepted(commitment: int, user: Person, most: int) -> list[FollowUpRow]:
    """The latest first, with the evidence that this reader may see: two queries."""
    found = _accepted(commitment, most)
    proofs = proofs_of(tuple([row[0] for row in found]), user)
    return [FollowUpRow._make((*row, tuple(proofs[row[0]]))) for row in found]


@prepared("commitment")
def _accepted(commitment: int, most: int) -> QuerySet[FollowUp, tuple]:
    found = FollowUp.objects.accepted().filter(task__commitment=commitment).order_by("-decided_at", "-pk")
    return found.values_list(*FollowUpRow._fields[:-1])[:most]


def entries(dossier: str, most: int, before: int | None) -> list[EventEntry]:
    """The newest first; those before an entry's number where one is given."""
    found = _entries(dossier, most) if before is None else _earlier_entries(dossier, before, most)
    return list(starmap(EventEntry, found))


@prepared("dossier")
def _entries(dossier: str, most: int) -> QuerySet[Entry, tuple]:
    return Entry.objects.filed_under(dossier).values_list(*EventEntry._fields)[:most]


@prepared("dossier", "before")
def _earlier_entries(dossier: str, before: int, most: int) -> QuerySet[Entry, tuple]:
    return Entry.objects.filed_under(dossier).filter(seq__lt=before).values_list(*EventEntry._fields)[:most]
