"""A coordinator decides on a request for a new date, on a page that shows what it would do and how the agency has kept its dates so far."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from focalpoints import clock
from focalpoints.pages.kit import VerbForm, form_view
from focalpoints.workflow import NotPossible, Stale, open_verbs
from projects import actions
from projects.forms.dates import ApproveForm, RejectForm
from projects.models import Evidence, Request
from projects.reading.date_effects import effect_of
from projects.reading.date_history import history_of, record_of
from projects.reading.letters import letters
from projects.reading.request_effects import changes_of
from projects.reading.request_effects import effect_of as effect_of_request
from projects.requests import against
from projects.rules import decides_request, is_same_office
from projects.views.dates import found
from projects.views.deciding import Choice, Desk, next_in, reviewed, revision_seen
from projects.views.items import item_context
from projects.workflow import has_changed


def _why_not(change: Request, refusal: NotPossible) -> str:
    if type(refusal) is not Stale or has_changed(change):
        return str(refusal)
    return _(
        "The commitment's date changed while you were reading, and with it what %(code)s would do. "
        "What you see now is the new effect; your comment is below."
    ) % {"code": change.code}


def _page(request: HttpRequest, change: Request, form: VerbForm) -> HttpResponse:
    is_waiting = change.state == Request.State.REQUESTED
    history = history_of(change.item, request.user).changes if change.commitment_id else []
    others = [row for row in history if row.pk != change.pk]
    context = {
        **item_context(change.item),
        "change": change,
        "form": form,
        "revision": revision_seen(change, form),
        "effect": effect_of(change, clock.today())
        if is_waiting and change.is_of_date and not has_changed(change)
        else None,
        "request_effect": effect_of_request(change, clock.today()) if _has_effect(change) else None,
        "changes": [] if change.is_of_date or change.commitment_id else changes_of(change),
        "obstacles": against(change) if is_waiting else [],
        "evidence": list(Evidence.objects.visible_to(request.user).filter(request=change)),
        "record": record_of(change.agency) if change.agency else None,
        "others": others,
        "letters": list(reversed(letters(change))),
        "moves": open_verbs(request.user, change),
        "is_same_office": is_same_office(change),
        "next_url": _next_address(request, change),
    }
    return render(request, "projects/request_review.html", context, status=form.status)


def _has_effect(change: Request) -> bool:
    return change.state == Request.State.REQUESTED and not change.is_of_date and bool(change.commitment_id)


def _next_address(request: HttpRequest, change: Request) -> str:
    """The address of the next request that this coordinator may decide."""
    others = Request.objects.waiting().exclude(asked_by=request.user.pk).exclude(pk=change.pk)
    following = others.behind(change.asked_at, change.pk).first() or others.first()
    return next_in("projects:request_review", following.code if following else None)


DESK = Desk(
    may=decides_request,
    waiting=Request.State.REQUESTED,
    choices={
        "approve": Choice(
            ApproveForm, actions.approve_request, gettext_lazy("%(code)s was approved. Folio %(folio)s.")
        ),
        "reject": Choice(RejectForm, actions.reject_request, gettext_lazy("%(code)s was rejected. Folio %(folio)s.")),
    },
    page=_page,
    why_not=_why_not,
    closed="projects:request_detail",
    following=_next_address,
)


@form_view
def request_review(request: HttpRequest, code: str) -> HttpResponse:
    return reviewed(request, found(request, code), DESK)
