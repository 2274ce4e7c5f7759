"""What the approval of a request writes, by its kind. Only inside a verb that has its turn (`in_turn`).

Its reason is copied nowhere: pages show it from the request, which a redaction can hide and empty. The thresholds' is not redacted.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from focalpoints import clock
from focalpoints.ledger.record import record
from focalpoints.models import Agency, User
from focalpoints.rules import office_of
from focalpoints.sql.writing import insert, keep
from focalpoints.workflow import refuse
from projects.actions.assessments import find
from projects.actions.commitment_progress import leave_out, roll_up
from projects.actions.findings import set_aside
from projects.actions.fresh_rows import locked_task
from projects.actions.redaction import redact, show_again
from projects.actions.request_writing import refresh_requests, write_dates
from projects.actions.series import joining
from projects.actions.task_progress import heard_of, quiet_since
from projects.actions.tasks import last_number, unsaved_task
from projects.commitment_sums import count_of
from projects.facts import commitment_state, rule_state, task_state
from projects.light import thresholds
from projects.models import Commitment, Project, Request, RuleVersion, Task
from projects.requests import CANCELLED, K, task_of, thresholds_wanted
from projects.workflow import drafts_unfit, would_be_withdrawn_late


def carry_out(change: Request, *, by: User) -> None:
    """Write what was approved, add its commitment up, and tell the ledger what else happened by it."""
    CARRIED_OUT[change.kind](change, by)


def leave(change: Request) -> None:
    """What was asked for does not happen: a redaction alone had begun when it was asked."""
    if change.kind == K.REDACTION:
        show_again(change)


def _first_date(change: Request, by: User) -> None:
    """A task of what recurs joins its series."""
    task = change.task
    if task and task.is_confirmed:
        place = joining(change.commitment, [task.agency], change.to_due).get(task.agency_id)
        if place:
            keep(task, **place)
    _write_dates(change, by)


def _write_dates(change: Request, by: User) -> None:
    write_dates(change)
    refresh_requests(change.commitment)
    roll_up(change.commitment)


def _cancel(change: Request, by: User) -> None:
    """As `wanted` says, cancel it as no longer needed, or put another in its place, which begins with its date, moves and progress."""
    task, wanted = task_of(change), change.wanted
    keep(task, state=wanted["ends"], ended_on=clock.today(), revision=task.revision + 1)
    if wanted["ends"] == CANCELLED:
        roll_up(change.commitment)
        return
    successor = unsaved_task(
        change.commitment, last_number(change.commitment) + 1, agency=task.agency, title=wanted["title"],
        deliverable=wanted["deliverable"], language=task.language, state=Task.State.CONFIRMED,
        is_fictional=task.is_fictional, replaces=task, carried_progress=task.verified_progress,
        carried_on=task.verified_on, **{name: getattr(task, name) for name in CARRIED},
    )  # fmt: skip
    insert(successor)
    roll_up(change.commitment)
    record(
        "replace", task_state(successor), by=by, office=office_of(by), dossier=commitment_state(change.commitment),
        private={"title": successor.title, "deliverable": successor.deliverable},
    )  # fmt: skip


CARRIED = (
    "first_agency", "starts", "due", "baseline_due", "light_due", "waited_days", "moves", "slippage_days", "scope_changes",
    "verified_progress", "verified_on", "first_title", "first_deliverable",
)  # fmt: skip


def _assign(change: Request, by: User) -> None:
    task = task_of(change)
    # Nobody begins a draft about it from here on.
    locked_task(task.pk)
    refuse(*drafts_unfit(task))
    to, first = Agency.objects.get(key=change.wanted["agency"]), task.first_agency or task.agency
    keep(task, agency=to, first_agency=first, revision=task.revision + 1)
    roll_up(change.commitment)


def _change_scope(change: Request, by: User) -> None:
    item, commitment, wanted = change.item, change.commitment, change.wanted
    set_aside(commitment)  # it judged other words
    columns: dict[str, Any] = {
        name: value for name, value in wanted.items() if name not in {"agencies", "project", "starts"}
    }
    if "starts" in wanted:
        columns["starts"] = date.fromisoformat(wanted["starts"]) if wanted["starts"] else None
    if "project" in wanted:
        columns["project"] = Project.objects.get(slug=wanted["project"])
    if isinstance(item, Task) and "starts" in columns:
        item.starts = columns["starts"]  # from when its first word is expected
        columns["quiet_since"] = quiet_since(item, heard_of(item))
    answered = count_of(commitment).answering
    keep(item, **columns, scope_changes=item.scope_changes + 1, revision=item.revision + 1)
    if isinstance(item, Task):
        keep(commitment, scope_changes=commitment.scope_changes + 1)
        roll_up(commitment)
        return
    if "agencies" in wanted:
        item.agencies.set(Agency.objects.filter(key__in=wanted["agencies"]))
    count = count_of(item)
    leave_out(item, count, answered - count.answering)
    refresh_requests(item)
    roll_up(item)


def _withdraw(change: Request, by: User) -> None:
    commitment, code = change.commitment, change.wanted["replaced_by"]
    keep(
        commitment, state=Commitment.State.CANCELLED, withdrawn_on=clock.today(),
        withdrawn_late=would_be_withdrawn_late(commitment, clock.today()),
        replaced_by=Commitment.objects.get(code=code) if code else None, revision=commitment.revision + 1,
    )  # fmt: skip
    roll_up(commitment)


def _end_series(change: Request, by: User) -> None:
    """No further period begins; what has begun stays owed."""
    keep(change.commitment, series_ended_on=clock.today(), revision=change.commitment.revision + 1)
    roll_up(change.commitment)


def _find(change: Request, by: User) -> None:
    """The finding is that of who asked; who decided let it say more than was verified."""
    commitment, verdict = change.commitment, change.wanted["verdict"]
    keep(commitment, finding=verdict, found_on=clock.today(), revision=commitment.revision + 1)
    roll_up(commitment)
    find(commitment, by=by, made_by=change.asked_by, verdict=verdict, request=change)


def _adopt(change: Request, by: User) -> None:
    """Public at once, with its reason; in force from the day that was asked for."""
    adopted = RuleVersion.objects.create(
        version=thresholds.all_versions()[-1].version + 1, reason=change.reason, adopted_by=by, adopted_at=clock.now(),
        **thresholds_wanted(change),
    )  # fmt: skip
    transaction.on_commit(thresholds.forget)
    record("adopt", rule_state(adopted), by=by, office=office_of(by), private={"reason": change.reason})


CARRIED_OUT: dict[str, Callable[[Request, User], None]] = {
    K.RESCHEDULING: _write_dates,
    K.FIRST_DATE: _first_date,
    K.CORRECTION: _write_dates,
    K.CANCELLATION: _cancel,
    K.ASSIGNMENT: _assign,
    K.SCOPE: _change_scope,
    K.WITHDRAWAL: _withdraw,
    K.SERIES_END: _end_series,
    K.THRESHOLDS: _adopt,
    K.REDACTION: redact,
    K.FINDING: _find,
}
