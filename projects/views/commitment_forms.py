"""The coordination office adds, corrects and cancels commitments."""

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects import actions
from projects.actions.commitments import CANCELLED
from projects.forms.commitments import CommitmentCorrectionForm, CommitmentForm
from projects.forms.verbs import SeenReasonForm
from projects.models import Commitment

from .coordinating import coordinator, too_late, typed, warn_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_create(request: HttpRequest) -> HttpResponse:
    """Pages of projects link here with `?project=<slug>`."""
    by = coordinator(request)
    form = CommitmentForm(typed(request), initial={"project": request.GET.get("project", "")})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commitment = actions.create_commitment(by=by, **form.cleaned_data)
            messages.success(request, _("The commitment was added. Now define its tasks."))
            warn_of(request, commitment.due)
            return redirect("projects:commitment_detail", commitment.code)
    return render(request, "projects/commitment_create.html", {"form": form}, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_correct(request: HttpRequest, code: str) -> HttpResponse:
    commitment = found(code)
    by = coordinator(request)
    if request.method != "POST" and commitment.is_cancelled:
        return too_late(request, CANCELLED, page_of(commitment))
    form = CommitmentCorrectionForm(typed(request), commitment=commitment)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            revision = form.cleaned_data["revision"]
            actions.correct_commitment(copy(commitment), by=by, revision=revision, **form.changes)
            messages.success(request, _("The correction was recorded."))
            return redirect("projects:commitment_detail", commitment.code)
    differences = form.beside(CommitmentCorrectionForm(commitment=found(code))) if form.is_stale else []
    context = {"form": form, "commitment": commitment, "differences": differences}
    return render(request, "projects/commitment_correct.html", context, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_cancel(request: HttpRequest, code: str) -> HttpResponse:
    commitment = found(code)
    by = coordinator(request)
    if request.method != "POST" and commitment.is_cancelled:
        return too_late(request, CANCELLED, page_of(commitment))
    form = SeenReasonForm(typed(request), initial={"revision": commitment.revision})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.cancel_commitment(copy(commitment), by=by, **form.cleaned_data)
            messages.success(request, _("The commitment was cancelled."))
            return redirect("projects:commitment_detail", commitment.code)
    if form.is_stale:
        commitment = found(code)
        form.see(commitment.revision)
    context = {"form": form, "commitment": commitment}
    return render(request, "projects/commitment_cancel.html", context, status=form.status)


def found(code: str) -> Commitment:
    return get_object_or_404(Commitment.objects.select_related("project"), code=code)


def page_of(commitment: Commitment) -> str:
    return reverse("projects:commitment_detail", args=[commitment.code])
