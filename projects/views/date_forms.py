"""The coordination office sets the first date of what had none, and corrects a date that was captured wrong."""

from copy import copy

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from focalpoints.models import User
from projects import actions
from projects.forms.dates import CorrectDateForm, SetDateForm
from projects.models import Commitment, Task
from projects.rules import keeps_dates
from projects.workflow import DATE_CHANGE_MOVES

from .commitment_forms import found as found_commitment
from .coordinating import too_late, typed, warn_of
from .dates import page_of, parts_of
from .task_forms import found as found_task


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_set_date(request: HttpRequest, code: str) -> HttpResponse:
    return _set_date(request, found_commitment(code))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_set_date(request: HttpRequest, code: str) -> HttpResponse:
    return _set_date(request, found_task(request, code))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_correct_date(request: HttpRequest, code: str) -> HttpResponse:
    return _correct_date(request, found_commitment(code))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task_correct_date(request: HttpRequest, code: str) -> HttpResponse:
    return _correct_date(request, found_task(request, code))


def _set_date(request: HttpRequest, item: Commitment | Task) -> HttpResponse:
    by = _keeper(request, item)
    if request.method != "POST" and (reasons := DATE_CHANGE_MOVES["set_date"].against(item)):
        return too_late(request, " ".join(map(str, reasons)), page_of(item))
    form = SetDateForm(typed(request), item=item)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.set_first_date(copy(item), by=by, **form.cleaned_data)
            messages.success(request, _("The first date was set. It stays on record whatever happens to it later."))
            warn_of(request, form.cleaned_data["due"])
            return redirect(page_of(item))
    return render(request, "projects/date_set.html", {**parts_of(item), "form": form}, status=form.status)


def _correct_date(request: HttpRequest, item: Commitment | Task) -> HttpResponse:
    by = _keeper(request, item)
    if request.method != "POST" and (reasons := DATE_CHANGE_MOVES["correct_date"].against(item)):
        return too_late(request, " ".join(map(str, reasons)), page_of(item))
    form = CorrectDateForm(typed(request), item=item)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            actions.correct_date(copy(item), by=by, **form.cleaned_data)
            messages.success(
                request, _("The correction was recorded. It is not a move: nothing was added to the slippage.")
            )
            warn_of(request, form.cleaned_data["due"])
            return redirect(page_of(item))
    if form.is_stale:
        item.refresh_from_db()
        form.see(item.revision)
    return render(request, "projects/date_correct.html", {**parts_of(item), "form": form}, status=form.status)


def _keeper(request: HttpRequest, item: Commitment | Task) -> User:
    if not isinstance(request.user, User) or not keeps_dates(request.user, item):
        raise PermissionDenied
    return request.user
