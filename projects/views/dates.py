"""An agency asks for a new due date and takes the request back; everybody sees that it was asked, and what became of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST

from focalpoints import clock
from focalpoints.models import User
from focalpoints.pages.kept import public_page
from focalpoints.workflow import NotPossible
from projects import actions
from projects.actions.effects import DateEffect, asked_for, effect_of
from projects.forms.dates import DateRequestForm, NewDateForm
from projects.models import Commitment, DateChange, Evidence, Task
from projects.reading.letters import letters, redaction_of_text, redactions_of_evidence
from projects.rules import agencies_asking, is_same_office, reads_letters, redacts
from projects.workflow import DATE_CHANGE_MOVES, open_moves

from .commitment_forms import found as found_commitment
from .coordinating import too_late, typed
from .task_forms import found as found_task


# Not `no-store`: going back from an error page must find the typed text in the form.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_reschedule(request: HttpRequest, code: str) -> HttpResponse:
    return _reschedule(request, found_commitment(code))


@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def task_reschedule(request: HttpRequest, code: str) -> HttpResponse:
    return _reschedule(request, found_task(request, code))


def _reschedule(request: HttpRequest, item: Commitment | Task) -> HttpResponse:
    """A GET with a date in it shows its effect, which the page's script fetches while the person types.

    Without the script a button does: it sends the form, because a reason has no business in an address.
    """
    agencies = agencies_asking(request.user, item)
    if not agencies or not isinstance(request.user, User):
        raise PermissionDenied
    if request.method != "POST" and (reasons := DATE_CHANGE_MOVES["request"].against(item)):
        return too_late(request, " ".join(map(str, reasons)), page_of(item))
    date_form = _date_in(request, item)
    form = DateRequestForm(
        typed(request),
        request.FILES or None,
        item=item,
        agencies=agencies,
        to_due=date_form.cleaned_data.get("to_due") if date_form else None,
    )
    if "effect" in form.data:
        form.forgive_gaps()
        form.ask_for_files_again()
    elif request.method == "POST" and form.is_valid():
        with form.refusals():
            change = actions.request_date(item, by=request.user, **form.request)
            messages.success(request, _("The request was sent. Until it is decided, the date stays as it is."))
            return redirect("projects:date_change_detail", change.code)
        form.ask_for_files_again()
    return _form_page(request, item, form, date_form or (form if form.is_bound else None))


def _date_in(request: HttpRequest, item: Commitment | Task) -> NewDateForm | None:
    """The date that the address asks about."""
    if request.method == "POST" or not any(name.startswith("to_due") for name in request.GET):
        return None
    form = NewDateForm(request.GET, item=item)
    form.is_valid()
    return form


def _form_page(
    request: HttpRequest, item: Commitment | Task, form: DateRequestForm, date_form: NewDateForm | None
) -> HttpResponse:
    effect, problems = _effect(item, date_form) if date_form else (None, [])
    context = {
        **parts_of(item),
        "form": form,
        "effect": effect,
        "problems": [] if form.is_bound else problems,  # a form that was sent says them at the field
        "today": clock.today(),
    }
    return render(request, "projects/date_change_request.html", context, status=form.status)


def _effect(item: Commitment | Task, form: NewDateForm) -> tuple[DateEffect | None, list[str]]:
    to_due = form.cleaned_data.get("to_due") if not form.has_error("to_due") else None
    if to_due is None:
        return None, [str(error) for error in form.errors.get("to_due", [])]
    return effect_of(asked_for(item, to_due), clock.today()), []


@public_page()
def date_change_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Which date was asked for is everybody's; why, and with what proof, its agency's and the office's until it is approved."""
    change = found(request, code)
    is_party, can_redact = reads_letters(request.user, change), redacts(request.user, change)
    told = letters(change)
    redactions = redactions_of_evidence(told)
    evidence = Evidence.objects.visible_to(request.user).filter(date_change=change)
    return render(
        request,
        "projects/date_change_detail.html",
        {
            **parts_of(change.item),
            "change": change,
            "is_read": is_party or change.state == DateChange.State.APPROVED,
            "redaction": redaction_of_text(told),
            "evidence": [(item, redactions.get(str(item.key))) for item in evidence],
            "letters": list(reversed(told if is_party else [letter.public() for letter in told])),
            "moves": open_moves(request.user, change),
            "is_same_office": is_same_office(change),
            "can_redact": can_redact,
            "can_redact_text": can_redact and not change.is_redacted and change.state != DateChange.State.REQUESTED,
        },
    )


@never_cache
@require_POST
def date_change_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    change = found(request, code)
    if not isinstance(request.user, User):
        raise PermissionDenied
    try:
        actions.withdraw_request(change, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn. The date stays as it is."))
    return redirect("projects:date_change_detail", code)


def found(request: HttpRequest, code: str) -> DateChange:
    visible = DateChange.objects.visible_to(request.user)
    related = ("agency__parent", "task__agency", "task__commitment__project", "commitment__project", "asked_by")
    return get_object_or_404(visible.select_related(*related), code=code)


def parts_of(item: Commitment | Task) -> dict[str, Any]:
    """What the templates of both kinds of items read."""
    task = item if isinstance(item, Task) else None
    return {
        "item": item,
        "is_commitment": task is None,
        "task": task,
        "commitment": task.commitment if task else item,
        "item_url": page_of(item),
    }


def page_of(item: Commitment | Task) -> str:
    kind = "task" if isinstance(item, Task) else "commitment"
    return reverse(f"projects:{kind}_detail", args=[item.code])
