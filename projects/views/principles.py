"""The pages of the OECD Recommendation's twelve principles, with the activities that the strategy's sheet prints under each."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import part
from focalpoints.pages.parameters import Unknown
from focalpoints.sql.prepared import prepared
from focalpoints.sql.spanish import InSpanish
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.table import few
from principles.models import Pillar, Principle
from projects.light.verdict import verdict
from projects.models import Activity
from projects.models.commitment import CommitmentQuerySet, with_agencies
from projects.models.list_rows import CommitmentRow
from projects.reading.day import Day
from projects.reading.principles import serving, slippage_of_principle, tally_of_principle
from projects.tables.figures import FIGURES, Figure, figure_rows, figures_of_group, figures_of_moves
from projects.tables.principles import PRINCIPLES, principle_rows


@public_page(unknown=Unknown.SAID)
def principle_list(request: HttpRequest) -> HttpResponse:
    principles = Principle.objects.annotate(activity_count=Count("activities"))
    pillars = Pillar.objects.prefetch_related(Prefetch("principles", principles))
    return render(request, "projects/principle_list.html", {"pillars": pillars})


@public_page(unknown=Unknown.SAID)
def oecd_table(request: HttpRequest) -> HttpResponse:
    """The whole table of the OECD sheet, as printed, with the project that each activity is about."""
    activities = Activity.objects.select_related("project").order_by("order")
    principles = Principle.objects.prefetch_related(Prefetch("activities", activities))
    pillars = Pillar.objects.prefetch_related(Prefetch("principles", principles))
    return render(request, "projects/oecd_table.html", {"pillars": pillars})


@public_file()
def principle_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    return answered(request, PRINCIPLES, principle_rows(), fmt, day=clock.today(), count=few)


@public_file()
def principle_figure_download(request: HttpRequest, number: int, fmt: str) -> HttpResponseBase:
    principle, today = get_object_or_404(Principle, number=number), Day.today()
    rows = figure_rows(_figures(principle.pk, today), today, f"principle={number}")
    of = [(_("Principle"), number)]
    return answered(
        request, FIGURES, rows, fmt, name_parts=(_("Principle"), number), day=today.on, count=few, filters=of
    )


def _figures(principle: int, today: Day) -> Iterator[Figure]:
    yield from figures_of_group(tally_of_principle(principle, today), today)
    yield from figures_of_moves(slippage_of_principle(principle, today))


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
            "links": principle.frame_links.select_related("project").order_by(InSpanish("project__title")),
            "tally": (total := tally_of_principle(principle.pk, today)),
            "verdict": verdict(total.lights, today.thresholds),
            "moved": slippage_of_principle(principle.pk, today),
            "query": f"principle={number}",
            "commitments": part(partial(_commitments, principle.pk, today), request.GET.get("page")),
        },
    )


def _commitments(principle: int, today: Day, start: int, stop: int) -> list[CommitmentRow]:
    return with_agencies(_listed(principle, today, start, stop))


@prepared("principle", row=CommitmentRow)
def _listed(principle: int, today: Day, start: int, stop: int) -> CommitmentQuerySet:
    return serving(principle).as_listed(today.on).order_by("code")[start:stop]
