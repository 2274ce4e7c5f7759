"""What the ledger says in public of projects, commitments, tasks, follow-ups, requests and assessments after an event."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from focalpoints.ledger.record import PublicState
from focalpoints.models import Agency
from focalpoints.sql.prepared import prepared
from projects.light.rule import NUMBERS as RULE_NUMBERS
from projects.light.rule import Thresholds
from projects.models import Assessment, Commitment, FollowUp, Project, Request, RuleVersion, Task

EVERYBODY = ("*",)
# What a redaction took away, as its entry names it: the text, or else the key of a piece of evidence.
REDACTED_TEXT = "text"
# Columns that entries tell under their own names: of commitments and tasks alike, then of each.
_NUMBERS = (
    "claimed_progress", "verified_progress", "has_obstacle", "waited_days", "moves", "slippage_days", "scope_changes",
    "days_late",
)  # fmt: skip
_DATES = ("starts", "due", "baseline_due", "claimed_on", "verified_on", "quiet_since", "fulfilled_on")
_COMMITMENT_NUMBERS = (
    *_NUMBERS, "tasks_open", "tasks_fulfilled", "tasks_unclaimed", "tasks_cancelled", "tasks_replaced", "agencies_without_task",
    "agencies_left_out", "withdrawn_late", "series_runs", "recurrence_month",
)  # fmt: skip
_COMMITMENT_DATES = (*_DATES, "next_due", "last_ended_on", "withdrawn_on", "found_on", "series_ended_on")
_COMMITMENT_CODES = ("binds", "recurrence", "printed_status", "finding")
_TASK_DATES = (*_DATES, "last_word_on", "ended_on")

Numbers = dict[str, int | None]
Dates = dict[str, date | None]


def project_state(project: Project) -> PublicState:
    agencies = [project.lead_agency.key] if project.lead_agency else []
    agencies += project.partner_agencies.order_by("key").values_list("key", flat=True)
    return PublicState(
        "project",
        project.slug,
        state=project.state,
        title=project.title,
        agencies=agencies,
        numbers={
            "objective": project.objective.number if project.objective else None,
            "enabler": project.enabler.number if project.enabler else None,
        },
        codes={"kind": project.kind, "phase": project.phase, **_served(project)},
    )


def _served(project: Project) -> dict[str, str]:
    """The numbers of what the coordination office linked it to, with spaces between them; the OECD sheet's activities apart."""
    links = list(project.frame_links.select_related("principle", "objective", "enabler"))
    served = {
        "principles": [link.principle.number for link in links if link.principle],
        "objectives": [link.objective.number for link in links if link.objective and not link.objective.parent_id],
        "secondary_objectives": [
            link.objective.number for link in links if link.objective and link.objective.parent_id
        ],
        "enablers": [link.enabler.number for link in links if link.enabler],
    }
    return {kind: " ".join(map(str, sorted(numbers))) for kind, numbers in served.items()}


def commitment_state(commitment: Commitment, keys: Sequence[str] | None = None) -> PublicState:
    """With what its tasks add up to, so that any day's board can be read from the ledger alone. `keys` are `agency_keys`, if known."""
    if commitment.binds == Commitment.Binds.ALL:
        return commitment_naming(commitment, EVERYBODY)
    return commitment_naming(commitment, agency_keys(commitment.pk) if keys is None else keys)


@prepared("commitment")
def agency_keys(commitment: int) -> QuerySet[Agency, str]:
    return Agency.objects.filter(commitments=commitment).order_by("key").values_list("key", flat=True)


def commitment_naming(commitment: Commitment, agencies: Sequence[str]) -> PublicState:
    """As `commitment_state`, for callers that know already which agencies it names."""
    return PublicState(
        "commitment",
        commitment.code,
        state=commitment.state,
        title=commitment.title,
        agencies=agencies,
        numbers=_numbers(commitment, _COMMITMENT_NUMBERS),
        dates=_values(commitment, _COMMITMENT_DATES),
        codes={"project": commitment.project.slug, **_values(commitment, _COMMITMENT_CODES)},
    )


