"""Administrators' pages of people and their accounts."""

from functools import partial

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from focalpoints import clock
from focalpoints.actions import (
    correct_person,
    deactivate,
    invite,
    invite_again,
    reactivate,
    reset_second_factor,
)
from focalpoints.exports.exported import answers_of, exported, private_file
from focalpoints.exports.people import PEOPLE, person_rows
from focalpoints.exports.who_acted import WHO_ACTED, who_acted_rows
from focalpoints.forms.appointments import AppointmentStepForm
from focalpoints.forms.people import (
    DeactivationForm,
    PersonCorrectionForm,
    PersonFilter,
    PersonForm,
    SecondFactorResetForm,
)
from focalpoints.ledger.who_did_what import who_did_what
from focalpoints.models import Agency, Appointment, Entry, Role, UnsentInvitation, User
from focalpoints.models.user import UserQuerySet
from focalpoints.pages.controls import controls
from focalpoints.pages.kit import carried_out, done, form_view, pressed, turned_away, typed
from focalpoints.pages.parameters import understands
from focalpoints.pages.signed_in import confirmed_again, for_administrators
from focalpoints.sql.spanish import InSpanish
from focalpoints.verbs import account_state
from focalpoints.views.lists import list_context
from focalpoints.workflow import open_verbs


def for_list() -> UserQuerySet:
    """Each person with `current_roles` and `current_appointments`."""
    in_force = Appointment.objects.active(clock.today()).select_related("agency").order_by(InSpanish("agency__name"))
    return User.objects.people().prefetch_related(
        Prefetch("roles", Role.objects.active(), to_attr="current_roles"),
        Prefetch("appointments", in_force, to_attr="current_appointments"),
    )


def found_person(code: str) -> User:
    return get_object_or_404(User.objects.people(), code=code)


def page_of_person(person: User) -> str:
    return reverse("focalpoints:person_detail", args=[person.code])


@require_safe
@for_administrators
@understands(*PersonFilter.base_filters, "page")
def person_list(request: HttpRequest) -> HttpResponse:
    filters = PersonFilter(request.GET, queryset=for_list(), request=request)
    context = list_context(request, filters)
    context["rows"] = [(person, account_state(person)) for person in context["page"]]
    context["all_fictional"] = all(person.is_fictional for person in context["page"])
    return render(request, "focalpoints/person_list.html", context)


@private_file("focalpoints:person_list", *PersonFilter.base_filters, "page")
@for_administrators
def person_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """All pages of the list. With wrong filters the page says what is wrong."""
    filters = PersonFilter(request.GET, queryset=for_list(), request=request)
    if not filters.is_valid():
        return redirect(reverse("focalpoints:person_list", query=request.GET))
    return exported(request, PEOPLE, person_rows(filters.qs), fmt, answers_of(filters.form))


@private_file("focalpoints:person_detail")
@for_administrators
def person_history_export(request: HttpRequest, code: str, fmt: str) -> HttpResponseBase:
    found = found_person(code)
    rows = who_acted_rows(Entry.objects.about("person", found.code))
    return exported(request, WHO_ACTED, rows, fmt, [(_("Person"), found.name)])


