"""What the approval of a request without a date would do: what stands there and what is wanted, and how the commitment would stand."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints import clock
from focalpoints.models import Agency
from focalpoints.sql.spanish import InSpanish
from focalpoints.workflow import StrOrPromise
from projects.commitment_sums import NO_FINDING, TAKEN_AWAY, CommitmentCount, count_of, kept_of
from projects.light.reader import clause_of
from projects.light.rule import COMMITMENT_RULE, Clause
from projects.light.thresholds import in_force
from projects.models import Commitment, Project, Request, Task
from projects.workflow import would_be_withdrawn_late

# The words of the columns that change. A finding's sources are read with its reason, by those who may read that.
LABELS: dict[str, StrOrPromise] = {
    "title": _("Words"),
    "deliverable": _("Deliverable"),
    "note": _("Note"),
    "starts": _("Start"),
    "binds": _("Who answers for it"),
    "agencies": _("Named agencies"),
    "project": _("Project"),
    "recurrence": _("Recurrence"),
    "recurrence_month": _("Month in which it falls due"),
    "agency": _("Agency"),
    "replaced_by": _("Replaced by"),
    "ends": _("How it ends"),
    "verdict": pgettext_lazy("assessment", "Finding"),
    "silent_days": _("Days without an update"),
    "behind_points": _("Percentage points behind the straight line"),
    "late_percent": _("Late commitments from which the strategy runs late"),
    "soon_days": _("Days left"),
    "soon_progress": _("Progress expected by then"),
    "effective_on": _("In force from"),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One line of before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CommitmentStanding:
    verified: int | None
    open_tasks: int
    cancelled: int
    replaced: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class RequestEffect:
    changes: list[Changed]
    before: CommitmentStanding
    after: CommitmentStanding


def changes_of(change: Request) -> list[Changed]:
    """What is wanted against what stood there when it was asked, in words."""
    return [
        Changed(str(LABELS[name]), in_words(name, change.before.get(name)), in_words(name, value))
        for name, value in change.wanted.items()
        if name in LABELS and (value or change.before.get(name))
    ]


def in_words(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "—"
    match name:
        case "starts" | "effective_on":
            return date_format(date.fromisoformat(value), "d/m/Y")
        case "binds":
            return str(Commitment.Binds(value).label)
        case "recurrence":
            return str(Commitment.Recurrence(value).label)
        case "ends":
            return str(Task.State(value).label)
        case "verdict":
            return str(Commitment.Finding(value).label)
        case "agencies":
            return ", ".join(
                Agency.objects.filter(key__in=value).order_by(InSpanish("acronym")).values_list("acronym", flat=True)
            )
        case "agency":
            return str(Agency.objects.get(key=value).short_name)
        case "project":
            return Project.objects.values_list("title", flat=True).get(slug=value)
    return str(value)


def effect_of(changes: Sequence[Request], on: date) -> RequestEffect:
    """How their commitment stands on that day, and how it would if all of them were approved then. Nothing is written.

    What each of them changes is said of one alone: of several the page has a line each.
    """
    commitment = changes[0].commitment
    count = before = count_of(commitment)
    columns: dict[str, Any] = {}
    for change in changes:
        count, more = _once_approved(change, count)
        columns |= more
    told = changes_of(changes[0]) if len(changes) == 1 else []
    return RequestEffect(told, _standing(commitment, before, {}, on), _standing(commitment, count, columns, on))


def _standing(commitment: Commitment, count: CommitmentCount, columns: dict[str, Any], on: date) -> CommitmentStanding:
    written = copy(commitment)
    for name, value in columns.items():
        setattr(written, name, value)
    facts: dict[str, Any] = vars(written) | kept_of(written, count)
    clause = COMMITMENT_RULE[clause_of(COMMITMENT_RULE, facts, on, in_force(on))]
    return CommitmentStanding(
        facts["verified_progress"], facts["tasks_open"], facts["tasks_cancelled"], facts["tasks_replaced"], clause
    )


def _once_approved(change: Request, count: CommitmentCount) -> tuple[CommitmentCount, dict[str, Any]]:
    """What it would be added up from, and its own columns that would be written."""
    wanted, kinds = change.wanted, Request.Kind
    match change.kind:
        case kinds.CANCELLATION if change.task:
            return count._replace(tasks=list(_ended(count, change.task, wanted["ends"]))), {}
        case kinds.ASSIGNMENT if change.task:
            to = Agency.objects.get(key=wanted["agency"]).pk
            tasks = [
                row._replace(agency_id=to, first_agency_id=row.first_agency_id or row.agency_id)
                if row.pk == change.task.pk
                else row
                for row in count.tasks
            ]
            return count._replace(tasks=tasks), {}
        case kinds.WITHDRAWAL:
            late = would_be_withdrawn_late(change.commitment, clock.today())
            return count, {
                "state": Commitment.State.CANCELLED, "withdrawn_on": clock.today(), "withdrawn_late": late
            }  # fmt: skip
        case kinds.FINDING:
            return count, {"finding": wanted["verdict"], "found_on": clock.today()}
        case kinds.SERIES_END:
            return count, {"series_ended_on": clock.today()}
        case kinds.SCOPE:
            judged_other_words = NO_FINDING if change.commitment.finding in TAKEN_AWAY else {}
            return _answered_by(change, count), judged_other_words
    return count, {}


def _answered_by(change: Request, count: CommitmentCount) -> CommitmentCount:
    """What it would be added up from under a scope that may bind other agencies."""
    wanted = change.wanted
    if change.task or not wanted.keys() & {"binds", "agencies"}:
        return count
    answering = _answering(wanted.get("binds", change.commitment.binds), wanted.get("agencies"), count)
    return count._replace(answering=answering, left_out=count.left_out | (count.answering - answering))


def _ended(count: CommitmentCount, task: Task, ends: str) -> Iterator[Any]:
    for row in count.tasks:
        if row.pk != task.pk:
            yield row
            continue
        yield row._replace(state=ends)
        if ends == Task.State.REPLACED:  # its successor begins where it stands, and nothing is claimed of it
            yield row._replace(pk=0, claimed_progress=None, claimed_on=None, has_obstacle=False)


def _answering(binds: str, agencies: list[str] | None, count: CommitmentCount) -> frozenset[int]:
    match binds:
        case Commitment.Binds.ALL:
            return frozenset(Agency.objects.reviewed().values_list("pk", flat=True))
        case Commitment.Binds.NAMED if agencies is not None:
            return frozenset(Agency.objects.filter(key__in=agencies, closed_on=None).values_list("pk", flat=True))
        case Commitment.Binds.NAMED:
            return count.answering
    return frozenset()
