"""Saved views: lists of the site kept by name with their filters, and what changed in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import ResolverMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from focalpoints import clock
from focalpoints.ledger.record import MOST
from focalpoints.models import Entry, LedgerHead, User
from focalpoints.pages.addresses import page
from focalpoints.pages.kit import carried_out, done, form_view, pressed, turned_away, typed
from focalpoints.pages.pager import page_at
from focalpoints.pages.parameters import understands
from focalpoints.pages.signed_in import person
from focalpoints.rules import Person
from focalpoints.sql.spanish import InSpanish
from focalpoints.workflow import StrOrPromise, open_verbs, sentence_of, verb_of
from projects import actions
from projects.forms.changes import ChangesForm
from projects.forms.saved_views import (
    LISTS,
    ListFound,
    SaveViewForm,
    ViewCorrectionForm,
    address_of,
    canonical,
    found_by,
)
from projects.models import SavedView, ViewSeen
from projects.reading.changes import Changes, changes_in, like_events
from projects.reading.figures import count_of
from projects.reading.history import public_kinds
from projects.reading.list_changes import MOST_COUNTED


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A saved view as a line shows it: what it finds now, since when its changes are counted for this reader, and how many there are.

    `rows` is None where the list has none to count; of changes no more than MOST_COUNTED are counted.
    """

    view: SavedView
    found: ListFound
    since: date
    rows: int | None = None
    changes: int = 0

    @property
    def listed(self) -> StrOrPromise:
        return LISTS[self.view.page].label if self.view.page in LISTS else self.view.page

    @property
    def address(self) -> str:
        """Of the list itself; empty where it cannot be opened as it was saved."""
        return "" if self.found.problems else address_of(self.view.page, self.view.key, self.view.query)

    @property
    def is_more(self) -> bool:
        return self.changes > MOST_COUNTED


def saving_address(request: HttpRequest, match: ResolverMatch | None) -> str:
    """Where the list of this address is saved; empty of a page that is no list, and for whoever is not signed in. No query."""
    user = getattr(request, "user", None)
    if match is None or not isinstance(user, User) or (savable := LISTS.get(match.view_name)) is None:
        return ""
    if not savable.may(user):
        return ""
    key = next((str(value) for name, value in match.kwargs.items() if name != "kind"), "")
    asked = {"page": match.view_name, "key": key, "query": canonical(match.view_name, request.GET)}
    return f"{page('projects:saved_view_create')}?{urlencode({name: text for name, text in asked.items() if text})}"


@never_cache
@require_safe
@understands("page")
def saved_view_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    views = (
        SavedView.objects.visible_to(user)
        .select_related("owner")
        .alias(is_own=Exists(SavedView.objects.filter(pk=OuterRef("pk"), owner=user)))
    )
    shown = page_at(views.order_by("-is_own", InSpanish("name"), "pk"), request.GET.get("page"))
    lines = _counted(list(shown.object_list), user)
    own = [line for line in lines if line.view.owner_id == user.pk]
    office = [line for line in lines if line.view.owner_id != user.pk]
    return render(
        request, "projects/saved_view_list.html", {"own": own, "office": office, "page": shown, "most": MOST_COUNTED}
    )


@never_cache
@require_safe
@understands("since", "until", "day", "event", "page")
def saved_view_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    view = _seen_by(user, pk)
    found, seen, today = found_by(view, user), _last_seen(view, user), clock.today()
    form = ChangesForm(request.GET or None)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    since_seen = clock.day_of(seen.at)
    since, until = asked.get("since") or min(since_seen, today), asked.get("until") or today
    scope = found.changes(0 if asked.get("since") else seen.seq)
    here = reverse("projects:saved_view_detail", args=[view.pk])
    back = f"{here}?{urlencode({'since': since.isoformat()})}" if asked.get("since") else f"{here}?"
    context = {"shown": ViewShown(view, found, since), "here": here, "back": back, "since": since, "until": until}
    if asked.get("day") and request.GET.get("event") and not found.problems:
        return render(request, "projects/saved_view_alike.html", context | _alike(request, scope, asked["day"]))
    changes: Changes | None = None
    if not form.errors and not found.problems and since <= until:
        changes = changes_in(scope, since, until)
    context |= {
        "form": form if form.is_bound else ChangesForm(initial={"since": since}),
        "changes": changes,
        "is_since_seen": not asked.get("since"),
        "is_marked": seen.pk is not None,
        "rows": None if found.problems or not found.counted else sum(rows.count() for rows in found.counted),
        "upto": _head(),
        "moves": open_verbs(user, view),
    }
    return render(request, "projects/saved_view_detail.html", context, status=400 if form.errors else 200)


