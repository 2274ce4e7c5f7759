"""The account pages that are not allauth's: who I am here, how I am written to, a password chosen from a link; and sign-in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.account.views import LoginView, password_change
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from edn_portal.accounts import throttle
from edn_portal.accounts.forms import LanguageForm, NewPasswordForm, ResetForm, RhythmForm, ShortcutsForm
from edn_portal.accounts.sessions import close_other_sessions, open_sessions
from focalpoints import clock, mail
from focalpoints.actions import set_rhythm, set_shortcuts
from focalpoints.models import User
from focalpoints.one_time_links import INVITATION, OneTimeLink
from focalpoints.pages import typed_text
from focalpoints.rules import is_coordinator
from focalpoints.text import address_key


class SignInView(LoginView):
    """allauth's page. It also hands on the text of a late form, and says why one has to sign in again."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sealed = self.request.POST.get(typed_text.CARRIED, "")
        reason = "kept" if sealed else "ended" if "ended" in self.request.GET else ""
        return super().get_context_data(**kwargs) | {"next": self.get_next_url(), "carried": sealed, "reason": reason}


sign_in = SignInView.as_view()


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who I am for this portal, what I may do, and what protects my account."""
    person = _person(request)
    content = {
        "person": person,
        "roles": person.roles.not_ended(),
        "appointments": person.appointments.not_ended(clock.today()).select_related("agency"),
        "form": LanguageForm(instance=person),
        "factors": set(Authenticator.objects.filter(user=person).values_list("type", flat=True)),
        "sessions": open_sessions(request),
        "reviews": is_coordinator(person),
    }
    return render(request, "account/account.html", content)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of my messages. It is no business fact: the ledger gets no entry."""
    person = _person(request)
    form = LanguageForm(request.POST, instance=person)
    if form.is_valid():
        # Counted as a revision: an administrator who corrects the account meanwhile must not set it back unseen.
        User.objects.filter(pk=person.pk).update(language=form.cleaned_data["language"], revision=F("revision") + 1)
        messages.success(request, _("The language of your messages was changed."))
    return redirect("account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rhythm(request: HttpRequest) -> HttpResponse:
    """Choose how often I am reminded."""
    person = _person(request)
    form = RhythmForm(request.POST if request.method == "POST" else None, initial={"rhythm": person.rhythm})
    if form.is_valid():
        set_rhythm(person, form.cleaned_data["rhythm"], by=person)
        messages.success(request, _("Your choice was kept: it counts from the next message on."))
        return redirect("account")
    return render(request, "account/rhythm.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: HttpRequest) -> HttpResponse:
    """Switch on the keys with which I review, and choose them."""
    person = _person(request)
    form = ShortcutsForm(request.POST if request.method == "POST" else None, keys=person.shortcuts)
    if form.is_valid():
        set_shortcuts(person, form.keys, by=person)
        messages.success(request, _("Your keys were kept."))
        return redirect("account")
    return render(request, "account/shortcuts.html", {"form": form})


@require_POST
def close_sessions(request: HttpRequest) -> HttpResponse:
    close_other_sessions(request)
    return redirect("account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def left_over_text(request: HttpRequest) -> HttpResponse:
    """Show, to copy or to throw away, text of a late form whose own page is gone."""
    if request.method == "POST":
        typed_text.forget(request)
        return redirect("account")
    text = typed_text.waiting(request)
    typed_text.mark_as_shown(request)
    return render(request, "account/text.html", {"text": text})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Mail a link to a new password. The answer, and the time it takes, do not tell whether the address has an account."""
    form = ResetForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        limits = (throttle.RESET, address_key(email)), (throttle.ADDRESS, throttle.client_address(request))
        throttle.admit(request, *limits)
        person = User.objects.active().people().at(email).first()
        if person:
            mail.send_reset(person)
        else:
            mail.send_reset_to_nobody(email)
        return redirect("account_reset_password_done")
    return render(request, "account/password_reset.html", {"form": form})


@never_cache
@login_not_required
@require_safe
def reset_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_reset_done.html")


def change_password(request: HttpRequest) -> HttpResponse:
    """allauth's page. Whoever has no password to change, because they sign in with a passkey, chooses one from a link."""
    if not _person(request).has_usable_password():
        messages.info(request, _("Your account has no password. Ask for a link here, and you choose one."))
        return redirect("account_reset_password")
    return password_change(request)


@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, link: OneTimeLink, code: str, token: str) -> HttpResponse:
    """The page to which a one-time link leads. Only the POST uses it up: a mail scanner that opens it first does no harm."""
    person = User.objects.active().people().filter(code=code).first()
    content = {"invited": link is INVITATION}
    if person and link.check_token(person, token):
        form = NewPasswordForm(person, request.POST or None)
        if not form.is_valid():
            return render(request, "account/choose_password.html", content | {"form": form, "person": person})
        if _swap_password(person, form.cleaned_data["password1"]):
            throttle.forget_guesses(request, person.email_key)
            if request.user.is_authenticated:
                get_adapter().logout(request)
            messages.success(request, _("Your password is set."))
            # Who comes by an invitation comes for the first time.
            first_page = reverse("projects:welcome") if link is INVITATION else None
            return perform_login(request, person, email_verification="none", redirect_url=first_page)
    return render(request, "account/link_does_not_open.html", content, status=410)


def _swap_password(person: User, password: str) -> bool:
    """Set the password, unless it has changed since `person` was read: the same link was used a moment ago. Whether it was set."""
    before = person.password
    person.set_password(password)
    return bool(User.objects.filter(pk=person.pk, password=before, is_active=True).update(password=person.password))


def _person(request: HttpRequest) -> User:
    """The row itself, not the lazy wrapper that templates get."""
    return User.objects.get(pk=request.user.pk)
