"""Public pages, kept rendered as long as they are true.

A page depends on where the ledger stands, the business day, the release, the language and the address, and on nothing else: who is
signed in gets a page of their own that nobody keeps.
"""

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import parse_etags, parse_http_date_safe
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.models import LedgerHead
from focalpoints.pages.parameters import Unknown, keep_known, refused, with_note
from focalpoints.sql.prepared import prepared

View = Callable[..., HttpResponse]
GZIP_LEVEL = 4
SECONDS_KEPT = 24 * 60 * 60  # a page of an older head is never asked for again: let it go
ACCEPTED_CODING = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d*)?)\s*)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KeptPage:
    etag: str
    zipped: bytes
    content_type: str
    last_modified: str


def public_page(
    *params: str,
    unbounded: tuple[str, ...] = (),
    unknown: Unknown = Unknown.DROPPED,
    is_polled: bool = False,
    beside: Callable[[], object] = tuple,
) -> Callable[[View], View]:
    """Open a view to everybody, for GET and HEAD alone, and answer anonymous readers from the kept page.

    `params` are the names the page understands; junk cannot fill the cache, since the page is kept without `unknown` ones. With one of
    `unbounded` (free text, dates) in the address, the page is rendered but not kept.
    Programs ask for what `is_polled` again and again: its tag is that of where the ledger stands, so that they are told without
    rendering that nothing is new, though the page is not kept.
    A view that knows when its page was last changed says so in `Last-Modified`: readers are then answered by that too.
    `beside` gives what the page stands on besides what every page does.
    A page that does not understand `on` refuses the past day: `base.html` says so above its content.
    """
    known = {*params, *unbounded}

    def decorate(view: View) -> View:
        @require_safe
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            request.is_public_page = True  # type: ignore[attr-defined]
            if "on" not in known and unknown is not Unknown.REFUSED:
                refuse_past_day(request)
            others = keep_known(request, known)
            if others and unknown is Unknown.REFUSED:
                return refused(request, others)
            said = others if unknown is Unknown.SAID else []
            if is_personal(request):
                return _kept_by_nobody(view(request, *args, **kwargs), said)
            is_kept = not past_day_refused(request) and not any(name in request.GET for name in unbounded)
            key = _key(request, beside()) if is_kept or is_polled else ""
            tag = f'W/"{key.removeprefix("page:")[:32]}"' if is_polled else ""
            if tag and _has_seen(request, tag):
                return _response(request, KeptPage(tag, b"", "", ""))
            page = caches["pages"].get(key) if is_kept else None
            if page is None:
                response = view(request, *args, **kwargs)
                if response.status_code != 200:
                    return _kept_by_nobody(response, said)
                page = _page(response, tag)
                if is_kept:
                    caches["pages"].set(key, page, SECONDS_KEPT)
            return _kept_by_nobody(_unzipped(page), said) if said else _response(request, page)

        answer.parameters = known  # type: ignore[attr-defined]
        return login_not_required(answer)

    return decorate


def read_by_some(request: HttpRequest) -> None:
    """This page is public, but not yet or no longer of this item: nobody else finds anything under its address."""
    request.is_public_page = False  # type: ignore[attr-defined]


def parameters_of(view: View) -> set[str] | None:
    """The names that a public page understands; None of a view that is no public page."""
    return getattr(view, "parameters", None)


def refuse_past_day(request: HttpRequest) -> None:
    """Take the day out of the address of a page that tells of today alone, and remember that it was asked for."""
    query = request.GET.copy()
    request.past_day_refused = "".join(query.pop("on", [])[-1:])  # type: ignore[attr-defined]
    request.GET = query  # type: ignore[assignment]


def past_day_refused(request: HttpRequest) -> str:
    """What was asked for as `?on=` of a page that cannot show a past day; empty where nothing was."""
    return getattr(request, "past_day_refused", "")


