"""The pages on which the coordination office asks a colleague for a change of what was promised, of who answers, of what still counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from focalpoints import clock
from focalpoints.pages.kit import carried_out, done, form_view, turned_away, typed
from focalpoints.pages.signed_in import person
from focalpoints.workflow import VERBS, StrOrPromise
from projects import actions
from projects.actions.requests import unsaved
from projects.forms.dates import CorrectDateForm, FirstDateForm
from projects.forms.requests import (
    AssignmentRequestForm,
    CancellationForm,
    CommitmentScopeForm,
    OfficeRequestForm,
    SeveralCancellationsForm,
    TaskScopeForm,
    WithdrawalForm,
)
from projects.models import Commitment, Request, Task
from projects.reading.date_effects import effect_of as effect_of_date
from projects.reading.request_effects import effect_of
from projects.requests import against
from projects.views.dates import page_of_change
from projects.views.items import done_with_date, found_commitment, found_task, item_context, page_of


@dataclass(frozen=True, slots=True)
class Asking:
    """How one kind is asked for: its form, its verb."""

    kind: str
    form: Callable[..., OfficeRequestForm]
    verb: Callable[..., Request | list[Request]]
    explains: StrOrPromise = ""


FIRST_DATE = Asking(
    Request.Kind.FIRST_DATE,
    FirstDateForm,
    actions.ask_first_date,
    gettext_lazy(
        "It had no date so far. This one becomes the first date, which stays on record whatever happens later. It adds no slippage."
    ),
)
CORRECTION = Asking(
    Request.Kind.CORRECTION,
    CorrectDateForm,
    actions.ask_correction,
    gettext_lazy(
        "Only for a date that was typed wrong here. If the date really changes, its agency asks for a new one. "
        "The first date on record stays as it is, nothing slips, and the correction is counted apart in public."
    ),
)
ASKING = {
    **{(noun, "ask_first_date"): FIRST_DATE for noun in ("task", "commitment")},
    **{(noun, "ask_correction"): CORRECTION for noun in ("task", "commitment")},
    ("task", "ask_cancellation"): Asking(Request.Kind.CANCELLATION, CancellationForm, actions.ask_cancellation),
    ("task", "ask_assignment"): Asking(Request.Kind.ASSIGNMENT, AssignmentRequestForm, actions.ask_assignment),
    ("task", "ask_scope"): Asking(Request.Kind.SCOPE, TaskScopeForm, actions.ask_scope),
    ("commitment", "ask_cancellations"): Asking(
        Request.Kind.CANCELLATION, SeveralCancellationsForm, actions.ask_cancellations
    ),
    ("commitment", "ask_scope"): Asking(Request.Kind.SCOPE, CommitmentScopeForm, actions.ask_scope),
    ("commitment", "ask_series_end"): Asking(Request.Kind.SERIES_END, OfficeRequestForm, actions.ask_series_end),
    ("commitment", "ask_withdrawal"): Asking(Request.Kind.WITHDRAWAL, WithdrawalForm, actions.ask_withdrawal),
}


@form_view
def ask_about_task(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    return _ask(request, found_task(request, code), "task", verb)


@form_view
def ask_about_commitment(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    return _ask(request, found_commitment(code), "commitment", verb)


def _ask(request: HttpRequest, item: Commitment | Task, noun: str, verb: str) -> HttpResponse:
    """The button "effect" shows what an approval would do; nothing is sent by it."""
    if answer := turned_away(request, f"request.{verb}", item, page_of(item)):
        return answer
    asking = ASKING[noun, verb]
    form = asking.form(typed(request), row=item)
    shown: dict[str, Any] = {"effect": None, "date_effect": None, "problems": []}
    if "effect" in form.data:
        form.forgive({"required"})  # the effect can be looked at before the reason is written
        shown |= _effect(asking.kind, form, by=person(request))
    elif carried_out(request, form, asking.verb, item):
        return _sent(request, form.outcome, item)
    context = {
        **item_context(item), **shown, "form": form, "verb": VERBS[f"request.{verb}"], "explains": asking.explains,
        "warns": asking.kind == Request.Kind.CANCELLATION,
        "no_choice": form.no_choice,
        **(_of_several(form) if isinstance(form, SeveralCancellationsForm) else {"held": [], "waiting": []}),
    }  # fmt: skip
    return render(request, "projects/request_ask.html", context, status=form.status)


def _of_several(form: SeveralCancellationsForm) -> dict[str, Any]:
    """Which tasks cannot be chosen yet, and what was asked of them."""
    held = form.held
    asked = Request.objects.waiting().filter(kind=Request.Kind.CANCELLATION, task__in=held)
    return {
        "held": held,
        "waiting": asked.select_related("task").order_by("pk"),
    }


def _sent(request: HttpRequest, sent: Request | list[Request], item: Commitment | Task) -> HttpResponse:
    if isinstance(sent, Request):
        said = _("The request was sent. A colleague decides; until then nothing changes.")
        to = page_of_change(sent.code)
        return done_with_date(request, said, to, due=sent.to_due, commitment=sent.commitment)
    said = ngettext(
        "%(count)d request was sent. A colleague decides; until then nothing changes.",
        "%(count)d requests were sent. A colleague decides on them together; until then nothing changes.",
        len(sent),
    )
    return done(request, said % {"count": len(sent)}, page_of(item))


def _effect(kind: str, form: OfficeRequestForm, *, by: Any) -> dict[str, Any]:
    facts = {"asked_by": by, "asked_at": clock.now()}
    try:
        changes = [unsaved(item, kind, form.wanted, **facts, **form.dates) for item in form.items]
    except KeyError:  # what it takes was not typed yet
        return {}
    if problems := [str(reason) for change in changes for reason in against(change)]:
        return {"problems": problems}
    if kind in Request.DATES:
        return {"date_effect": effect_of_date(changes[0], clock.today())}
    return {"effect": effect_of(changes, clock.today())}
