"""The page behind the bell: what others did to the person's items and, for coordinators, what came to their office."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from focalpoints.ledger.record import MOST
from focalpoints.models import User
from focalpoints.pages.pager import part, rows_of
from focalpoints.pages.signed_in import person
from projects import actions
from projects.models import Commitment, Notice, Task
from projects.reading.history import Event, events
from projects.rules import gets_notices


@dataclass(slots=True)
class ItemWithNotices:
    """A task or commitment, and what happened to it, newest first."""

    code: str
    title: str
    language: str
    url: str
    is_task: bool
    happened: list[tuple[Event, bool]] = field(default_factory=list)


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
    return render(
        request,
        "projects/notice_list.html",
        {
            "items": _by_item(shown.rows, user.notices_seen),
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


def _by_item(notices: Iterable[Notice], seen: int) -> list[ItemWithNotices]:
    """The item with the latest notice first. Three queries."""
    notices = list(notices)
    entries = [notice.entry for notice in notices]
    items = _items({notice.item for notice in notices})
    for notice, event in zip(notices, events(entries), strict=True):
        items[notice.item].happened.append((event, notice.entry_id > seen))
    return [items[name] for name in dict.fromkeys(notice.item for notice in notices)]


def _items(names: set[str]) -> dict[str, ItemWithNotices]:
    found: dict[str, ItemWithNotices] = {}
    for kind, model in (("task", Task), ("commitment", Commitment)):
        codes = [name.removeprefix(f"{kind}:") for name in names if name.startswith(f"{kind}:")]
        rows = model._default_manager.filter(code__in=codes).order_by().values_list("code", "title", "language")
        for code, title, language in rows:
            url = reverse(f"projects:{kind}_detail", args=[code])
            found[f"{kind}:{code}"] = ItemWithNotices(code, title, language, url, kind == "task")
    return found
