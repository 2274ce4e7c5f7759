"""Coordinators pause the reminders of a task or commitment, and end the pause."""

from functools import partial

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from focalpoints import clock
from focalpoints.pages.kit import carried_out, done, form_view, pressed, too_late, typed
from focalpoints.pages.signed_in import allowed
from focalpoints.rules import Person
from focalpoints.workflow import VERBS, refuse
from projects import actions
from projects.forms.reminders import PauseForm
from projects.models import Commitment, Pause, Task
from projects.rules import reads_pause
from projects.views.items import found_commitment, found_task, item_context, kind_of, page_of


@form_view
def task_pause(request: HttpRequest, code: str) -> HttpResponse:
    return _pause(request, found_task(request, code))


@form_view
def commitment_pause(request: HttpRequest, code: str) -> HttpResponse:
    return _pause(request, found_commitment(code))


@never_cache
@require_POST
def task_resume(request: HttpRequest, code: str) -> HttpResponse:
    return _resume(request, found_task(request, code))


@never_cache
@require_POST
def commitment_resume(request: HttpRequest, code: str) -> HttpResponse:
    return _resume(request, found_commitment(code))


def pause_of(user: Person, item: Commitment | Task) -> Pause | None:
    """The pause in force, for whoever may read its reason. For everybody else None, without a query."""
    if not user.is_authenticated or not reads_pause(user, item):
        return None
    return _in_force(item)


def _pause(request: HttpRequest, item: Commitment | Task) -> HttpResponse:
    allowed(request, f"{kind_of(item)}.pause", item)
    # An item that is paused already has the page all the same: the pause is ended there.
    moment = VERBS[f"{kind_of(item)}.pause"].wrong_moment_of(item)
    if answer := too_late(request, partial(refuse, *moment), page_of(item)):
        return answer
    form = PauseForm(typed(request))
    if carried_out(request, form, actions.pause_reminders, item):
        day = date_format(form.outcome.until, "d/m/Y")
        said = _("The reminders are paused. They start again on %(day)s.") % {"day": day}
        return done(request, said, page_of(item))
    pause = _in_force(item)
    context = {
        **item_context(item),
        "form": form,
        "resume_url": reverse(f"projects:{kind_of(item)}_resume", args=[item.code]),
        "pause": pause,
        # A task whose commitment is paused can also have a pause of its own, which may last longer.
        "is_own": pause is not None and (pause.task_id is not None) is isinstance(item, Task),
    }
    return render(request, "projects/pause.html", context, status=form.status)


def _resume(request: HttpRequest, item: Commitment | Task) -> HttpResponse:
    allowed(request, f"{kind_of(item)}.resume", item)
    said = _("The pause has ended: the next message says what is still due.")
    pressed(request, actions.resume_reminders, item, said=said)
    return redirect(page_of(item))


def _in_force(item: Commitment | Task) -> Pause | None:
    """The item's own pause, else that of its commitment."""
    paused = Pause.objects.silencing(item).in_force(clock.today()).select_related("by", "commitment")
    return paused.order_by(F("task").asc(nulls_last=True), "-until").first()
