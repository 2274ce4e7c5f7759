"""The coordination office defines, corrects, assigns and ends tasks; a focal point proposes one."""

from copy import copy

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from focalpoints.models import User
from focalpoints.rules import is_coordinator
from projects import actions
from projects.actions.commitments import CANCELLED
from projects.actions.tasks import ENDED, agencies_without_task
from projects.forms.tasks import (
    AssignmentForm,
    ProposalForm,
    TaskCorrectionForm,
    TaskForAllForm,
    TaskForm,
    agency_field,
)
from projects.forms.verbs import ReasonForm, VerbForm
from projects.models import Commitment, Task
from projects.rules import agencies_proposing
from projects.workflow import TASK_MOVES, open_moves

from .commitment_forms import found as found_commitment
from .commitment_forms import page_of as page_of_commitment
from .coordinating import coordinator, too_late, typed, warn_of

PER_PAGE = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_create(request: HttpRequest, code: str) -> HttpResponse:
    commitment = found_commitment(code)
    by = coordinator(request)
    if request.method != "POST" and commitment.is_cancelled:
        return too_late(request, CANCELLED, page_of_commitment(commitment))
    form = TaskForm(typed(request), agency=agency_field(commitment))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            task = actions.define_task(commitment, by=by, is_fictional=by.is_fictional, **form.cleaned_data)
            messages.success(request, _("The task was added. Its focal points see it in “My work”."))
            warn_of(request, task.due)
            return redirect("projects:task_detail", task.code)
    context = {"form": form, "commitment": commitment}
    return render(request, "projects/task_create.html", context, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_create_for_all(request: HttpRequest, code: str) -> HttpResponse:
    """The page says how many agencies get one before anything is pressed."""
    commitment = found_commitment(code)
    by = coordinator(request)
    if request.method != "POST":
        if commitment.is_cancelled:
            return too_late(request, CANCELLED, page_of_commitment(commitment))
        if commitment.binds != Commitment.Binds.ALL:
            return redirect("projects:task_create", commitment.code)
    form = TaskForAllForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            tasks = actions.define_task_for_all(commitment, by=by, is_fictional=by.is_fictional, **form.cleaned_data)
            said = ngettext("%(count)d task was added.", "%(count)d tasks were added.", len(tasks))
            messages.success(request, said % {"count": len(tasks)})
            warn_of(request, form.cleaned_data["due"])
            return redirect("projects:commitment_detail", commitment.code)
    context = {"form": form, "commitment": commitment, "missing": agencies_without_task(commitment).count()}
    return render(request, "projects/task_create_for_all.html", context, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_propose(request: HttpRequest, code: str) -> HttpResponse:
    commitment = found_commitment(code)
    agencies = agencies_proposing(request.user, commitment)
    if not agencies or not isinstance(request.user, User):
        raise PermissionDenied
    if request.method != "POST" and commitment.is_cancelled:
        return too_late(request, CANCELLED, page_of_commitment(commitment))
    form = ProposalForm(typed(request), agencies=agencies)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            task = actions.propose_task(commitment, by=request.user, **form.cleaned_data)
            said = _("The proposal was sent. It counts once the coordination office confirms it.")
            messages.success(request, said)
            warn_of(request, task.due)
            return redirect("projects:task_detail", task.code)
    context = {"form": form, "commitment": commitment}
    return render(request, "projects/task_propose.html", context, status=form.status)


@never_cache
@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """What agencies propose and nobody has decided yet, oldest first. To everybody else the page does not exist."""
    if not is_coordinator(request.user):
        raise Http404
    waiting = Task.objects.filter(state=Task.State.PROPOSED).select_related("agency", "commitment").order_by("pk")
    page = Paginator(waiting.fetch_mode(FETCH_RAISE), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "projects/proposal_list.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_confirm(request: HttpRequest, code: str) -> HttpResponse:
    task, by = found_for_coordinator(request, code)
    if request.method != "POST" and "confirm" not in open_moves(by, task):
        return too_late(request, TASK_MOVES["confirm"].wrong_moment, page_of(task))
    form = VerbForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.confirm_task(task, by=by)
            messages.success(request, _("The task was confirmed: from now on it counts and is public."))
            return redirect("projects:task_detail", task.code)
    return render(request, "projects/task_confirm.html", {"form": form, "task": task}, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_decline(request: HttpRequest, code: str) -> HttpResponse:
    task, by = found_for_coordinator(request, code)
    if request.method != "POST" and "decline" not in open_moves(by, task):
        return too_late(request, TASK_MOVES["decline"].wrong_moment, page_of(task))
    form = ReasonForm(typed(request))
    form.fields["reason"].help_text = _("Only its agency and the coordination office see it.")
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.decline_task(task, by=by, **form.cleaned_data)
            messages.success(request, _("The proposal was not taken up. Its agency sees why."))
            return redirect("projects:task_detail", task.code)
    return render(request, "projects/task_decline.html", {"form": form, "task": task}, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_cancel(request: HttpRequest, code: str) -> HttpResponse:
    task, by = found_for_coordinator(request, code)
    if request.method != "POST" and "cancel" not in open_moves(by, task):
        return too_late(request, TASK_MOVES["cancel"].wrong_moment, page_of(task))
    form = ReasonForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.cancel_task(task, by=by, **form.cleaned_data)
            messages.success(request, _("The task was cancelled. It no longer counts; its record stays."))
            return redirect("projects:task_detail", task.code)
    return render(request, "projects/task_cancel.html", {"form": form, "task": task}, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_correct(request: HttpRequest, code: str) -> HttpResponse:
    task, by = found_for_coordinator(request, code)
    if request.method != "POST" and task.has_ended:
        return too_late(request, ENDED, page_of(task))
    form = TaskCorrectionForm(typed(request), task=task)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.correct_task(copy(task), by=by, revision=form.cleaned_data["revision"], **form.changes)
            messages.success(request, _("The correction was recorded."))
            return redirect("projects:task_detail", task.code)
    differences = form.beside(TaskCorrectionForm(task=found(request, code))) if form.is_stale else []
    context = {"form": form, "task": task, "differences": differences}
    return render(request, "projects/task_correct.html", context, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_assign(request: HttpRequest, code: str) -> HttpResponse:
    task, by = found_for_coordinator(request, code)
    if request.method != "POST" and task.has_ended:
        return too_late(request, ENDED, page_of(task))
    form = AssignmentForm(typed(request), task=task)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.assign_task(copy(task), by=by, **form.cleaned_data)
            messages.success(request, _("The task was passed on. What was said so far stays with who said it."))
            return redirect("projects:task_detail", task.code)
    if form.is_stale:
        task = found(request, code)
        form.see(task.revision)
    return render(request, "projects/task_assign.html", {"form": form, "task": task}, status=form.status)


def found(request: HttpRequest, code: str) -> Task:
    visible = Task.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("agency", "commitment__project"), code=code)


def found_for_coordinator(request: HttpRequest, code: str) -> tuple[Task, User]:
    """404 for what the person may not see, 403 for what they see but may not decide on."""
    return found(request, code), coordinator(request)


def page_of(task: Task) -> str:
    return reverse("projects:task_detail", args=[task.code])
