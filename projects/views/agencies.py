"""The agencies in the public record: what each answers for, and whether its focal point's seat is taken. Nobody is named."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from focalpoints import clock
from focalpoints.caching import public_page
from focalpoints.models import Agency, Appointment
from projects.filters import AgencyFilter
from projects.models import Commitment, Task
from projects.paging import part
from projects.queries import AgencyFigures, figures, tally, with_seats


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
    """A sector's head and those of its agencies that are shown, itself first."""

    head: Agency
    members: list[AgencyFigures] = field(default_factory=list)

    @property
    def open_tasks(self) -> int:
        return sum(member.open_tasks for member in self.members)

    @property
    def late_tasks(self) -> int:
        return sum(member.late_tasks for member in self.members)


def _by_sector(rows: Iterable[AgencyFigures]) -> list[Sector]:
    """Ministries before other heads, by name."""
    sectors: dict[int, Sector] = {}
    for row in rows:
        head = row.agency.parent or row.agency
        sectors.setdefault(head.pk, Sector(head)).members.append(row)
    for sector in sectors.values():
        sector.members.sort(key=lambda row: row.agency.parent_id is not None)
    return sorted(sectors.values(), key=lambda sector: (not sector.head.is_ministry, sector.head.name))


@public_page("page")
def agency_detail(request: HttpRequest, key: str) -> HttpResponse:
    on = clock.today()
    agency = get_object_or_404(Agency.objects.select_related("parent"), key=key)
    own = Agency.objects.filter(pk=agency.pk)
    commitments = Commitment.objects.naming(own)
    tasks = Task.objects.public().filter(agency=agency)
    return render(
        request,
        "projects/agency_detail.html",
        {
            "agency": agency,
            "seats": Appointment.objects.focal_points()
            .active(on)
            .filter(agency=agency, user__is_active=True)
            .order_by("-kind", "since")
            .values("kind", "since"),
            "members": with_seats(agency.children.registered().order_by("name"), on),
            "tally": tally(commitments, on),
            "query": f"agency={key}",
            "commitments": part(commitments.for_list(on).order_by("code"), request.GET.get("page")),
            "tasks": part(tasks.for_list(on).order_by("due", "pk"), None, 20),
            "projects": agency.led_projects.order_by("title"),
        },
    )
