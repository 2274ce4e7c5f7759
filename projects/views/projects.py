"""The projects of the strategy and each one's page."""

from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.pages.kept import public_page
from projects.models import Commitment, Project
from projects.reading.figures import count_of
from projects.reading.history import events, names_in
from projects.reading.lists.paging import part, rows_of
from projects.views.navigation import office_actions, project_actions


@public_page("page")
def project_list(request: HttpRequest) -> HttpResponse:
    projects = Project.objects.select_related("lead_agency", "objective", "enabler").annotate(
        commitment_count=count_of(Commitment.objects.filter(project=OuterRef("pk")))
    )
    return render(
        request,
        "projects/project_list.html",
        {
            "projects": part(rows_of(projects.order_by("title")), request.GET.get("page"), 100),
            "moves": office_actions(request.user),
        },
    )


@public_page("page")
def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    on = clock.today()
    project = get_object_or_404(Project.objects.select_related("lead_agency", "objective", "enabler"), slug=slug)
    entries = list(Entry.objects.about("project", slug).order_by("-seq"))
    commitments = Commitment.objects.filter(project=project).for_list(on).order_by("code")
    return render(
        request,
        "projects/project_detail.html",
        {
            "project": project,
            "partners": project.partner_agencies.all(),
            "activities": project.activities.select_related("principle"),
            "commitments": part(rows_of(commitments), request.GET.get("page")),
            "history": events(entries, names_in(entries)),
            "moves": project_actions(request.user, project),
        },
    )
