"""Mi trabajo: what a focal point has to do, what waits for others, and what is settled."""

from datetime import date
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.exports.exported import exported, private_file
from focalpoints.models import User
from focalpoints.pages.pager import part
from focalpoints.pages.signed_in import person
from focalpoints.rules import is_focal_point
from projects.exports.my_work import MY_WORK, work_rows
from projects.reading.day import Day
from projects.reading.my_work import LISTS, open_to_proposals, seats_of, work_of

# Rows of each list, unless the address asks for all of one.
SHOWN = 10


def _without_appointment(request: HttpRequest, user: User, today: date) -> HttpResponse:
    """Why the page is empty, for somebody whose appointment has ended or not begun. Raises Http404 for everybody else."""
    last = user.appointments.focal_points().select_related("agency").order_by("since").last()
    if last is None:
        raise Http404
    return render(
        request, "projects/my_work_ended.html", {"appointment": last, "begins": last.since > today}, status=403
    )


@never_cache
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    user = person(request)
    day = Day.today()
    if not is_focal_point(user):
        return _without_appointment(request, user, day.on)
    return render(
        request,
        "projects/my_work.html",
        {
            "work": work_of(user, day),
            "lists": LISTS,
            "seats": seats_of(user, day.on),
            "many_agencies": len(user.standing.agency_ids) > 1,
            "shown": SHOWN,
            "whole": request.GET.get("list", ""),
        },
    )


@private_file("projects:my_work")
def my_work_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """All lists of the page, whole."""
    user, day = person(request), Day.today()
    if not is_focal_point(user):
        return _without_appointment(request, user, day.on)
    return exported(request, MY_WORK, work_rows(work_of(user, day), day.on), fmt)


@never_cache
@require_safe
def proposable_list(request: HttpRequest) -> HttpResponse:
    """The commitments under which a focal point may propose a task. Raises Http404 for everybody else."""
    if not is_focal_point(request.user):
        raise Http404
    commitments = part(partial(open_to_proposals, person(request)), request.GET.get("page"))
    return render(request, "projects/proposable_list.html", {"commitments": commitments})
