"""The pages of the five objectives and the five enablers."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.pages.controls import Control, controls
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import PartReader, part, rows_of
from focalpoints.pages.parameters import Unknown
from focalpoints.rules import Person, is_coordinator
from focalpoints.sql.prepared import prepared
from focalpoints.sql.spanish import InSpanish
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.table import few
from principles.models import Enabler, Objective
from projects.light.verdict import verdict
from projects.models import Assessment, Commitment, Project, ProjectVersion
from projects.models.commitment import CommitmentQuerySet, with_agencies
from projects.models.list_rows import CommitmentRow, ProjectName
from projects.reading.as_of import on_a_day, told_on
from projects.reading.day import Day
from projects.reading.figures import Tally, by_objective, counts_of, tallies_by_objective, whole
from projects.reading.findings import findings_on_objective
from projects.reading.portions import Portion, slippage_of
from projects.tables.figures import FIGURES, Figure, figure_rows, figures_of_group, figures_of_moves
from projects.tables.objectives import ENABLERS, OBJECTIVES, enabler_rows, objective_rows


@public_page(unknown=Unknown.SAID)
def objective_list(request: HttpRequest) -> HttpResponse:
    day = Day.today()
    [counts] = counts_of([day])
    total = whole(counts)
    return render(
        request,
        "projects/objective_list.html",
        {
            "day": day,
            "total": total,
            "verdict": verdict(total.lights, day.thresholds),
            "objectives": by_objective(counts),
            "enablers": Enabler.objects.prefetch_related("projects"),
        },
    )


@public_page(unknown=Unknown.SAID)
def enabler_detail(request: HttpRequest, number: int) -> HttpResponse:
    """What stands on an enabler: the projects that state it, those that the coordination office linked, and how much they promised."""
    enabler = get_object_or_404(Enabler, number=number)
    links = enabler.frame_links.select_related("project").order_by(InSpanish("project__title"))
    context = {
        "enabler": enabler,
        "projects": enabler.projects.order_by(InSpanish("title")),
        "links": links,
        "promised": Commitment.objects.under_enabler(number).count(),
    }
    return render(request, "projects/enabler_detail.html", context)


@public_file("on")
@on_a_day
def objective_download(request: HttpRequest, day: Day, fmt: str) -> HttpResponseBase:
    return answered(request, OBJECTIVES, objective_rows(day), fmt, day=day.on, count=few)


@public_file()
def enabler_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    return answered(request, ENABLERS, enabler_rows(), fmt, day=clock.today(), count=few)


@public_file("on")
@on_a_day
def objective_figure_download(request: HttpRequest, day: Day, number: int, fmt: str) -> HttpResponseBase:
    rows = figure_rows(_figures(numbered(number).pk, day), day, f"objective={number}")
    of = [(_("Objective"), number)]
    return answered(request, FIGURES, rows, fmt, name_parts=(_("Objective"), number), day=day.on, count=few, filters=of)


def _figures(objective: int, day: Day) -> Iterator[Figure]:
    [counts] = counts_of([day])
    yield from figures_of_group(tallies_by_objective(counts).get(objective, Tally()), day)
    yield from figures_of_moves(slippage_of(Portion("objective", (objective,)), day))


@public_page("on", "page")
@on_a_day
def objective_detail(request: HttpRequest, day: Day, number: int) -> HttpResponse:
    objective = numbered(number)
    [counts] = counts_of([day])
    return render(
        request,
        "projects/objective_detail.html",
        {
            "day": day,
            "objective": objective,
            "secondary": _secondary(objective.pk),
            "projects": _projects_then(objective.pk, day) if day.is_past else _projects(objective.pk),
            "tally": (tally := tallies_by_objective(counts).get(objective.pk, Tally())),
            "verdict": verdict(tally.lights, day.thresholds),
            "moved": slippage_of(Portion("objective", (objective.pk,)), day),
            "findings": findings_on_objective(objective.pk, day) if objective.has_findings else [],  # type: ignore[attr-defined]  # annotated
            "moves": () if day.is_past else _moves(request.user, objective),
            "query": day.query_of(f"objective={number}"),
            "commitments": told_on(day, part(_reader(objective.pk, day), request.GET.get("page"))),
        },
    )


def _moves(user: Person, objective: Objective) -> list[Control]:
    """What the coordination office may do; the load of reference data alone corrects it, on no page."""
    return controls(user, objective) if is_coordinator(user) else []


def _commitments(objective: int, day: Day) -> Any:
    return Portion("objective", (objective,)).few_commitments(day)


def _reader(objective: int, day: Day) -> PartReader:
    if day.is_past:
        return rows_of(_commitments(objective, day).for_list(day.on).order_by("code"))
    return lambda start, stop: with_agencies(_listed(objective, day, start, stop))


@prepared("objective", row=CommitmentRow)
def _listed(objective: int, day: Day, start: int, stop: int) -> CommitmentQuerySet:
    return _commitments(objective, day).as_listed(day.on).order_by("code")[start:stop]


def numbered(number: int) -> Objective:
    """The objective, with `has_findings`. Raises Http404."""
    found = _objective(number)
    if not found:
        raise Http404
    return found[0]


@prepared()
def _objective(number: int) -> QuerySet[Objective]:
    found = Assessment.objects.filter(objective=OuterRef("pk"))
    return Objective.objects.filter(number=number, parent=None).annotate(has_findings=Exists(found))


@prepared("objective")
def _secondary(objective: int) -> QuerySet[Objective]:
    return Objective.objects.filter(parent=objective)


@prepared("objective", row=ProjectName)
def _projects(objective: int) -> QuerySet[Project]:
    return Project.objects.filter(objective=objective)


def _projects_then(objective: int, day: Day) -> QuerySet[Project]:
    """The projects that were aligned with it on that day."""
    aligned = ProjectVersion.objects.on(day.on).filter(objective=objective)
    return Project.objects.filter(pk__in=aligned.values("project"))
