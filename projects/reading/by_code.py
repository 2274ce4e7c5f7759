"""The row that an address names, where this person may see it; elsewhere the address leads nowhere (404)."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from focalpoints.models import User
from focalpoints.readers import reader, somebody
from focalpoints.rules import Person
from focalpoints.sql.prepared import prepared
from projects.models import FollowUp, Task
from projects.models.follow_up import FollowUpQuerySet
from projects.models.task import TaskQuerySet


def found_task(code: str, user: Person, *related: str) -> Task:
    return _only(_tasks(code, *reader(user), related))


def found_follow_up(code: str, user: Person, *related: str) -> FollowUp:
    return _only(_follow_ups(code, *reader(user), related))


def next_to_decide(follow_up: FollowUp, user: User, *, of_sector: str = "") -> str | None:
    """The code of the next in the queue that this coordinator may decide, else of the oldest."""
    behind = _behind(user.pk, follow_up.pk, follow_up.submitted_at, of_sector) if follow_up.submitted_at else []
    return next(iter(behind or _oldest(user.pk, follow_up.pk, of_sector)), None)


def _only[Row](rows: list[Row]) -> Row:
    if not rows:
        raise Http404
    return rows[0]


@prepared("code", "agencies")
def _tasks(code: str, roles: frozenset[str], agencies: tuple[int, ...], related: tuple[str, ...]) -> TaskQuerySet:
    visible = Task.objects.visible_to(somebody(roles, agencies)).filter(code=code)
    return visible.select_related(*related) if related else visible


@prepared("code", "agencies")
def _follow_ups(
    code: str, roles: frozenset[str], agencies: tuple[int, ...], related: tuple[str, ...]
) -> FollowUpQuerySet:
    visible = FollowUp.objects.visible_to(somebody(roles, agencies)).filter(code=code)
    return visible.select_related(*related) if related else visible


@prepared("user", "pk", "at")
def _behind(user: int, pk: int, at: datetime, of_sector: str) -> QuerySet[FollowUp, str]:
    return _others(user, pk, of_sector).behind(FollowUp(pk=pk, submitted_at=at)).values_list("code", flat=True)[:1]


@prepared("user", "pk")
def _oldest(user: int, pk: int, of_sector: str) -> QuerySet[FollowUp, str]:
    return _others(user, pk, of_sector).values_list("code", flat=True)[:1]


def _others(user: int, pk: int, of_sector: str) -> FollowUpQuerySet:
    """What else waits for this coordinator."""
    queue = FollowUp.objects.decidable_by(User(pk=user)).exclude(pk=pk)
    return queue.of_sector(of_sector) if of_sector else queue
