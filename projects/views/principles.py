"""The pages of the OECD Recommendation's twelve principles, with the activities that the strategy's sheet prints under each."""

from functools import partial
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import part
from focalpoints.pages.parameters import Unknown
from focalpoints.sql.prepared import prepared
from principles.models import Pillar, Principle
from projects.derived.counts import tallied
from projects.light.verdict import verdict
from projects.models import Commitment, Project, Task
from projects.models.commitment import CommitmentQuerySet, with_agencies
from projects.models.list_rows import CommitmentRow
from projects.reading.day import Day
from projects.reading.figures import tally
from projects.reading.slippage import slippage, sums_of


@public_page(unknown=Unknown.SAID)
def principle_list(request: HttpRequest) -> HttpResponse:
    principles = Principle.objects.annotate(activity_count=Count("activities"))
    pillars = Pillar.objects.prefetch_related(Prefetch("principles", principles))
    return render(request, "projects/principle_list.html", {"pillars": pillars})


@public_page("page")
def principle_detail(request: HttpRequest, number: int) -> HttpResponse:
    today = Day.today()
    principle = get_object_or_404(Principle.objects.select_related("pillar"), number=number)
    return render(
        request,
        "projects/principle_detail.html",
        {
            "principle": principle,
            "activities": principle.activities.select_related("project"),
            "tally": (total := tally(_counted(principle.pk, today))),
            "verdict": verdict(total.lights, today.thresholds),
            "moved": slippage(_sums(principle.pk, today)),
            "query": f"principle={number}",
            "commitments": part(partial(_commitments, principle.pk, today), request.GET.get("page")),
        },
    )


def _commitments(principle: int, today: Day, start: int, stop: int) -> list[CommitmentRow]:
    return with_agencies(_listed(principle, today, start, stop))


@prepared("principle", row=CommitmentRow)
def _listed(principle: int, today: Day, start: int, stop: int) -> CommitmentQuerySet:
    return _serving(principle).as_listed(today.on).order_by("code")[start:stop]


@prepared("principle")
def _counted(principle: int, today: Day) -> QuerySet[Any, dict[str, Any]]:
    return tallied(_serving(principle), today.on)


@prepared("principle")
def _sums(principle: int, today: Day) -> QuerySet[Any, dict[str, Any]]:
    tasks = Task.objects.public().filter(commitment__project__in=_projects(principle))
    return sums_of(_serving(principle), tasks, today.on)


def _serving(principle: int) -> CommitmentQuerySet:
    return Commitment.objects.filter(project__in=_projects(principle))


def _projects(principle: int) -> QuerySet[Project]:
    return Project.objects.filter(principles=principle).order_by()