@form_view
def saved_view_create(request: HttpRequest) -> HttpResponse:
    """Lists link here with their page, key and query."""
    user = person(request)
    asked = {name: request.GET.get(name, "") for name in ("page", "key", "query")}
    form = SaveViewForm(typed(request), user=user, initial=asked)
    if carried_out(request, form, actions.save_view):
        return done(request, _("The view was saved."), _page_of(form.outcome))
    sent = form.data if form.is_bound else asked
    if sent.get("page") not in LISTS:
        raise Http404
    view = SavedView(page=sent["page"], key=sent.get("key", ""), query=sent.get("query", ""))
    context = {"form": form, "shown": ViewShown(view, found_by(view, user), clock.today())}
    return render(request, "projects/saved_view_create.html", context, status=form.status)


@form_view
def saved_view_correct(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    view = _seen_by(user, pk)
    if answer := turned_away(request, "saved-view.correct", view, _page_of(view)):
        return answer
    form = ViewCorrectionForm(typed(request), row=view, user=user)
    if carried_out(request, form, actions.correct_view, view):
        return done(request, _("The view was changed."), _page_of(view))
    return render(request, "projects/saved_view_correct.html", {"form": form, "view": view}, status=form.status)


@never_cache
@require_POST
def saved_view_take_over(request: HttpRequest, pk: int) -> HttpResponse:
    view = _seen_by(person(request), pk)
    pressed(request, actions.take_over_view, view, said=_("The view is yours now."))
    return redirect(_page_of(view))


@never_cache
@require_POST
def saved_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = _seen_by(person(request), pk)
    gone = pressed(request, actions.delete_view, view, said=_("The view was deleted."))
    return redirect(reverse("projects:saved_view_list") if gone else _page_of(view))


class ViewSeenForm(forms.Form):
    upto = forms.IntegerField(min_value=0, max_value=MOST)


@never_cache
@require_POST
def saved_view_seen(request: HttpRequest, pk: int) -> HttpResponse:
    view, form = _seen_by(person(request), pk), ViewSeenForm(request.POST)
    if not form.is_valid():
        raise BadRequest("No such entry.")
    actions.mark_view_seen(view, by=person(request), upto=form.cleaned_data["upto"])
    return redirect(_page_of(view))


def _seen_by(user: User, pk: int) -> SavedView:
    """Raises Http404 also for what is somebody else's and not shared with this reader."""
    return get_object_or_404(SavedView.objects.visible_to(user).select_related("owner"), pk=pk)


def _page_of(view: SavedView) -> str:
    return reverse("projects:saved_view_detail", args=[view.pk])


def _head() -> int:
    return LedgerHead.objects.values_list("seq", flat=True).get(pk=1)


def _last_seen(view: SavedView, user: Person) -> ViewSeen:
    """What this reader marked; else, unsaved, the moment in which the view was made."""
    mark = ViewSeen.objects.filter(view=view, person=user.pk).first()
    return mark or ViewSeen(view=view, seq=view.made_seq, at=view.made_at)


def _counted(views: Sequence[SavedView], user: User) -> list[ViewShown]:
    """With how many rows each finds and how many changes: two queries for all, besides what a filter asks to be understood."""
    marks = {mark.view_id: mark for mark in ViewSeen.objects.filter(view__in=views, person=user)}
    lines = []
    counts: dict[str, Any] = {}
    for view in views:
        seen = marks.get(view.pk) or ViewSeen(seq=view.made_seq, at=view.made_at)
        line = ViewShown(view, found_by(view, user), clock.day_of(seen.at))
        lines.append(line)
        if not line.found.problems:
            counts |= {f"rows_{view.pk}_{place}": count_of(rows) for place, rows in enumerate(line.found.counted)}
            counts[f"changes_{view.pk}"] = count_of(
                Entry.objects.filter(pk__in=line.found.changes(seen.seq).few().values("pk"))
            )
    if not counts:
        return lines
    told: dict[str, Any] = LedgerHead.objects.filter(pk=1).values(**counts).get()  # type: ignore[assignment]
    return [_with_counts(line, told) for line in lines]


def _with_counts(line: ViewShown, told: dict[str, Any]) -> ViewShown:
    if line.found.problems:
        return line
    rows = [told[f"rows_{line.view.pk}_{place}"] for place in range(len(line.found.counted))]
    return ViewShown(line.view, line.found, line.since, sum(rows) if rows else None, told[f"changes_{line.view.pk}"])


def _alike(request: HttpRequest, scope: Any, day: date) -> dict[str, Any]:
    kind, _dot, verb = request.GET["event"].partition(".")
    if kind not in public_kinds() or verb_of(kind, verb) is None:
        raise Http404
    entries = like_events(scope, day, kind, verb, request.GET.get("page"))
    return {"day": day, "what": sentence_of(kind, verb), "entries": entries}
