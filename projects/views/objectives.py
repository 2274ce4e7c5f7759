"""The five objectives with their secondary ones, and the five enablers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from focalpoints import clock
from focalpoints.caching import public_page
from principles.models import Enabler, Objective
from projects.models import Commitment
from projects.paging import part
from projects.queries import by_objective, tally


@public_page()
def objective_list(request: HttpRequest) -> HttpResponse:
    _total, groups = by_objective(clock.today())
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


@public_page("page")
def objective_detail(request: HttpRequest, number: int) -> HttpResponse:
    on = clock.today()
    objective = get_object_or_404(Objective, number=number, parent=None)
    commitments = Commitment.objects.filter(project__objective=objective)
    return render(
        request,
        "projects/objective_detail.html",
        {
            "objective": objective,
            "secondary": objective.secondary.all(),
            "projects": objective.projects.all(),
            "tally": tally(commitments, on),
            "query": f"objective={number}",
            "commitments": part(commitments.for_list(on).order_by("code"), request.GET.get("page")),
        },
    )
