"""The messages that were sent, and what became of them; first those that need attention."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.exports.exported import exported, private_file
from focalpoints.models import Entry
from focalpoints.pages.pager import part, rows_of
from focalpoints.pages.parameters import understands
from focalpoints.pages.rows import language
from focalpoints.rules import is_administrator
from focalpoints.tables.xlsx_file import counted
from focalpoints.workflow import StrOrPromise, sentence_of
from projects.exports.reminders import SENT, sent_rows
from projects.forms.reminders import SentFilter
from projects.models import Commitment, DailyMessage, MessageItem, Task
from projects.models.reminders import DailyMessageQuerySet
from projects.reading.history import said_of_subject
from projects.reading.lists.listed_rows import in_turn
from projects.reading.lists.listing import listing
from projects.reminders.alarms import advice_on, reminder_alarms
from projects.reminders.compose import sum_in_words
from projects.reminders.facts import ReminderKind
from projects.reminders.message import occasion_of, sum_kept, why_told
from projects.rules import reads_reminders
from projects.views.filters import filter_page

ITEMS_SHOWN, TROUBLE_SHOWN = 50, 20


@dataclass(frozen=True, slots=True)
class ItemSent:
    """An item of a message that went out. Without a title where it goes by its code, or is not there any more."""

    item: MessageItem
    occasion: StrOrPromise
    why: StrOrPromise
    title: StrOrPromise = ""
    language: str = ""
    url: str = ""
    code: str = ""


@never_cache
@require_safe
@understands(*SentFilter.params())
def reminders_sent(request: HttpRequest) -> HttpResponse:
    """All messages, newest first; above them, on the first page, those that need attention."""
    if not reads_reminders(request.user):
        raise Http404
    every = DailyMessage.objects.order_by("-day", "pk")
    filters = SentFilter(request.GET, every, on=clock.today())
    found = listing(filters, request.GET.get("page"), lambda keys: in_turn(keys, _for_list(every)))
    context = {
        "filters": filters,
        "form": filters.form,
        "found": found,
        "rows": _advised(found.rows),
        "trouble": [] if request.GET else _advised(_for_list(DailyMessage.objects.unreached())[:TROUBLE_SHOWN]),
        "alarms": list(reminder_alarms()),
        "may_write": is_administrator(request.user),
    }
    return render(request, "projects/reminders_sent.html", context, status=found.status)


@private_file("projects:reminders_sent", *SentFilter.params())
def reminders_sent_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """All messages that the filters find. With wrong ones the page says what is wrong."""
    if not reads_reminders(request.user):
        raise Http404
    filters = SentFilter(request.GET, DailyMessage.objects.order_by("-day", "pk"), on=clock.today())
    if not filters.is_valid():
        return redirect(reverse("projects:reminders_sent", query=request.GET))
    asked = [(chip.label, chip.value) for chip in filters.chips]
    return exported(request, SENT, sent_rows(_for_list(filters.qs)), fmt, asked, lambda: counted(filters.qs))


@never_cache
@require_safe
@understands(*SentFilter.params())
def reminders_sent_filter(request: HttpRequest) -> HttpResponse:
    if not reads_reminders(request.user):
        raise Http404
    filters = SentFilter(request.GET, DailyMessage.objects.none(), on=clock.today(), is_whole=True)
    return filter_page(
        request, filters.form, "projects:reminders_sent", listed=_("Reminders that were sent"),
        title=_("Filter the reminders that were sent"), above=[("projects:reminders", _("Reminders"))],
    )  # fmt: skip


@never_cache
@require_safe
def reminder_sent(request: HttpRequest, day: date, code: str) -> HttpResponse:
    """One message that went out, or did not. The offices may read it, and the person it was for."""
    sent = get_object_or_404(_for_list(DailyMessage.objects.to(code)), day=day)
    is_own = sent.person_id == request.user.pk
    if not is_own and not reads_reminders(request.user):
        raise Http404
    shown = part(rows_of(sent.items.all()), request.GET.get("page"), ITEMS_SHOWN)
    shown.rows[:] = _said(shown.rows)
    context = {
        "sent": sent,
        "advice": advice_on(sent),
        "items": shown,
        "is_own": is_own,
        "may_correct": is_administrator(request.user),
    }
    return render(request, "projects/reminder_sent.html", context)


def _for_list(rows: DailyMessageQuerySet) -> DailyMessageQuerySet:
    return rows.select_related("person", "office").annotate(said=Count("items"))


def _advised(rows: Iterable[DailyMessage]) -> list[tuple[DailyMessage, StrOrPromise]]:
    """Each with advice on what to do; without advice where the message arrived."""
    return [(row, "" if row.state == DailyMessage.State.SENT else advice_on(row)) for row in rows]


def _said(items: list[MessageItem]) -> list[ItemSent]:
    """Each with the title that the item has now. Three queries."""
    codes = [item.item for item in items]
    titles = {
        code: (title, spoken, reverse(name, args=[code]))
        for model, name in ((Task, "projects:task_detail"), (Commitment, "projects:commitment_detail"))
        for code, title, spoken in model.objects.filter(code__in=codes).values_list("code", "title", "language")
    }
    done = {
        f"{entry.seq}": (
            sentence_of(entry.subject_type, entry.verb, said.get("kind", "")),
            language(),
            reverse("projects:my_work"),
            entry.subject if entry.subject_type == "task" else said.get("task", said.get("commitment", entry.subject)),
        )
        for entry, said in _told(items)
    }
    return [
        ItemSent(item, occasion_of(item), why_told(item), *(titles | done).get(item.item, _untitled(item)))
        for item in items
    ]


def _told(items: list[MessageItem]) -> Iterator[tuple[Entry, dict[str, str]]]:
    """The entries that are told as news, each with the codes that it names."""
    for entry in Entry.objects.filter(seq__in=[item.item for item in items if item.kind == ReminderKind.NEWS]):
        yield entry, said_of_subject(entry.text)["codes"]


def _untitled(item: MessageItem) -> tuple[StrOrPromise, str, str]:
    """Title, language and address of a sum; no title for follow-ups and requests for a new date, which go by their codes."""
    if item.kind == ReminderKind.SUM:
        words = sum_in_words(sum_kept(item))
        return words.words, language(), words.url
    if item.kind in (ReminderKind.RETURNED, ReminderKind.QUEUE):
        return "", "", reverse("projects:follow_up_detail", args=[item.item])
    if item.kind == ReminderKind.ROLE:
        return "", "", reverse("focalpoints:role_list")
    if item.kind == ReminderKind.DATE_REQUEST:
        return "", "", reverse("projects:request_detail", args=[item.item])
    return "", "", ""
