"""The pages of the five objectives and the five enablers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import part, rows_of
from focalpoints.sql.prepared import prepared
from principles.models import Enabler, Objective
from projects.models import Project, ProjectVersion
from projects.reading.as_of import on_a_day, told_on
from projects.reading.day import Day
from projects.reading.figures import by_objective, counted, tally
from projects.reading.slippage import slippage, sums_of


@public_page()
def objective_list(request: HttpRequest) -> HttpResponse:
    _total, groups = by_objective(Day.today())
    tallies = {group.objective.number: group.tally for group in groups if group.objective}
    objectives = Objective.objects.filter(parent=None).prefetch_related("secondary")
    return render(
        request,
        "projects/objective_list.html",
        {
            "objectives": [(objective, tallies.get(objective.number)) for objective in objectives],
            "not_aligned": next((group.tally for group in groups if not group.objective), None),
            "enablers": Enabler.objects.prefetch_related("projects"),
        },
    )


@public_page("on", "page")
@on_a_day
def objective_detail(request: HttpRequest, day: Day, number: int) -> HttpResponse:
    objective = get_object_or_404(Objective, number=number, parent=None)
    commitments = _commitments(objective.pk, day)
    return render(
        request,
        "projects/objective_detail.html",
        {
            "day": day,
            "objective": objective,
            "secondary": objective.secondary.all(),
            "projects": _projects(objective, day),
            "tally": tally(_counted(objective.pk, day)),
            "moved": slippage(_sums(objective.pk, day), day.on),
            "query": day.query_of(f"objective={number}"),
            "commitments": told_on(
                day, part(rows_of(commitments.for_list(day.on).order_by("code")), request.GET.get("page"))
            ),
        },
    )


def _commitments(objective: int, day: Day) -> Any:
    rows = day.commitments
    return rows.filter(**{rows.OBJECTIVE: objective})


@prepared("objective")
def _counted(objective: int, day: Day) -> QuerySet[Any, dict[str, Any]]:
    return counted(_commitments(objective, day), day.on)


@prepared("objective")
def _sums(objective: int, day: Day) -> QuerySet[Any, dict[str, Any]]:
    """How far the dates of its commitments, and of their tasks, have moved by that day."""
    under = _commitments(objective, day).order_by().values("commitment" if day.is_past else "pk")
    tasks = day.tasks.public().filter(commitment__in=under)
    return sums_of(_commitments(objective, day), tasks, day.on)


def _projects(objective: Objective, day: Day) -> QuerySet[Project]:
    """The projects that were aligned with it on that day."""
    if not day.is_past:
        return objective.projects.all()
    aligned = ProjectVersion.objects.on(day.on).filter(objective=objective)
    return Project.objects.filter(pk__in=aligned.values("project"))
