"""The public calendar: a month as a table or as a list, each day with what falls due on it."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS

from focalpoints import clock
from focalpoints.caching import public_page
from focalpoints.rules import is_focal_point
from projects.calendar import webcal
from projects.forms.calendar import CalendarForm
from projects.month import Dated, Month, weeks_of, with_answers
from projects.paging import PAGE_SIZE


@public_page("kind", "mine", "view", unbounded=("agency", "day", "month", "page"), strict=True)
def calendar(request: HttpRequest) -> HttpResponse:
    form = CalendarForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "projects/calendar.html", {"form": form}, status=400)
    on = clock.today()
    shown = form.cleaned_data["month"] or Month.of(on)
    feed = _feed_path(form)
    context = {
        "form": form,
        "month": shown,
        "this_month": Month.of(on),
        "today": on,
        "feed": feed,
        "webcal": webcal(feed),
        "has_work": is_focal_point(request.user),
    }
    if form.cleaned_data["view"] == "list":
        return _list(request, form, shown, context)
    dated = Dated.chosen(shown.first, shown.last, on, kind=form.cleaned_data["kind"], agencies=form.agencies)
    weeks = weeks_of(shown, dated)
    return render(
        request,
        "projects/calendar.html",
        context
        | {
            "weeks": weeks,
            "weekdays": WEEKDAYS.values(),
            "is_empty": not any(day and day.total for week in weeks for day in week),
        },
    )


def _list(request: HttpRequest, form: CalendarForm, shown: Month, context: dict[str, Any]) -> HttpResponse:
    """The month's items, or those of the one day asked for, by page."""
    number = form.cleaned_data["day"]
    day = shown.day(number) if number else None
    first, last = (day, day) if day else (shown.first, shown.last)
    dated = Dated.chosen(first, last, context["today"], kind=form.cleaned_data["kind"], agencies=form.agencies)
    page = _page(dated, request.GET.get("page"))
    return render(
        request,
        "projects/calendar.html",
        context | {"is_list": True, "day": day, "page": page, "missing": page is None or (number and day is None)},
        status=200 if page is not None and (day or not number) else 404,
    )


def _page(dated: Dated, number: str | None) -> Page | None:
    """Three queries; None where there is no such page."""
    try:
        page = Paginator(dated.items(), PAGE_SIZE).page(number or 1)
    except InvalidPage:
        return None
    page.object_list = with_answers(page.object_list)
    return page


def _feed_path(form: CalendarForm) -> str:
    """The public feed of the same agencies."""
    agency = form.cleaned_data["agency"]
    return reverse("projects:commitment_feed") + (f"?{urlencode({'agency': agency})}" if agency else "")
