"""The coordination office's queue, and the page of a follow-up: compared with what was accepted before, and decided."""

from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.alarms import unconfirmed_roles
from focalpoints.exports.exported import answers_of, exported, private_file
from focalpoints.pages.kit import VerbForm, form_view
from focalpoints.pages.pager import PAGE_SIZE, page_at
from focalpoints.pages.parameters import understands
from focalpoints.pages.signed_in import person
from focalpoints.rules import is_coordinator
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import NotPossible, Stale, open_verbs
from projects import actions
from projects.exports.review_queue import REVIEW_QUEUE, queue_rows
from projects.forms.review import AcceptForm, QueueFilterForm, ReturnForm
from projects.light.reader import clause_of
from projects.light.rule import TASK_RULE, Light
from projects.models import FollowUp
from projects.models.follow_up import FollowUpQuerySet
from projects.models.list_rows import EvidenceRow
from projects.reading.by_code import follow_up_for_verb, found_follow_up, next_to_decide
from projects.reading.day import Day
from projects.reading.differences import differences, words_of
from projects.reading.figures import proofs_of
from projects.reading.letters import Letter, as_read_by, letters, submissions
from projects.reading.reopenings import reopenings_of
from projects.reading.review_queue import dates_to_decide, follow_ups_to_review, lengths, to_assess
from projects.reminders.alarms import reminder_alarms
from projects.rules import is_same_office, reviews_and_did_not_write
from projects.views.deciding import Choice, Desk, next_in, reviewed, revision_seen
from projects.views.navigation import office_actions


@never_cache
@require_safe
@understands("q", "page")
def review_queue(request: HttpRequest) -> HttpResponse:
    if not is_coordinator(request.user):
        raise Http404
    form = QueueFilterForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    count, dates_count = (0, 0) if form.errors else lengths(words)
    page = page_at(range(count), request.GET.get("page"))
    start = (page.number - 1) * PAGE_SIZE
    return render(
        request,
        "projects/review_queue.html",
        {
            "form": form,
            "alarms": [*reminder_alarms(), *unconfirmed_roles()],
            "page": page,
            "query": _filter_of(request),
            "moves": office_actions(request.user),
            "dates": dates_to_decide(request.user, words, PAGE_SIZE) if dates_count else [],
            "dates_count": dates_count,
            "to_assess": [] if words else to_assess(PAGE_SIZE),
            "today": clock.today(),
            "rows": follow_ups_to_review(request.user, words, start, start + PAGE_SIZE) if count else [],
        },
    )


@private_file("projects:review_queue", "q", "page")
def review_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The queue as this coordinator sees it, all pages. With a wrong filter the page says what is wrong."""
    if not is_coordinator(request.user):
        raise Http404
    form = QueueFilterForm(request.GET)
    if not form.is_valid():
        return redirect(reverse("projects:review_queue", query=request.GET))
    rows = queue_rows(request.user, form.cleaned_data["q"], clock.today())
    return exported(request, REVIEW_QUEUE, rows, fmt, answers_of(form))


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
    context = {
        "follow_up": follow_up,
        "task": follow_up.task,
        "form": form,
        "revision": revision_seen(follow_up, form),
        "accepted": accepted,
        "differences": differences(words_of(accepted) if accepted else {}, now),
        "previous": previous,
        "previous_differences": differences(previous.words or {}, now) if previous else [],
        "reopenings": reopenings_of(follow_up.pk) if follow_up.was_reopened else [],
        "evidence": [(item, _is_new(item, previous)) for item in evidence],
        "letters": list(reversed(told)),
        "moves": open_verbs(request.user, follow_up),
        "light": TASK_RULE[clause_of(TASK_RULE, vars(follow_up.task), day.on, day.thresholds)],
        "days_late": _days_late(follow_up, day.on),
        "is_same_office": is_same_office(follow_up),
        "query": _filter_of(request),
        "next_url": _next_address(request, follow_up),
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
    """The address of the next follow-up that this coordinator may decide, within the same filter."""
    form = QueueFilterForm(request.GET)
    of_sector = form.cleaned_data["q"] if form.is_valid() else ""
    following = next_to_decide(follow_up, person(request), of_sector=of_sector)
    return next_in("projects:follow_up_review", following, _filter_of(request))


def _filter_of(request: HttpRequest) -> str:
    """The queue's filter as a query string, which goes along from item to item."""
    return f"?{urlencode({'q': request.GET['q']})}" if request.GET.get("q") else ""


DESK = Desk(
    may=reviews_and_did_not_write,
    waiting=FollowUp.State.SUBMITTED,
    choices={
        "accept": Choice(AcceptForm, actions.accept, gettext_lazy("%(code)s was accepted. Folio %(folio)s.")),
        "return": Choice(ReturnForm, actions.return_, gettext_lazy("%(code)s was returned. Folio %(folio)s.")),
    },
    page=_review_page,
    why_not=_why_not,
    closed="projects:follow_up_detail",
    following=_next_address,
)
# What the page reads along with it.
SHOWN = ("agency__parent", "task__commitment__project", "task__agency", "submitted_by", "author")


@form_view
def follow_up_review(request: HttpRequest, code: str) -> HttpResponse:
    if request.method == "POST":
        return reviewed(request, follow_up_for_verb(code, request.user), DESK)
    return reviewed(request, found_follow_up(code, request.user, *SHOWN), DESK)
