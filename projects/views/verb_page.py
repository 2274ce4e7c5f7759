"""The page of a verb that its row in the table draws: a reason, if it takes one, and the button."""

from inspect import signature

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from focalpoints.pages.kit import VerbForm, carried_out, done, form_view, turned_away, typed
from focalpoints.workflow import VERBS
from projects import actions
from projects.forms.reasons import ReasonForm, SeenReasonForm
from projects.models import Commitment, FollowUp, Project, Task
from projects.reading.by_code import follow_up_for_verb
from projects.views import projects
from projects.views.items import found_commitment, found_task, page_of


@form_view
def verb_page(request: HttpRequest, verb: str, code: str) -> HttpResponse:
    """`verb` is the row's name (`task.cancel`), whose function in `actions` is called like it (`cancel_task`)."""
    row, back = _found(request, VERBS[verb].noun, code)
    if answer := turned_away(request, verb, row, back):
        return answer
    carry_out = getattr(actions, f"{VERBS[verb].name}_{VERBS[verb].noun}".replace("-", "_"))
    form: VerbForm
    if "revision" in signature(carry_out).parameters:
        form = SeenReasonForm(typed(request), row=row)
    else:
        form = ReasonForm(typed(request)) if VERBS[verb].asks else VerbForm(typed(request))
    if carried_out(request, form, carry_out, row):
        return done(request, VERBS[verb].said, back)
    context = {"form": form, "verb": VERBS[verb], "row": row, "back": back}
    return render(request, "projects/verb_page.html", context, status=form.status)


def _found(request: HttpRequest, noun: str, code: str) -> tuple[Project | Commitment | Task | FollowUp, str]:
    """The row that the address names, and its page."""
    match noun:
        case "project":
            project = projects.found(code)
            return project, projects.page_of(project)
        case "commitment":
            commitment = found_commitment(code)
            return commitment, page_of(commitment)
        case "follow-up":
            follow_up = follow_up_for_verb(code, request.user)
            return follow_up, reverse("projects:follow_up_detail", args=[follow_up.code])
    task = found_task(request, code)
    return task, page_of(task)
