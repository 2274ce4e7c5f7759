"""The public pages of agencies: what each answers for, and whether it has a focal point. They name no person."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from focalpoints.models import Agency, AgencyVersion, Appointment
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.parameters import Unknown
from focalpoints.sql.prepared import prepared
from focalpoints.sql.spanish import InSpanish
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.table import TableRow, few
from projects.forms.agencies import AgencyFilter
from projects.light.verdict import of_tasks, verdict
from projects.models import Project
from projects.models.commitment import CommitmentQuerySet, with_agencies
from projects.models.list_rows import CommitmentRow, ProjectName, TaskRow
from projects.models.task import TaskQuerySet
from projects.reading.as_of import not_yet, on_a_day, told
from projects.reading.day import Day
from projects.reading.figures import (
    AgencyFigures,
    SectorTally,
    by_sector,
    counts_of,
    figures,
    members_then,
    most_late_first,
    with_seats,
)
from projects.reading.portions import Portion, slippage_of, tally_of, task_lights
from projects.reading.reopenings import count_of_agency
from projects.tables.agencies import TABLE, agency_rows
from projects.tables.figures import FIGURES, Figure, figure_rows, figures_of_group, figures_of_moves, figures_of_tasks
from projects.views.filters import filter_page
from projects.views.take_away import list_file

# Rows of each list on an agency's page, and their order: that of the lists that they begin.
SHOWN = 10
BY_DATE = (F("due").asc(nulls_last=True), "pk")


@public_page(*AgencyFilter.params(), unbounded=("q", "agency"), unknown=Unknown.SAID)
def agency_list(request: HttpRequest) -> HttpResponse:
    day = Day.today()
    filters = AgencyFilter(request.GET, Agency.objects.registered().order_by(InSpanish("name")), on=day.on)
    agencies = figures(filters.qs, day.on) if filters.is_valid() else []
    [counts] = counts_of([day])
    return render(
        request,
        "projects/agency_list.html",
        {
            "filters": filters,
            "form": filters.form,
            "sectors": _by_sector(agencies, {tally.key: tally for tally in by_sector(counts, day)}),
            "count": len(agencies),
            "late": sum(row.late_tasks for row in agencies),
            "with_late": sum(row.late_tasks > 0 for row in agencies),
            "vacant": sum(row.open_tasks > 0 and not row.is_seated for row in agencies),
            **Agency.objects.registered().aggregate(
                registered=Count("pk"), catalogued=Count("pk", filter=Q(in_catalogue=True))
            ),
        },
        status=200 if filters.is_valid() else 400,
    )


@public_file(*AgencyFilter.params())
def agency_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The agencies of the list, sector after sector as they stand there."""
    on = Day.today().on
    filters = AgencyFilter(request.GET, Agency.objects.registered().order_by(InSpanish("name")), on=on)

    def rows() -> Iterator[TableRow]:
        sectors = _by_sector(figures(filters.qs, on), {})
        yield from agency_rows(member for sector in sectors for member in sector.members)

    return list_file(request, TABLE, fmt, filters, rows, "projects:agency_list", agency_list)


@public_page(*AgencyFilter.params(), unbounded=("q", "agency"), unknown=Unknown.SAID)
def agency_filter(request: HttpRequest) -> HttpResponse:
    filters = AgencyFilter(request.GET, Agency.objects.none(), on=Day.today().on, is_whole=True)
    return filter_page(
        request, filters.form, "projects:agency_list", listed=_("Agencies"), title=_("Filter the agencies")
    )


@dataclass(slots=True)
class Sector:
    """A sector's head and the agencies of the sector that are shown, the head first.

    `tally` is of the commitments that name any agency of the sector.
    """

    head: Agency
    tally: SectorTally
    members: list[AgencyFigures] = field(default_factory=list)

    @property
    def query(self) -> str:
        """Narrows lists to the whole sector."""
        return f"sector={self.head.key}"

    @property
    def open_tasks(self) -> int:
        return sum(member.open_tasks for member in self.members)

    @property
    def late_tasks(self) -> int:
        return sum(member.late_tasks for member in self.members)


def _by_sector(rows: Iterable[AgencyFigures], tallies: Mapping[str, SectorTally]) -> list[Sector]:
    """Grouped by sector: those with most late tasks first, then by the head's name."""
    sectors: dict[int, Sector] = {}
    for row in rows:
        head = row.agency.parent or row.agency
        tally_of_none = SectorTally(head.key, head.acronym, head.name)
        sectors.setdefault(head.pk, Sector(head, tallies.get(head.key, tally_of_none))).members.append(row)
    for sector in sectors.values():
        sector.members.sort(key=lambda row: row.agency.parent_id is not None)
    return sorted(sectors.values(), key=lambda sector: most_late_first(sector.late_tasks, sector.head.name))


