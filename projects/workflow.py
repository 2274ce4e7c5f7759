"""From where to where: a table of moves for follow-ups, one for tasks and one for the changes of due dates.

The guard, the buttons and the public page that explains the procedure read the same tables.
"""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from focalpoints import clock
from focalpoints.rules import Person, is_coordinator
from focalpoints.sql import writing
from focalpoints.workflow import NEW, NOTHING_YET, Move, NotPossible, OpenWork, Reasons, Stale, StrOrPromise, refuse
from projects.date_bounds import unfit
from projects.models import Commitment, DateChange, FollowUp, Task
from projects.rules import (
    asks_for_date,
    decides_date,
    keeps_dates,
    reports_for_agency,
    reviews_and_did_not_write,
    still_answers,
    withdraws_date,
)

_F = FollowUp.State
_AGENCY, _OFFICE = _("Focal point of its agency"), _("Coordinator who did not write it")
_REVIEWED = _(
    "This follow-up no longer waits for review: it was decided or withdrawn meanwhile. Go on with the next in the queue."
)
FOLLOW_UP_MOVES = {
    "submit": Move(
        _("Submit"), frozenset(FollowUp.WRITABLE), _F.SUBMITTED, reports_for_agency, _AGENCY,
        _("This follow-up has already been sent. To change it, withdraw it first; once accepted, log a new one."),
    ),
    "withdraw": Move(
        _("Withdraw"), frozenset({_F.SUBMITTED}), _F.WITHDRAWN, reports_for_agency, _AGENCY,
        _("Only a follow-up that waits for review can be withdrawn. Open it to see what was decided."),
    ),
    "accept": Move(
        _("Accept"), frozenset({_F.SUBMITTED}), _F.ACCEPTED, reviews_and_did_not_write, _OFFICE, _REVIEWED,
    ),
    "return": Move(
        _("Return"), frozenset({_F.SUBMITTED}), _F.RETURNED, reviews_and_did_not_write, _OFFICE, _REVIEWED,
    ),
}  # fmt: skip

# How many times in a row an agency may say that nothing changed.
MOST_IN_A_ROW = 2


def against_no_change(task: Task, since_acceptance: Iterable[FollowUp]) -> StrOrPromise:
    """Why "no change, still valid" is no answer now; empty when it is one. `since_acceptance` is what that adjective finds of the task."""
    if not task.is_confirmed or task.is_fulfilled:
        return _("Nothing more is expected of this task.")
    given = list(since_acceptance)
    states = [row.state for row in given]
    if any(state != FollowUp.State.NOTED for state in states):
        return _("There is a follow-up in hand: finish it, or wait for its review.")
    if len(states) >= MOST_IN_A_ROW:
        return _("It was said twice in a row that nothing changed. Say in a sentence where the task stands.")
    if any(clock.day_of(row.submitted_at) == clock.today() for row in given):
        return _("It was said today already that nothing changed. Once a day is enough.")
    return ""


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

_UNDATED = _("It has no due date yet: the coordination office sets its first one.")
_DATED = _("It already has a due date. Its agency asks for a new one; a wrong capture is corrected.")
_ENDED = _("It was cancelled or not taken up: its date stays on record as it is.")
_NOT_TAKEN_UP = _("It is still a proposal. Once it is confirmed, a new date can be asked for.")
_FULFILLED = _("It is fulfilled: its date no longer moves.")
_ASKED = _("A request for a new date already waits for the coordination office. Withdraw it first to ask for another.")
WAITING = _("A request for a new date waits: approve or reject it first.")
CHANGED = _(
    "Its date changed after this was asked, so that the request no longer says what would happen. Reject it with that reason: "
    "the agency asks again."
)

UNBOUND = _(
    "The agency that asked no longer answers for it. Reject it with that reason: an agency that does answer asks for its date."
)


def is_waiting_for_date(item: Commitment | Task) -> bool:
    """Whether a new date was asked for and nobody has decided."""
    own = {"task": item} if isinstance(item, Task) else {"commitment": item, "task": None}
    return DateChange.objects.waiting().filter(**own).exists()


def _ended(item: Commitment | Task) -> Reasons:
    return [_ENDED] if (item.is_cancelled if isinstance(item, Commitment) else item.has_ended) else []


def _settled(item: Commitment | Task) -> Reasons:
    """Why its date no longer moves, if so."""
    return _ended(item) or ([_FULFILLED] if item.is_fulfilled else [])


def _against_asking(item: Commitment | Task) -> Reasons:
    if reasons := _settled(item):
        return reasons
    if isinstance(item, Task) and not item.is_confirmed:
        return [_NOT_TAKEN_UP]
    if item.due is None:
        return [_UNDATED]
    return [_ASKED] if is_waiting_for_date(item) else []


def _against_first_date(item: Commitment | Task) -> Reasons:
    return _ended(item) or ([] if item.due is None else [_DATED])


def _against_correcting(item: Commitment | Task) -> Reasons:
    if reasons := _ended(item):
        return reasons
    if item.due is None:
        return [_UNDATED]
    return [WAITING] if is_waiting_for_date(item) else []


def has_changed(change: DateChange) -> bool:
    """Whether the date that it would move is no longer the one it was asked for."""
    return change.item.due != change.from_due


