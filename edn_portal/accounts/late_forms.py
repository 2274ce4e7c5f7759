"""What becomes of a form that is sent after its session has ended, or with a CSRF token that no longer fits.

It is not carried out. The answer is the sign-in page, with what was typed sealed inside (`focalpoints/pages/typed_text.py`).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING, REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from edn_portal.accounts.forms import SignInForm
from edn_portal.accounts.sessions import is_about_the_account
from focalpoints.models import User
from focalpoints.pages import typed_text


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Asks for a sign-in on every page that is not marked `login_not_required`, without losing what was typed."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, view_args, view_kwargs)
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
            reason = "kept" if sealed else "not_kept"
        except typed_text.TooLong:
            reason = "too_long"
    content = {
        "form": SignInForm(request=request),
        "next": typed_text.page_of(request),
        "carried": sealed,
        "reason": reason,
    }
    return _unauthorized(render(request, "account/login.html", content))


def _unauthorized(response: HttpResponse) -> HttpResponse:
    """401 must name a scheme; browsers show no dialogue for this one (draft-broyer-http-cookie-auth)."""
    response.status_code = 401
    response["WWW-Authenticate"] = f'Cookie realm="EDN", cookie-name="{settings.SESSION_COOKIE_NAME}"'
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a form whose token does not fit. Whoever typed it gets the text back; a foreign site gets nothing."""
    of_an_old_page = reason in (REASON_NO_CSRF_COOKIE, REASON_CSRF_TOKEN_MISSING) or reason.startswith("CSRF token")
    typist = typed_text.typed_by(request) if of_an_old_page else None
    if typist and not request.user.is_authenticated:
        return sign_in_instead(request)
    mine = isinstance(request.user, User) and typist == request.user.code
    if mine and (answer := _give_back_at_once(request)):
        return answer
    response = render(request, "403_csrf.html", {"again": typed_text.page_of(request)}, status=403)
    add_never_cache_headers(response)
    return response


def _give_back_at_once(request: HttpRequest) -> HttpResponse | None:
    """For who has signed in again in another window meanwhile: back to the page, with the text. None if there is none to give."""
    try:
        sealed = "" if is_about_the_account(request) else typed_text.pack(request)
    except typed_text.TooLong:
        return None
    text = typed_text.unpack(sealed)
    if text is None:
        return None
    typed_text.keep(request, sealed)
    typed_text.say_text_is_back(request, text)
    return redirect(text.page)