@public_page("on")
@on_a_day
def agency_detail(request: HttpRequest, day: Day, key: str) -> HttpResponse:
    """The figures are of all that it answers for; of each list the first rows are shown, and a link leads to the whole."""
    agency = agency_on(key, day)
    portion = Portion("agency", (agency.pk,))
    return render(
        request,
        "projects/agency_detail.html",
        {
            "day": day,
            "agency": agency,
            "tally": (total := tally_of(portion, day)),
            "verdict": verdict(total.lights, day.thresholds),
            "task_lights": (lights := task_lights(portion, day)),
            "task_verdict": of_tasks(lights),
            "moved": slippage_of(portion, day),
            "query": day.query_of(f"agency={key}"),
            "task_query": f"agency={key}",
            "shown": SHOWN,
            **(_then if day.is_past else _now)(agency, day),
        },
    )


@public_file("on")
@on_a_day
def agency_figure_download(request: HttpRequest, day: Day, key: str, fmt: str) -> HttpResponseBase:
    """Of the commitments that name it, and of its own tasks."""
    agency = agency_on(key, day)
    rows, of = figure_rows(_figures(agency.pk, day), day, f"agency={key}"), [(_("Agency"), agency.name)]
    return answered(request, FIGURES, rows, fmt, name_parts=[agency.short_name], day=day.on, count=few, filters=of)


def _figures(agency: int, day: Day) -> Iterator[Figure]:
    portion = Portion("agency", (agency,))
    yield from figures_of_group(tally_of(portion, day), day)
    yield from figures_of_moves(slippage_of(portion, day))
    yield from figures_of_tasks(task_lights(portion, day))
    yield Figure("acceptances_reopened", count_of_agency(agency, day))


def _now(agency: Agency, day: Day) -> dict[str, Any]:
    """What of it depends on today's rows. Six queries, whose SQL is built once."""
    return {
        "seats": _seats(agency.pk, day.on),
        "members": _members(agency.pk, day.on),
        "projects": _projects(agency.pk),
        "commitments": with_agencies(_first_commitments(agency.pk, day)),
        "tasks": _first_tasks(agency.pk, day),
    }


def _then(agency: Agency, day: Day) -> dict[str, Any]:
    """The same of a past day. It needs no look at accounts: deactivating one ends its appointments."""
    commitments, tasks = (
        list(rows.for_list(day.on).order_by(*BY_DATE)[: SHOWN + 1])
        for rows in (_commitments(agency.pk, day), _tasks(agency.pk, day).open())
    )
    return {
        "seats": agency.appointments.focal_points().active_then(day.on).order_by("-kind", "since"),
        "members": members_then(agency, day.on),
        "projects": (),
        "commitments": told(commitments),
        "tasks": told(tasks),
    }


def agency_on(key: str, day: Day) -> Agency:
    """As it is today, or with its name and sector of a past day. Raises Http404, or NoSuchDay if it was registered later."""
    found = _agency(key)
    if not found:
        raise Http404
    return _stood(found[0], day.on) if day.is_past else found[0]


@prepared("key")
def _agency(key: str) -> QuerySet[Agency]:
    return Agency.objects.select_related("parent").filter(key=key)


def _commitments(agency: int, day: Day) -> Any:
    return Portion("agency", (agency,)).few_commitments(day)


def _tasks(agency: int, day: Day) -> Any:
    return Portion("agency", (agency,)).few_tasks(day)


@prepared("agency", row=CommitmentRow)
def _first_commitments(agency: int, day: Day) -> CommitmentQuerySet:
    return _commitments(agency, day).as_listed(day.on).order_by(*BY_DATE)[: SHOWN + 1]


@prepared("agency", row=TaskRow)
def _first_tasks(agency: int, day: Day) -> TaskQuerySet:
    """The open ones: what is late stands first."""
    return _tasks(agency, day).open().with_light(day.on).order_by(*BY_DATE)[: SHOWN + 1]


class SeatTaken(NamedTuple):
    """A focal point's appointment, without the person."""

    kind: str
    since: date


@prepared("agency", "on", row=SeatTaken)
def _seats(agency: int, on: date) -> QuerySet[Appointment]:
    seats = Appointment.objects.focal_points().active(on).filter(agency=agency, user__is_active=True)
    return seats.order_by("-kind", "since")


class SectorMember(NamedTuple):
    """An agency as the page of its sector's head shows it."""

    key: str
    acronym: str
    name: str
    open_tasks: int
    is_seated: bool


@prepared("agency", "on", row=SectorMember)
def _members(agency: int, on: date) -> QuerySet[Agency]:
    return with_seats(Agency.objects.registered().filter(parent=agency).order_by(InSpanish("name")), on)


@prepared("agency", row=ProjectName)
def _projects(agency: int) -> QuerySet[Project]:
    return Project.objects.filter(lead_agency=agency).order_by(InSpanish("title"))


def _stood(agency: Agency, on: date) -> Agency:
    """The agency with the name and the sector that it had on that day. Raises NoSuchDay if it was registered later."""
    version = AgencyVersion.objects.on(on).select_related("parent").filter(agency=agency).first()
    if version is None:
        raise not_yet(AgencyVersion.objects.filter(agency=agency))
    agency.name, agency.acronym, agency.parent = version.name, version.acronym, version.parent
    agency.closed_on = agency.closed_on if version.is_closed else None
    return agency
