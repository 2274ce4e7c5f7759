"""The page of what changed since a day, of the whole strategy or of one of its parts."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.parameters import Unknown
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.xlsx_file import counted
from focalpoints.workflow import StrOrPromise, sentence_of, verb_of
from projects.forms.changes import ChangesForm
from projects.reading.changes import Scope, changes_in, like_events, scope_of
from projects.reading.history import public_kinds
from projects.tables.events import EVENTS, entries_between, event_rows
from projects.views.take_away import page_instead

# What the page offers beside a date of one's own: so many days, today among them.
OFFERED = (1, 7, 30)
UNLESS_ASKED = 7
LISTS = {
    "agency": _("Agencies"), "project": _("Projects"), "commitment": _("Commitments"), "principle": _("Principles"),
    "objective": _("Objectives"),
}  # fmt: skip
ASKED = ("since", "until", "day", "event", "page")


@public_page(unbounded=ASKED, unknown=Unknown.SAID)
def changes(request: HttpRequest, kind: str = "", key: str = "", number: int | None = None) -> HttpResponse:
    scope, today = scope_of(kind, key if number is None else number), clock.today()
    if scope is None:
        raise Http404
    form = ChangesForm(request.GET or None)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    since, until = _between(asked, today)
    back = f"{request.path}?since={since.isoformat()}"
    above = {"of": page_of(scope), "listed": _list_of(scope)}
    context: dict[str, Any] = {"scope": scope, **above, "here": request.path, "back": back, "since": since}
    context |= {
        "download": f"projects:{kind}_event_download" if kind else "projects:event_download",
        "key": key or number or "",
    }
    if asked.get("day") and request.GET.get("event"):
        return render(request, "projects/changes_alike.html", context | _alike(request, scope, asked["day"]))
    shown = None if form.errors else (since, until)
    context |= {
        "form": form if form.is_bound else ChangesForm(initial={"since": since}),
        "until": until,
        "changes": shown and changes_in(scope, since, until),
        "offered": [(days, first, (first, today) == shown) for days, first in _offered(today)],
    }
    return render(request, "projects/changes.html", context, status=400 if form.errors else 200)


@public_file("since", "until")
def event_download(
    request: HttpRequest, fmt: str, kind: str = "", key: str = "", number: int | None = None
) -> HttpResponseBase:
    """Each event that the page counts or tells. With a wrong day the page itself answers, which says what is wrong."""
    scope = scope_of(kind, key if number is None else number)
    if scope is None:
        raise Http404
    form = ChangesForm(request.GET or None)
    if form.is_bound and not form.is_valid():
        page = partial(changes, kind=kind, key=key, number=number)
        return page_instead(request, request.path.rpartition("/")[0] + "/", page)
    since, until = _between(form.cleaned_data if form.is_bound else {}, clock.today())
    return answered(
        request,
        EVENTS,
        event_rows(scope, since, until),
        fmt,
        name_parts=(scope.title, since.isoformat(), until.isoformat()),
        day=clock.today(),  # titles are today's, and so is what is redacted
        count=lambda: counted(entries_between(scope, since, until)),
        filters=(
            (_("Since"), since.isoformat()),
            (_("Until"), until.isoformat()),
            *([(_("Part of the strategy"), scope.title)] if kind else []),
        ),
    )


def _between(asked: Mapping[str, Any], today: date) -> tuple[date, date]:
    """The first and the last day that are asked about."""
    until = asked.get("until") or today
    return asked.get("since") or until - timedelta(days=UNLESS_ASKED - 1), until


def _offered(today: date) -> list[tuple[int, date]]:
    return [(days, today - timedelta(days=days - 1)) for days in OFFERED]


def _alike(request: HttpRequest, scope: Scope, day: date) -> dict[str, Any]:
    kind, _dot, verb = request.GET["event"].partition(".")
    if kind not in public_kinds() or verb_of(kind, verb) is None:
        raise Http404
    return {
        "day": day,
        "what": sentence_of(kind, verb),
        "shown": like_events(scope, day, kind, verb, request.GET.get("page")),
    }


def _list_of(scope: Scope) -> tuple[str, StrOrPromise] | None:
    """Address and name of the list in which the part stands."""
    return (reverse(f"projects:{scope.kind}_list"), LISTS[scope.kind]) if scope.kind else None


def page_of(scope: Scope) -> str:
    """The address of the page on which the part itself stands."""
    match scope.kind:
        case "":
            return reverse("projects:board")
        case "agency":
            return reverse("projects:agency_detail", args=[scope.row.key])
        case "project":
            return reverse("projects:project_detail", args=[scope.row.slug])
        case "commitment":
            return reverse("projects:commitment_detail", args=[scope.row.code])
    return reverse(f"projects:{scope.kind}_detail", args=[scope.row.number])
