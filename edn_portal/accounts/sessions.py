"""How long a session lasts, and what becomes of a form that is sent after its end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING, REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from edn_portal.accounts.forms import SignInForm
from edn_portal.accounts.sign_in import say_text_is_back
from focalpoints.models import User
from focalpoints.pages import carried

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
REFRESH = timedelta(minutes=5)  # a session's last use is written at most that often
BEGAN, SEEN = "began", "seen"


class SessionLimitsMiddleware:
    """Ends a session after 30 minutes without use or 12 hours in all. A draft saved in the background is not use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without the cookie nothing is read: pages for everybody do not depend on a session.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        request.session_has_ended = has_session and not _is_within_limits(request)  # type: ignore[attr-defined]
        if request.session_has_ended:  # type: ignore[attr-defined]
            request.session.flush()
        response = self.get_response(request)
        if request.session.modified and SESSION_KEY in request.session and BEGAN not in request.session:
            _begin(request)
        return response


def _begin(request: HttpRequest) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()


def _is_within_limits(request: HttpRequest) -> bool:
    session, now = request.session, time.time()
    if SESSION_KEY not in session:
        return True
    if BEGAN not in session:
        _begin(request)
        return True
    idle = now - session[SEEN]
    if idle > IDLE.total_seconds() or now - session[BEGAN] > ABSOLUTE.total_seconds():
        return False
    if idle > REFRESH.total_seconds() and not is_autosave(request):
        session[SEEN] = now
    return True


def is_autosave(request: HttpRequest) -> bool:
    """Sent by the page itself, not by a person."""
    return request.headers.get("X-Requested-With") == "autosave"


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page wants a sign-in unless it says otherwise; what was typed into it meanwhile is not lost."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None and request.method == "POST" and request.user.is_authenticated:
            carried.settle(request)
        return answer

    def handle_no_permission(  # type: ignore[override]  # Django only ever redirects
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if SESSION_KEY in request.session:  # of a person who was deactivated
            request.session.flush()
        if is_autosave(request):
            return _unauthorized(JsonResponse({"error": "signed out"}))
        if request.method == "POST":
            return sign_in_instead(request)
        response = super().handle_no_permission(request, view_func)
        if request.session_has_ended:  # type: ignore[attr-defined]
            response["Location"] += "&ended=1"
        return response


def sign_in_instead(request: HttpRequest) -> HttpResponse:
    """The answer to a form sent too late: nothing is done, and the sign-in page carries what was typed."""
    sealed = reason = ""
    if not _is_about_the_account(request):
        try:
            sealed = carried.pack(request)
            reason = "kept" if sealed else "not_kept"
        except carried.TooLong:
            reason = "too_long"
    content = {
        "form": SignInForm(request=request),
        "next": carried.page_of(request),
        "carried": sealed,
        "reason": reason,
    }
    return _unauthorized(render(request, "account/login.html", content))


def _is_about_the_account(request: HttpRequest) -> bool:
    """Passwords and codes are never carried."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    return (name or "").startswith(("account", "mfa_"))


def _unauthorized(response: HttpResponse) -> HttpResponse:
    """401 must name a scheme; browsers show no dialogue for this one (draft-broyer-http-cookie-auth)."""
    response.status_code = 401
    response["WWW-Authenticate"] = f'Cookie realm="EDN", cookie-name="{settings.SESSION_COOKIE_NAME}"'
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token no longer fits: never acted on. Whoever typed it gets the text back; a foreign site gets nothing."""
    of_an_old_page = reason in (REASON_NO_CSRF_COOKIE, REASON_CSRF_TOKEN_MISSING) or reason.startswith("CSRF token")
    typist = carried.typed_by(request) if of_an_old_page else None
    if typist and not request.user.is_authenticated:
        return sign_in_instead(request)
    mine = isinstance(request.user, User) and typist == request.user.code
    if mine and (answer := _give_back_at_once(request)):
        return answer
    response = render(request, "403_csrf.html", {"again": carried.page_of(request)}, status=403)
    add_never_cache_headers(response)
    return response


def _give_back_at_once(request: HttpRequest) -> HttpResponse | None:
    """They have signed in again in another window: back to the page, with the text."""
    try:
        sealed = "" if _is_about_the_account(request) else carried.pack(request)
    except carried.TooLong:
        return None
    text = carried.unpack(sealed)
    if text is None:
        return None
    carried.keep(request, sealed)
    say_text_is_back(request, text)
    return redirect(text.page)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Where somebody is signed in, as their account page shows it."""

    key: str
    began: datetime
    seen: datetime
    is_this_one: bool


def open_sessions(request: HttpRequest) -> list[OpenSession]:
    """The signed-in person's sessions within the limits, latest use first.

    Reads every live session, of which there are as many as people at work. `allauth.usersessions` would list rows of its own, but not
    by our limits: it knows the last use only where it writes at every request, GET too (USERSESSIONS_TRACK_ACTIVITY), deletes what has
    ended while the list is shown, and keeps each browser and IP address, which the portal keeps of nobody.
    """
    now = time.time()
    found = [
        OpenSession(key, _instant(data[BEGAN]), _instant(data[SEEN]), key == request.session.session_key)
        for key, data in _live_sessions()
        if data.get(SESSION_KEY) == str(request.user.pk)
        and now - data.get(SEEN, 0) <= IDLE.total_seconds()
        and now - data.get(BEGAN, 0) <= ABSOLUTE.total_seconds()
    ]
    return sorted(found, key=lambda session: session.seen, reverse=True)


def close_other_sessions(request: HttpRequest) -> int:
    """Sign the person out everywhere but here; how many sessions that ended."""
    keys = [session.key for session in open_sessions(request) if not session.is_this_one]
    Session.objects.filter(session_key__in=keys).delete()
    messages.success(request, _("You are signed in here only."))
    return len(keys)


def _live_sessions() -> Iterator[tuple[str, dict[str, Any]]]:
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        yield session.session_key, session.get_decoded()


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
