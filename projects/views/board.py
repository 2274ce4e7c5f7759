"""The board: where the strategy stands, in figures that each lead to exactly their items."""

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from focalpoints import clock
from focalpoints.caching import public_page
from focalpoints.models import Agency, Entry
from projects.history import PUBLIC_TYPES, Event, events
from projects.queries import by_objective, by_sector, due_soon, standing

EVENTS_SHOWN = 8


@public_page()
def board(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    total, objectives = by_objective(on)
    return render(
        request,
        "projects/board.html",
        {
            "total": total,
            "objectives": objectives,
            "sectors": by_sector(on),
            "standing": standing(on),
            "due_soon": due_soon(on),
            "latest": _latest(),
        },
    )


def _latest() -> list[Event]:
    """The ledger's newest entries about the strategy's items: one query."""
    acronym = Agency.objects.filter(key=OuterRef("office")).values("acronym")
    entries = list(
        Entry.objects.filter(subject_type__in=PUBLIC_TYPES)
        .annotate(office_name=Subquery(acronym))
        .order_by("-seq")[:EVENTS_SHOWN]
    )
    return events(entries, {entry.office: entry.office_name for entry in entries if entry.office_name})
