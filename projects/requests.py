"""What speaks against a request of each kind: asked before anybody asks for it, and again before somebody else decides.

What its approval writes is in `actions/carrying_out.py`.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Agency
from focalpoints.workflow import Reasons
from projects.date_bounds import late_start
from projects.light.rule import NUMBERS
from projects.light.thresholds import against_thresholds
from projects.models import Commitment, Project, Request, Task
from projects.periods import period_unfit
from projects.workflow import (
    DATE_STAYS,
    against_move,
    against_verdict,
    agency_unfit,
    commitment_held,
    drafts_unfit,
    first_date_unfit,
    task_held,
    unfit_within_commitment,
)

NAMED_IF_BOUND = _("Name the agencies if, and only if, the commitment binds named agencies.")
ENDED = _("It has ended meanwhile: nothing of it changes any more.")
OBJECTIVE_STAYS = _(
    "That project serves another objective, whose figures would change without any follow-up. "
    "Withdraw the commitment here and register it anew there."
)
PROJECTS_OBJECTIVE_STAYS = _(
    "Something is promised under this project, and would change two objectives' figures without any follow-up: its objective stays."
)
RECURRENCE_STAYS = _(
    "Whether it recurs decides how it counts, so that stays: end the series, or withdraw it and register it anew."
)
FULFILLED = _("It is fulfilled: what was verified stays as it is.")
REPLACED, CANCELLED = Task.State.REPLACED, Task.State.CANCELLED
CHANGES_SCOPE = _(
    "That is more than spelling: it changes what was promised. Ask for a change of scope, with a category and a reason; "
    "a colleague decides."
)
# The columns that a change of scope can write, of each.
TASK_SCOPE = ("title", "deliverable", "starts")
COMMITMENT_SCOPE = ("title", "note", "binds", "agencies", "project", "starts", "recurrence", "recurrence_month")


def against(change: Request) -> Reasons:
    """What speaks against it now."""
    return AGAINST[change.kind](change)


def _against_first_date(change: Request) -> Reasons:
    """A task of what recurs joins its series with its first date, so that has to be the period's."""
    if (
        reasons := _ended(change)
        or first_date_unfit(change.item)
        or unfit_within_commitment(change.item, change.to_due)
    ):
        return reasons
    return period_unfit(change.commitment, change.task.agency, change.to_due) if change.task else []


def _against_correction(change: Request) -> Reasons:
    return _ended(change) or unfit_within_commitment(change.item, change.to_due)


def _ended(change: Request) -> Reasons:
    item = change.item
    ended = item.is_cancelled if isinstance(item, Commitment) else item.has_ended
    return [DATE_STAYS if change.is_of_date else ENDED] if ended else []


def _against_cancellation(change: Request) -> Reasons:
    task = task_of(change)
    if reasons := _ended(change) or task_held(task, but=change):
        return reasons
    return [FULFILLED] if task.is_fulfilled else []


def _against_assignment(change: Request) -> Reasons:
    task, to = task_of(change), Agency.objects.get(key=change.wanted["agency"])
    if to.pk == task.agency_id:
        return [_("The task is already this agency's. Choose another.")]
    return _ended(change) or task_held(task, but=change) or drafts_unfit(task) or agency_unfit(task.commitment, to)


def _against_scope(change: Request) -> Reasons:
    if reasons := _ended(change):
        return reasons
    item, wanted = change.item, change.wanted
    if _columns_now(item, wanted) != change.before:
        return [_("It was changed meanwhile, so that this no longer says what would happen. Ask for it anew.")]
    starts = date.fromisoformat(wanted["starts"]) if wanted.get("starts") else None
    reasons = [late] if (late := late_start(starts, item.due)) else []
    if isinstance(item, Commitment):
        reasons += _against_commitment_scope(item, wanted)
    return reasons


