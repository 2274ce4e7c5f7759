"""Steps that several verbs share."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Avg, Count, Max, Min, Model, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from focalpoints.models import User
from focalpoints.rules import fresh, keeps_catalogue
from focalpoints.workflow import NotPossible
from projects.models import Commitment


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


def again(row: Model, *related: str) -> None:
    """Read a row that a verb was handed anew, in its turn: what it says now decides."""
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_related(*related))


def differing(row: Model, changes: Iterable[tuple[str, Any]]) -> dict[str, list[str]]:
    """What a correction changes, before and after, for the annex of its entry."""
    return {name: [str(getattr(row, name)), str(value)] for name, value in changes if getattr(row, name) != value}


def roll_up(commitment: Commitment) -> None:
    """Add up the commitment's counted tasks again. Only inside a verb that has its turn (`in_turn`).

    Progress is the plain average over confirmed tasks, in whole percent rounded down; a task without follow-up counts as 0.
    """
    tasks = commitment.tasks.counted()
    is_open = ~Q(verified_progress=100)
    claim = Coalesce("claimed_progress", "verified_progress", 0)
    sums = tasks.aggregate(
        tasks_open=Count("pk", filter=is_open),
        tasks_fulfilled=Count("pk", filter=Q(verified_progress=100)),
        tasks_unclaimed=Count("pk", filter=is_open & ~Q(claimed_progress=100)),
        claimed=Avg(claim),
        verified=Avg(Coalesce("verified_progress", 0)),
        claimed_on=Max("claimed_on"),
        verified_on=Max("verified_on"),
        obstacles=Count("pk", filter=is_open & Q(has_obstacle=True)),
        next_due=Min("due", filter=is_open),
    )
    claimed, verified, obstacles = sums.pop("claimed"), sums.pop("verified"), sums.pop("obstacles")
    sums["claimed_progress"] = int(claimed) if sums["claimed_on"] else None
    sums["verified_progress"] = int(verified) if sums["verified_on"] else None
    sums["has_obstacle"] = obstacles > 0
    Commitment.objects.filter(pk=commitment.pk).update(**sums)
    for name, value in sums.items():
        setattr(commitment, name, value)
