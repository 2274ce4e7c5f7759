"""The board: where the strategy stands, in figures that each lead to exactly their items."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from focalpoints.caching import public_page
from focalpoints.models import Agency
from projects.as_of import Day, on_a_day, retitled
from projects.history import PUBLIC_TYPES, Event, events
from projects.queries import by_objective, by_sector, due_soon, standing, standing_then
from projects.slippage import slippage

EVENTS_SHOWN = 8


@public_page(unbounded=("on",))
@on_a_day
def board(request: HttpRequest, day: Day) -> HttpResponse:
    total, objectives = by_objective(day.commitments, day.on)
    return render(
        request,
        "projects/board.html",
        {
            "day": day,
            "total": total,
            "objectives": objectives,
            "sectors": by_sector(day.commitments, day.on),
            "standing": standing_then(day.on) if day.is_past else standing(day.on),
            "moved": slippage(day.commitments, day.tasks.public(), day.on),
            "due_soon": _due_soon(day),
            "latest": _latest(day),
        },
    )


def _due_soon(day: Day) -> list[dict[str, Any]]:
    """With the titles of the time."""
    items = list(due_soon(day.few_tasks, day.few_commitments, day.on))
    return retitled(items) if day.is_past else items


def _latest(day: Day) -> list[Event]:
    """The day's newest entries about the strategy's items: one query."""
    acronym = Agency.objects.filter(key=OuterRef("office")).values("acronym")
    entries = list(
        day.entries.filter(subject_type__in=PUBLIC_TYPES)
        .annotate(office_name=Subquery(acronym))
        .order_by("-at", "-seq")[:EVENTS_SHOWN]
    )
    return events(entries, {entry.office: entry.office_name for entry in entries if entry.office_name})
