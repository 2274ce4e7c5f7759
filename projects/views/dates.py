"""Due dates: an agency asks for a new one and takes the request back, everybody sees what became of it.

What the coordination office asks for is in `requests`, how it decides in `date_review`.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST

from focalpoints import clock
from focalpoints.pages.kit import carried_out, done, pressed, turned_away, typed
from focalpoints.pages.page_cache import public_page, read_by_some
from focalpoints.pages.signed_in import person
from focalpoints.workflow import open_verbs
from projects import actions
from projects.actions.request_writing import unsaved_request
from projects.forms.dates import DateRequestForm, NewDateForm
from projects.models import Commitment, Evidence, Request, Task
from projects.reading.date_effects import DateEffect, effect_of
from projects.reading.letters import letters, redaction_of_text, redactions_of_evidence
from projects.reading.request_effects import changes_of
from projects.rules import agencies_asking, is_same_office, reads_letters, redacts
from projects.views.items import found_commitment, found_task, item_context, page_of


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
    if answer := turned_away(request, "request.ask_date", item, page_of(item)):
        return answer
    agencies = agencies_asking(person(request), item)
    date_form = _date_in(request, item)
    form = DateRequestForm(
        typed(request),
        request.FILES or None,
        item=item,
        agencies=agencies,
        to_due=date_form.cleaned_data.get("to_due") if date_form else None,
    )
    if "effect" in form.data:
        form.forgive({"required"})  # the effect can be looked at before the rest is filled in
        form.ask_for_files_again()
    elif carried_out(request, form, actions.request_date, item):
        files = form.cleaned_data["file"]
        if len(files) > 1 and form.outcome.evidence.exclude(file="").count() < len(files):
            messages.info(request, _("The same file was chosen under several names. It is kept once."))
        said = _("The request was sent. Until it is decided, the date stays as it is.")
        return done(request, said, page_of_change(form.outcome.code), folio=letters(form.outcome)[-1].folio)
    elif form.refusal:
        form.ask_for_files_again()
    return _form_page(request, item, form, date_form or (form if form.is_bound else None))


def _date_in(request: HttpRequest, item: Commitment | Task) -> NewDateForm | None:
    """The new date whose effect the address asks for, if it does."""
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
        **item_context(item),
        "form": form,
        "effect": effect,
        "problems": [] if form.is_bound else problems,  # a form that was sent says them at the field
        "today": clock.today(),
    }
    return render(request, "projects/request_date.html", context, status=form.status)


def _effect(item: Commitment | Task, form: NewDateForm) -> tuple[DateEffect | None, list[str]]:
    to_due = form.cleaned_data.get("to_due") if not form.has_error("to_due") else None
    if to_due is None:
        return None, [str(error) for error in form.errors.get("to_due", [])]
    return effect_of(unsaved_request(item, to_due), clock.today()), []


@public_page()
def request_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody sees which date was asked for. Why, and with what proof, only the agency and the office until it is approved."""
    change = found(request, code)
    if change.task and change.task.state not in Task.PUBLIC_STATES:
        read_by_some(request)
    is_party, can_redact = reads_letters(request.user, change), redacts(request.user, change)
    told = letters(change)
    redactions = redactions_of_evidence(told)
    evidence = Evidence.objects.visible_to(request.user).filter(request=change)
    return render(
        request,
        "projects/request_detail.html",
        {
            **item_context(change.item),
            "change": change,
            "changes": [] if change.is_of_date else changes_of(change),
            "is_read": is_party or (change.state == Request.State.APPROVED and not change.is_hidden),
            "redaction": redaction_of_text(told),
            "evidence": [(item, redactions.get(str(item.key))) for item in evidence],
            "letters": list(reversed(told if is_party else [letter.public() for letter in told])),
            "moves": open_verbs(request.user, change),
            "is_same_office": is_same_office(change),
            "can_redact": can_redact,
        },
    )


@never_cache
@require_POST
def request_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    pressed(request, actions.withdraw_request, found(request, code), said=_("Withdrawn. The date stays as it is."))
    return redirect(page_of_change(code))


def found(request: HttpRequest, code: str) -> Request:
    visible = Request.objects.visible_to(request.user)
    related = ("agency__parent", "task__agency", "task__commitment__project", "commitment__project", "asked_by")
    return get_object_or_404(visible.select_related(*related), code=code)


def page_of_change(code: str) -> str:
    return reverse("projects:request_detail", args=[code])
