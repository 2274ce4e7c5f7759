"""A coordinator decides on a date, with what it would do and how the agency has kept its dates so far on one page."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from focalpoints import clock
from focalpoints.pages.carried import take_back
from focalpoints.rules import is_coordinator
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.actions.date_effects import effect_of
from projects.forms.dates import ApproveForm, RejectForm
from projects.models import DateChange, Evidence
from projects.reading.date_history import history_of, record_of
from projects.reading.letters import letters
from projects.rules import decides_date, is_same_office
from projects.views.dates import found
from projects.views.deciding import Choice, decide, next_in
from projects.views.items import item_context
from projects.workflow import DATE_CHANGE_MOVES, has_changed, open_moves

CHOICES = {
    "approve": Choice(ApproveForm, actions.approve_date, gettext_lazy("%(code)s was approved. Folio %(folio)s.")),
    "reject": Choice(RejectForm, actions.reject_date, gettext_lazy("%(code)s was rejected. Folio %(folio)s.")),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def date_change_review(request: HttpRequest, code: str) -> HttpResponse:
    change = found(request, code)
    if request.method == "POST":
        if not decides_date(request.user, change):
            raise PermissionDenied
        return decide(request, change, CHOICES, page=_page, why_not=_why_not, next_address=_next_address)
    if not is_coordinator(request.user):
        raise Http404
    if change.state != DateChange.State.REQUESTED:
        return redirect("projects:date_change_detail", code)
    typed = take_back(request)
    return _page(request, change, ApproveForm(typed), revision=typed.get("revision") if typed else None)


def _why_not(change: DateChange, refusal: NotPossible) -> str:
    if type(refusal) is not Stale or has_changed(change):
        return str(refusal)
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
        **item_context(change.item),
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
        "next_url": _next_address(request, change),
    }
    return render(request, "projects/date_change_review.html", context, status=status)


def _next_address(request: HttpRequest, change: DateChange) -> str:
    """The next date request that this coordinator may decide."""
    others = DateChange.objects.waiting().exclude(asked_by=request.user.pk).exclude(pk=change.pk)
    following = others.behind(change).first() or others.first()
    return next_in("projects:date_change_review", following.code if following else None)
