"""How long a session lasts, where a person is signed in, and how they sign out everywhere else."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from focalpoints.pages.typed_text import is_autosave

IDLE = timedelta(minutes=30)  # without use
ABSOLUTE = timedelta(hours=12)  # in all; SESSION_COOKIE_AGE says the same of its row
REFRESH = timedelta(minutes=5)  # the last use is written at most that often
BEGAN, SEEN = "began", "seen"  # kept in the session, in seconds since 1970


class SessionLimitsMiddleware:
    """Ends a session that has reached IDLE or ABSOLUTE. A draft saved in the background is no use of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without the cookie nothing is read: pages for everybody do not depend on a session.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        request.session_has_ended = has_session and _has_ended(request)  # type: ignore[attr-defined]
        if request.session_has_ended:  # type: ignore[attr-defined]
            request.session.flush()
        response = self.get_response(request)
        if request.session.modified and SESSION_KEY in request.session and BEGAN not in request.session:
            _begin(request)
        return response


def keep_personal_pages_nowhere(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """A middleware: nobody keeps an account page, or a page of a session unless its view says who may.

    Views of other packages say nothing, or too little.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_personal = settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control")
        if is_personal or is_about_the_account(request):
            add_never_cache_headers(response)
        return response

    return answer


def is_about_the_account(request: HttpRequest) -> bool:
    """Whether the address is one of the account pages."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    return (name or "").startswith(("account", "mfa_"))


def _begin(request: HttpRequest) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()


def _has_ended(request: HttpRequest) -> bool:
    """Whether a limit was reached; if not, this request is the session's last use."""
    session, now = request.session, time.time()
    if SESSION_KEY not in session:
        return False
    if BEGAN not in session:
        _begin(request)
    elif _is_beyond_limits(session, now):
        return True
    elif now - session[SEEN] > REFRESH.total_seconds() and not is_autosave(request):
        session[SEEN] = now
    return False


def _is_beyond_limits(session: SessionBase | dict[str, Any], now: float) -> bool:
    unused, lasting = now - session.get(SEEN, 0), now - session.get(BEGAN, 0)
    return unused > IDLE.total_seconds() or lasting > ABSOLUTE.total_seconds()


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser in which somebody is signed in, as their account page lists it."""

    key: str
    began: datetime
    seen: datetime
    is_this_one: bool


def open_sessions(request: HttpRequest) -> list[OpenSession]:
    """The signed-in person's sessions within the limits, latest use first.

    Reads every live session, of which there are as many as people at work. Not `allauth.usersessions`: it knows the last use only when
    it writes at every request, GET too (USERSESSIONS_TRACK_ACTIVITY), lists by no limit of ours, deletes ended rows while it shows the
    list, and keeps IP addresses, which the portal keeps of nobody.
    """
    now = time.time()
    found = [
        OpenSession(key, _instant(data[BEGAN]), _instant(data[SEEN]), key == request.session.session_key)
        for key, data in _live_sessions()
        if data.get(SESSION_KEY) == str(request.user.pk) and not _is_beyond_limits(data, now)
    ]
    return sorted(found, key=lambda session: session.seen, reverse=True)


def close_other_sessions(request: HttpRequest) -> None:
    """Sign the person out everywhere but here, and say so."""
    keys = [session.key for session in open_sessions(request) if not session.is_this_one]
    Session.objects.filter(session_key__in=keys).delete()
    messages.success(request, _("You are signed in here only."))


def _live_sessions() -> Iterator[tuple[str, dict[str, Any]]]:
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        yield session.session_key, session.get_decoded()


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
