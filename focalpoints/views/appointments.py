"""Administrators' pages of appointments."""

from functools import partial

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.actions import appoint, end_appointment
from focalpoints.exports.exported import answers_of, exported, private_file
from focalpoints.exports.people import APPOINTMENTS, appointment_rows
from focalpoints.forms.appointments import AppointmentEndForm, AppointmentFilter, AppointmentForm, AppointmentStepForm
from focalpoints.models import Agency, Appointment, User
from focalpoints.models.appointment import AppointmentQuerySet
from focalpoints.pages.kit import carried_out, done, form_view, turned_away, typed
from focalpoints.pages.parameters import understands
from focalpoints.pages.signed_in import for_administrators
from focalpoints.sql.spanish import InSpanish
from focalpoints.views.agencies import page_of_agency
from focalpoints.views.lists import list_context
from focalpoints.workflow import open_verbs

FOUND = 20  # rows of a search that are shown; the page asks for more words if there are more


def for_list() -> AppointmentQuerySet:
    return Appointment.objects.select_related("user", "agency").order_by(
        InSpanish("agency__name"), "-kind", "since", "pk"
    )


@require_safe
@for_administrators
@understands(*AppointmentFilter.base_filters, "page")
def appointment_list(request: HttpRequest) -> HttpResponse:
    filters = AppointmentFilter(request.GET, queryset=for_list(), request=request)
    context = list_context(request, filters)
    context["rows"] = [(row, open_verbs(request.user, row)) for row in context["page"]]
    context["all_fictional"] = all(row.user.is_fictional for row in context["page"])
    return render(request, "focalpoints/appointment_list.html", context)


@private_file("focalpoints:appointment_list", *AppointmentFilter.base_filters, "page")
@for_administrators
def appointment_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """All pages of the list. With wrong filters the page says what is wrong."""
    filters = AppointmentFilter(request.GET, queryset=for_list(), request=request)
    if not filters.is_valid():
        return redirect(reverse("focalpoints:appointment_list", query=request.GET))
    return exported(request, APPOINTMENTS, appointment_rows(filters.qs), fmt, answers_of(filters.form))


@form_view
@for_administrators
def appointment_create(request: HttpRequest) -> HttpResponse:
    """Three steps at one address: find the agency, find the person, fill in the appointment. Other pages link to any of them."""
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
        said = _("%(person)s is appointed in %(agency)s.") % {"person": person, "agency": agency}
        return done(request, said, page_of_agency(agency))
    context = {"form": form, "agency": agency, "person": person, "others": others}
    return render(request, "focalpoints/appointment_create.html", context)


def _chosen[Row: (Agency, User)](rows: QuerySet[Row], **chosen: str | None) -> Row | None:
    return get_object_or_404(rows, **chosen) if any(chosen.values()) else None


def _search(
    request: HttpRequest, step: AppointmentStepForm, agency: Agency | None, person: User | None
) -> HttpResponse:
    """The step that looks for the agency or the person not chosen yet."""
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


@form_view
@for_administrators
def appointment_end(request: HttpRequest, code: str) -> HttpResponse:
    appointment = get_object_or_404(Appointment.objects.select_related("user", "agency"), code=code)
    back = page_of_agency(appointment.agency)
    if answer := turned_away(request, "appointment.end", appointment, back):
        return answer
    form = AppointmentEndForm(typed(request), initial={"on": clock.today()})
    if carried_out(request, form, end_appointment, appointment):
        return done(request, _("The end of the appointment is set. From that day on it gives no power."), back)
    context = {"form": form, "appointment": appointment}
    return render(request, "focalpoints/appointment_end.html", context, status=409 if form.is_stale else 200)
