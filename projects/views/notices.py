"""The page behind the bell: what others did to the person's items and, for coordinators, what came to their office."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from focalpoints import clock
from focalpoints.ledger.record import MOST
from focalpoints.models import User
from focalpoints.pages.pager import part, rows_of
from focalpoints.pages.signed_in import person
from focalpoints.rules import is_coordinator
from projects import actions
from projects.models import Commitment, Notice, Task
from projects.reading.history import Event, events
from projects.rules import gets_notices

# More notices of a kind on one day than this fold into one line.
MOST_SPREAD = 3


class NoticeItem(NamedTuple):
    """A task or commitment that something happened to."""

    code: str
    title: str
    language: str
    url: str


class ToldNotice(NamedTuple):
    event: Event
    item: NoticeItem
    is_new: bool


@dataclass(slots=True)
class LikeNotices:
    """What happened in the same way on one day, newest first: one line where there are many."""

    what: str
    notices: list[ToldNotice] = field(default_factory=list)

    @property
    def new(self) -> int:
        return sum(notice.is_new for notice in self.notices)


class DayOfNotices(NamedTuple):
    day: date
    kinds: list[LikeNotices]


class MonthOfNotices(NamedTuple):
    """What was seen, or happened before the person was appointed: one line that opens to its days."""

    first: date
    number: int
    days: list[DayOfNotices]


class NoticesSeenForm(forms.Form):
    upto = forms.IntegerField(min_value=0, max_value=MOST)


def reader(request: HttpRequest) -> User:
    """Whoever is signed in, if they get notices; else Http404."""
    if not gets_notices(request.user):
        raise Http404
    return person(request)


@never_cache
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    shown = part(rows_of(Notice.objects.of(user).newest_first()), request.GET.get("page"))
    newest = shown.rows[0].entry_id if shown.rows else 0
    told = _told(shown.rows, user.notices_seen)
    new = [notice for notice in told if notice.is_new]
    return render(
        request,
        "projects/notice_list.html",
        {
            # The office reads a digest by kind, whoever did it and when.
            "kinds": _by_kind(new) if (is_office := is_coordinator(user)) else [],
            "days": [] if is_office else _by_day(new),
            "is_office": is_office,
            "months": _by_month([notice for notice in told if not notice.is_new]),
            "most": MOST_SPREAD,
            "notices": shown,
            # The button is on the first page only, which begins with what is new.
            "upto": newest if not shown.has_previous and newest > user.notices_seen else None,
        },
    )


@never_cache
@require_POST
def notices_seen(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    form = NoticesSeenForm(request.POST)
    if not form.is_valid():
        raise BadRequest("No such entry.")
    actions.mark_seen(by=user, upto=form.cleaned_data["upto"])
    return redirect("projects:notice_list")


def _told(notices: Sequence[Notice], seen: int) -> list[ToldNotice]:
    """Three queries."""
    items = _items({notice.item for notice in notices})
    told = zip(notices, events([notice.entry for notice in notices]), strict=True)
    return [ToldNotice(event, items[notice.item], notice.entry_id > seen) for notice, event in told]


def _by_kind(notices: Iterable[ToldNotice]) -> list[LikeNotices]:
    """By what happened, the most frequent first."""
    kinds: dict[str, LikeNotices] = {}
    for notice in notices:
        kinds.setdefault(notice.event.what, LikeNotices(notice.event.what)).notices.append(notice)
    return sorted(kinds.values(), key=lambda like: -len(like.notices))


def _by_day(notices: Iterable[ToldNotice]) -> list[DayOfNotices]:
    """By day and what happened, the latest first."""
    days: dict[date, dict[str, LikeNotices]] = {}
    for notice in notices:
        kinds = days.setdefault(clock.day_of(notice.event.at), {})
        kinds.setdefault(notice.event.what, LikeNotices(notice.event.what)).notices.append(notice)
    return [DayOfNotices(day, list(kinds.values())) for day, kinds in days.items()]


def _by_month(notices: Iterable[ToldNotice]) -> list[MonthOfNotices]:
    """The latest first."""
    months: dict[date, list[ToldNotice]] = {}
    for notice in notices:
        months.setdefault(clock.day_of(notice.event.at).replace(day=1), []).append(notice)
    return [MonthOfNotices(first, len(told), _by_day(told)) for first, told in months.items()]


def _items(names: set[str]) -> dict[str, NoticeItem]:
    found: dict[str, NoticeItem] = {}
    for kind, model in (("task", Task), ("commitment", Commitment)):
        codes = [name.removeprefix(f"{kind}:") for name in names if name.startswith(f"{kind}:")]
        rows = model._default_manager.filter(code__in=codes).order_by().values_list("code", "title", "language")
        for code, title, language in rows:
            url = reverse(f"projects:{kind}_detail", args=[code])
            found[f"{kind}:{code}"] = NoticeItem(code, title, language, url)
    return found
