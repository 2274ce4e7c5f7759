"""The answers to a request that failed: `handler400`, `404` and `500` of the site, and to one that there is no room for."""

import sys

from django.core.exceptions import DisallowedRedirect, RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from edn_portal.typed_addresses import code_in, page_meant

RETRY_AFTER_SECONDS = "30"
UNTIL_OTHERS_HAVE_SAVED = "5"
LONGEST_QUERY = 4000  # of an address that is sent on


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 for what is too large, 400 for the rest. Of an address with too many parameters, a way to the page without them."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    without_parameters = ""
    # Too many to be read, or too long to be handed on to the sign-in page.
    if isinstance(exception, TooManyFieldsSent | DisallowedRedirect) and request.method in ("GET", "HEAD"):
        request.META["QUERY_STRING"] = ""  # every link of the page would repeat it
        without_parameters = request.path
    page = render_to_string(f"{status}.html", {"without_parameters": without_parameters}, request)
    return HttpResponse(page, status=status)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """On to the page that was meant, where exactly one can be; else 404, with something to search for."""
    if request.method in ("GET", "HEAD") and (found := page_meant(request)):
        address, is_same = found
        query = request.META.get("QUERY_STRING", "")
        asked = f"{address}?{query}" if query and len(query) < LONGEST_QUERY else address
        return redirect(asked, permanent=is_same)
    page = render_to_string("404.html", {"code": code_in(request.path_info)}, request)
    return HttpResponse(page, status=404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """503 when the database does not answer, 500 for the rest. Neither page asks the database for anything."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    return HttpResponse(render_to_string("500.html"), status=500)


def too_many_writers() -> HttpResponse:
    """503 for a request that writes and found no seat (`seats`). It was not even read: sent again, it is a first time."""
    page = render_to_string("503_writers.html")
    return HttpResponse(page, status=503, headers={"Retry-After": UNTIL_OTHERS_HAVE_SAVED})
