"""Steps that several verbs share."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Model, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Agency, User
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.rules import fresh, keeps_catalogue
from focalpoints.sql.prepared import prepared
from focalpoints.sql.writing import keep
from focalpoints.workflow import NotPossible
from projects.models import Commitment, FollowUp, Task
from projects.workflow import WAITING, is_waiting_for_date


def cataloguer(by: User) -> User:
    """Who acts, read again; PermissionDenied unless they keep the catalogue."""
    by = fresh(by)
    if not keeps_catalogue(by):
        raise PermissionDenied
    return by


def refuse_without_reason(reason: str) -> None:
    """What ends, ends for a reason that stays on record."""
    if not reason.strip():
        raise NotPossible(_("Say why: the reason stays on record."))


def refuse_date(changes: Iterable[str]) -> None:
    """A due date is no fact among others."""
    if "due" in changes:
        raise NotPossible(
            _(
                "A due date is not overwritten along with other facts: its agency asks for a new one, "
                "and the coordination office sets a first one or corrects a wrong capture."
            )
        )


def refuse_undecided_date(item: Commitment | Task) -> None:
    """What somebody asked for is answered before its subject ends or passes on."""
    if is_waiting_for_date(item):
        raise NotPossible(WAITING)


def again(row: Model, *related: str) -> None:
    """Read a row that a verb was handed anew, in its turn: what it says now decides. Raises DoesNotExist."""
    found = read(type(row), row.pk, *related)
    # As `refresh_from_db`, which builds its query every time.
    vars(row).pop("_prefetched_objects_cache", None)
    vars(row).update(vars(found))


def read[Row: Model](model: type[Row], pk: int, *related: str) -> Row:
    """A row with what it refers to. Raises DoesNotExist."""
    found = _rows(model, pk, related)
    if not found:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    return found[0]


@prepared("pk")
def _rows[Row: Model](model: type[Row], pk: int, related: tuple[str, ...]) -> QuerySet[Row]:
    return model._default_manager.select_related(*related).filter(pk=pk)


def differing(row: Model, changes: Iterable[tuple[str, Any]]) -> dict[str, list[str]]:
    """What a correction changes, before and after, for the annex of its entry."""
    return {name: [str(getattr(row, name)), str(value)] for name, value in changes if getattr(row, name) != value}


def roll_up(commitment: Commitment) -> None:
    """Add up the commitment's counted tasks again. Only inside a verb that has its turn (`in_turn`).

    Progress is the plain average over confirmed tasks, in whole percent rounded down; a task without follow-up counts as 0,
    and so does an agency that is bound and has no task.
    """
    missing = sum(_without_task(commitment.pk, commitment.binds))
    [sums] = _sums(commitment.pk)
    claimed, verified, obstacles = sums.pop("claimed"), sums.pop("verified"), sums.pop("obstacles")
    waited_open, waited_fulfilled = sums.pop("waited_open"), sums.pop("waited_fulfilled")
    # What one task waited gives the others nothing; what the last one waited still counts on the day it is fulfilled.
    sums["waited_days"] = waited_open if sums["tasks_open"] else waited_fulfilled
    counted = sums["tasks_open"] + sums["tasks_fulfilled"] + missing
    sums["agencies_without_task"] = missing
    sums["claimed_progress"] = claimed // counted if sums["claimed_on"] else None
    sums["verified_progress"] = verified // counted if sums["verified_on"] else None
    sums["has_obstacle"] = obstacles > 0
    sums["light_due"] = later(commitment.due, sums["waited_days"])
    if sums["tasks_open"] or missing:
        sums["fulfilled_on"] = None
    sums["days_late"] = days_late(sums["fulfilled_on"], sums["light_due"])
    keep(commitment, **sums)


@prepared("commitment")
def _sums(commitment: int) -> QuerySet[Task, dict[str, Any]]:
    """What its counted tasks come to: one row."""
    is_open = ~Q(verified_progress=100)
    claim = Coalesce("claimed_progress", "verified_progress", 0)
    return _added_up(
        Task.objects.counted().filter(commitment=commitment),
        tasks_open=Count("pk", filter=is_open),
        tasks_fulfilled=Count("pk", filter=Q(verified_progress=100)),
        tasks_unclaimed=Count("pk", filter=is_open & ~Q(claimed_progress=100)),
        claimed=Sum(claim, default=0),
        verified=Sum("verified_progress", default=0),
        claimed_on=Max("claimed_on"),
        verified_on=Max("verified_on"),
        obstacles=Count("pk", filter=is_open & Q(has_obstacle=True)),
        next_due=Min("light_due", filter=is_open & ~Q(claimed_progress=100)),
        quiet_since=Max("quiet_since", filter=is_open),
        waited_open=Max("waited_days", filter=is_open, default=0),
        waited_fulfilled=Max("waited_days", filter=~is_open, default=0),
        fulfilled_on=Max("fulfilled_on"),
    )


@prepared("commitment")
def _without_task(commitment: int, binds: str) -> QuerySet[Agency, int]:
    """How many agencies answer for it and have no counted task: one number, or none where nobody can."""
    tasks = Task.objects.counted().filter(commitment=commitment)
    missing = _bound(commitment, binds).exclude(pk__in=tasks.values("agency"))
    return _added_up(missing, count=Count("pk")).values_list("count", flat=True)


def _added_up(rows: QuerySet, **sums: Any) -> QuerySet:
    """As `rows.aggregate(**sums)`, but to be prepared: grouped by a constant, they are one row, also where there are none."""
    return rows.order_by().annotate(every=Value(1)).values("every").annotate(**sums).values(*sums)


# In which somebody gave word, whatever became of it.
HEARD = frozenset({FollowUp.State.SUBMITTED, FollowUp.State.ACCEPTED, FollowUp.State.RETURNED, FollowUp.State.NOTED})


class FollowUpSent(NamedTuple):
    """What follow-ups of a task are compared by."""

    pk: int
    number: int
    state: str
    progress: int | None
    obstacle: str
    submitted_at: datetime | None
    decided_at: datetime | None
    saved_from: str


def said_of(task: Task) -> list[FollowUpSent]:
    """All its follow-ups, the latest first."""
    return [FollowUpSent(*row) for row in _said(task.pk)]


@prepared("task")
def _said(task: int) -> QuerySet[FollowUp, tuple[Any, ...]]:
    return FollowUp.objects.filter(task=task).order_by("-number").values_list(*FollowUpSent._fields)


def quiet_since(task: Task, sent: Iterable[FollowUp | FollowUpSent]) -> date | None:
    """The last word; a return is where the silence begins again. Before both, the day from which a word could be expected."""
    days = [task.word_expected_from]
    for row in sent:
        days += [
            clock.day_of(row.submitted_at),
            clock.day_of(row.decided_at) if row.state == FollowUp.State.RETURNED else None,
        ]
    return max((day for day in days if day), default=None)


def later(due: date | None, waited_days: int) -> date | None:
    """The due date of the light: what the coordinators kept waiting is given back. Never beyond the calendar's end."""
    return due and date.fromordinal(min(due.toordinal() + waited_days, date.max.toordinal()))


def days_late(fulfilled_on: date | None, light_due: date | None) -> int | None:
    """How long after its date it was fulfilled, 0 on time; None while it is not, or where there was no date."""
    return max(0, (fulfilled_on - light_due).days) if fulfilled_on and light_due else None


def _bound(commitment: int, binds: str) -> AgencyQuerySet:
    """The registered agencies that answer for it; none where none was published."""
    match binds:
        case Commitment.Binds.ALL:
            return reviewed_agencies()
        case Commitment.Binds.NAMED:
            return Agency.objects.registered().filter(commitments=commitment)
    return Agency.objects.none()


def reviewed_agencies() -> AgencyQuerySet:
    """Whom a commitment of every agency binds: all but the coordination office, which reviews them."""
    return Agency.objects.registered().exclude(kind=Agency.Kind.COORDINATING_UNIT)
