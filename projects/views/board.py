"""The board: where the strategy stands, in figures. Each links to the list of exactly the items that it counts."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from focalpoints.models import Agency, Entry
from focalpoints.pages.page_cache import public_page
from focalpoints.sql.prepared import prepared
from projects.reading.as_of import on_a_day, retitled
from projects.reading.day import Day
from projects.reading.disagreements import disagreements
from projects.reading.figures import by_objective, by_sector, counts_of, due_soon, standing, standing_then, whole
from projects.reading.history import Event, events, public_kinds
from projects.reading.slippage import slippage_in

EVENTS_SHOWN = 8


@public_page("on")
@on_a_day
def board(request: HttpRequest, day: Day) -> HttpResponse:
    [counts] = counts_of([day])
    return render(
        request,
        "projects/board.html",
        {
            "day": day,
            "total": whole(counts),
            "disagreements": None if day.is_past else disagreements(day.on)[0],
            "objectives": by_objective(counts),
            "sectors": by_sector(counts, day),
            "standing": standing_then(day.on) if day.is_past else standing(day.on),
            "moved": slippage_in(counts),
            "due_soon": _due_soon(day),
            "latest": _latest(day),
        },
    )


def _due_soon(day: Day) -> list[dict[str, Any]]:
    """What falls due next; on a past day with the titles that it had then."""
    items = due_soon(day)
    return retitled(items) if day.is_past else items


def _latest(day: Day) -> list[Event]:
    """The day's newest entries about the strategy's items: one query."""
    entries = _entries_then(day.ends_at) if day.is_past else _entries()
    return events(entries, {entry.office: entry.office_name for entry in entries if entry.office_name})


@prepared()
def _entries() -> QuerySet[Any]:
    return _newest(Entry.objects.all())


@prepared("ends_at")
def _entries_then(ends_at: datetime) -> QuerySet[Any]:
    return _newest(Entry.objects.filter(at__lt=ends_at))


def _newest(entries: QuerySet) -> QuerySet:
    acronym = Agency.objects.filter(key=OuterRef("office")).values("acronym")
    # One agency more counts every commitment again that binds all: those entries would leave no room for what happened.
    told = entries.filter(subject_type__in=public_kinds()).exclude(verb="recount")
    public = told.annotate(office_name=Subquery(acronym))
    return public.order_by("-at", "-seq")[:EVENTS_SHOWN]
