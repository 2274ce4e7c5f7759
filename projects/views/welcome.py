"""Where somebody begins: the page after an invitation, reachable later from My work and from help."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.office import contact
from focalpoints.pages.signed_in import person
from focalpoints.rules import is_administrator, is_coordinator, is_focal_point
from projects.reading.day import Day
from projects.reading.my_work import Work, WorkItem, next_date, seats_of, work_of

TASKS_SHOWN = 3
# In which something can be logged.
LISTS = ("overdue", "returned", "due_soon", "word_expected", "rest")


@never_cache
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Three steps, the first tasks, the next date and whom to ask; for other roles, what theirs is for and where it is done."""
    user, day = person(request), Day.today()
    context: dict[str, Any] = {
        "contact": contact(request),
        "coordinates": is_coordinator(user),
        "administers": is_administrator(user),
        "seats": [],
        "begins": None,
        "heads": [],
    }
    if is_focal_point(user):
        work = work_of(user, day)
        context |= {
            "seats": seats_of(user, day.on),
            "late": work.overdue,
            "returned": work.returned,
            "next": next_date(work, day.on),
            "tasks": _first(work),
            "most": TASKS_SHOWN,
            "count": sum(len(getattr(work, kind)) for kind in LISTS),
            "many_agencies": len(user.standing.agency_ids) > 1,
        }
    elif not context["coordinates"] and not context["administers"]:
        coming = user.appointments.focal_points().filter(since__gt=day.on).select_related("agency")
        context["begins"] = coming.order_by("since").first()
        context["heads"] = user.appointments.heads().active(day.on).select_related("agency")
    return render(request, "projects/welcome.html", context)


def _first(work: Work) -> list[tuple[str, list[WorkItem]]]:
    """The first tasks in the order of "My work", by the name of their list."""
    shown: list[tuple[str, list[WorkItem]]] = []
    room = TASKS_SHOWN
    for kind in LISTS:
        if items := getattr(work, kind)[:room]:
            shown.append((kind, items))
            room -= len(items)
    return shown
