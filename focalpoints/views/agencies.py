"""Administrators' pages of agencies."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.actions import close_agency, correct_agency, create_agency
from focalpoints.exports.exported import exported, private_file
from focalpoints.exports.who_acted import WHO_ACTED, who_acted_rows
from focalpoints.forms.agencies import (
    TIME_ZONES,
    AgencyClosingForm,
    AgencyCorrectionForm,
    AgencyForm,
    AgencyRegisterFilter,
)
from focalpoints.ledger.who_did_what import who_did_what
from focalpoints.models import Agency, Appointment, Entry
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.pages.kit import carried_out, done, form_view, turned_away, typed
from focalpoints.pages.parameters import understands
from focalpoints.pages.signed_in import for_administrators
from focalpoints.verbs import reasons_to_keep_open
from focalpoints.views.lists import list_context
from focalpoints.workflow import open_verbs


def for_list() -> AgencyQuerySet:
    """Agencies with their sector head, and with `focal_points`: the appointments in force, titular first."""
    in_force = Appointment.objects.focal_points().active(clock.today())
    return Agency.objects.select_related("parent").prefetch_related(
        Prefetch("appointments", in_force.select_related("user").order_by("-kind", "since"), to_attr="focal_points")
    )


@require_safe
@for_administrators
@understands(*AgencyRegisterFilter.base_filters, "page")
def agency_list(request: HttpRequest) -> HttpResponse:
    filters = AgencyRegisterFilter(request.GET, queryset=for_list(), request=request)
    return render(request, "focalpoints/agency_list.html", list_context(request, filters))


@private_file("focalpoints:agency_detail")
@for_administrators
def agency_history_export(request: HttpRequest, key: str, fmt: str) -> HttpResponseBase:
    agency = get_object_or_404(Agency, key=key)
    rows = who_acted_rows(Entry.objects.about("agency", agency.key))
    return exported(request, WHO_ACTED, rows, fmt, [(_("Agency"), agency.name)])


@require_safe
@for_administrators
def agency_detail(request: HttpRequest, key: str) -> HttpResponse:
    """Every fact of the agency, who answers and answered for it, and who changed what."""
    agency = get_object_or_404(Agency.objects.select_related("parent"), key=key)
    appointments = list(agency.appointments.select_related("user").order_by("-since", "kind"))
    moves = open_verbs(request.user, agency)
    context = {
        "agency": agency,
        "moves": moves,
        "kept_open_by": [] if agency.is_closed or "close" in moves else reasons_to_keep_open(agency),
        "appointments": [(row, open_verbs(request.user, row)) for row in appointments],
        "is_seat_empty": not agency.is_closed and not any(row.gives_power for row in appointments),
        "time_zone": TIME_ZONES.get(agency.time_zone, agency.time_zone),
        "children": agency.children.registered().count(),
        "history": who_did_what("agency", agency.key),
    }
    return render(request, "focalpoints/agency_detail.html", context)


@form_view
@for_administrators
def agency_create(request: HttpRequest) -> HttpResponse:
    form = AgencyForm(typed(request))
    if carried_out(request, form, create_agency):
        said = _("The agency is registered. Now appoint its focal point.")
        return done(request, said, page_of_agency(form.outcome))
    return render(request, "focalpoints/agency_create.html", {"form": form})


@form_view
@for_administrators
def agency_correct(request: HttpRequest, key: str) -> HttpResponse:
    agency = get_object_or_404(Agency, key=key)
    if answer := turned_away(request, "agency.correct", agency, page_of_agency(agency)):
        return answer
    form = AgencyCorrectionForm(typed(request), row=agency)
    if carried_out(request, form, correct_agency, agency):
        return done(request, _("The agency is corrected."), page_of_agency(agency))
    context = {"form": form, "agency": agency, "differences": form.differences}
    return render(request, "focalpoints/agency_correct.html", context, status=409 if form.is_stale else 200)


@form_view
@for_administrators
def agency_close(request: HttpRequest, key: str) -> HttpResponse:
    agency = get_object_or_404(Agency, key=key)
    if answer := turned_away(request, "agency.close", agency, page_of_agency(agency)):
        return answer
    form = AgencyClosingForm(typed(request), row=agency, initial={"on": clock.today()})
    if carried_out(request, form, close_agency, agency):
        return done(request, _("The agency is closed. Its page and its record stay."), page_of_agency(agency))
    context = {"form": form, "agency": agency}
    return render(request, "focalpoints/agency_close.html", context, status=409 if form.is_stale else 200)


def page_of_agency(agency: Agency) -> str:
    return reverse("focalpoints:agency_detail", args=[agency.key])
