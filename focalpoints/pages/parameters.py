"""Parameters of an address that its page does not know. Other sites append them to every link: `srsltid`, `_ga`, `utm_source`.

A page passes them over, and a list says so, since one that was mistyped would seem to filter. A file refuses them: whoever keeps it could
take the whole for a part.
"""

from collections.abc import Callable, Iterable
from enum import Enum, auto
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

MOST_NAMED = 5
LONGEST_NAME = 40
TOP_OF_CONTENT = b'id="main-content">'  # of base.html

View = Callable[..., Any]


class Unknown(Enum):
    """What becomes of a parameter that the page does not know."""

    DROPPED = auto()
    SAID = auto()
    REFUSED = auto()


def understands(*known: str, unknown: Unknown = Unknown.SAID) -> Callable[[View], View]:
    """A view of these parameters alone. What is public says it to `public_page` instead."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            others = keep_known(request, known)
            if others and unknown is Unknown.REFUSED:
                return refused(request, others)
            response = view(request, *args, **kwargs)
            return with_note(response, others) if unknown is Unknown.SAID else response

        return answer

    return decorate


def keep_known(request: HttpRequest, known: Iterable[str]) -> list[str]:
    """Leave in the address what the page understands, in one order, so that every link on it is the same; the names of the others."""
    names = sorted(request.GET)
    kept = [(name, value) for name in names if name in known for value in request.GET.getlist(name) if value]
    request.META["QUERY_STRING"] = urlencode(kept)
    request.GET = QueryDict(request.META["QUERY_STRING"], encoding=request.encoding)
    return [name for name in names if name not in known]


def refused(request: HttpRequest, others: list[str]) -> HttpResponse:
    said = _(
        "This address takes no “%(name)s”: what it gives would be the whole, not the part asked for. Use %(address)s."
    ) % {
        "name": shown_name(others[0]),
        "address": request.build_absolute_uri(),
    }
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=400)


def with_note(response: HttpResponse, others: list[str]) -> HttpResponse:
    """The page with a word above its content on what was passed over. Put in last, so that the page itself can be kept without it."""
    if others and not response.streaming and TOP_OF_CONTENT in response.content:
        context = {"names": [shown_name(name) for name in others[:MOST_NAMED]], "more": len(others[MOST_NAMED:])}
        note = render_to_string("_passed_over.html", context)
        response.content = response.content.replace(TOP_OF_CONTENT, TOP_OF_CONTENT + note.encode(), 1)
    return response


def shown_name(name: str) -> str:
    return "".join(filter(str.isprintable, name))[:LONGEST_NAME]
