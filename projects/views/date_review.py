"""A coordinator decides on a date, with what it would do and how the agency has kept its dates so far on one page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from focalpoints import clock
from focalpoints.carried import take_back
from focalpoints.models import User
from focalpoints.rules import Person, is_coordinator
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.actions.effects import effect_of
from projects.correspondence import letters
from projects.dates import history_of, record_of
from projects.forms.dates import ApproveForm, RejectForm
from projects.forms.verbs import revision_in
from projects.models import DateChange, Evidence
from projects.rules import decides_date, is_same_office
from projects.workflow import DATE_CHANGE_MOVES, has_changed, open_moves

from .dates import found, parts_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def date_change_review(request: HttpRequest, code: str) -> HttpResponse:
    change = found(request, code)
    if request.method == "POST":
        return _decide(request, change)
    if not is_coordinator(request.user):
        raise Http404
    if change.state != DateChange.State.REQUESTED:
        return redirect("projects:date_change_detail", code)
    typed = take_back(request)
    return _page(request, change, ApproveForm(typed), revision=typed.get("revision") if typed else None)


def _decide(request: HttpRequest, change: DateChange) -> HttpResponse:
    by = request.user
    if not isinstance(by, User) or not decides_date(by, change):
        raise PermissionDenied
    is_rejection = request.POST.get("decision") == "reject"
    form = RejectForm(request.POST) if is_rejection else ApproveForm(request.POST)
    if request.POST.get("decision") not in {"approve", "reject"}:
        form.add_error(None, _("Choose: approve or reject."))
    if not form.is_valid():
        return _page(request, change, form, revision=request.POST.get("revision"))
    comment, revision = form.cleaned_data["comment"], revision_in(request.POST)
    try:
        if is_rejection:
            entry = actions.reject_date(change, by=by, revision=revision, answer=comment)
        else:
            entry = actions.approve_date(change, by=by, revision=revision, comment=comment)
    except NotPossible as refusal:
        is_other = type(refusal) is Stale and not has_changed(change)
        form.add_error(None, _changed_meanwhile(change) if is_other else str(refusal))
        return _page(request, found(request, change.code), form, status=409)
    said = (
        _("%(code)s was rejected. Folio %(folio)s.") if is_rejection else _("%(code)s was approved. Folio %(folio)s.")
    )
    messages.success(request, said % {"code": change.code, "folio": entry.folio})
    return redirect(_next_address(by, change))


def _changed_meanwhile(change: DateChange) -> str:
    return _(
        "The commitment's date changed while you were reading, and with it what %(code)s would do. "
        "What you see now is the new effect; your comment is below."
    ) % {"code": change.code}


def _page(
    request: HttpRequest, change: DateChange, form: ApproveForm, *, revision: str | None = None, status: int = 200
) -> HttpResponse:
    is_waiting = change.state == DateChange.State.REQUESTED
    others = [row for row in history_of(change.item, request.user).changes if row.pk != change.pk]
    context = {
        **parts_of(change.item),
        "change": change,
        "form": form,
        "revision": change.revision if revision is None else revision,
        "effect": effect_of(change, clock.today()) if is_waiting and not has_changed(change) else None,
        "obstacles": DATE_CHANGE_MOVES["approve"].against(change) if is_waiting else [],
        "evidence": list(Evidence.objects.visible_to(request.user).filter(date_change=change)),
        "record": record_of(change.agency) if change.agency else None,
        "others": others,
        "letters": list(reversed(letters(change))),
        "moves": open_moves(request.user, change),
        "is_same_office": is_same_office(change),
        "next_url": _next_address(request.user, change),
    }
    return render(request, "projects/date_change_review.html", context, status=status)


def _next_address(user: Person, change: DateChange) -> str:
    """The next date request that this coordinator may decide, else the oldest, else the queue."""
    queue = DateChange.objects.waiting().exclude(pk=change.pk).exclude(asked_by=user.pk)
    following = queue.behind(change).first() or queue.first()
    if following is None:
        return reverse("projects:review_queue")
    return reverse("projects:date_change_review", args=[following.code])
