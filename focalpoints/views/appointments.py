"""Administrators' pages of appointments."""

from functools import partial

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from focalpoints import clock
from focalpoints.actions import appoint, end_appointment
from focalpoints.forms.appointments import AppointmentEndForm, AppointmentFilter, AppointmentForm, AppointmentStepForm
from focalpoints.models import Agency, Appointment, User
from focalpoints.models.appointment import AppointmentQuerySet
from focalpoints.workflow import open_moves

from ._shared import (
    AdministratorRequest,
    carried_out,
    filtered,
    filters_in_use,
    for_administrators,
    page_of,
    status_of,
    typed,
    wrong_moment,
)

FOUND = 20  # rows of a search; more words find fewer


def for_list() -> AppointmentQuerySet:
    return Appointment.objects.select_related("user", "agency").order_by("agency__name", "-kind", "since", "pk")


@require_safe
@for_administrators
def appointment_list(request: AdministratorRequest) -> HttpResponse:
    filters = AppointmentFilter(request.GET, queryset=for_list(), request=request)
    page = page_of(request, filtered(filters))
    context = {
        "filter": filters,
        "form": filters.form,
        "active": filters_in_use(filters),
        "page": page,
        "rows": [(row, open_moves(request.user, row)) for row in page],
    }
    return render(request, "focalpoints/appointment_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def appointment_create(request: AdministratorRequest) -> HttpResponse:
    """Three steps in one address: find the agency, find the person, fill in the appointment. Pages link into any of them."""
    step = AppointmentStepForm(request.GET)
    if not step.is_valid() and {"agency", "person"} & step.errors.keys():
        raise Http404
    agency = _chosen(Agency.objects.registered(), key=step.cleaned_data.get("agency"))
    person = _chosen(User.objects.people().active(), code=step.cleaned_data.get("person"))
    if agency is None or person is None:
        return _search(request, step, agency, person)
    others = list(agency.appointments.not_ended(clock.today()).select_related("user").order_by("-kind", "since"))
    kinds = Appointment.Kind
    kind = kinds.ALTERNATE if any(other.kind == kinds.TITULAR for other in others) else kinds.TITULAR
    form = AppointmentForm(typed(request), initial={"kind": kind, "since": clock.today()})
    if carried_out(request, form, partial(appoint, user=person, agency=agency)):
        told = _("%(person)s is appointed in %(agency)s.") % {"person": person, "agency": agency}
        messages.success(request, told)
        return redirect("focalpoints:agency_detail", agency.key)
    context = {
        "form": form,
        "agency": agency,
        "person": person,
        "others": others,
    }
    return render(request, "focalpoints/appointment_create.html", context)


def _chosen[Row: (Agency, User)](rows: QuerySet[Row], **chosen: str | None) -> Row | None:
    return get_object_or_404(rows, **chosen) if any(chosen.values()) else None


def _search(
    request: AdministratorRequest, step: AppointmentStepForm, agency: Agency | None, person: User | None
) -> HttpResponse:
    words = step.cleaned_data.get("q", "")
    rows: QuerySet[Agency] | QuerySet[User]
    if agency is None:
        step.ask(_("Which agency?"), _("Name, acronym or key; accents do not matter."))
        rows = Agency.objects.registered().matching(words)
    else:
        step.ask(_("Who is appointed?"), _("Name, e-mail or position; accents do not matter."))
        rows = User.objects.people().active().matching(words)
    found = list(rows[: FOUND + 1]) if words else []
    context = {
        "form": step,
        "agency": agency,
        "person": person,
        "words": words,
        "found": found[:FOUND],
        "is_cut": len(found) > FOUND,
        "most": FOUND,
    }
    return render(request, "focalpoints/appointment_search.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def appointment_end(request: AdministratorRequest, code: str) -> HttpResponse:
    appointment = get_object_or_404(Appointment.objects.select_related("user", "agency"), code=code)
    back = redirect("focalpoints:agency_detail", appointment.agency.key)
    if answer := wrong_moment(request, "end", appointment, back.url):
        return answer
    form = AppointmentEndForm(typed(request), initial={"on": clock.today()})
    if carried_out(request, form, partial(end_appointment, appointment)):
        messages.success(request, _("The end of the appointment is set. From that day on it gives no power."))
        return back
    context = {"form": form, "appointment": appointment}
    return render(request, "focalpoints/appointment_end.html", context, status=status_of(form))
