"""From where to where: one table of moves for follow-ups and one for tasks.

The guard, the buttons and the public page that explains the procedure read the same tables.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from focalpoints.rules import Person, is_coordinator
from focalpoints.workflow import Move, NotPossible, OpenWork, Stale

from .models import FollowUp, Task
from .rules import reports_for_agency, reviews_and_did_not_write

_F = FollowUp.State
_AGENCY, _OFFICE = _("Focal point of its agency"), _("Coordinator who did not write it")
MOVES = {
    "submit": Move(
        _("Submit"), frozenset({_F.DRAFT, _F.RETURNED, _F.WITHDRAWN}), _F.SUBMITTED, reports_for_agency, _AGENCY,
        _("This follow-up has already been sent. To change it, withdraw it first; once accepted, log a new one."),
    ),
    "withdraw": Move(
        _("Withdraw"), frozenset({_F.SUBMITTED}), _F.WITHDRAWN, reports_for_agency, _AGENCY,
        _("Only a follow-up that waits for review can be withdrawn. Open it to see what was decided."),
    ),
    "accept": Move(
        _("Accept"), frozenset({_F.SUBMITTED}), _F.ACCEPTED, reviews_and_did_not_write, _OFFICE,
        _("This follow-up no longer waits for review: it was decided or withdrawn meanwhile. Go on with the next in the queue."),
    ),
    "return": Move(
        _("Return"), frozenset({_F.SUBMITTED}), _F.RETURNED, reviews_and_did_not_write, _OFFICE,
        _("This follow-up no longer waits for review: it was decided or withdrawn meanwhile. Go on with the next in the queue."),
    ),
}  # fmt: skip

_T = Task.State


def _coordinates(user: Person, task: Task) -> bool:
    return is_coordinator(user)


_ANY_COORDINATOR = _("Coordinator")
TASK_MOVES = {
    "confirm": Move(
        _("Confirm"), frozenset({_T.PROPOSED}), _T.CONFIRMED, _coordinates, _ANY_COORDINATOR,
        _("Only a proposed task can be confirmed. This one was decided meanwhile."),
    ),
    "decline": Move(
        _("Do not take up"), frozenset({_T.PROPOSED}), _T.DECLINED, _coordinates, _ANY_COORDINATOR,
        _("Only a proposed task can be refused. This one was decided meanwhile: cancel it instead."),
    ),
    "cancel": Move(
        _("Cancel"), frozenset({_T.CONFIRMED}), _T.CANCELLED, _coordinates, _ANY_COORDINATOR,
        _("Only a confirmed task can be cancelled."),
    ),
}  # fmt: skip


def _tasks_left(count: int) -> str:
    text = ngettext(
        "%(count)d task is open in it: a coordinator cancels it or assigns it to another agency first.",
        "%(count)d tasks are open in it: a coordinator cancels them or assigns them to another agency first.",
        count,
    )
    return text % {"count": count}


# What an agency answers for here: with it no agency is closed, and without a focal point it is an alarm.
OPEN_TASKS = OpenWork(Task.objects.open, _tasks_left)


def open_moves(user: Person, subject: FollowUp | Task) -> list[str]:
    """The verbs whose POST would pass the guard now, in the table's order: a button is drawn for each."""
    moves = MOVES if isinstance(subject, FollowUp) else TASK_MOVES
    return [verb for verb, step in moves.items() if subject.state in step.sources and step.allows(user, subject)]


def move(subject: FollowUp | Task, verb: str, *, by: Person, seen: int | None = None, **changes: object) -> None:
    """Carry `verb` out, with other columns to write in the same step.

    `seen` is the revision that the person had on screen. Raises PermissionDenied (not theirs), NotPossible (wrong moment)
    or Stale (somebody else moved or edited it first).
    """
    step = (MOVES if isinstance(subject, FollowUp) else TASK_MOVES)[verb]
    if not step.allows(by, subject):
        raise PermissionDenied
    if subject.state not in step.sources:
        raise NotPossible(step.wrong_moment)
    if seen is not None and seen != subject.revision:
        raise Stale()
    # Compare and swap: two people who press at once get one move, not two.
    unchanged = type(subject)._default_manager.filter(pk=subject.pk, state=subject.state, revision=subject.revision)
    if not unchanged.update(state=step.target, revision=F("revision") + 1, **changes):
        raise Stale
    for name, value in {"state": step.target, "revision": subject.revision + 1, **changes}.items():
        setattr(subject, name, value)
