"""The public pages of agencies: what each answers for, and whether it has a focal point. They name no person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from focalpoints import clock
from focalpoints.models import Agency, AgencyVersion, Appointment
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import part, rows_of
from focalpoints.sql.prepared import prepared
from projects.forms.agencies import AgencyFilter
from projects.reading.as_of import not_yet, on_a_day, told_on
from projects.reading.day import Day
from projects.reading.figures import AgencyFigures, counted, figures, members_then, tally, with_seats
from projects.reading.slippage import slippage, sums_of


@public_page(*AgencyFilter.params(), unbounded=("q",), strict=True)
def agency_list(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    filters = AgencyFilter(request.GET, Agency.objects.registered().order_by("name"), on=on)
    agencies = figures(filters.qs, on) if filters.is_valid() else []
    return render(
        request,
        "projects/agency_list.html",
        {
            "filters": filters,
            "form": filters.form,
            "sectors": _by_sector(agencies),
            "count": len(agencies),
            "registered": Agency.objects.registered().count(),
        },
        status=200 if filters.is_valid() else 400,
    )


@dataclass(slots=True)
class Sector:
    """A sector's head and the agencies of the sector that are shown, the head first."""

    head: Agency
    members: list[AgencyFigures] = field(default_factory=list)

    @property
    def open_tasks(self) -> int:
        return sum(member.open_tasks for member in self.members)

    @property
    def late_tasks(self) -> int:
        return sum(member.late_tasks for member in self.members)


def _by_sector(rows: Iterable[AgencyFigures]) -> list[Sector]:
    """Grouped by sector: those of ministries first, then by the head's name."""
    sectors: dict[int, Sector] = {}
    for row in rows:
        head = row.agency.parent or row.agency
        sectors.setdefault(head.pk, Sector(head)).members.append(row)
    for sector in sectors.values():
        sector.members.sort(key=lambda row: row.agency.parent_id is not None)
    return sorted(sectors.values(), key=lambda sector: (not sector.head.is_ministry, sector.head.name))


@public_page("page", unbounded=("on",))
@on_a_day
def agency_detail(request: HttpRequest, day: Day, key: str) -> HttpResponse:
    on = day.on
    agency = get_object_or_404(Agency.objects.select_related("parent"), key=key)
    commitments, tasks = _commitments(agency.pk, day), _tasks(agency.pk, day)
    return render(
        request,
        "projects/agency_detail.html",
        {
            "day": day,
            "agency": _stood(agency, on) if day.is_past else agency,
            "seats": _seats(agency, day),
            "members": members_then(agency, on) if day.is_past else _members(agency, on),
            "tally": tally(_counted(agency.pk, day)),
            "moved": slippage(_sums(agency.pk, day), on),
            "query": day.query_of(f"agency={key}"),
            "commitments": told_on(
                day, part(rows_of(commitments.for_list(on).order_by("code")), request.GET.get("page"))
            ),
            "tasks": told_on(day, part(rows_of(tasks.for_list(on).order_by("due", "pk")), None, 20)),
            "projects": () if day.is_past else agency.led_projects.order_by("title"),
        },
    )


def _seats(agency: Agency, day: Day) -> QuerySet[Appointment, Any]:
    """The focal points' appointments in force on the day. A past day needs no look at accounts: deactivating one ends its appointments."""
    seats = agency.appointments.focal_points()
    taken = seats.active_then(day.on) if day.is_past else seats.active(day.on).filter(user__is_active=True)
    return taken.order_by("-kind", "since").values("kind", "since")


def _commitments(agency: int, day: Day) -> Any:
    return day.few_commitments.naming(Agency.objects.filter(pk=agency))


def _tasks(agency: int, day: Day) -> Any:
    return day.few_tasks.public().filter(agency=agency)


@prepared("agency")
def _counted(agency: int, day: Day) -> QuerySet[Any, dict[str, Any]]:
    return counted(_commitments(agency, day), day.on)


@prepared("agency")
def _sums(agency: int, day: Day) -> QuerySet[Any, dict[str, Any]]:
    return sums_of(_commitments(agency, day), _tasks(agency, day), day.on)


def _members(agency: Agency, on: date) -> QuerySet[Agency]:
    return with_seats(agency.children.registered().order_by("name"), on)


def _stood(agency: Agency, on: date) -> Agency:
    """The agency with the name and the sector that it had on that day. Raises NoSuchDay if it was registered later."""
    version = AgencyVersion.objects.on(on).select_related("parent").filter(agency=agency).first()
    if version is None:
        raise not_yet(AgencyVersion.objects.filter(agency=agency))
    agency.name, agency.acronym, agency.parent = version.name, version.acronym, version.parent
    agency.closed_on = agency.closed_on if version.is_closed else None
    return agency