def _against_commitment_scope(commitment: Commitment, wanted: dict[str, Any]) -> Reasons:
    reasons: Reasons = []
    binds = wanted.get("binds", commitment.binds)
    named = wanted["agencies"] if "agencies" in wanted else commitment.agencies.exists()
    if (binds == Commitment.Binds.NAMED) != bool(named):
        reasons.append(NAMED_IF_BOUND)
    if "project" in wanted:
        project = Project.objects.get(slug=wanted["project"])
        if project.objective_id != commitment.project.objective_id:
            reasons.append(OBJECTIVE_STAYS)
    if "recurrence" in wanted and bool(wanted["recurrence"]) != bool(commitment.recurrence):
        reasons.append(RECURRENCE_STAYS)
    return reasons


def _against_withdrawal(change: Request) -> Reasons:
    commitment = change.commitment
    if reasons := _ended(change) or commitment_held(commitment, but=change):
        return reasons
    code = change.wanted["replaced_by"]
    if not code:
        return []
    successor = Commitment.objects.filter(code=code).first()
    if successor is None or successor.pk == commitment.pk or successor.is_cancelled:
        return [_("Choose an active commitment other than this one.")]
    return []


def _against_series_end(change: Request) -> Reasons:
    commitment = change.commitment
    if not commitment.recurrence:
        return [_("It does not recur: there is no series to end.")]
    if commitment.series_ended_on:
        return [_("Its series has ended already.")]
    return _ended(change)


def _against_finding(change: Request) -> Reasons:
    commitment = change.commitment
    if reasons := _ended(change):
        return reasons
    if commitment.title != change.before["title"]:
        return [_("Its words were changed meanwhile: this judged others. Ask for it anew.")]
    return against_verdict(commitment, change.wanted["verdict"], None, clock.today(), is_decided=True)


def _against_thresholds(change: Request) -> Reasons:
    return list(against_thresholds(**thresholds_wanted(change)).values())


def thresholds_wanted(change: Request) -> dict[str, Any]:
    """The numbers and the day, as the verb on thresholds takes them."""
    numbers = {name: change.wanted[name] for name in NUMBERS}
    return {"effective_on": date.fromisoformat(change.wanted["effective_on"]), **numbers}


def task_of(change: Request) -> Task:
    if change.task is None:
        raise ValueError(f"{change.code} is about no task.")
    return change.task


def scope_now(item: Commitment | Task) -> dict[str, Any]:
    """What a change of scope can write of it, as `Request.before` and `wanted` keep it."""
    columns = COMMITMENT_SCOPE if isinstance(item, Commitment) else TASK_SCOPE
    return _columns_now(item, columns)


def promised(item: Commitment | Task, name: str) -> str:
    """The words that stand until a second person decides on others: the first ones, or those decided last. Spelling does not move them."""
    own = {"task": item} if isinstance(item, Task) else {"commitment": item, "task": None}
    decided = Request.objects.filter(**own, kind=Request.Kind.SCOPE, state=Request.State.APPROVED).order_by(
        "-decided_at"
    )
    for wanted in decided.values_list("wanted", flat=True):
        if name in wanted:
            return wanted[name]
    return getattr(item, f"first_{name}", None) or getattr(item, name)


def _columns_now(item: Commitment | Task, columns: Iterable[str]) -> dict[str, Any]:
    return {name: plain(_value(item, name)) for name in columns}


def _value(item: Commitment | Task, name: str) -> Any:
    return item.named if name == "agencies" and isinstance(item, Commitment) else getattr(item, name)


def plain(value: Any) -> Any:
    """As `Request.wanted` and `before` keep it: a day as text, agencies by their keys, a project by its slug."""
    match value:
        case date():
            return value.isoformat()
        case Project():
            return value.slug
        case list():
            return sorted(agency.key for agency in value)
    return value


K = Request.Kind
AGAINST: dict[str, Callable[[Request], Reasons]] = {
    K.RESCHEDULING: against_move,
    K.FIRST_DATE: _against_first_date,
    K.CORRECTION: _against_correction,
    K.CANCELLATION: _against_cancellation,
    K.ASSIGNMENT: _against_assignment,
    K.SCOPE: _against_scope,
    K.WITHDRAWAL: _against_withdrawal,
    K.SERIES_END: _against_series_end,
    K.THRESHOLDS: _against_thresholds,
    K.FINDING: _against_finding,
    K.REDACTION: lambda change: [],
}
