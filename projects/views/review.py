"""The page on which a follow-up is compared with what was accepted before, and decided."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from focalpoints.pages.kit import VerbForm, form_view, pressed
from focalpoints.pages.signed_in import allowed, person
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import NotPossible, Stale, open_verbs
from projects import actions
from projects.forms.review import AcceptForm, AskForm, ReturnForm
from projects.light.reader import clause_of
from projects.light.rule import TASK_RULE, Light
from projects.models import FollowUp
from projects.models.follow_up import FollowUpQuerySet
from projects.models.list_rows import EvidenceRow
from projects.reading.agency_record import record_of
from projects.reading.by_code import follow_up_for_verb, found_follow_up
from projects.reading.day import Day
from projects.reading.differences import differences, words_of
from projects.reading.figures import proofs_of
from projects.reading.letters import Letter, as_read_by, letters, submissions
from projects.reading.reopenings import reopenings_of
from projects.reading.review_rows import reviewer_of
from projects.rules import is_same_office, reviews_and_did_not_write
from projects.views.deciding import (
    Choice,
    Desk,
    address_after,
    address_before,
    name_of,
    place_of,
    query_of,
    reviewed,
    revision_seen,
)
from projects.workflow import question_unfit


@prepared("task")
def _last_accepted(task: int) -> FollowUpQuerySet:
    return FollowUp.objects.accepted().filter(task=task).order_by("-number")[:1]


def _days_late(follow_up: FollowUp, on: date) -> int:
    """Since the task's date passed. Its light may say “to be verified”: a claim of 100 % that came late, or is not true."""
    return max((on - follow_up.task.due).days, 0) if follow_up.task.due else 0


def _why_not(follow_up: FollowUp, refusal: NotPossible) -> str:
    if type(refusal) is not Stale:
        return str(refusal)
    return _(
        "The agency took %(code)s back and sent it again while you were reading. "
        "What you see now is the new text; your comment is below."
    ) % {"code": follow_up.code}


def _review_page(request: HttpRequest, follow_up: FollowUp, form: VerbForm) -> HttpResponse:
    told = letters(follow_up)
    accepted = next(iter(_last_accepted(follow_up.task_id)), None)
    previous = _returned_before(told)
    now = words_of(as_read_by(request.user, follow_up, told))
    evidence = proofs_of((follow_up.pk,), request.user)
    day = Day.today()
    place, query = place_of(request, follow_up), query_of(request)
    context = {
        "follow_up": follow_up,
        "task": follow_up.task,
        "form": form,
        "revision": revision_seen(follow_up, form),
        "accepted": accepted,
        "now": now,
        "record": record_of(follow_up.agency_id, day.on),
        "previous": previous,
        "previous_differences": differences(previous.words or {}, now) if previous else [],
        "reopenings": reopenings_of(follow_up.pk) if follow_up.was_reopened else [],
        "evidence": [(item, _is_new(item, previous)) for item in evidence],
        "letters": list(reversed(told)),
        "moves": open_verbs(request.user, follow_up),
        "no_question": question_unfit(follow_up) if follow_up.state == FollowUp.State.SUBMITTED else [],
        "light": TASK_RULE[clause_of(TASK_RULE, vars(follow_up.task), day.on, day.thresholds)],
        "days_late": _days_late(follow_up, day.on),
        "is_same_office": is_same_office(follow_up),
        "query": query,
        "place": place,
        "next_url": address_after(place, query),
        "previous_url": address_before(place, query),
        "next_item": name_of(place.following if place else None),
        "shortcuts": person(request).shortcuts,
        "reviewer": reviewer_of(follow_up),
        "is_mine": follow_up.reviewer_id == person(request).pk,
        "Light": Light,
    }
    return render(request, "projects/follow_up_review.html", context, status=form.status)


def _returned_before(told: list[Letter]) -> Letter | None:
    """The submission that was returned, if this one answers it."""
    sent = submissions(told)
    returned = [place for place, letter in enumerate(told) if letter.verb == "return"]
    if len(sent) < 2 or not returned:
        return None
    return next((letter for letter in reversed(told[: returned[-1]]) if letter.verb == "submit"), None)


def _is_new(evidence: EvidenceRow, previous: Letter | None) -> bool:
    """Whether it was added after the return. False where that submission was redacted: nobody can tell."""
    if previous is None or not previous.words:
        return False
    before = {proof["sha256"] or proof["url"] for proof in previous.words["evidence"]}
    return (evidence.sha256 or evidence.url) not in before


def _next_address(request: HttpRequest, follow_up: FollowUp) -> str:
    """The address of what this coordinator decides next, within the same filter."""
    return address_after(place_of(request, follow_up), query_of(request))


DESK = Desk(
    may=reviews_and_did_not_write,
    waiting=FollowUp.State.SUBMITTED,
    choices={
        "accept": Choice(AcceptForm, actions.accept, gettext_lazy("%(code)s was accepted. Folio %(folio)s.")),
        "return": Choice(ReturnForm, actions.return_, gettext_lazy("%(code)s was returned. Folio %(folio)s.")),
        "ask": Choice(
            AskForm,
            actions.ask,
            gettext_lazy("The question on %(code)s was sent; it goes on waiting. Folio %(folio)s."),
        ),
    },
    page=_review_page,
    why_not=_why_not,
    closed="projects:follow_up_detail",
    following=_next_address,
)


@never_cache
@require_POST
def follow_up_take_up(request: HttpRequest, code: str) -> HttpResponse:
    """Say that I review it, or that I no longer do: colleagues see it in the queue and on its page."""
    follow_up = follow_up_for_verb(code, request.user)
    allowed(request, "follow-up.take_up", follow_up)
    if "let_go" in request.POST:
        pressed(request, actions.let_go, follow_up, said=_("Your colleagues see it as free again."))
    else:
        pressed(request, actions.take_up, follow_up, said=_("Your colleagues see for two hours that you review it."))
    return redirect(reverse("projects:follow_up_review", args=[follow_up.code]) + query_of(request))


# What the page reads along with it.
SHOWN = ("reviewer", "agency__parent", "task__commitment__project", "task__agency", "submitted_by", "author")


@form_view
def follow_up_review(request: HttpRequest, code: str) -> HttpResponse:
    if request.method == "POST":
        return reviewed(request, follow_up_for_verb(code, request.user), DESK)
    return reviewed(request, found_follow_up(code, request.user, *SHOWN), DESK)
