"""The coordination office adds, corrects and cancels projects."""

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects import actions
from projects.actions.projects import CANCELLED
from projects.forms.projects import ProjectCorrectionForm, ProjectForm
from projects.forms.verbs import SeenReasonForm
from projects.models import Project

from .coordinating import coordinator, too_late, typed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def project_create(request: HttpRequest) -> HttpResponse:
    by = coordinator(request)
    form = ProjectForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            project = actions.create_project(by=by, **form.cleaned_data)
            messages.success(request, _("The project was added."))
            return redirect("projects:project_detail", project.slug)
    return render(request, "projects/project_create.html", {"form": form}, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def project_correct(request: HttpRequest, slug: str) -> HttpResponse:
    project = found(slug)
    by = coordinator(request)
    if request.method != "POST" and project.is_cancelled:
        return too_late(request, CANCELLED, page_of(project))
    form = ProjectCorrectionForm(typed(request), project=project)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.correct_project(copy(project), by=by, revision=form.cleaned_data["revision"], **form.changes)
            messages.success(request, _("The correction was recorded."))
            return redirect("projects:project_detail", project.slug)
    differences = form.beside(ProjectCorrectionForm(project=found(slug))) if form.is_stale else []
    context = {"form": form, "project": project, "differences": differences}
    return render(request, "projects/project_correct.html", context, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def project_cancel(request: HttpRequest, slug: str) -> HttpResponse:
    project = found(slug)
    by = coordinator(request)
    if request.method != "POST" and project.is_cancelled:
        return too_late(request, CANCELLED, page_of(project))
    form = SeenReasonForm(typed(request), initial={"revision": project.revision})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.cancel_project(copy(project), by=by, **form.cleaned_data)
            messages.success(request, _("The project was cancelled."))
            return redirect("projects:project_detail", project.slug)
    if form.is_stale:
        project = found(slug)
        form.see(project.revision)
    return render(request, "projects/project_cancel.html", {"form": form, "project": project}, status=form.status)


def found(slug: str) -> Project:
    return get_object_or_404(Project.objects.select_related("lead_agency", "objective", "enabler"), slug=slug)


def page_of(project: Project) -> str:
    return reverse("projects:project_detail", args=[project.slug])