def _against_approving(change: DateChange) -> Reasons:
    if reasons := _settled(change.item):
        return reasons
    if not still_answers(change):
        return [UNBOUND]
    return [CHANGED] if has_changed(change) else unfit(change.item, change.to_due)


_D = DateChange.State
_BOUND, _OTHER_COORDINATOR = _("Focal point of an agency that answers for it"), _("Coordinator who did not ask for it")
_OTHER_OFFICE = _("Coordinator who is no focal point of an agency that answers for it")
_DECIDED = _("This request no longer waits: it was decided or withdrawn meanwhile.")
# Verbs that make a change (NEW) ask `allows` and `against` about the commitment or task whose date it is.
DATE_CHANGE_MOVES = {
    "request": Move(
        _("Ask for a new date"), NEW, _D.REQUESTED, asks_for_date, _BOUND, "", _against_asking,
    ),
    "withdraw": Move(
        _("Withdraw"), frozenset({_D.REQUESTED}), _D.WITHDRAWN, withdraws_date, _AGENCY, _DECIDED,
    ),
    "approve": Move(
        _("Approve"), frozenset({_D.REQUESTED}), _D.APPROVED, decides_date, _OTHER_COORDINATOR, _DECIDED, _against_approving,
    ),
    "reject": Move(
        _("Reject"), frozenset({_D.REQUESTED}), _D.REJECTED, decides_date, _OTHER_COORDINATOR, _DECIDED,
    ),
    "set_date": Move(
        _("Set its first date"), NEW, _D.APPROVED, keeps_dates, _OTHER_OFFICE, "", _against_first_date,
    ),
    "correct_date": Move(
        _("Correct a wrongly captured date"), NEW, _D.APPROVED, keeps_dates, _OTHER_OFFICE, "", _against_correcting,
    ),
}  # fmt: skip


# What an agency answers for here. What waits for the coordination office counts as well: decided after the agency is closed, it would
# leave an open task that nobody answers for.
OPEN_WORK_HERE = [
    OpenWork(
        Task.objects.open,
        ngettext_lazy(
            "%(count)d task is open in it: a coordinator cancels it or assigns it to another agency first.",
            "%(count)d tasks are open in it: a coordinator cancels them or assigns them to another agency first.",
            "count",
        ),
        is_owed=True,
    ),
    OpenWork(
        lambda: Task.objects.filter(state=_T.PROPOSED),
        ngettext_lazy(
            "%(count)d task that it proposed waits: a coordinator refuses it or assigns it to another agency first.",
            "%(count)d tasks that it proposed wait: a coordinator refuses them or assigns them to another agency first.",
            "count",
        ),
    ),
    OpenWork(
        FollowUp.objects.waiting,
        ngettext_lazy(
            "%(count)d follow-up of it waits for review: a coordinator accepts or returns it first.",
            "%(count)d follow-ups of it wait for review: a coordinator accepts or returns them first.",
            "count",
        ),
    ),
    OpenWork(
        DateChange.objects.waiting,
        ngettext_lazy(
            "%(count)d request of it for a new date waits: a coordinator approves or rejects it first.",
            "%(count)d requests of it for a new date wait: a coordinator approves or rejects them first.",
            "count",
        ),
    ),
]


Subject = FollowUp | Task | DateChange
MOVES: dict[type[Subject], dict[str, Move]] = {
    FollowUp: FOLLOW_UP_MOVES,
    Task: TASK_MOVES,
    DateChange: DATE_CHANGE_MOVES,
}


def open_moves(user: Person, subject: Subject) -> list[str]:
    """The verbs whose buttons are drawn, in the table's order."""
    return [verb for verb, step in MOVES[type(subject)].items() if step.is_open(user, subject, subject.state)]


def open_date_moves(user: Person, item: Commitment | Task) -> list[str]:
    """Likewise of the verbs that begin a change of this item's date."""
    return [verb for verb, step in DATE_CHANGE_MOVES.items() if step.is_open(user, item, NOTHING_YET)]


def begin(verb: str, item: Commitment | Task, *, by: Person) -> None:
    """Raise PermissionDenied (not theirs) or NotPossible (something speaks against it) unless this change of its date may begin."""
    step = DATE_CHANGE_MOVES[verb]
    if not step.allows(by, item):
        raise PermissionDenied
    refuse(*step.against(item))


def move(subject: Subject, verb: str, *, by: Person, seen: int | None = None, **changes: object) -> None:
    """Carry `verb` out and write `changes`, other columns, in the same step. A subject without a row gets one, as it is after the move.

    `seen` is the revision that the person had on screen.
    Raises PermissionDenied (not theirs), NotPossible (wrong moment) or Stale (somebody else moved or edited it first).
    """
    step = MOVES[type(subject)][verb]
    if not step.allows(by, subject):
        raise PermissionDenied
    if subject.state not in step.sources:
        raise NotPossible(step.wrong_moment)
    if seen is not None and seen != subject.revision:
        raise Stale()
    refuse(*step.against(subject))
    moved = {"state": step.target, "revision": subject.revision + 1, **changes}
    # Compare and swap: two people who press at once get one move, not two.
    before = {"pk": subject.pk, "state": subject.state, "revision": subject.revision}
    if subject.pk and not writing.change(type(subject), before, **moved):
        raise Stale
    for name, value in moved.items():
        setattr(subject, name, value)
    if subject.pk is None:
        writing.insert(subject)
