"""A commitment's dossier: what its page reads, of today's rows or of the versions that stood on a past day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, F, Model, OuterRef, QuerySet, Subquery

from focalpoints.models import Agency, Entry
from focalpoints.rules import Person
from focalpoints.sql.prepared import asked_together, prepared
from projects.light.reader import clause_of, derived
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Rule
from projects.models import (
    Assessment,
    Commitment,
    CommitmentVersion,
    Evidence,
    FollowUp,
    Reopening,
    Request,
    Task,
    TaskVersion,
)
from projects.models.commitment import CommitmentQuerySet
from projects.models.list_rows import AgencyName, FollowUpRow
from projects.reading import commitment_tasks
from projects.reading.commitment_tasks import TasksShown
from projects.reading.date_history import DateHistory, history_of
from projects.reading.day import Day
from projects.reading.figures import count_of, proofs_by_follow_up
from projects.reading.findings import FindingRow, findings_of, findings_then
from projects.reading.history import EventEntry


@prepared("code")
def commitment_of(code: str, day: Day) -> CommitmentQuerySet:
    """The commitment with this code, or none; with the clause of the rule that lights its light and how much of it is proven."""
    verified = Task.objects.filter(commitment=OuterRef("pk"), state__in=Task.COUNTED_STATES, verified_progress__gt=0)
    found = Commitment.objects.with_clause(day.on).select_related("project__objective").filter(code=code)
    return found.annotate(
        has_requests=Exists(Request.objects.filter(commitment=OuterRef("pk"))),
        has_findings=Exists(Assessment.objects.filter(commitment=OuterRef("pk"))),
        first_day=Subquery(
            CommitmentVersion.objects.filter(commitment=OuterRef("pk")).order_by("since").values("since")[:1]
        ),
        verified_tasks=count_of(verified),
        unproven_tasks=count_of(verified.unproven()),
    )


def dates_of(commitment: Commitment, user: Person) -> DateHistory:
    """Of one from `commitment_of`. Most dates never changed: then nothing is asked."""
    has_changes: bool = commitment.has_requests  # type: ignore[attr-defined]  # annotated
    return history_of(commitment, user) if has_changes else DateHistory([])


def end_of_time(commitment: Commitment) -> date | None:
    """Of one from `commitment_of`: what is defined after this day is defined in the last tenth of its time, or later still.

    None where that is not told: without a date, of what recurs, without tasks.
    """
    if commitment.due is None or commitment.recurrence or not commitment.tasks_total:
        return None
    begins = commitment.starts or commitment.first_day or commitment.due  # type: ignore[attr-defined]  # annotated
    tenth = max((commitment.due - begins).days, 0) // 10
    return commitment.due - timedelta(days=tenth)


@prepared("commitment", "day")
def _defined_after(commitment: int, day: date) -> QuerySet[Task, int]:
    """The tasks that stand in no other's place."""
    tasks = Task.objects.filter(commitment=commitment, state__in=Task.COUNTED_STATES, replaces=None)
    return tasks.filter(confirmed_on__gt=day).order_by().values_list("pk", flat=True)


def findings(commitment: Commitment) -> list[FindingRow]:
    """Of one from `commitment_of`. Most have none: then nothing is asked."""
    return findings_of(commitment) if commitment.has_findings else []  # type: ignore[attr-defined]  # annotated


def findings_before(until: datetime, version: CommitmentVersion) -> list[FindingRow]:
    """The same as they stood at that instant, of one from `version_of`."""
    return findings_then(version.commitment, until) if version.has_findings else []  # type: ignore[attr-defined]  # annotated


class DossierOfToday(NamedTuple):
    """What a commitment's page shows beside the commitment."""

    agencies: list[AgencyName]
    tasks: TasksShown
    follow_ups: list[FollowUpRow]
    entries: list[EventEntry]
    defined_late: int


