"""Administrators' pages of agencies."""

from copy import copy
from functools import partial

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from focalpoints import clock
from focalpoints.actions import close_agency, correct_agency, create_agency
from focalpoints.facts import agency_state
from focalpoints.forms.agencies import (
    TIME_ZONES,
    AgencyClosingForm,
    AgencyCorrectionForm,
    AgencyForm,
    AgencyRegisterFilter,
)
from focalpoints.models import Agency, Appointment
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.workflow import open_moves, reasons_to_keep_open

from ._shared import (
    AdministratorRequest,
    carried_out,
    differences_of,
    filtered,
    filters_in_use,
    for_administrators,
    history_of,
    page_of,
    status_of,
    typed,
    wrong_moment,
)


def for_list() -> AgencyQuerySet:
    """With sector head and `focal_points`, the appointments in force, titular first."""
    in_force = Appointment.objects.focal_points().active(clock.today())
    return Agency.objects.select_related("parent").prefetch_related(
        Prefetch("appointments", in_force.select_related("user").order_by("-kind", "since"), to_attr="focal_points")
    )


@require_safe
@for_administrators
def agency_list(request: AdministratorRequest) -> HttpResponse:
    filters = AgencyRegisterFilter(request.GET, queryset=for_list(), request=request)
    context = {"filter": filters, "form": filters.form, "active": filters_in_use(filters)}
    return render(request, "focalpoints/agency_list.html", context | {"page": page_of(request, filtered(filters))})


@require_safe
@for_administrators
def agency_detail(request: AdministratorRequest, key: str) -> HttpResponse:
    """Every fact of the agency, who answers and answered for it, and who changed what."""
    agency = get_object_or_404(Agency.objects.select_related("parent"), key=key)
    appointments = list(agency.appointments.select_related("user").order_by("-since", "kind"))
    moves = open_moves(request.user, agency)
    context = {
        "agency": agency,
        "moves": moves,
        "kept_open_by": [] if agency.is_closed or "close" in moves else reasons_to_keep_open(agency),
        "appointments": [(row, open_moves(request.user, row)) for row in appointments],
        "is_seat_empty": not agency.is_closed and not any(row.gives_power for row in appointments),
        "time_zone": TIME_ZONES.get(agency.time_zone, agency.time_zone),
        "children": agency.children.registered().count(),
        "history": history_of(agency_state(agency)),
    }
    return render(request, "focalpoints/agency_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def agency_create(request: AdministratorRequest) -> HttpResponse:
    form = AgencyForm(typed(request))
    if carried_out(request, form, create_agency):
        messages.success(request, _("The agency is registered. Now appoint its focal point."))
        return redirect("focalpoints:agency_detail", form.cleaned_data["key"])
    return render(request, "focalpoints/agency_create.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def agency_correct(request: AdministratorRequest, key: str) -> HttpResponse:
    agency = get_object_or_404(Agency, key=key)
    back = reverse("focalpoints:agency_detail", args=[key])
    if answer := wrong_moment(request, "correct", agency, back):
        return answer
    form = AgencyCorrectionForm(typed(request), instance=copy(agency))
    if carried_out(request, form, partial(correct_agency, agency)):
        messages.success(request, _("The agency is corrected."))
        return redirect(back)
    context = {"form": form, "agency": agency, "differences": differences_of(form, agency)}
    return render(request, "focalpoints/agency_correct.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def agency_close(request: AdministratorRequest, key: str) -> HttpResponse:
    agency = get_object_or_404(Agency, key=key)
    back = reverse("focalpoints:agency_detail", args=[key])
    if answer := wrong_moment(request, "close", agency, back):
        return answer
    form = AgencyClosingForm(typed(request), initial={"revision": agency.revision, "on": clock.today()})
    if carried_out(request, form, partial(close_agency, agency)):
        messages.success(request, _("The agency is closed. Its page and its record stay."))
        return redirect(back)
    if status_of(form) == 409:
        form.see(Agency.objects.get(pk=agency.pk))
    return render(request, "focalpoints/agency_close.html", {"form": form, "agency": agency}, status=status_of(form))
