"""Pages of roles: an administrator gives or takes one away, a second person confirms it. Each asks for the password or passkey again."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.actions import confirm_role, give_role, refuse_role, revoke_role, withdraw_role
from focalpoints.exports.exported import exported, private_file
from focalpoints.exports.people import ROLES, role_rows
from focalpoints.forms.roles import RoleDecisionForm, RoleForm, RoleReasonForm
from focalpoints.models import Entry, Role, User
from focalpoints.models.user import RoleQuerySet
from focalpoints.pages.controls import controls
from focalpoints.pages.kit import carried_out, done, form_view, turned_away, typed
from focalpoints.pages.signed_in import confirmed_again, for_administrators, person
from focalpoints.rules import confirmers, decides_on_roles
from focalpoints.views.people import found_person, page_of_person
from focalpoints.workflow import StrOrPromise

# What whoever holds a role is able to do.
RIGHTS: dict[str, list[StrOrPromise]] = {
    Role.Kind.COORDINATOR: [
        gettext_lazy("Accepts or returns the follow-ups of every agency, but none that they wrote themselves."),
        gettext_lazy("Decides on requests, such as a new date, but on none of their own."),
        gettext_lazy("Keeps projects, commitments and tasks, and adopts the thresholds of the traffic light."),
        gettext_lazy("Reads what agencies have sent and nobody has accepted yet."),
        gettext_lazy("Confirms or refuses roles that an administrator gives."),
    ],
    Role.Kind.ADMINISTRATOR: [
        gettext_lazy("Registers, corrects and closes agencies."),
        gettext_lazy("Invites people, corrects or deactivates their accounts, and reads their names and e-mails."),
        gettext_lazy("Appoints focal points and heads of agencies, and ends their appointments."),
        gettext_lazy("Gives roles, which a second person confirms, and takes them away."),
        gettext_lazy("Confirms or refuses roles that another administrator gives."),
    ],
}


def _found_role(code: str) -> Role:
    """The last one given of that kind to that person."""
    person_code, _dash, kind = code.rpartition("-")
    given = Role.objects.exclude(kind=Role.Kind.SYSTEM).filter(user__code=person_code, kind=kind)
    role = given.select_related("user", "given_by").order_by("-given_at", "-pk").first()
    if role is None:
        raise Http404
    return role


def _for_offices(request: HttpRequest) -> User:
    """Whoever is signed in, if they decide on roles; else Http404: for everybody else the page does not exist."""
    by = person(request)
    if not decides_on_roles(by):
        raise Http404
    return by


@form_view
@for_administrators
@confirmed_again
def role_give(request: HttpRequest, code: str) -> HttpResponse:
    to = found_person(code)
    if answer := turned_away(request, "role.give", to, page_of_person(to)):
        return answer
    form = RoleForm(typed(request))
    if carried_out(request, form, give_role, to):
        return done(request, _said_of_new(form.outcome), page_of_person(to))
    context = {
        "form": form,
        "person": to,
        "rights": [(Role.Kind(kind).label, rights) for kind, rights in RIGHTS.items()],
        "is_alone": not confirmers(person(request), to).exists(),
    }
    return render(request, "focalpoints/role_give.html", context, status=form.status)


def _said_of_new(role: Role) -> str:
    words = {"person": role.user, "role": role.get_kind_display()}
    if role.state == Role.State.PROPOSED:
        return _("The role waits for a second person: %(person)s, %(role)s. It gives no rights before.") % words
    return _("%(person)s has the role: %(role)s. Nobody else could confirm it, and the public record says so.") % words


@never_cache
@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    """The roles that wait for a second person, the oldest first."""
    user = _for_offices(request)
    context = {"rows": [(role, controls(user, role)) for role in _waiting()]}
    return render(request, "focalpoints/role_list.html", context)


@private_file("focalpoints:role_list")
def role_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    _for_offices(request)
    return exported(request, ROLES, role_rows(_waiting()), fmt)


def _waiting() -> RoleQuerySet:
    return Role.objects.waiting().select_related("user", "given_by").order_by("given_at")


@form_view
def role_decide(request: HttpRequest, code: str) -> HttpResponse:
    _for_offices(request)
    return _deciding(request, code)


@confirmed_again
def _deciding(request: HttpRequest, code: str) -> HttpResponse:
    role, back = _found_role(code), reverse("focalpoints:role_list")
    if answer := turned_away(request, "role.confirm", role, back):
        return answer
    form = RoleDecisionForm(typed(request))
    if carried_out(request, form, _decide, role):
        confirmed = form.cleaned_data["decision"] == "confirm"
        said = _("The role is confirmed and in force.") if confirmed else _("The role is refused. It gives no rights.")
        return done(request, said, back)
    context = {"form": form, "role": role, "rights": RIGHTS[role.kind], "invited_by": _invited_by(role.user)}
    return render(request, "focalpoints/role_decide.html", context, status=form.status)


def _decide(role: Role, *, by: User, decision: str, reason: str) -> Entry:
    return confirm_role(role, by=by) if decision == "confirm" else refuse_role(role, by=by, reason=reason)


def _invited_by(invited: User) -> User | None:
    """Who made the account, so that somebody notices one that its giver made for themselves."""
    first = Entry.objects.about("person", invited.code).select_related("by").order_by("seq").first()
    return first.by if first else None


@form_view
@for_administrators
@confirmed_again
def role_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    return _taking(
        request, _found_role(code), "role.withdraw", withdraw_role, _("The role is taken back. It was never in force.")
    )


@form_view
@for_administrators
@confirmed_again
def role_revoke(request: HttpRequest, code: str) -> HttpResponse:
    return _taking(
        request, _found_role(code), "role.revoke", revoke_role, _("The role is taken away, with effect from now.")
    )


def _taking(request: HttpRequest, role: Role, name: str, verb: Callable[..., Any], said: str) -> HttpResponse:
    """Whoever takes their own administrator's role away has no page to come back to here."""
    back = page_of_person(role.user)
    if answer := turned_away(request, name, role, back):
        return answer
    form = RoleReasonForm(typed(request))
    if carried_out(request, form, verb, role):
        still_administrator = Role.objects.administrators().filter(user=request.user.pk).exists()
        return done(request, said, back if still_administrator else settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "role": role, "rights": RIGHTS[role.kind], "is_held": role.state == Role.State.HELD}
    return render(request, "focalpoints/role_take.html", context, status=form.status)
