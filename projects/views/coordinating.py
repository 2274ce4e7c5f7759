"""Steps that the coordination office's pages share."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from focalpoints.models import User
from focalpoints.pages.carried import take_back
from focalpoints.rules import is_coordinator
from focalpoints.workflow import StrOrPromise
from projects.bounds import beyond_strategy


def coordinator(request: HttpRequest) -> User:
    """Who is signed in, if they coordinate; else PermissionDenied. Asked once the page's own row was found, or not."""
    if not isinstance(request.user, User) or not is_coordinator(request.user):
        raise PermissionDenied
    return request.user


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent now, or what an expired session kept."""
    return request.POST if request.method == "POST" else take_back(request)


def warn_of(request: HttpRequest, due: date | None) -> None:
    """Of a date that was taken, and may be meant: what a request for a new one shows beforehand."""
    if beyond := beyond_strategy(due):
        messages.warning(request, beyond)


def too_late(request: HttpRequest, why: StrOrPromise, back: str) -> HttpResponse:
    """Instead of a form that could only be refused: why, on the page it came from."""
    messages.error(request, str(why))
    return redirect(back)
