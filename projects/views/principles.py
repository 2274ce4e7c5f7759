"""The pages of the OECD Recommendation's twelve principles, with the activities that the strategy's sheet prints under each."""

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from focalpoints import clock
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import part, rows_of
from principles.models import Pillar, Principle
from projects.models import Commitment, Project, Task
from projects.models.task import TaskQuerySet
from projects.reading.figures import counted, tally
from projects.reading.slippage import slippage, sums_of


@public_page()
def principle_list(request: HttpRequest) -> HttpResponse:
    principles = Principle.objects.annotate(activity_count=Count("activities"))
    pillars = Pillar.objects.prefetch_related(Prefetch("principles", principles))
    return render(request, "projects/principle_list.html", {"pillars": pillars})


@public_page("page")
def principle_detail(request: HttpRequest, number: int) -> HttpResponse:
    on = clock.today()
    principle = get_object_or_404(Principle.objects.select_related("pillar"), number=number)
    serving = Commitment.objects.filter(project__in=Project.objects.filter(principles=principle).order_by())
    return render(
        request,
        "projects/principle_detail.html",
        {
            "principle": principle,
            "activities": principle.activities.select_related("project"),
            "tally": tally(counted(serving, on)),
            "moved": slippage(sums_of(serving, _tasks(principle), on), on),
            "query": f"principle={number}",
            "commitments": part(rows_of(serving.for_list(on).order_by("code")), request.GET.get("page")),
        },
    )


def _tasks(principle: Principle) -> TaskQuerySet:
    projects = Project.objects.filter(principles=principle).order_by()
    return Task.objects.public().filter(commitment__project__in=projects)
