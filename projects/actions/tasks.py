"""Verbs on tasks: coordinators define, assign and cancel them; a focal point proposes one."""

import calendar
from copy import copy
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.record import in_turn, record
from focalpoints.models import Agency, User
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.rules import fresh, is_coordinator, office_of
from focalpoints.workflow import NotPossible, swap
from projects.actions.commitment_progress import (
    HEARD,
    again,
    differing,
    quiet_since,
    refuse_date,
    refuse_undecided_date,
    refuse_without_reason,
    reviewed_agencies,
    roll_up,
)
from projects.bounds import late_start, outlives, outliving, refuse_misplaced
from projects.facts import commitment_state, task_state
from projects.models import Commitment, FollowUp, Task
from projects.rules import agencies_proposing, is_bound
from projects.workflow import move

ENDED = _("This task has ended. It stays as a record.")

MONTHS_BETWEEN: dict[str, int] = {Commitment.Recurrence.YEARLY: 12, Commitment.Recurrence.QUARTERLY: 3}


@in_turn
def define_task(
    commitment: Commitment,
    *,
    by: User,
    agency: Agency,
    title: str,
    deliverable: str = "",
    starts: date | None = None,
    due: date | None = None,
    form_key: UUID | None = None,
    is_fictional: bool = False,
) -> Task:
    """Say what an agency must get done, by when. The same `form_key` twice gives the same task."""
    by = _coordinator(by)
    if sent_before := form_key and Task.objects.filter(form_key=form_key).first():
        return sent_before
    _check(commitment, agency)
    _refuse_outliving(commitment, due)
    refuse_misplaced(starts, due)
    return _add(
        commitment, "define", by=by, agency=agency, title=title, deliverable=deliverable, starts=starts, due=due, form_key=form_key,
        is_fictional=is_fictional, state=Task.State.CONFIRMED,
    )  # fmt: skip


@in_turn
def define_task_for_all(
    commitment: Commitment,
    *,
    by: User,
    title: str,
    deliverable: str = "",
    starts: date | None = None,
    due: date | None = None,
    is_fictional: bool = False,
) -> list[Task]:
    """One task for each registered agency that has none under this commitment yet; one ledger entry each."""
    by = _coordinator(by)
    if commitment.binds != Commitment.Binds.ALL:
        raise NotPossible(_("This commitment does not bind every agency. Define a task for each agency that it names."))
    return [
        define_task(
            commitment,
            by=by,
            agency=agency,
            title=title,
            deliverable=deliverable,
            starts=starts,
            due=due,
            is_fictional=is_fictional,
        )
        for agency in agencies_without_task(commitment).order_by("pk")
    ]


def agencies_without_task(commitment: Commitment) -> AgencyQuerySet:
    """Whom `define_task_for_all` gives one: nobody who has one already, in whatever state."""
    return reviewed_agencies().exclude(tasks__commitment=commitment)


@in_turn
def propose_task(
    commitment: Commitment,
    *,
    by: User,
    agency: Agency,
    title: str,
    deliverable: str = "",
    starts: date | None = None,
    due: date | None = None,
    form_key: UUID | None = None,
) -> Task:
    """A focal point proposes what their agency will do; it counts once a coordinator confirms it."""
    by = fresh(by)
    if agency not in agencies_proposing(by, commitment):
        raise PermissionDenied
    if sent_before := form_key and Task.objects.filter(form_key=form_key).first():
        return sent_before
    _check(commitment, agency)
    _refuse_outliving(commitment, due)
    refuse_misplaced(starts, due)
    return _add(
        commitment, "propose", by=by, agency=agency, title=title, deliverable=deliverable, starts=starts, due=due, form_key=form_key,
        is_fictional=by.is_fictional, state=Task.State.PROPOSED,
    )  # fmt: skip


@in_turn
def confirm_task(task: Task, *, by: User) -> None:
    """Take a proposal up: from now on it counts and its words are public."""
    by = _coordinator(by)
    again(task, "agency", "commitment")
    _check(task.commitment, task.agency)
    today = clock.today()
    move(task, "confirm", by=by, confirmed_on=today, quiet_since=max(today, task.starts or today))
    _recorded("confirm", task, by=by)


@in_turn
def decline_task(task: Task, *, by: User, reason: str) -> None:
    by = fresh(by)
    again(task, "agency")
    refuse_without_reason(reason)
    move(task, "decline", by=by, reason=reason)
    _recorded("decline", task, by=by, reason=reason)


@in_turn
def cancel_task(task: Task, *, by: User, reason: str) -> None:
    """It no longer counts; its record stays. A follow-up that waits for review must be decided first."""
    by = fresh(by)
    again(task, "agency")
    refuse_without_reason(reason)
    _refuse_waiting(task)
    refuse_undecided_date(task)
    move(task, "cancel", by=by, reason=reason)
    _recorded("cancel", task, by=by, reason=reason)


