"""A coordinator decides on a request, on a page that shows what it would do and how the agency has kept its dates so far.

Requests that were asked for in one form can be decided on one page.
"""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from focalpoints import clock
from focalpoints.pages.kit import VerbForm, carried_out, done, form_view, revision_in
from focalpoints.pages.signed_in import person
from focalpoints.pages.typed_text import take_back
from focalpoints.rules import is_coordinator
from focalpoints.workflow import NotPossible, Stale, open_verbs
from projects import actions
from projects.forms.dates import ApproveForm, RejectForm
from projects.models import Evidence, Request
from projects.models.request import RequestQuerySet
from projects.reading.date_effects import effect_of
from projects.reading.date_history import history_of, record_of
from projects.reading.letters import letters
from projects.reading.request_effects import changes_of
from projects.reading.request_effects import effect_of as effect_of_request
from projects.requests import against
from projects.rules import decides_request, is_same_office
from projects.views.dates import found
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
    place, query = place_of(request, change), query_of(request)
    context = {
        **item_context(change.item),
        "change": change,
        "form": form,
        "revision": revision_seen(change, form),
        "effect": effect_of(change, clock.today())
        if is_waiting and change.is_of_date and not has_changed(change)
        else None,
        "request_effect": effect_of_request([change], clock.today()) if _has_effect(change) else None,
        "asked_with": _waiting_with(change).exclude(pk=change.pk).count() if is_waiting else 0,
        "changes": [] if change.is_of_date or change.commitment_id else changes_of(change),
        "obstacles": against(change) if is_waiting else [],
        "evidence": list(Evidence.objects.visible_to(request.user).filter(request=change)),
        "record": record_of(change.agency) if change.agency else None,
        "others": others,
        "letters": list(reversed(letters(change))),
        "moves": open_verbs(request.user, change),
        "is_same_office": is_same_office(change),
        "query": query,
        "place": place,
        "next_url": address_after(place, query),
        "previous_url": address_before(place, query),
        "next_item": name_of(place.following if place else None),
        "shortcuts": person(request).shortcuts,
    }
    return render(request, "projects/request_review.html", context, status=form.status)


def _has_effect(change: Request) -> bool:
    return change.state == Request.State.REQUESTED and not change.is_of_date and bool(change.commitment_id)


def _waiting_with(change: Request) -> RequestQuerySet:
    """What was asked for in the same form and still waits."""
    return Request.objects.waiting().asked_with(change)


def _next_address(request: HttpRequest, change: Request, *others: int) -> str:
    """The address of what this coordinator decides next, within the same filter."""
    return address_after(place_of(request, change, *others), query_of(request))


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


TOGETHER = {
    "approve": Choice(
        ApproveForm,
        actions.approve_together,
        ngettext_lazy("%(count)d request was approved.", "%(count)d requests were approved.", "count"),
    ),
    "reject": Choice(
        RejectForm,
        actions.reject_together,
        ngettext_lazy("%(count)d request was rejected.", "%(count)d requests were rejected.", "count"),
    ),
}


@form_view
def requests_review(request: HttpRequest, code: str) -> HttpResponse:
    """All that was asked for in the same form as this one and still waits: decided together, all or none."""
    change = found(request, code)
    if not is_coordinator(request.user):
        raise Http404
    changes = _shown_together(change)
    if not changes:
        return reviewed(request, change, DESK)
    choice = TOGETHER.get(request.POST.get("decision", ""))
    form = (choice or TOGETHER["approve"]).form(request.POST if request.method == "POST" else take_back(request))
    if request.method == "POST" and choice is None:
        form.add_error(None, _("Choose one of the two buttons."))
    next_url = _next_address(request, changes[-1], *[row.pk for row in changes])
    if choice and carried_out(request, form, partial(choice.verb, seen=_seen(request.POST)), changes):
        return done(request, choice.said % {"count": len(changes)}, next_url)
    if form.refusal and not (changes := _shown_together(change)):  # as the verb found them
        return reviewed(request, change, DESK)
    obstacles = [against(row) for row in changes]
    context = {
        "change": changes[0],
        "commitment": changes[0].commitment,
        "changes": list(zip(changes, obstacles, strict=True)),
        "effect": None if any(obstacles) else effect_of_request(changes, clock.today()),
        "form": form,
        "may": all(decides_request(person(request), row) for row in changes),
        "next_url": next_url,
    }
    return render(request, "projects/requests_review.html", context, status=form.status)


def _shown_together(change: Request) -> list[Request]:
    return list(_waiting_with(change).select_related("agency", "task__agency", "commitment__project", "asked_by"))


def _seen(typed: QueryDict) -> dict[str, int]:
    """The revisions that the page was sent with, by code: those that the person had on screen."""
    pairs = (said.rpartition(":") for said in typed.getlist("seen"))
    return {code: revision_in({"revision": revision}) for code, _colon, revision in pairs}