def is_personal(request: HttpRequest) -> bool:
    """Somebody may be signed in, or have a message waiting: what they see is theirs alone."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES


def kept_part(request: HttpRequest, render: Callable[[], str]) -> SafeString:
    """The part of a page that is the same for all who may read it: kept as public pages are, by where the ledger stands and the address.

    The view asks first who reads. Nothing in it may be of the reader: no name, no form's token, no rule on what they may do.
    """
    key = _key(request, "part")
    part = caches["pages"].get(key)
    if part is None:
        part = render()
        caches["pages"].set(key, part, SECONDS_KEPT)
    return SafeString(part)  # a template's own output


def _key(request: HttpRequest, beside: object) -> str:
    parts = (*stands_for(request), beside, clock.today(), settings.RELEASE, get_language(), request.get_full_path())
    return "page:" + hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()


def stands_for(request: HttpRequest) -> list[tuple[int, str]]:
    """Where the ledger stands: asked once for a request."""
    if not hasattr(request, "ledger_stands"):
        request.ledger_stands = ledger_stands()  # type: ignore[attr-defined]
    return request.ledger_stands  # type: ignore[attr-defined]


def stands_anew(request: HttpRequest) -> None:
    """Ask again, for all that is said to this request from now on: within a snapshot, of the rows that it gives."""
    request.ledger_stands = ledger_stands()  # type: ignore[attr-defined]


@prepared()
def ledger_stands() -> QuerySet[LedgerHead, tuple[int, str]]:
    """Where the ledger stands."""
    return LedgerHead.objects.order_by().values_list("seq", "digest")


def _page(response: HttpResponse, tag: str) -> KeptPage:
    # Of the text itself: two processes agree, and an event elsewhere that changed nothing here costs the reader nothing.
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    # A public page holds no secret that its compressed length could betray.
    zipped = gzip.compress(response.content, GZIP_LEVEL, mtime=0)
    return KeptPage(tag or f'W/"{digest}"', zipped, response["Content-Type"], response.get("Last-Modified", ""))


def _response(request: HttpRequest, page: KeptPage) -> HttpResponse:
    modified = _last_modified(page)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if _has_seen(request, page.etag):
        response: HttpResponse = HttpResponseNotModified()
    elif (
        "If-None-Match" not in request.headers and modified is not None and since is not None and since >= modified
    ):  # RFC 9110, 13.1.3
        response = HttpResponseNotModified()
    elif takes_gzip(request.headers.get("Accept-Encoding", "")):
        response = HttpResponse(page.zipped, content_type=page.content_type, headers={"Content-Encoding": "gzip"})
    else:
        response = _unzipped(page)
    response["ETag"] = page.etag
    if modified is not None:
        response["Last-Modified"] = page.last_modified
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    return response


def _has_seen(request: HttpRequest, tag: str) -> bool:
    seen = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in seen or tag in seen or tag.removeprefix("W/") in seen


def _last_modified(page: KeptPage) -> int | None:
    """Of a page whose view told it. Not within that second: what may still happen in it would look the same."""
    modified = parse_http_date_safe(page.last_modified) if page.last_modified else None
    return modified if modified is not None and clock.now().timestamp() >= modified + 1 else None


def _unzipped(page: KeptPage) -> HttpResponse:
    return HttpResponse(gzip.decompress(page.zipped), content_type=page.content_type)


def _kept_by_nobody(response: HttpResponse, others: list[str]) -> HttpResponse:
    """With a word on the parameters that were passed over, where there were any."""
    add_never_cache_headers(response)
    return with_note(response, others)


def takes_gzip(accepted: str) -> bool:
    """RFC 9110, 12.5.3: a coding of weight 0 is refused, and `*` speaks for those that are not named. Plain text is never wrong."""
    codings = filter(None, map(ACCEPTED_CODING.fullmatch, accepted.lower().split(",")))
    weights = {coding[1]: float(coding[2] or 1) for coding in codings}
    return weights.get("gzip", weights.get("*", 0)) > 0
