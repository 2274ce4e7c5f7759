"""The pages on which a coordinator assesses a whole commitment or objective, and an agency answers."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.models import User
from focalpoints.pages.kit import carried_out, done, form_view, turned_away, typed
from focalpoints.pages.signed_in import person
from focalpoints.rules import is_coordinator
from principles.models import Objective
from projects import actions
from projects.forms.assessments import AnswerForm, AssessForm, AssessObjectiveForm
from projects.models import Assessment, Commitment, Request
from projects.reading.findings import acceptances, findings_of
from projects.rules import agencies_proposing, assesses, assessors
from projects.views.items import found_commitment, page_of
from projects.workflow import BARRED, says_more

FINDINGS = "#findings"


@form_view
def commitment_assess(request: HttpRequest, code: str) -> HttpResponse:
    """What was promised, what was verified and by whom, then the finding."""
    commitment = found_commitment(code)
    if is_coordinator(request.user) and not assesses(request.user, commitment):
        raise PermissionDenied(BARRED)
    if answer := turned_away(request, "assessment.assess", commitment, page_of(commitment)):
        return answer
    today = clock.today()
    form = AssessForm(typed(request), row=commitment, on=today)
    if _takes_a_colleague(form, commitment):
        if carried_out(request, form, _asked, commitment):
            said = _("That says more than was verified. The request waits for a colleague, who decides.")
            return done(request, said, reverse("projects:request_detail", args=[form.outcome.code]))
    elif carried_out(request, form, actions.assess, commitment):
        said = _("The assessment was recorded. It is public, with its reasons.")
        return done(request, said, page_of(commitment) + FINDINGS)
    context = {
        "form": form,
        "commitment": commitment,
        "tasks": commitment.tasks.public().with_light(today).select_related("agency").order_by("number"),
        "acceptances": acceptances(commitment),
        "accepted_by_me": assessors(commitment).get(person(request).pk, 0),
        "findings": findings_of(commitment),
    }
    return render(request, "projects/commitment_assess.html", context, status=form.status)


def _takes_a_colleague(form: AssessForm, commitment: Commitment) -> bool:
    """Whether what was chosen says more than was verified."""
    if not form.is_bound or not form.is_valid() or form.cleaned_data.get("period"):
        return False
    chosen = form.cleaned_data["verdict"] == Assessment.Verdict.FULFILLED
    return chosen and not commitment.tasks_open and not commitment.series_runs and says_more(commitment)


def _asked(commitment: Commitment, *, by: User, verdict: str, period: date | None = None, **facts: Any) -> Request:
    return actions.ask_finding(commitment, by=by, **facts)


@form_view
def objective_assess(request: HttpRequest, number: int) -> HttpResponse:
    objective = get_object_or_404(Objective, number=number, parent=None)
    back = reverse("projects:objective_detail", args=[number])
    if answer := turned_away(request, "assessment.assess_objective", objective, back):
        return answer
    form = AssessObjectiveForm(typed(request), row=objective)
    if carried_out(request, form, actions.assess_objective, objective):
        return done(request, _("The assessment was recorded. It is public, with its reasons."), back)
    context = {"form": form, "objective": objective, "back": back}
    return render(request, "projects/objective_assess.html", context, status=form.status)


@form_view
def assessment_answer(request: HttpRequest, code: str) -> HttpResponse:
    related = Assessment.objects.worded().select_related("commitment__project", "request").exclude(commitment=None)
    assessment = get_object_or_404(related, code=code)
    back = page_of(assessment.commitment) + FINDINGS  # type: ignore[arg-type]  # those of objectives are left out
    if answer := turned_away(request, "assessment.answer", assessment, back):
        return answer
    agencies = agencies_proposing(person(request), assessment.commitment)  # type: ignore[arg-type]
    form = AnswerForm(typed(request), agencies=agencies)
    if carried_out(request, form, actions.answer_assessment, assessment):
        said = _("The answer of the agency stands beside the finding from now on.")
        return done(request, said, back, folio=form.outcome.folio)
    context = {"form": form, "assessment": assessment, "commitment": assessment.commitment, "back": back}
    return render(request, "projects/assessment_answer.html", context, status=form.status)
