"""The public calendar: a month as a table or as a list, each day with what falls due on it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import PAGE_SIZE, page_if_there
from focalpoints.pages.parameters import Unknown
from focalpoints.rules import is_focal_point
from focalpoints.tables.answer import answered, public_file
from projects.forms.calendar import CalendarForm
from projects.reading.calendar import DueItems, Month, weeks_of
from projects.reading.day import Day
from projects.reading.icalendar import webcal
from projects.tables.dates import DATES, due_rows
from projects.views.filters import filter_page
from projects.views.take_away import page_instead

ASKED, TYPED = ("kind", "mine", "view"), ("agency", "day", "month", "page")


@public_page(*ASKED, unbounded=TYPED, unknown=Unknown.SAID)
def calendar(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    form = CalendarForm(request.GET, user=request.user, on=on)
    if not form.is_valid():
        return render(request, "projects/calendar.html", {"form": form, "month": None, "day": None}, status=400)
    feed = _feed_path(form)
    context = {
        "form": form,
        "month": form.cleaned_data["month"],
        "this_month": Month.of(on),
        "today": on,
        "feed": feed,
        "webcal": webcal(feed),
        "has_work": is_focal_point(request.user),
    }
    shown = _list if form.cleaned_data["view"] == "list" else _weeks
    context |= shown(request, form)
    return render(request, "projects/calendar.html", context, status=404 if context.get("is_beyond") else 200)


@public_page(*ASKED, unbounded=TYPED, unknown=Unknown.SAID)
def calendar_filter(request: HttpRequest) -> HttpResponse:
    form = CalendarForm(request.GET, user=request.user, on=clock.today())
    return filter_page(request, form, "projects:calendar", listed=_("Calendar"), title=_("Filter the calendar"))


@public_file(*ASKED, *TYPED)
def date_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """What falls due in the month, or on the one day asked for. With a wrong filter the page itself answers, which says what is wrong."""
    form = CalendarForm(request.GET, user=request.user, on=clock.today())
    if not form.is_valid():
        return page_instead(request, reverse("projects:calendar"), calendar)
    month, day = form.cleaned_data["month"], form.cleaned_data["day"]
    when = day.isoformat() if day else str(month)
    asked = [(chip.label, chip.value) for chip in form.chips]
    due = _dated(form, day or month.first, day or month.last)
    return answered(
        request,
        DATES,
        due_rows(due),
        fmt,
        name_parts=(when, *(value for _label, value in asked)),
        day=clock.today(),
        count=lambda: _count(due),
        filters=((_("Due date"), when), *asked),
    )


def _weeks(request: HttpRequest, form: CalendarForm) -> dict[str, Any]:
    month = form.cleaned_data["month"]
    weeks = weeks_of(month, _dated(form, month.first, month.last))
    is_empty = not any(day and day.total for week in weeks for day in week)
    return {
        "is_list": False,
        "day": None,
        "weeks": weeks,
        "weekdays": [str(name) for name in WEEKDAYS.values()],
        "is_empty": is_empty,
        "day_query": _day_query(request, month),
    }


def _day_query(request: HttpRequest, month: Month) -> str:
    """The query string of a day's list, but for its number at the end."""
    query = request.GET.copy()
    query.pop("day", None)
    query["month"], query["view"] = str(month), "list"
    return f"?{query.urlencode()}&day="


def _list(request: HttpRequest, form: CalendarForm) -> dict[str, Any]:
    """The month's items, or those of the one day asked for, by page. Three queries."""
    month, day = form.cleaned_data["month"], form.cleaned_data["day"]
    dated = _dated(form, day or month.first, day or month.last)
    count = _count(dated)
    page = page_if_there(range(count), request.GET.get("page"))
    start = (page.number - 1) * PAGE_SIZE if page else 0
    items = dated.items(start, start + PAGE_SIZE) if page and count else []
    return {"is_list": True, "day": day, "page": page, "items": items, "is_beyond": page is None}


def _count(dated: DueItems) -> int:
    return sum(counts.total() for counts in dated.counts().values())


def _dated(form: CalendarForm, first: date, last: date) -> DueItems:
    agencies = form.agencies
    keys = None if agencies is None else tuple(agencies.order_by().values_list("pk", flat=True))
    return DueItems(first, last, Day.today(), form.cleaned_data["kind"], keys)


def _feed_path(form: CalendarForm) -> str:
    """The address of the public calendar feed for the agency that was asked for."""
    agency = form.cleaned_data["agency"]
    return reverse("projects:commitment_feed") + (f"?{urlencode({'agency': agency})}" if agency else "")
