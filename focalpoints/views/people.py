"""Administrators' pages of people, their accounts and their roles."""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints import clock
from focalpoints.actions import (
    correct_person,
    deactivate,
    grant_role,
    invite,
    invite_again,
    reactivate,
    revoke_role,
)
from focalpoints.facts import person_state
from focalpoints.forms.appointments import AppointmentStepForm
from focalpoints.forms.people import DeactivationForm, InvitationForm, PersonCorrectionForm, PersonFilter
from focalpoints.forms.roles import RoleForm
from focalpoints.models import Agency, Appointment, Role, User
from focalpoints.models.user import UserQuerySet
from focalpoints.rules import grants_roles
from focalpoints.workflow import open_moves, state_of

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
    told,
    typed,
    wrong_moment,
)


def for_list() -> UserQuerySet:
    """With `current_roles` and `current_appointments`."""
    in_force = Appointment.objects.active(clock.today()).select_related("agency").order_by("agency__name")
    return User.objects.people().prefetch_related(
        Prefetch("roles", Role.objects.active(), to_attr="current_roles"),
        Prefetch("appointments", in_force, to_attr="current_appointments"),
    )


def _person(code: str) -> User:
    return get_object_or_404(User.objects.people(), code=code)


def _page_of(person: User) -> str:
    return reverse("focalpoints:person_detail", args=[person.code])


@require_safe
@for_administrators
def person_list(request: AdministratorRequest) -> HttpResponse:
    filters = PersonFilter(request.GET, queryset=for_list(), request=request)
    page = page_of(request, filtered(filters))
    rows = [(person, state_of(person)) for person in page]
    context = {"filter": filters, "form": filters.form, "active": filters_in_use(filters), "page": page, "rows": rows}
    return render(request, "focalpoints/person_list.html", context)


@require_safe
@for_administrators
def person_detail(request: AdministratorRequest, code: str) -> HttpResponse:
    """The account, what the person acts as and acted as, and who changed what."""
    person = _person(code)
    state = state_of(person)
    roles = list(person.roles.select_related("user").order_by("-since", "kind"))
    held = {role.kind for role in roles if role.until is None}
    may_grant = state != "inactive" and grants_roles(request.user)
    context = {
        "person": person,
        "state": state,
        "moves": open_moves(request.user, person),
        "roles": [(role, open_moves(request.user, role)) for role in roles],
        "grantable": [choice for choice in RoleForm.base_fields["kind"].choices if may_grant and choice[0] not in held],  # type: ignore[attr-defined]
        "appointments": [
            (row, open_moves(request.user, row))
            for row in person.appointments.select_related("agency").order_by("-since", "agency__name")
        ],
        "history": history_of(person_state(person)),
    }
    return render(request, "focalpoints/person_detail.html", context)


def _hearing_of_mail(request: AdministratorRequest, verb: Callable[..., Any]) -> Callable[..., None]:
    """The verb, whose work stands although the mail server did not take its mail: then the next page says so."""

    def heard(**arguments: Any) -> None:
        try:
            verb(**arguments)
        except OSError:  # whatever smtplib and the network have to say
            text = _(
                "It is saved, but the mail server did not take the invitation. Send it again from this person's page."
            )
            messages.warning(request, text)

    return heard


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def person_invite(request: AdministratorRequest) -> HttpResponse:
    """`?agency=` goes on to the appointment there. Whoever is invited in a demonstration was made up for it."""
    form = InvitationForm(typed(request))
    if carried_out(request, form, _hearing_of_mail(request, partial(invite, is_fictional=settings.DEMO))):
        person = User.objects.get(email=form.cleaned_data["email"])
        messages.success(
            request, _("%(person)s has an account, and is invited by mail to use it.") % {"person": person}
        )
        return _after_invitation(request, person)
    return render(request, "focalpoints/person_invite.html", {"form": form})


def _after_invitation(request: AdministratorRequest, person: User) -> HttpResponse:
    agency = Agency.objects.registered().filter(key=_key_in(request)).first()
    if agency is None:
        return redirect(_page_of(person))
    query = {"agency": agency.key, "person": person.code}
    return redirect(reverse("focalpoints:appointment_create", query=query))


def _key_in(request: AdministratorRequest) -> str:
    """The agency in the address, if it can be one at all (PostgreSQL would not even compare a NUL character)."""
    step = AppointmentStepForm(request.GET)
    return step.cleaned_data["agency"] if step.is_valid() else ""


@require_POST
@for_administrators
def person_invite_again(request: AdministratorRequest, code: str) -> HttpResponse:
    person = _person(code)
    sent = _("A new invitation is on its way to %(email)s. The link in the earlier mail no longer works.")
    told(request, _hearing_of_mail(request, partial(invite_again, person)), sent % {"email": person.email})
    return redirect(_page_of(person))


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def person_correct(request: AdministratorRequest, code: str) -> HttpResponse:
    person = _person(code)
    if answer := wrong_moment(request, "correct", person, _page_of(person)):
        return answer
    form = PersonCorrectionForm(typed(request), instance=copy(person))
    if carried_out(request, form, _hearing_of_mail(request, partial(correct_person, person))):
        messages.success(request, _("The account is corrected."))
        return redirect(_page_of(person))
    context = {"form": form, "person": person, "differences": differences_of(form, person)}
    return render(request, "focalpoints/person_correct.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def person_deactivate(request: AdministratorRequest, code: str) -> HttpResponse:
    person = _person(code)
    if answer := wrong_moment(request, "deactivate", person, _page_of(person)):
        return answer
    form = DeactivationForm(typed(request))
    if carried_out(request, form, partial(deactivate, person)):
        messages.success(request, _("The account is deactivated. It lost its access at once."))
        return redirect(_page_of(person))
    context = {
        "form": form,
        "person": person,
        "appointments": person.appointments.not_ended(clock.today()).select_related("agency"),
        "roles": person.roles.active(),
    }
    return render(request, "focalpoints/person_deactivate.html", context, status=status_of(form))


@require_POST
@for_administrators
def person_reactivate(request: AdministratorRequest, code: str) -> HttpResponse:
    person = _person(code)
    success = _("The account is active again. Appointments and roles do not come back by themselves: give them again.")
    if person.last_login is None:
        success += " " + _("The link in the earlier invitation no longer works: send the invitation again.")
    told(request, partial(reactivate, person), success)
    return redirect(_page_of(person))


@require_POST
@for_administrators
def role_grant(request: AdministratorRequest, code: str) -> HttpResponse:
    person = _person(code)
    form = RoleForm(request.POST)
    if form.is_valid():
        kind = form.cleaned_data["kind"]
        success = _("%(person)s has the role: %(role)s.") % {"person": person, "role": Role.Kind(kind).label}
        told(request, partial(grant_role, person, kind), success)
    else:
        messages.error(request, _("Choose coordinator or administrator: no other role can be given."))
    return redirect(_page_of(person))


@require_POST
@for_administrators
def role_revoke(request: AdministratorRequest, code: str, kind: str) -> HttpResponse:
    """Whoever takes their own administrator's role away has no page to come back to here."""
    person = _person(code)
    role = get_object_or_404(person.roles.active().select_related("user"), kind=kind)
    told(request, partial(revoke_role, role), _("The role is taken away, with effect from now."))
    still_administrator = Role.objects.administrators().filter(user=request.user).exists()
    return redirect(_page_of(person) if still_administrator else "/")
