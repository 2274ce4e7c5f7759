"""Where a role asks for a second factor, whoever has it and no second factor is led to set one up, and nothing else opens before."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from focalpoints.models import User
from focalpoints.pages import typed_text
from focalpoints.rules import Person, is_administrator, is_coordinator, is_focal_point

# As settings.SECOND_FACTOR_FOR names them.
ASKED_OF: dict[str, Callable[[Person], bool]] = {
    "administrators": is_administrator,
    "coordinators": is_coordinator,
    "focal-points": is_focal_point,
}
# Recovery codes are no factor of their own: they stand in for one.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What it takes to set one up, and to leave.
OPEN = frozenset(
    {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
    | {"account_reauthenticate", "account_login", "account_logout", "health"}
)


def leads_to_set_up(request: HttpRequest) -> HttpResponse | None:
    """The way to a second factor, for whom it is missing; None for everybody else. What they had typed waits for them."""
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    name = request.resolver_match.url_name if request.resolver_match else ""
    if not (settings.SECOND_FACTOR_FOR and has_session) or name in OPEN or not _is_missing(request.user):
        return None
    if typed_text.is_autosave(request):
        return HttpResponse(status=403)
    if request.method == "POST":
        _keep_text(request)
    messages.warning(
        request,
        _("Your role asks for a second factor when you sign in. Set one up here; nothing else opens before that."),
    )
    return redirect("mfa_index")


def _is_missing(person: Person) -> bool:
    if not isinstance(person, User) or not any(ASKED_OF[kind](person) for kind in settings.SECOND_FACTOR_FOR):
        return False
    return not Authenticator.objects.filter(user=person, type__in=FACTORS).exists()


def _keep_text(request: HttpRequest) -> None:
    try:
        sealed = typed_text.pack(request)
    except typed_text.TooLong:
        return
    if sealed:
        typed_text.keep(request, sealed)
