"""Verbs on tasks: coordinators define, assign and cancel them; a focal point proposes one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Required, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.corrections import as_kept, differing
from focalpoints.ledger.record import EntryFacts, record_all
from focalpoints.models import Agency, User
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.rules import office_of
from focalpoints.sql.writing import insert, together
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, permitted, refuse, swap
from projects.actions.commitment_progress import roll_up
from projects.actions.fresh_rows import locked_task, read_row, reread
from projects.actions.refusals import refuse_date
from projects.actions.series import joining
from projects.date_bounds import late_start, outlives, outliving, refuse_misplaced
from projects.facts import commitment_naming, task_state
from projects.models import Commitment, Task
from projects.periods import period_unfit
from projects.requests import CHANGES_SCOPE, promised
from projects.rules import agencies_proposing
from projects.wording import is_spelling
from projects.workflow import agency_unfit, assignment_unfit, move


class NewTask(TypedDict, total=False):
    """What is said of a task when it is defined or proposed."""

    title: Required[str]
    deliverable: str
    starts: date | None
    due: date | None
    # Of the first task of a series: whether it goes on from the last day of a month to the last of others.
    on_last_day: bool


@in_turn
def define_task(
    commitment: Commitment,
    *,
    by: User,
    agency: Agency,
    form_key: UUID | None = None,
    is_fictional: bool = False,
    **facts: Unpack[NewTask],
) -> Task:
    """Say what an agency must get done, by when. The same `form_key` twice gives the same task."""
    by = permitted("task.define", _fresh(commitment), by=by)
    return _new_task(
        commitment, "define", by=by, agency=agency, form_key=form_key, is_fictional=is_fictional,
        state=Task.State.CONFIRMED, **facts,
    )  # fmt: skip


@in_turn
def define_task_for_all(
    commitment: Commitment, *, by: User, is_fictional: bool = False, on_last_day: bool = True, **facts: Any
) -> list[Task]:
    """One task for each registered agency that has none under this commitment yet; one ledger entry each. `facts` as in NewTask.

    The commitment is added up once: every entry tells it as it is after all of them.
    """
    by = permitted("task.define_for_all", _fresh(commitment), by=by)
    _refuse_misplaced(commitment, facts)
    columns = {**facts, "state": Task.State.CONFIRMED, "is_fictional": is_fictional}
    agencies = list(agencies_without_task(commitment).order_by("pk"))
    places = joining(commitment, agencies, facts.get("due"), on_last_day=on_last_day)
    told = [{"agency": agency, **columns, **places.get(agency.pk, {})} for agency in agencies]
    return add_tasks(commitment, "define", told, by=by)


def agencies_without_task(commitment: Commitment) -> AgencyQuerySet:
    """Whom `define_task_for_all` gives a task: registered agencies that have none, in whatever state."""
    return Agency.objects.reviewed().exclude(tasks__commitment=commitment)


@in_turn
def propose_task(
    commitment: Commitment, *, by: User, agency: Agency, form_key: UUID | None = None, **facts: Unpack[NewTask]
) -> Task:
    """A focal point proposes what their agency will do; it counts once a coordinator confirms it."""
    by = permitted("task.propose", _fresh(commitment), by=by)
    if agency not in agencies_proposing(by, commitment):
        raise PermissionDenied
    return _new_task(
        commitment, "propose", by=by, agency=agency, form_key=form_key, is_fictional=by.is_fictional,
        state=Task.State.PROPOSED, **facts,
    )  # fmt: skip


def _new_task(
    commitment: Commitment,
    verb: str,
    *,
    by: User,
    agency: Agency,
    form_key: UUID | None,
    on_last_day: bool = True,
    **facts: Any,
) -> Task:
    if sent_before := form_key and Task.objects.filter(form_key=form_key).first():
        return sent_before
    agency.refresh_from_db(fields=["closed_on"])
    refuse(*agency_unfit(commitment, agency))
    _refuse_misplaced(commitment, facts)
    places = {}
    if verb == "define":
        places = joining(commitment, [agency], facts.get("due"), on_last_day=on_last_day)
    else:
        refuse(*period_unfit(commitment, agency, facts.get("due")))
    told = {"agency": agency, "form_key": form_key, **facts, **places.get(agency.pk, {})}
    [task] = add_tasks(commitment, verb, [told], by=by)
    return task


def _refuse_misplaced(commitment: Commitment, facts: Mapping[str, Any]) -> None:
    if outlives(commitment, facts.get("due")):
        raise NotPossible(outliving(commitment))
    refuse_misplaced(facts.get("starts"), facts.get("due"))


@in_turn
def confirm_task(task: Task, *, by: User) -> None:
    """Take a proposal up: from now on it counts and its words are public."""
    reread(task, "agency", "commitment")
    by = permitted("task.confirm", task, by=by)
    today = clock.today()
    place = joining(task.commitment, [task.agency], task.due).get(task.agency_id, {})
    move(
        task, "confirm", confirmed_on=today, quiet_since=max(today, task.starts or today), first_title=task.title,
        first_deliverable=task.deliverable, **place,
    )  # fmt: skip
    _recorded("confirm", task, by=by)


@in_turn
def decline_task(task: Task, *, by: User, reason: str) -> None:
    reread(task, "agency")
    by = permitted("task.decline", task, by=by, reason=reason)
    move(task, "decline", reason=reason)
    _recorded("decline", task, by=by, reason=reason)


@in_turn
def withdraw_task(task: Task, *, by: User, reason: str) -> None:
    """Its agency takes a proposal back."""
    reread(task, "agency")
    by = permitted("task.withdraw", task, by=by, reason=reason)
    move(task, "withdraw", reason=reason)
    _recorded("withdraw", task, by=by, reason=reason)


@in_turn
def undo_task(task: Task, *, by: User, reason: str) -> None:
    """It was entered by mistake, and leaves the count as if it had never stood there. Its page says so."""
    reread(task, "agency")
    by = permitted("task.undo", task, by=by, reason=reason)
    move(task, "undo", reason=reason, ended_on=clock.today())
    _recorded("undo", task, by=by, reason=reason)


@in_turn
def cancel_task(task: Task, *, by: User, reason: str) -> None:
    """No longer needed: it goes on counting at what was verified. Only what nobody has begun; else a colleague decides (`requests`)."""
    reread(task, "agency")
    by = permitted("task.cancel", task, by=by, reason=reason)
    move(task, "cancel", reason=reason, ended_on=clock.today())
    _recorded("cancel", task, by=by, reason=reason)


@in_turn
def assign_task(task: Task, *, by: User, revision: int, agency: Agency) -> None:
    """Pass the task to another agency of its commitment; what was said so far stays with who said it."""
    reread(task, "agency", "commitment")
    by = permitted("task.assign", task, by=by)
    agency.refresh_from_db(fields=["closed_on"])
    refuse(*agency_unfit(task.commitment, agency))
    if agency.pk == task.agency_id:
        raise NotPossible(_("The task is already this agency's. Choose another."))
    # Nobody begins a draft about it from here on.
    locked_task(task.pk)
    refuse(*assignment_unfit(task))
    before = task.agency.key
    swap(task, revision, agency=agency, first_agency=task.first_agency or task.agency)
    _recorded("assign", task, by=by, before=before)


@in_turn
def correct_task(task: Task, *, by: User, revision: int, **changes: Any) -> None:
    """`changes`: title and deliverable; in their spelling alone once it is confirmed. Of a proposal its start too.

    Anything else is a change of scope (`requests.ask_scope`), or of its date.
    """
    reread(task, "agency")
    by = permitted("task.correct", task, by=by)
    refuse_date(changes)
    if revision != task.revision:
        raise Stale
    if task.is_confirmed:
        for name, value in changes.items():
            if getattr(task, name) != value and (name == "starts" or not is_spelling(promised(task, name), value)):
                raise NotPossible(CHANGES_SCOPE)
    refuse(late_start(changes.get("starts"), task.due))
    changes = as_kept(Task, changes)
    differences = differing(task, changes)
    swap(task, revision, **changes)
    _recorded("correct", task, by=by, changes=differences)


def add_tasks(commitment: Commitment, verb: str, told: Sequence[Mapping[str, Any]], *, by: User) -> list[Task]:
    """Write a task for each of these columns, and one entry for each. Only inside a verb that has its turn."""
    if not told:
        return []
    told = [as_kept(Task, facts) for facts in told]
    number = last_number(commitment)
    tasks = [unsaved_task(commitment, number + place, **facts) for place, facts in enumerate(told, 1)]
    if len(tasks) == 1:
        insert(tasks[0])
    else:
        Task.objects.bulk_create(tasks)
    _recorded(verb, *tasks, by=by)
    return tasks


def last_number(commitment: Commitment) -> int:
    """Of its tasks; 0 where it has none."""
    return commitment.tasks.aggregate(last=Max("number"))["last"] or 0


def unsaved_task(commitment: Commitment, number: int, *, due: date | None = None, **facts: Any) -> Task:
    """A task whose first date and words are those of now, unless `facts` give those of the task that it replaces."""
    dates = {"due": due, "baseline_due": due, "light_due": due}
    task = Task(commitment=commitment, number=number, code=f"{commitment.code}-T{number}", **dates | facts)
    if task.is_confirmed:
        task.confirmed_on = clock.today()
        task.quiet_since = task.word_expected_from
        if "first_title" not in facts:
            task.first_title, task.first_deliverable = task.title, task.deliverable
    return task


def _recorded(verb: str, *tasks: Task, by: User, **private: object) -> None:
    """Add the commitment of these tasks up again, then one entry for each, filed under it."""
    if not tasks:
        return
    commitment = read_row(Commitment, tasks[0].commitment_id, "project")
    with together():
        count = roll_up(commitment)
        dossier = commitment_naming(commitment, count.named)
        told = [
            EntryFacts(task_state(task), dossier, {"title": task.title, "deliverable": task.deliverable, **private})
            for task in tasks
        ]
        office = office_of(by, tasks[0].agency if verb == "propose" else None)
        record_all(verb, told, by=by, office=office, rows=(commitment, *tasks, *(task.agency for task in tasks)))


def _fresh(commitment: Commitment) -> Commitment:
    reread(commitment, "project")
    return commitment
