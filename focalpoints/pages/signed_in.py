"""Who is signed in, for views that need to know."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from focalpoints.models import User
from focalpoints.rules import is_administrator
from focalpoints.workflow import VERBS

# A POST: allauth asks for the password or passkey again, keeps what was sent meanwhile, and then goes on with it.
confirmed_again = reauthentication_required(enabled=lambda request: request.method == "POST")


def person(request: HttpRequest) -> User:
    """Whoever is signed in; else PermissionDenied. The middleware sends everybody else to the sign-in page before it comes to that."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def allowed(request: HttpRequest, verb: str, row: Model | None = None) -> User:
    """Whoever is signed in, if the verb is theirs; else PermissionDenied. Asked after the row was found, which some may not even see."""
    by = person(request)
    if not VERBS[verb].may(by, row):
        raise PermissionDenied
    return by


def administrator(request: HttpRequest) -> User:
    """Whoever is signed in, if they administer; else Http404: for everybody else the page does not exist."""
    if not is_administrator(request.user):
        raise Http404
    return person(request)


def for_administrators[**P, Answer: HttpResponseBase](
    view: Callable[Concatenate[HttpRequest, P], Answer],
) -> Callable[Concatenate[HttpRequest, P], Answer]:
    """A view that only administrators can read or post to."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> Answer:
        administrator(request)
        return view(request, *args, **kwargs)

    return guarded
