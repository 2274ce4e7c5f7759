"""Who may sign in, and with what: an invited person, by e-mail and password or by a passkey, with a second factor if they have one.

allauth keeps the flows; here stand its decisions as this site takes them. Nobody registers themselves.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, authenticate, logout
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from edn_portal.accounts import devices, throttle
from focalpoints import mail
from focalpoints.models import User
from focalpoints.pages import typed_text
from focalpoints.rules import Person, account, is_administrator, is_coordinator, is_focal_point
from focalpoints.sealing import seal, unseal
from focalpoints.text import address_key
from projects.reading.my_work import owes_something, queue_waits_longer

AUTHENTICATION = (
    "account_authentication_methods"  # how the session's keys begin in which allauth says what somebody proved, and who
)
# Our notice for each event, which allauth names by its mail template. None for a reset: its link came by mail.
NOTICES = {
    "account/email/password_changed": "password_changed",
    "mfa/email/totp_activated": "totp_activated",
    "mfa/email/totp_deactivated": "totp_deactivated",
    "mfa/email/webauthn_added": "webauthn_added",
    "mfa/email/webauthn_removed": "webauthn_removed",
    "mfa/email/recovery_codes_generated": "recovery_codes_generated",
}


def _has_work_of_their_own(user: Person) -> bool:
    """Not so for a coordinator who is somebody's focal point as well, and has nothing open there or what waits longer in the queue."""
    if not isinstance(user, User) or not is_focal_point(user):
        return False
    return not is_coordinator(user) or (owes_something(user) and not queue_waits_longer(user))


class EmailBackend(BaseBackend):
    """Checks e-mail and password. One password is hashed whatever happens: unknown, deactivated and wrong take the same time."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **credentials: Any
    ) -> User | None:
        if not email or not password:
            return None
        person = User.objects.people().at(email).first()
        if person is None:
            User().set_password(password)
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The signed-in person, at every request: who was deactivated is nobody from the next one on."""
        return next(iter(account(user_id)), None)


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks the site about signing in and passwords."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail or the password is not right. Check both and try again."),
        "enter_current_password": _("That is not your current password."),
        "incorrect_password": _("That is not your password."),
        "incorrect_code": _("The code is not right, or it was used already. Wait for the next one and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return throttle.client_address(request)

    def is_safe_url(self, url: str) -> bool:
        """Only pages of this site, named without a host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Throttled before anything is hashed, and whether or not there is such an account."""
        email = credentials["email"]
        device = devices.device_of(request, User.objects.people().at(email).first())
        attempts = throttle.admit_guess(request, address_key(email), device)
        user = authenticate(request, **credentials)
        if user is None:
            return None
        throttle.give_back(attempts)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        return self.authenticate(context.request, email=user.email, password=password) == user

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def pre_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse | None:
        """Password or passkey was right: text that came with the sign-in page waits until a second factor was asked too.

        Whoever else is signed in here is signed out first: the second factor would be asked of them.
        """
        if request.session.get(SESSION_KEY, str(user.pk)) != str(user.pk):
            proven = {name: value for name, value in request.session.items() if name.startswith(AUTHENTICATION)}
            logout(request)
            for name, value in proven.items():
                request.session[name] = value
        if sealed := request.POST.get(typed_text.CARRIED):
            typed_text.keep(request, sealed)
        return super().pre_login(request, user, **details)

    def post_login(self, request: HttpRequest, user: User, *, redirect_url: str | None, **details: Any) -> HttpResponse:
        """Go back to the page whose text waits. Somebody else's text is let go, and the person gets their own first page."""
        if typed_text.CARRIED in request.session:
            text = typed_text.waiting(request)
            redirect_url = text.page if text else self.get_login_redirect_url(request)
            if text is None:
                del request.session[typed_text.CARRIED]
            else:
                typed_text.say_text_is_back(request, text)
        response = super().post_login(request, user, redirect_url=redirect_url, **details)
        devices.remember(request, response, user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Answer a deactivated person's passkey like one that nobody has."""
        messages.error(request, self.error_messages["incorrect_code"])
        return redirect("account_login")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The page where this person's work is."""
        first_pages = [
            (_has_work_of_their_own, "projects:my_work"),
            (is_coordinator, "projects:review_queue"),
            (is_administrator, "focalpoints:administration"),
        ]
        return resolve_url(next((name for holds, name in first_pages if holds(request.user)), "projects:board"))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        if change := NOTICES.get(template_prefix):
            mail.send_notice(user, change)


class MFAAdapter(DefaultMFAAdapter):
    """What allauth asks the site about second factors and passkeys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """The name offered for a new passkey; most people keep it."""
        return gettext("Passkey %(number)d") % {
            "number": Authenticator.objects.filter(user=user, type=type).count() + 1
        }

    def encrypt(self, text: str) -> str:
        """So that whoever reads the database, but not SECRET_KEY, cannot make codes."""
        return seal("second-factor", text.encode())

    def decrypt(self, encrypted_text: str) -> str:
        opened = unseal("second-factor", encrypted_text)
        if opened is None:
            raise ValueError("The secret of a second factor was sealed with another SECRET_KEY.")
        return opened.decode()

    def build_totp_svg(self, url: str) -> str:
        """One `<svg>` element for the page itself: a strict policy refuses data: images."""
        code = QRCode(image_factory=SvgPathImage)
        code.add_data(url)
        return code.make_image().to_string(encoding="unicode")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the name in BASE_URL, never to what a Host header says."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "", "name": settings.MFA_TOTP_ISSUER}
