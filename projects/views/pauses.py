"""Coordinators pause the reminders of a task or commitment, and end the pause."""

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from focalpoints import clock
from focalpoints.rules import Person
from focalpoints.workflow import NotPossible, StrOrPromise
from projects import actions
from projects.actions.commitments import CANCELLED
from projects.actions.tasks import ENDED
from projects.forms.reminders import PauseForm
from projects.models import Commitment, Pause, Task
from projects.rules import reads_pause

from .commitment_forms import found as found_commitment
from .commitment_forms import page_of as page_of_commitment
from .coordinating import coordinator, too_late, typed
from .task_forms import found as found_task
from .task_forms import page_of as page_of_task


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_pause(request: HttpRequest, code: str) -> HttpResponse:
    task = found_task(request, code)
    return _pause(request, task, ENDED if task.has_ended else None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_pause(request: HttpRequest, code: str) -> HttpResponse:
    commitment = found_commitment(code)
    return _pause(request, commitment, CANCELLED if commitment.is_cancelled else None)


@never_cache
@require_POST
def task_resume(request: HttpRequest, code: str) -> HttpResponse:
    return _resume(request, found_task(request, code))


@never_cache
@require_POST
def commitment_resume(request: HttpRequest, code: str) -> HttpResponse:
    return _resume(request, found_commitment(code))


def pause_of(user: Person, item: Commitment | Task) -> Pause | None:
    """What silences its reminders now, for those alone who may read why. Nothing is asked for anybody else."""
    if not user.is_authenticated or not reads_pause(user, item):
        return None
    return _in_force(item)


def _pause(request: HttpRequest, item: Commitment | Task, against: StrOrPromise | None) -> HttpResponse:
    by = coordinator(request)
    if request.method != "POST" and against:
        return too_late(request, against, _page_of(item))
    form = PauseForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = actions.pause_reminders(item, by=by, **form.cleaned_data)
            day = date_format(made.until, "d/m/Y")
            messages.success(request, _("The reminders are paused. They start again on %(day)s.") % {"day": day})
            return redirect(_page_of(item))
    task, pause = item if isinstance(item, Task) else None, _in_force(item)
    context = {
        "form": form,
        "item": item,
        "task": task,
        "commitment": task.commitment if task else item,
        "item_url": _page_of(item),
        "resume_url": reverse(f"projects:{'task' if task else 'commitment'}_resume", args=[item.code]),
        "pause": pause,
        # A task that its commitment's pause silences may have one of its own, which may last longer.
        "is_own": pause is not None and (pause.task_id is not None) is (task is not None),
    }
    return render(request, "projects/pause.html", context, status=form.status)


def _resume(request: HttpRequest, item: Commitment | Task) -> HttpResponse:
    by = coordinator(request)
    try:
        actions.resume_reminders(item, by=by)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The pause has ended: the next message says what is still due."))
    return redirect(_page_of(item))


def _in_force(item: Commitment | Task) -> Pause | None:
    """The item's own first, then its commitment's."""
    paused = Pause.objects.silencing(item).in_force(clock.today()).select_related("by", "commitment")
    return paused.order_by(F("task").asc(nulls_last=True), "-until").first()


def _page_of(item: Commitment | Task) -> str:
    return page_of_task(item) if isinstance(item, Task) else page_of_commitment(item)