def read_today(
    commitment: Commitment,
    user: Person,
    day: Day,
    *,
    page: int,
    follow_ups: tuple[int, int],
    entries: tuple[int, int],
) -> DossierOfToday:
    """Of one from `commitment_of`, for this reader, in two round trips.

    Of the tasks, that `page`; of the accepted `follow_ups`, those from one place to another; of the `entries`, those before one, so many.
    """
    key, end = commitment.pk, end_of_time(commitment)
    about_tasks = commitment_tasks.questions(commitment, user, day, page)
    named, accepted, told, *others = asked_together(
        (_agencies, (key,)),
        (_accepted, (key, *follow_ups)),
        (_entries, (commitment.dossier, *entries)),
        *([(_defined_after, (key, end))] if end else []),
        *about_tasks,
    )
    late, answers = (others.pop(0), others) if end else ([], others)
    shown = commitment_tasks.shown(commitment, day, page, answers)
    return DossierOfToday(named, shown, _with_proofs(accepted, user), told, len(late))


@prepared("commitment", row=AgencyName)
def _agencies(commitment: int) -> QuerySet[Agency]:
    return Agency.objects.filter(commitments=commitment)


def accepted_before(until: datetime, commitment: int, user: Person, places: tuple[int, int]) -> list[FollowUpRow]:
    """Those that were accepted before that instant, the latest first, with the evidence that this reader may see: two queries."""
    return _with_proofs(_accepted_before(until, commitment, *places), user)


def _with_proofs(found: Sequence[FollowUpRow], user: Person) -> list[FollowUpRow]:
    proofs = proofs_by_follow_up(tuple([row.pk for row in found]), user)
    return [row._replace(proofs=tuple(proofs[row.pk])) for row in found]


@prepared("commitment", row=FollowUpRow)
def _accepted(commitment: int, start: int, stop: int) -> QuerySet[FollowUp]:
    found = FollowUp.objects.accepted().filter(task__commitment=commitment, is_hidden=False)
    return found.order_by("-decided_at", "-pk")[start:stop]


@prepared("until", "commitment", row=FollowUpRow)
def _accepted_before(until: datetime, commitment: int, start: int, stop: int) -> QuerySet[FollowUp]:
    found = FollowUp.objects.accepted().filter(task__commitment=commitment, decided_at__lt=until, is_hidden=False)
    return found.order_by("-decided_at", "-pk")[start:stop]


@prepared("dossier", "before", row=EventEntry)
def _entries(dossier: str, before: int, most: int) -> QuerySet[Entry]:
    """Those before an entry's number, the newest first."""
    return Entry.objects.filed_under(dossier).filter(seq__lt=before)[:most]


@prepared("until", "dossier", "before", row=EventEntry)
def entries_before(until: datetime, dossier: str, before: int, most: int) -> QuerySet[Entry]:
    """The same, of what the ledger had by that instant."""
    return Entry.objects.filed_under(dossier).filter(at__lt=until, seq__lt=before)[:most]


# ---- Versions. Their lights are read from the rule in Python: in SQL it would have to be written anew for each day that is asked for.


def version_of(code: str, day: Day) -> CommitmentVersion | None:
    """The commitment as it stood on the day, with the clause of the rule that lit its light; None if it was registered later."""
    return _lit(_versions_of(code, day.on), COMMITMENT_RULE, day)


def _lit[Row: Model](found: list[Row], rule: Rule, day: Day) -> Row | None:
    """The one that was found, if any, with the clause of the rule that lit its light on the day."""
    for row in found:
        facts = vars(row)
        clause = clause_of(rule, facts, day.on, day.thresholds)
        facts |= derived(facts, day.thresholds) | {"clause": clause}
    return found[0] if found else None


@prepared("code", "on")
def _versions_of(code: str, on: date) -> QuerySet[CommitmentVersion]:
    versions = CommitmentVersion.objects.on(on).select_related("commitment", "project", "objective")
    found = Assessment.objects.filter(commitment=OuterRef("commitment"))
    return versions.filter(commitment__code=code).annotate(has_findings=Exists(found))


