"""What the ledger says in public of projects, commitments, tasks and follow-ups after an event."""

from collections.abc import Sequence

from django.db.models import QuerySet

from focalpoints.ledger.record import PublicState
from focalpoints.models import Agency
from focalpoints.sql.prepared import prepared
from projects.models import Commitment, DateChange, FollowUp, Project, Task

EVERYBODY = ("*",)


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
        codes={"kind": project.kind, "phase": project.phase},
    )


@prepared("commitment")
def _agency_keys(commitment: int) -> QuerySet[Agency, str]:
    return Agency.objects.filter(commitments=commitment).order_by("key").values_list("key", flat=True)


def commitment_state(commitment: Commitment) -> PublicState:
    """With what its tasks add up to, so that any day's board can be read from the ledger alone."""
    binds_all = commitment.binds == Commitment.Binds.ALL
    return commitment_naming(commitment, EVERYBODY if binds_all else _agency_keys(commitment.pk))


def commitment_naming(commitment: Commitment, agencies: Sequence[str]) -> PublicState:
    """Of whoever knows already which agencies it names."""
    return PublicState(
        "commitment",
        commitment.code,
        state=commitment.state,
        title=commitment.title,
        agencies=agencies,
        numbers={
            "tasks_open": commitment.tasks_open,
            "tasks_fulfilled": commitment.tasks_fulfilled,
            "tasks_unclaimed": commitment.tasks_unclaimed,
            "agencies_without_task": commitment.agencies_without_task,
            "claimed_progress": commitment.claimed_progress,
            "verified_progress": commitment.verified_progress,
            "has_obstacle": int(commitment.has_obstacle),
            "waited_days": commitment.waited_days,
            "moves": commitment.moves,
            "slippage_days": commitment.slippage_days,
            "days_late": commitment.days_late,
            "recurrence_month": commitment.recurrence_month,
        },
        dates={
            "starts": commitment.starts,
            "due": commitment.due,
            "baseline_due": commitment.baseline_due,
            "next_due": commitment.next_due,
            "claimed_on": commitment.claimed_on,
            "verified_on": commitment.verified_on,
            "quiet_since": commitment.quiet_since,
            "fulfilled_on": commitment.fulfilled_on,
        },
        codes={
            "project": commitment.project.slug,
            "binds": commitment.binds,
            "recurrence": commitment.recurrence,
            "printed_status": commitment.printed_status,
        },
    )


def _task_numbers(task: Task) -> dict[str, int | None]:
    return {
        "claimed_progress": task.claimed_progress,
        "verified_progress": task.verified_progress,
        "has_obstacle": int(task.has_obstacle),
        "waited_days": task.waited_days,
        "moves": task.moves,
        "slippage_days": task.slippage_days,
        "days_late": task.days_late,
    }


def _task_dates(task: Task) -> dict:
    return {
        "starts": task.starts,
        "due": task.due,
        "baseline_due": task.baseline_due,
        "claimed_on": task.claimed_on,
        "verified_on": task.verified_on,
        "last_word_on": task.last_word_on,
        "quiet_since": task.quiet_since,
        "fulfilled_on": task.fulfilled_on,
    }


def task_state(task: Task) -> PublicState:
    """A proposal's words are the agency's own until a coordinator confirms them: the ledger does not print them."""
    is_public = task.state in {Task.State.CONFIRMED, Task.State.CANCELLED}
    return PublicState(
        "task",
        task.code,
        state=task.state,
        title=task.title if is_public else "",
        agencies=[task.agency.key],
        numbers=_task_numbers(task),
        dates=_task_dates(task),
        codes={"commitment": task.commitment.code},
    )


def _of_task(task: Task) -> tuple[dict[str, int | None], dict]:
    """What an event about something else did to its task."""
    return (
        {f"task_{name}": value for name, value in _task_numbers(task).items()},
        {f"task_{name}": day for name, day in _task_dates(task).items()},
    )


def follow_up_state(follow_up: FollowUp, *, evidence: int) -> PublicState:
    """The number an agency claims is public at once; its text and evidence are not here at all."""
    task = follow_up.task
    numbers, dates = _of_task(task)
    return PublicState(
        "follow-up",
        follow_up.code,
        state=follow_up.state,
        title=task.title,
        agencies=[follow_up.agency.key],
        numbers={
            "progress": follow_up.progress,
            "evidence": evidence,
            "same_office": int(follow_up.same_office),
            **numbers,
        },
        dates=dates,
        codes={"commitment": task.commitment.code, "task": task.code},
    )


def date_change_state(change: DateChange, *, evidence: int) -> PublicState:
    """That a date was asked for, which and of what kind the reason is, is public at once; the reason itself is not here."""
    task = change.task
    is_public = task is None or task.state in {Task.State.CONFIRMED, Task.State.CANCELLED}
    numbers, dates = _of_task(task) if task else ({}, {})
    codes = {"kind": change.kind, "category": change.category, "commitment": change.commitment.code}
    return PublicState(
        "date-change",
        change.code,
        state=change.state,
        title=(task or change.commitment).title if is_public else "",
        agencies=[change.agency.key] if change.agency else [],
        numbers={
            "days": change.days,
            "commitment_days": change.commitment_days,
            "days_late": change.days_late,
            "commitment_days_late": change.commitment_days_late,
            "evidence": evidence,
            **numbers,
        },
        dates={
            "from": change.from_due,
            "to": change.to_due,
            "commitment_from": change.commitment_from,
            "commitment_to": change.commitment_to,
            **dates,
        },
        codes=codes | ({"task": task.code} if task else {}),
    )
