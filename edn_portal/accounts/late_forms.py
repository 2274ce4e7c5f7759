"""What becomes of a form that is sent after its session has ended, or with a CSRF token that no longer fits.

It is not carried out. The answer is the sign-in page, with what was typed sealed inside (`focalpoints/pages/typed_text.py`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING, REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from edn_portal.accounts.forms import SignInForm
from edn_portal.accounts.second_factor import leads_to_set_up
from edn_portal.accounts.sessions import is_about_the_account
from focalpoints.models import User
from focalpoints.one_time_links import INVITATION, RESET
from focalpoints.pages import typed_text

SIGNING_IN = {"account_login", "mfa_login_webauthn", "mfa_authenticate"}
CHOOSING_PASSWORD = {INVITATION.page, RESET.page}


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Asks for a sign-in on every page that is not marked `login_not_required`, without losing what was typed."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, view_args, view_kwargs) or leads_to_set_up(request)
        if answer is None and request.method == "POST" and request.user.is_authenticated:
            typed_text.settle(request)
        return answer

    def handle_no_permission(  # type: ignore[override]  # Django only ever redirects
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if SESSION_KEY in request.session:  # of a person who was deactivated
            request.session.flush()
        if typed_text.is_autosave(request):
            return _unauthorized(JsonResponse({"error": "signed out"}))
        if request.method == "POST":
            return sign_in_instead(request)
        response = super().handle_no_permission(request, view_func)
        if request.session_has_ended:  # type: ignore[attr-defined]
            response["Location"] += "&ended=1"
        return response


def sign_in_instead(request: HttpRequest) -> HttpResponse:
    """The sign-in page in answer to a late form. `reason` tells the page whether it carries the text, and why not."""
    sealed = reason = ""
    if not is_about_the_account(request):  # passwords and codes are never carried
        try:
            sealed = typed_text.pack(request)
            pressed_alone = typed_text.typed_by(request) and not sealed  # a button of a form without fields
            reason = "kept" if sealed else "ended" if pressed_alone else "not_kept"
        except typed_text.TooLong:
            reason = "too_long"
    return _sign_in_page(request, sealed, reason, typed_text.page_of(request))


def _sign_in_page(request: HttpRequest, sealed: str, reason: str, following: str) -> HttpResponse:
    content = {"form": SignInForm(request=request), "next": following, "carried": sealed, "reason": reason}
    return _unauthorized(render(request, "account/login.html", content))


def _unauthorized(response: HttpResponse) -> HttpResponse:
    """401 must name a scheme; browsers show no dialogue for this one (draft-broyer-http-cookie-auth)."""
    response.status_code = 401
    response["WWW-Authenticate"] = f'Cookie realm="EDN", cookie-name="{settings.SESSION_COOKIE_NAME}"'
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a form whose token does not fit. Whoever typed it gets the text back; a foreign site gets nothing.

    Signing in changes the token: so does every form fail that was open in another window of the same browser.
    """
    of_an_old_page = reason in (REASON_NO_CSRF_COOKIE, REASON_CSRF_TOKEN_MISSING) or reason.startswith("CSRF token")
    answer = _of_an_old_page(request) if of_an_old_page else None
    if answer is None:
        answer = render(request, "403_csrf.html", {"again": typed_text.page_of(request)}, status=403)
        add_never_cache_headers(answer)
    return answer


def _of_an_old_page(request: HttpRequest) -> HttpResponse | None:
    """What becomes of a form that was made before somebody signed in, or out, in another window. None where nobody knows whose it is."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    if name in SIGNING_IN:
        return _signed_in_elsewhere(request)
    if name in CHOOSING_PASSWORD:
        messages.info(request, _("You signed in or out in another window meanwhile. Choose the password once more."))
        return redirect(request.path)
    typist = typed_text.typed_by(request)
    if isinstance(request.user, User) and typist == request.user.code:
        return _give_back_at_once(request)
    is_somebody_elses = request.user.is_authenticated and is_about_the_account(request)
    return sign_in_instead(request) if typist and not is_somebody_elses else None


def _signed_in_elsewhere(request: HttpRequest) -> HttpResponse:
    """Instead of a second sign-in: on to the page that this one was to lead to, or to the text that it carries."""
    sealed, following = request.POST.get(typed_text.CARRIED, ""), get_next_redirect_url(request)
    text = typed_text.unpack(sealed)
    if isinstance(request.user, User) and text and text.person == request.user.code:
        return _give_back(request, sealed, text)
    if text or not request.user.is_authenticated:
        return _sign_in_page(request, sealed if text else "", "kept" if text else "", following or "")
    return redirect(following or get_adapter().get_login_redirect_url(request))


def _give_back_at_once(request: HttpRequest) -> HttpResponse | None:
    """For who has signed in again in another window meanwhile: back to the page, with the text. None if there is none to give."""
    try:
        sealed = "" if is_about_the_account(request) else typed_text.pack(request)
    except typed_text.TooLong:
        return None
    text = typed_text.unpack(sealed)
    return _give_back(request, sealed, text) if text else None


def _give_back(request: HttpRequest, sealed: str, text: typed_text.Carried) -> HttpResponse:
    typed_text.keep(request, sealed)
    typed_text.say_text_is_back(request, text)
    return redirect(text.page)


def for_the_author(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A way to sign in that is also open while somebody else is signed in: whose text the page carries may take their place.

    Whoever was signed in stays so until the other's password or passkey was right (`sign_in.AccountAdapter.pre_login`).
    """

    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        text = typed_text.unpack(request.POST.get(typed_text.CARRIED, ""))
        asks_for_passkey = request.method == "GET" and get_adapter().is_ajax(request)
        if asks_for_passkey or (text and isinstance(request.user, User) and text.person != request.user.code):
            request.user = AnonymousUser()
        return view(request, *args, **kwargs)

    return answer
