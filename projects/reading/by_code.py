"""The row that an address names. Where this person may not see it, the address leads nowhere (404)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from focalpoints.models import User
from focalpoints.rules import Person
from focalpoints.sql.prepared import prepared
from projects.models import FollowUp, Task
from projects.models.follow_up import FollowUpQuerySet


def found_task(code: str, user: Person, *related: str) -> Task:
    return _found(Task, code, user, related)


def found_follow_up(code: str, user: Person, *related: str) -> FollowUp:
    return _found(FollowUp, code, user, related)


def _found[Row: (Task, FollowUp)](model: type[Row], code: str, user: Person, related: tuple[str, ...]) -> Row:
    rows = _visible(model, code, user, related)
    if not rows:
        raise Http404
    return rows[0]


@prepared("code")
def _visible(
    model: type[Task] | type[FollowUp], code: str, user: Person, related: tuple[str, ...]
) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = model.objects.visible_to(user).filter(code=code)
    return rows.select_related(*related) if related else rows


def next_to_decide(follow_up: FollowUp, user: User, *, of_sector: str = "") -> str | None:
    """The code of the next in the queue that this coordinator may decide; of the oldest, where none is behind this one."""
    at = follow_up.submitted_at
    codes = _behind(user, follow_up.pk, at, of_sector) if at else []
    return next(iter(codes or _oldest(user, follow_up.pk, of_sector)), None)


@prepared("pk", "at")
def _behind(user: User, pk: int, at: datetime, of_sector: str) -> QuerySet[FollowUp, str]:
    return _others(user, pk, of_sector).behind(at, pk).values_list("code", flat=True)[:1]


@prepared("pk")
def _oldest(user: User, pk: int, of_sector: str) -> QuerySet[FollowUp, str]:
    return _others(user, pk, of_sector).values_list("code", flat=True)[:1]


def _others(user: User, pk: int, of_sector: str) -> FollowUpQuerySet:
    """The coordinator's queue without one follow-up, oldest first."""
    queue = FollowUp.objects.decidable_by(user).exclude(pk=pk)
    return queue.of_agencies_matching(of_sector) if of_sector else queue
