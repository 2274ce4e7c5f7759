"""What a due date must fit: the start, the commitment, its tasks, the strategy's end; and how late something is by it.

Verbs refuse by these bounds, forms warn of them.
"""

from datetime import date
from typing import cast

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from focalpoints.business_days import calendar_days_after
from focalpoints.pages.fields import TOO_FAR, is_slip
from focalpoints.reference import STRATEGY_ENDS
from focalpoints.workflow import NotPossible, Reasons
from projects.models import Commitment, Task
from projects.models.task import TaskQuerySet

TASKS_NAMED = 5


def light_due_of(due: date | None, waited_days: int) -> date | None:
    """The date by which the light judges: the due date and the days for which the coordinators kept it waiting.

    Never beyond the calendar's end.
    """
    return due and calendar_days_after(due, waited_days)


def days_late(fulfilled_on: date | None, light_due: date | None) -> int | None:
    """How long after that date it was fulfilled, 0 on time; None while it is not, or where there was no date."""
    return max(0, (fulfilled_on - light_due).days) if fulfilled_on and light_due else None


def last_day(commitment: Commitment) -> date | None:
    """The last day on which its tasks may fall due; None where nothing bounds them: it has no date, or each period has a task."""
    return None if commitment.recurrence else commitment.due


def outlives(commitment: Commitment, due: date | None) -> bool:
    """Whether a task due then would be left when its commitment is over."""
    last = last_day(commitment)
    return due is not None and last is not None and due > last


def _unsettled_after(commitment: Commitment, due: date) -> TaskQuerySet:
    """The tasks that would outlive it if it fell due then, the last of them first."""
    return Task.objects.filter(Task.UNSETTLED, commitment=commitment, due__gt=due).order_by("-due", "number")


def unfit(item: Commitment | Task, due: date) -> Reasons:
    """What speaks against this date, whoever sets it. A task's commitment does not: a request can move its date too (`outlives`)."""
    if is_slip(due):
        return [TOO_FAR]
    reasons: Reasons = []
    if due == item.due:
        reasons.append(_("That is the date it has now. Choose another."))
    if item.starts and due < item.starts:
        said = _("The date comes before the start, %(day)s. Choose a later one.")
        reasons.append(said % {"day": date_format(item.starts, "d/m/Y")})
    if isinstance(item, Commitment) and not item.recurrence:
        reasons += _tasks_after(item, due)
    return reasons


def refuse_misplaced(starts: date | None, due: date | None) -> None:
    """Raise NotPossible where a new start and a new due date do not fit together."""
    if is_slip(starts) or is_slip(due):
        raise NotPossible(TOO_FAR)
    if starts and due and due < starts:
        raise NotPossible(_("The due date comes before the start. Check both."))


def late_start(starts: date | None, due: date | None) -> str:
    """Why this start does not fit the due date that is there and stays; empty where it does."""
    if not (starts and due and due < starts):
        return ""
    said = _("The start comes after the due date, %(day)s, which stays. Choose that day or an earlier one.")
    return said % {"day": date_format(due, "d/m/Y")}


def against_recurrence(commitment: Commitment, recurrence: str) -> str:
    """Why it cannot stop recurring: its due date would bound tasks that fall due later. Empty where nothing speaks against it."""
    if recurrence or not commitment.recurrence or commitment.due is None:
        return ""
    tasks = _unsettled_after(commitment, commitment.due)
    count = tasks.count()
    if not count:
        return ""
    said = ngettext(
        "Without recurrence no task can outlive it, and %(count)d task falls due after %(day)s: %(tasks)s. "
        "Bring it forward or cancel it first, or let the commitment recur.",
        "Without recurrence no task can outlive it, and %(count)d tasks fall due after %(day)s: %(tasks)s. "
        "Bring them forward or cancel them first, or let the commitment recur.",
        count,
    )
    return said % {"count": count, "day": date_format(commitment.due, "d/m/Y"), "tasks": _named(tasks)}


def _named(tasks: TaskQuerySet) -> str:
    """The first TASKS_NAMED of these tasks in words, each with its date."""
    first = list(tasks[: TASKS_NAMED + 1])
    named = [f"{task.code} ({date_format(task.due, 'd/m/Y')})" for task in first[:TASKS_NAMED] if task.due]
    return ", ".join(named) + ("…" if len(first) > TASKS_NAMED else "")


def _tasks_after(commitment: Commitment, due: date) -> Reasons:
    tasks = _unsettled_after(commitment, due)
    count = tasks.count()
    if not count:
        return []
    said = ngettext(
        "%(count)d task falls due later and would outlive it: %(tasks)s. Bring it forward first, or choose a later date.",
        "%(count)d tasks fall due later and would outlive it: %(tasks)s. Bring them forward first, or choose a later date.",
        count,
    )
    return [said % {"count": count, "tasks": _named(tasks)}]


def outliving(commitment: Commitment) -> str:
    """Why a task may not fall due later than its commitment, which has a date, and what to do."""
    said = _(
        "A task cannot outlive its commitment, which falls due on %(day)s. Choose that day or an earlier one. "
        "If the task needs longer, its agency asks for a new date of the commitment first."
    )
    return said % {"day": date_format(cast(date, commitment.due), "d/m/Y")}


def beyond_strategy(due: date | None, *, commitment: Commitment | None = None) -> str:
    """A warning of a date beyond the strategy's end, or nothing. No refusal: some commitments were published with later dates.

    It says nothing of what falls due within its `commitment`: how late that may be was decided when its date was.
    """
    is_known = commitment is not None and commitment.due is not None and due is not None and due <= commitment.due
    if due is None or due <= STRATEGY_ENDS or is_known:
        return ""
    said = _("This date lies beyond the end of the strategy, %(day)s.")
    return said % {"day": date_format(STRATEGY_ENDS, "d/m/Y")}
