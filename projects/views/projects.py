"""The projects of the strategy and each one's page; the coordination office adds, corrects and cancels them."""

from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints.models import Entry
from focalpoints.pages.controls import controls
from focalpoints.pages.kit import carried_out, done, form_view, turned_away, typed
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import part, rows_of
from focalpoints.pages.parameters import Unknown
from focalpoints.pages.signed_in import allowed
from focalpoints.sql.spanish import InSpanish
from focalpoints.tables.answer import public_file
from projects import actions
from projects.derived.counts import tallied
from projects.forms.projects import ProjectCorrectionForm, ProjectFilter, ProjectForm, ProjectFrameForm
from projects.light.thresholds import in_force
from projects.light.verdict import verdict
from projects.models import Commitment, Project
from projects.reading.day import Day
from projects.reading.figures import RANK, count_of
from projects.reading.figures import tally as tally_of
from projects.reading.history import events
from projects.tables.projects import TABLE, project_rows
from projects.templatetags.pictures import light_bar
from projects.views.navigation import office_actions
from projects.views.take_away import list_file

COMMITMENTS_SHOWN = 20
# Of the history, unless all of it is asked for.
LATEST = 5
OF_PROJECT = Commitment.objects.filter(project=OuterRef("pk"))


@public_page(*ProjectFilter.params(), unbounded=("q",), unknown=Unknown.SAID)
def project_list(request: HttpRequest) -> HttpResponse:
    """Those under which something was promised come first. There are so few that what they are asked for stands above them."""
    filters = _listed(request)
    found = (
        filters.qs.select_related("lead_agency", "objective", "enabler").annotate(commitment_count=count_of(OF_PROJECT))
        if filters.is_valid()
        else Project.objects.none()
    )
    return render(
        request,
        "projects/project_list.html",
        {
            "filters": filters,
            "form": filters.form,
            "projects": part(rows_of(found), request.GET.get("page"), 100),
            "moves": office_actions(request.user),
        },
        status=200 if filters.is_valid() else 400,
    )


@public_file(*ProjectFilter.params())
def project_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The rows of the list, all pages."""
    filters = _listed(request)
    return list_file(
        request, TABLE, fmt, filters, lambda: project_rows(filters.qs), "projects:project_list", project_list
    )


def _listed(request: HttpRequest) -> ProjectFilter:
    projects = Project.objects.annotate(is_promised=Exists(OF_PROJECT))
    listed = projects.order_by("-is_promised", InSpanish("title"))
    return ProjectFilter(request.GET, listed, on=Day.today().on, is_whole=True)


@public_page("page", "history")
def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """`?history=all` shows every event; otherwise the latest."""
    day, project = Day.today(), found(slug)
    entries = Entry.objects.about("project", slug).order_by("-seq")
    told = list(entries if "history" in request.GET else entries[: LATEST + 1])
    has_older = "history" not in request.GET and len(told) > LATEST
    commitments = Commitment.objects.filter(project=project)
    shown = part(
        rows_of(commitments.for_list(day.on).order_by(RANK, "code")), request.GET.get("page"), COMMITMENTS_SHOWN
    )
    tally = tally_of(tallied(commitments, day.on))
    return render(
        request,
        "projects/project_detail.html",
        {
            "project": project,
            "partners": project.partner_agencies.all(),
            "activities": project.activities.select_related("principle"),
            "links": project.frame_links.select_related("principle", "objective__parent", "enabler"),
            "day": day,
            "commitments": shown,
            "tally": tally,
            "verdict": verdict(tally.lights, in_force(day.on)),
            "query": (query := urlencode({"project": project.slug})),
            "bar": light_bar(tally, query),
            "history": events(told[:LATEST] if has_older else told),
            "has_older": has_older,
            "moves": controls(request.user, project),
        },
    )


@form_view
def project_create(request: HttpRequest) -> HttpResponse:
    allowed(request, "project.create")
    form = ProjectForm(typed(request))
    if carried_out(request, form, actions.create_project):
        said = _("The project was added. Say now which principles and objectives it serves.")
        return done(request, said, reverse("projects:project_relate", args=[form.outcome.slug]))
    return render(request, "projects/project_create.html", {"form": form}, status=form.status)


@form_view
def project_correct(request: HttpRequest, slug: str) -> HttpResponse:
    project = found(slug)
    if answer := turned_away(request, "project.correct", project, page_of(project)):
        return answer
    form = ProjectCorrectionForm(typed(request), row=project)
    if carried_out(request, form, actions.correct_project, project):
        return done(request, _("The correction was recorded."), page_of(project))
    context = {"form": form, "project": project}
    return render(request, "projects/project_correct.html", context, status=form.status)


@form_view
def project_relate(request: HttpRequest, slug: str) -> HttpResponse:
    project = found(slug)
    if answer := turned_away(request, "project.relate", project, page_of(project)):
        return answer
    form = ProjectFrameForm(typed(request), row=project)
    if carried_out(request, form, actions.relate_project, project):
        return done(request, _("What the project serves was recorded."), page_of(project))
    context = {"form": form, "project": project, "activities": project.activities.select_related("principle")}
    return render(request, "projects/project_relate.html", context, status=form.status)


def found(slug: str) -> Project:
    return get_object_or_404(Project.objects.select_related("lead_agency", "objective", "enabler"), slug=slug)


def page_of(project: Project) -> str:
    return reverse("projects:project_detail", args=[project.slug])
