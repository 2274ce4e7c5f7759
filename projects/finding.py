"""The row that an address names, where this person may see it; elsewhere the address leads nowhere (404)."""

from django.http import Http404

from focalpoints.prepared import prepared
from focalpoints.readers import reader, somebody
from focalpoints.rules import Person

from .models import FollowUp, Task
from .models.follow_up import FollowUpQuerySet
from .models.task import TaskQuerySet


def found_task(code: str, user: Person, *related: str) -> Task:
    return _only(_tasks(code, *reader(user), related))


def found_follow_up(code: str, user: Person, *related: str) -> FollowUp:
    return _only(_follow_ups(code, *reader(user), related))


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