def add_proof(version: CommitmentVersion, day: Day) -> None:
    """Give it `verified_tasks` and `unproven_tasks`, as `commitment_of` has them, by what was accepted and not hidden then."""
    if version.verified_on is None:
        return
    until, proven = day.ends_at, dict[int, int]()
    hidden = {name["code"] for name in _hidden_then(version.commitment_id, until) if name["of"] == "evidence"}
    proofs = [*_proofs_then(version.commitment_id, until), *_proofs_reopened(version.commitment_id, until)]
    for _number, task, progress, key in sorted(proofs, key=itemgetter(0)):
        if str(key) not in hidden:
            proven[task] = progress or 0
    verified = _verified_then(version.commitment_id, day.on)
    unproven = [task for task, progress in verified if (progress or 0) > proven.get(task, 0)]
    version.verified_tasks, version.unproven_tasks = len(verified), len(unproven)


@prepared("commitment", "on")
def _verified_then(commitment: int, on: date) -> QuerySet[TaskVersion, tuple[int, int | None]]:
    """Its counted tasks with verified progress."""
    tasks = TaskVersion.objects.on(on).counted().filter(commitment=commitment, verified_progress__gt=0)
    return tasks.order_by().values_list("task", "verified_progress")


@prepared("commitment", "until")
def _proofs_then(commitment: int, until: datetime) -> QuerySet[Evidence, tuple[int, int, int | None, UUID]]:
    """Number, task, progress and key of the evidence of each follow-up that was accepted by then."""
    accepted = Evidence.objects.filter(follow_up__state=FollowUp.State.ACCEPTED, follow_up__decided_at__lt=until)
    found = accepted.filter(follow_up__task__commitment=commitment).order_by()
    return found.values_list("follow_up__number", "follow_up__task", "follow_up__progress", "key")


@prepared("commitment", "until")
def _proofs_reopened(commitment: int, until: datetime) -> QuerySet[Reopening, tuple[int, int, int, UUID]]:
    """The same of those whose acceptance stood then and was found to be an error since."""
    found = Reopening.objects.stood_at(until).filter(follow_up__task__commitment=commitment).order_by()
    proved = found.filter(follow_up__evidence__added_at__lte=F("accepted_at"))
    return proved.values_list("follow_up__number", "follow_up__task", "progress", "follow_up__evidence__key")


@prepared("commitment", "until")
def _hidden_then(commitment: int, until: datetime) -> QuerySet[Request, dict[str, str]]:
    """What a request for a redaction hid by then, unless it was rejected by then or taken back since."""
    asked = Request.objects.filter(commitment=commitment, kind=Request.Kind.REDACTION, asked_at__lt=until)
    asked = asked.exclude(state=Request.State.WITHDRAWN).exclude(state=Request.State.REJECTED, decided_at__lt=until)
    return asked.order_by().values_list("wanted", flat=True)


def task_then(code: str, day: Day) -> TaskVersion | None:
    """The task as it stood on the day, with the clause of the rule that lit its light; None if it was not public by then."""
    return _lit(_task_version(code, day.on), TASK_RULE, day)


@prepared("code", "on")
def _task_version(code: str, on: date) -> QuerySet[TaskVersion]:
    return TaskVersion.objects.on(on).public().filter(task__code=code).select_related("task", "agency", "commitment")


def accepted_of_task_before(until: datetime, task: int, user: Person, most: int) -> list[FollowUpRow]:
    """As `accepted_before`, of one task."""
    return _with_proofs(_accepted_of_task(until, task, most), user)


@prepared("until", "task", row=FollowUpRow)
def _accepted_of_task(until: datetime, task: int, most: int) -> QuerySet[FollowUp]:
    found = FollowUp.objects.accepted().filter(task=task, decided_at__lt=until, is_hidden=False)
    return found.order_by("-decided_at", "-pk")[:most]
