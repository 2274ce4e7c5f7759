"""A commitment's dossier: what its page reads of today's rows."""

from django.db.models import Exists, OuterRef, QuerySet

from focalpoints.models import Agency, Entry
from focalpoints.rules import Person
from focalpoints.sql.prepared import prepared
from projects.models import Commitment, FollowUp, Request, Task
from projects.models.commitment import CommitmentQuerySet
from projects.models.list_rows import AgencyName, FollowUpRow, TaskRow
from projects.models.task import TaskQuerySet
from projects.reading.date_history import DateHistory, history_of
from projects.reading.day import Day
from projects.reading.figures import proofs_by_follow_up
from projects.reading.history import EventEntry


@prepared("code")
def commitment_of(code: str, day: Day) -> CommitmentQuerySet:
    """The commitment with this code, or none; with the clause of the rule that lights its light."""
    found = Commitment.objects.with_clause(day.on).select_related("project__objective").filter(code=code)
    return found.annotate(has_requests=Exists(Request.objects.filter(commitment=OuterRef("pk"))))


def dates_of(commitment: Commitment, user: Person) -> DateHistory:
    """Of one from `commitment_of`. Most dates never changed: then nothing is asked."""
    has_changes: bool = commitment.has_requests  # type: ignore[attr-defined]  # annotated
    return history_of(commitment, user) if has_changes else DateHistory([])


@prepared("commitment", row=AgencyName)
def agencies_of(commitment: int) -> QuerySet[Agency]:
    return Agency.objects.filter(commitments=commitment)


@prepared("commitment", row=TaskRow)
def tasks_of(commitment: int, user: Person, day: Day, start: int, stop: int) -> TaskQuerySet:
    """From one place to another, the tasks that this reader may see."""
    tasks = Task.objects.filter(commitment=commitment).visible_to(user).with_evidence_count()
    return tasks.with_light(day.on).order_by("number")[start:stop]


def accepted(commitment: int, user: Person, most: int) -> list[FollowUpRow]:
    """The latest first, with the evidence that this reader may see: two queries."""
    found = _accepted(commitment, most)
    proofs = proofs_by_follow_up(tuple([row.pk for row in found]), user)
    return [row._replace(proofs=tuple(proofs[row.pk])) for row in found]


@prepared("commitment", row=FollowUpRow)
def _accepted(commitment: int, most: int) -> QuerySet[FollowUp]:
    found = FollowUp.objects.accepted().filter(task__commitment=commitment)
    return found.order_by("-decided_at", "-pk")[:most]


@prepared("dossier", "before", row=EventEntry)
def entries(dossier: str, before: int, most: int) -> QuerySet[Entry]:
    """Those before an entry's number, the newest first."""
    return Entry.objects.filed_under(dossier).filter(seq__lt=before)[:most]
