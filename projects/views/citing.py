"""How a public page is cited, and where an error on it is reported."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _

from focalpoints.models import Entry
from focalpoints.office import Contact, contact
from focalpoints.pages.addresses import page
from focalpoints.pages.page_cache import parameters_of, public_page, stands_for
from focalpoints.sql.prepared import prepared
from focalpoints.templatetags.edn import day_in_words
from projects.models import Task
from projects.reading.as_of import NoSuchDay, day_of
from projects.reading.changes import ROWS, scope_of
from projects.reading.day import Day

LONGEST = 2000  # of an address


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A public page of a day. `back` is its address without the site's; `stays` is whether its address names the day for good."""

    back: str
    address: str
    title: str
    language: str
    on: date
    stays: bool


@public_page(unbounded=("of",))
def cite(request: HttpRequest) -> HttpResponse:
    office = contact(request)
    cited, day = _cited(request.GET.get("of") or page("projects:board"))
    [(seq, digest)] = _head_then(day.ends_at) if day.is_past else stands_for(request)
    context = {
        "cited": cited,
        "seq": seq,
        "digest": digest,
        "citation": citation(cited, seq, digest),
        "office": office,
        "mail": _mail(office, cited) if office else "",
    }
    return render(request, "projects/cite.html", context)


def citation(cited: CitedPage, seq: int, digest: str) -> str:
    """One paragraph to copy: who publishes it, the page, the day of its data, where the ledger stood, the address."""
    said = [
        _("National Digital Strategy, follow-up portal."),
        _("“%(title)s”.") % {"title": cited.title} if cited.title else "",
        _("Data of %(day)s; ledger up to entry %(seq)d, digest %(digest)s.")
        % {"day": day_in_words(cited.on), "seq": seq, "digest": digest},
        cited.address,
    ]
    return " ".join(filter(None, said))


def _mail(office: Contact, cited: CitedPage) -> str:
    """The address of a letter to the office about the page and day."""
    subject = _("Error on %(address)s, data of %(day)s") % {"address": cited.address, "day": day_in_words(cited.on)}
    return f"mailto:{quote(office.email, safe='@')}?subject={quote(subject)}"


def _cited(asked: str) -> tuple[CitedPage, Day]:
    """The page at this address and the day it tells of. Raises Http404 for what is no public page of this site."""
    match, query = _public(asked)
    takes = parameters_of(match.func) or set()
    request = HttpRequest()
    request.GET = query  # type: ignore[assignment]
    try:
        day = day_of(request) if "on" in takes else Day.today()
    except NoSuchDay as error:
        raise Http404 from error
    kept = QueryDict(mutable=True)
    for name in sorted(takes & query.keys()):
        kept.setlist(name, query.getlist(name))
    if "on" in takes:
        kept["on"] = day.on.isoformat()
    path = quote(urlsplit(asked).path)
    address = path + (f"?{kept.urlencode()}" if kept else "")
    title, language = _title(match)
    return CitedPage(asked, settings.BASE_URL + address, title, language, day.on, "on" in takes), day


def _public(asked: str) -> tuple[ResolverMatch, QueryDict]:
    try:
        parts = urlsplit(asked)
        match = resolve(parts.path)
    except (ValueError, Resolver404) as error:
        raise Http404 from error
    is_elsewhere = parts.scheme or parts.netloc or not parts.path.startswith("/") or len(asked) > LONGEST
    if is_elsewhere or parameters_of(match.func) is None:
        raise Http404
    return match, QueryDict(parts.query)


def _title(match: ResolverMatch) -> tuple[str, str]:
    """Title and language of what the page is about, of a follow-up or a request its code; nothing for a list.

    Raises Http404 for what there is not.
    """
    kind = match.kwargs.get("kind") or match.view_name.removeprefix("projects:").removesuffix("_detail")
    key = next((match.kwargs[name] for name in ("code", "slug", "key", "number") if name in match.kwargs), None)
    if key is None:
        return "", ""
    if kind == "task":
        task = Task.objects.public().filter(code=key).first()
        if task is None:
            raise Http404
        return f"{task.title} ({task.code})", task.language
    if kind not in ROWS:
        return str(key), ""
    scope = scope_of(kind, key)
    if scope is None:
        raise Http404
    return (f"{scope.title} ({key})" if kind in {"commitment", "project"} else scope.title), scope.language


@prepared("ends_at")
def _head_then(ends_at: datetime) -> QuerySet[Entry, tuple[int, str]]:
    """Where the ledger stood at the end of a day."""
    return Entry.objects.filter(at__lt=ends_at).order_by("-at", "-seq").values_list("seq", "digest")[:1]