def task_state(task: Task) -> PublicState:
    return PublicState(
        "task",
        task.code,
        state=task.state,
        title=_public_title(task),
        agencies=[task.agency.key],
        numbers=_numbers(task, _NUMBERS),
        dates=_values(task, _TASK_DATES),
        codes={"commitment": task.commitment.code},
    )


def follow_up_state(follow_up: FollowUp, *, evidence: int) -> PublicState:
    """The progress that an agency claims is public at once; its text and evidence are not here at all."""
    task = follow_up.task
    numbers, dates = _of_task(task)
    return PublicState(
        "follow-up",
        follow_up.code,
        state=follow_up.state,
        title=task.title,
        agencies=[follow_up.agency.key],
        numbers={"evidence": evidence, **_numbers(follow_up, ("progress", "same_office", "in_bulk")), **numbers},
        dates=dates,
        codes={"commitment": task.commitment.code, "task": task.code},
    )


def request_state(change: Request, *, evidence: int) -> PublicState:
    """Which date was asked for, and the kind of reason, are public at once; the reason itself is not here."""
    task = change.task
    numbers, dates = _of_task(task) if task else ({}, {})
    codes = {"kind": change.kind, "category": change.category}
    if change.commitment:  # the thresholds are about none
        codes["commitment"] = change.commitment.code
    own_numbers = ("days", "commitment_days", "days_late", "commitment_days_late", "decided_alone")
    return PublicState(
        "request",
        change.code,
        state=change.state,
        title=_public_title(task) if task else change.commitment.title if change.commitment else "",
        agencies=[change.agency.key] if change.agency else [],
        numbers={"evidence": evidence, **_numbers(change, own_numbers), **numbers},
        dates={
            "from": change.from_due,
            "to": change.to_due,
            **_values(change, ("commitment_from", "commitment_to")),
            **dates,
        },
        # An approval can end a task or pass it on.
        codes=codes | ({"task": task.code, "task_state": task.state, "task_agency": task.agency.key} if task else {}),
    )


def assessment_state(assessment: Assessment) -> PublicState:
    """What was found, of which words, is public here too; the reasons are on its page."""
    commitment, objective = assessment.commitment, assessment.objective
    of = {"commitment": commitment.code} if commitment else {"objective": str(objective.number)}  # type: ignore[union-attr]
    return PublicState(
        "assessment",
        assessment.code,
        state=assessment.state,
        title=assessment.wording,
        agencies=[assessment.agency.key] if assessment.agency else [],
        numbers=_numbers(assessment, ("accepted_by_author", "same_office", "verified_progress")),
        dates={"period": assessment.period},
        codes={"verdict": assessment.verdict, **of},
    )


def rule_state(adopted: RuleVersion | Thresholds) -> PublicState:
    """Everything that the rule reads, so that any day's lights can be computed from the ledger alone."""
    numbers: dict[str, Any] = {name: getattr(adopted, name) for name in RULE_NUMBERS}
    return PublicState(
        "light-rule",
        str(adopted.version),
        state="adopted",
        numbers=numbers,
        dates={"effective_on": adopted.effective_on},
    )


def _public_title(task: Task) -> str:
    """A proposal's words are the agency's own until a coordinator confirms them: the ledger does not print them."""
    return task.title if task.state in Task.PUBLIC_STATES else ""


def _of_task(task: Task) -> tuple[Numbers, Dates]:
    """What an event about something else did to its task."""
    return (
        {f"task_{name}": number for name, number in _numbers(task, _NUMBERS).items()},
        {f"task_{name}": day for name, day in _values(task, _TASK_DATES).items()},
    )


def _numbers(row: Any, names: Sequence[str]) -> Numbers:
    """Booleans as 0 and 1."""
    return {name: value if value is None else int(value) for name, value in _values(row, names).items()}


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
