"""How a public page is cited, and where an error on it is reported."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _

from focalpoints.models import AgencyVersion, Entry
from focalpoints.office import Contact, contact
from focalpoints.pages.addresses import page
from focalpoints.pages.page_cache import parameters_of, public_page, stands_for
from focalpoints.sql.prepared import prepared
from focalpoints.templatetags.edn import day_in_words
from principles.models import Enabler
from projects.models import CommitmentVersion, FollowUp, Request, Task, TaskVersion
from projects.reading.as_of import NoSuchDay, day_of, told
from projects.reading.changes import ROWS, scope_of
from projects.reading.day import Day

LONGEST = 2000  # of an address
EVERYBODY = AnonymousUser()


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A public page of a day. `back` leads to it as it was asked for; `stays` is whether `address` names the day for good."""

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
    seq, digest = head_on(request, day)
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
    path, match, query = _public(asked)
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
    back = _with_query(path, kept)
    if "on" in takes:
        kept["on"] = day.on.isoformat()
    title, language = _title(match, day)
    return CitedPage(back, settings.BASE_URL + _with_query(path, kept), title, language, day.on, "on" in takes), day


def _with_query(path: str, query: QueryDict) -> str:
    return quote(path) + (f"?{query.urlencode()}" if query else "")


def _public(asked: str) -> tuple[str, ResolverMatch, QueryDict]:
    """The path, in whichever of the two languages it is, what it leads to, and the query behind it."""
    try:
        parts = urlsplit(asked)
        with override(get_language_from_path(parts.path) or settings.LANGUAGE_CODE):
            match = resolve(parts.path)
    except (ValueError, Resolver404) as error:
        raise Http404 from error
    # A browser takes what stands behind two slashes for another site.
    is_elsewhere = parts.scheme or parts.netloc or asked.startswith("//") or not parts.path.startswith("/")
    if is_elsewhere or len(asked) > LONGEST or parameters_of(match.func) is None:
        raise Http404
    return parts.path, match, QueryDict(parts.query)


def _title(match: ResolverMatch, day: Day) -> tuple[str, str]:
    """Title and language of what the page is about, as the day called it; of a follow-up or a request its code; nothing for a list.

    Raises Http404 for what there is not, was not there yet on a past day, or is not public.
    """
    kind = match.kwargs.get("kind") or match.view_name.removeprefix("projects:").removesuffix("_detail").removesuffix(
        "_report"
    )
    key = next((match.kwargs[name] for name in ("code", "slug", "key", "number") if name in match.kwargs), None)
    if key is None:
        return "", ""
    found = _called(kind, key, day)
    if found is None:
        raise Http404
    title, language = found
    return (f"{title} ({key})" if kind in {"task", "commitment", "project"} else title), language


def _called(kind: str, key: Any, day: Day) -> tuple[str, str] | None:
    """Title and language on that day; None for what was not there or not public."""
    rows: list[Any] = []
    match kind:
        case "follow_up" | "request":
            rows_of_kind = (FollowUp if kind == "follow_up" else Request).objects.visible_to(EVERYBODY)
            return (key, "") if rows_of_kind.filter(code=key).exists() else None
        case "agency" if day.is_past:
            name = AgencyVersion.objects.on(day.on).filter(agency__key=key).values_list("name", flat=True).first()
            return (name, "es") if name else None
        case "commitment" if day.is_past:
            stood = CommitmentVersion.objects.on(day.on).filter(commitment__code=key)
            rows = told(stood.select_related("commitment"))
        case "task" if day.is_past:
            rows = told(TaskVersion.objects.on(day.on).public().filter(task__code=key).select_related("task"))
        case "enabler":
            return next(((row.title, row.title_language) for row in Enabler.objects.filter(number=key)), None)
        case "task":
            rows = list(Task.objects.public().filter(code=key))
        case _ if kind in ROWS:
            rows = [scope for scope in [scope_of(kind, key)] if scope]
    return next(((row.title, row.language) for row in rows), None)


def head_on(request: HttpRequest, day: Day) -> tuple[int, str]:
    """Number and digest of the last entry that a page of the day stands on."""
    [head] = _head_then(day.ends_at) if day.is_past else stands_for(request)
    return head


@prepared("ends_at")
def _head_then(ends_at: datetime) -> QuerySet[Entry, tuple[int, str]]:
    """Where the ledger stood at the end of a day."""
    return Entry.objects.filter(at__lt=ends_at).order_by("-at", "-seq").values_list("seq", "digest")[:1]