@require_safe
@for_administrators
def person_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The account, the roles and appointments that the person has and had, and who changed what."""
    person = found_person(code)
    roles = person.roles.select_related("user", "given_by", "confirmed_by").order_by("-given_at", "kind")
    context = {
        "person": person,
        "state": account_state(person),
        "moves": open_verbs(request.user, person),
        "roles": [(role, controls(request.user, role)) for role in roles],
        "appointments": [
            (row, open_verbs(request.user, row))
            for row in person.appointments.select_related("agency").order_by("-since", InSpanish("agency__name"))
        ],
        "unsent": UnsentInvitation.objects.needed().filter(user=person).first(),
        "history": who_did_what("person", person.code),
    }
    return render(request, "focalpoints/person_detail.html", context)


@form_view
@for_administrators
def person_invite(request: HttpRequest) -> HttpResponse:
    """`?agency=` goes on to the appointment there. Whoever is invited in a demonstration was made up for it."""
    form = PersonForm(typed(request))
    if carried_out(request, form, partial(invite, is_fictional=settings.DEMO)):
        person = User.objects.get(email=form.cleaned_data["email"])
        said = _("%(person)s has an account, and is invited by mail to use it.") % {"person": person}
        return done(request, said, _after_invitation(request, person))
    return render(request, "focalpoints/person_invite.html", {"form": form})


def _after_invitation(request: HttpRequest, person: User) -> str:
    """The address of their appointment in the agency that the administrator came from, or of their own page."""
    agency = Agency.objects.registered().filter(key=_key_in(request)).first()
    if agency is None:
        return page_of_person(person)
    return reverse("focalpoints:appointment_create", query={"agency": agency.key, "person": person.code})


def _key_in(request: HttpRequest) -> str:
    """The agency in the address, if it can be one at all (PostgreSQL would not even compare a NUL character)."""
    step = AppointmentStepForm(request.GET)
    return step.cleaned_data["agency"] if step.is_valid() else ""


@require_POST
@for_administrators
def person_invite_again(request: HttpRequest, code: str) -> HttpResponse:
    person = found_person(code)
    sent = (
        _("A new invitation is on its way to %(email)s. The link in the earlier mail no longer works.")
        if person.invited_at
        else _("The invitation is on its way to %(email)s.")
    )
    pressed(request, invite_again, person, said=sent % {"email": person.email})
    return redirect(page_of_person(person))


@form_view
@for_administrators
def person_correct(request: HttpRequest, code: str) -> HttpResponse:
    person = found_person(code)
    if answer := turned_away(request, "person.correct", person, page_of_person(person)):
        return answer
    form = PersonCorrectionForm(typed(request), row=person)
    if carried_out(request, form, correct_person, person):
        return done(request, _("The account is corrected."), page_of_person(person))
    context = {"form": form, "person": person, "differences": form.differences}
    return render(request, "focalpoints/person_correct.html", context, status=409 if form.is_stale else 200)


@form_view
@for_administrators
@confirmed_again
def person_reset_second_factor(request: HttpRequest, code: str) -> HttpResponse:
    person = found_person(code)
    if answer := turned_away(request, "person.reset_second_factor", person, page_of_person(person)):
        return answer
    form = SecondFactorResetForm(typed(request))
    if carried_out(request, form, reset_second_factor, person):
        return done(request, _("The second factor is removed, and the person hears of it."), page_of_person(person))
    context = {"form": form, "person": person}
    return render(request, "focalpoints/person_reset_second_factor.html", context, status=form.status)


@form_view
@for_administrators
def person_deactivate(request: HttpRequest, code: str) -> HttpResponse:
    person = found_person(code)
    if answer := turned_away(request, "person.deactivate", person, page_of_person(person)):
        return answer
    form = DeactivationForm(typed(request))
    if carried_out(request, form, deactivate, person):
        return done(request, _("The account is deactivated. It lost its access at once."), page_of_person(person))
    context = {
        "form": form,
        "person": person,
        "appointments": person.appointments.not_ended(clock.today()).select_related("agency"),
        "roles": person.roles.not_ended(),
    }
    return render(request, "focalpoints/person_deactivate.html", context, status=409 if form.is_stale else 200)


@require_POST
@for_administrators
def person_reactivate(request: HttpRequest, code: str) -> HttpResponse:
    person = found_person(code)
    success = _("The account is active again. Appointments and roles do not come back by themselves: give them again.")
    if person.last_login is None:
        success += " " + _("The link in the earlier invitation no longer works: send the invitation again.")
    pressed(request, reactivate, person, said=success)
    return redirect(page_of_person(person))