@in_turn
def assign_task(task: Task, *, by: User, revision: int, agency: Agency) -> None:
    """Pass the task to another agency of its commitment; what was said so far stays with who said it."""
    by = _coordinator(by)
    again(task, "agency", "commitment")
    _refuse_ended(task)
    _check(task.commitment, agency)
    if agency.pk == task.agency_id:
        raise NotPossible(_("The task is already this agency's. Choose another."))
    _refuse_waiting(task)
    refuse_undecided_date(task)
    if task.follow_ups.in_hand().exists():
        raise NotPossible(
            _(
                "The agency has an unfinished follow-up of this task. Ask it to send or discard it first, so that nothing typed is lost."
            )
        )
    before = task.agency.key
    swap(task, revision, agency=agency)
    _recorded("assign", task, by=by, before=before)


@in_turn
def correct_task(task: Task, *, by: User, revision: int, **changes: object) -> None:
    """`changes`: title, deliverable, starts. Its due date has verbs of its own."""
    by = _coordinator(by)
    refuse_date(changes)
    again(task, "agency")
    _refuse_ended(task)
    before = differing(task, changes.items())
    if "starts" in changes:
        changes |= _started(task, changes["starts"])
    swap(task, revision, **changes)
    _recorded("correct", task, by=by, changes=before)


def _started(task: Task, starts: Any) -> dict[str, Any]:
    """What follows from another start: a task that is taken up is silent from then on, or since its last word."""
    if refusal := late_start(starts, task.due):
        raise NotPossible(refusal)
    if not task.is_confirmed:
        return {}
    begun = copy(task)
    begun.starts = starts
    return {"quiet_since": quiet_since(begun, task.follow_ups.filter(state__in=HEARD))}


def define_next(task: Task, *, by: User) -> Task | None:
    """After a recurring commitment's task was fulfilled: the same task for the next period, unless it is there already."""
    commitment = task.commitment
    months = MONTHS_BETWEEN.get(commitment.recurrence)
    if not months or task.due is None or commitment.is_cancelled or task.agency.is_closed:
        return None
    # The period's own date: that this one slipped delays no other.
    due = months_later(task.due - timedelta(days=task.slippage_days), months)
    if commitment.tasks.filter(Q(due=due) | Q(baseline_due=due), agency=task.agency).exists():
        return None
    return _add(
        commitment, "recur", by=by, agency=task.agency, title=task.title, deliverable=task.deliverable, due=due,
        is_fictional=task.is_fictional, state=Task.State.CONFIRMED,
    )  # fmt: skip


def months_later(day: date, months: int) -> date:
    """The same day `months` later; the last day of a month stays the last day of a month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    was_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if was_last else min(day.day, last))


def _add(commitment: Commitment, verb: str, *, by: User, due: date | None, **facts: object) -> Task:
    number = (commitment.tasks.aggregate(last=Max("number"))["last"] or 0) + 1
    code = f"{commitment.code}-T{number}"
    task = Task(commitment=commitment, number=number, code=code, due=due, baseline_due=due, light_due=due, **facts)
    if task.is_confirmed:
        task.confirmed_on = clock.today()
        task.quiet_since = task.word_expected_from
    task.save(force_insert=True)
    _recorded(verb, task, by=by)
    return task


def _recorded(verb: str, task: Task, *, by: User, **private: object) -> None:
    """The shared last step: add up, then one entry filed under the commitment."""
    commitment = Commitment.objects.select_related("project").get(pk=task.commitment_id)
    roll_up(commitment)
    words = {"title": task.title, "deliverable": task.deliverable}
    office = office_of(by, task.agency if verb == "propose" else None)
    record(
        verb, task_state(task), by=by, office=office, private={**words, **private}, dossier=commitment_state(commitment)
    )


def _coordinator(by: User) -> User:
    by = fresh(by)
    if not is_coordinator(by):
        raise PermissionDenied
    return by


def _check(commitment: Commitment, agency: Agency) -> None:
    """Whether both may take on a task, read again in this verb's turn."""
    again(commitment, "project")
    agency.refresh_from_db(fields=["closed_on"])
    if commitment.is_cancelled:
        raise NotPossible(_("This commitment is cancelled: it takes no new tasks."))
    if agency.is_closed:
        raise NotPossible(_("This agency is closed. Choose the agency that took over its work."))
    if commitment.binds != Commitment.Binds.NONE_PUBLISHED and not is_bound(commitment, agency.pk):
        raise NotPossible(
            _("This commitment does not bind that agency. Correct the commitment first, or choose another agency.")
        )


def _refuse_outliving(commitment: Commitment, due: date | None) -> None:
    if outlives(commitment, due):
        raise NotPossible(outliving(commitment))


def _refuse_ended(task: Task) -> None:
    if task.has_ended:
        raise NotPossible(ENDED)


def _refuse_waiting(task: Task) -> None:
    if task.follow_ups.filter(state=FollowUp.State.SUBMITTED).exists():
        raise NotPossible(_("A follow-up of this task waits for review. Accept or return it first."))
