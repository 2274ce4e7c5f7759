"""The page of everything that waits for the coordination office, and its file."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints import business_days, clock
from focalpoints.alarms import unconfirmed_roles
from focalpoints.exports.exported import answers_of, exported, private_file
from focalpoints.models import User
from focalpoints.pages.pager import page_at
from focalpoints.pages.parameters import understands
from focalpoints.pages.signed_in import person
from focalpoints.rules import is_coordinator
from focalpoints.templatetags.edn import intcomma
from projects.exports.review_queue import REVIEW_QUEUE, queue_rows
from projects.forms.review_queue import QueueForm
from projects.reading.review_queue import Flag, Kind, ReviewQueue, WaitingItem, review_queue
from projects.reading.review_rows import FollowUpToReview, QueueRow, rows_of
from projects.reminders.alarms import reminder_alarms
from projects.views.deciding import address_of
from projects.views.navigation import office_actions

NAMES = QueueForm.NAMES


class QueueChip(NamedTuple):
    """A filter of one press. The one in force takes itself off."""

    label: str
    number: int
    url: str
    is_on: bool


class Section(NamedTuple):
    """A table of the queue's page: of one duty, or of one kind. `waiting` is how many of the duty do, on whatever page."""

    kind: str
    rows: list[QueueRow]
    duty: FollowUpToReview | None = None
    waiting: int = 0


class Ages(NamedTuple):
    """Of what is listed, in business days."""

    oldest: int
    median: int


@never_cache
@require_safe
@understands(*NAMES, "page")
def review_list(request: HttpRequest) -> HttpResponse:
    if not is_coordinator(request.user):
        raise Http404
    form = QueueForm(request.GET)
    queue = review_queue(person(request), form.asked) if form.is_valid() else None
    page = page_at(queue.items if queue else [], request.GET.get("page"))
    context = {
        "form": form,
        "filters_in_use": len([name for name in NAMES if form.data.get(name)]),
        "alarms": [*reminder_alarms(), *unconfirmed_roles()],
        "moves": office_actions(request.user),
        "page": page,
        "query": form.query(),
        "shortcuts": person(request).shortcuts,
        **dict.fromkeys(("queue", "ages", "first_url", "counted"), ""),
        **dict.fromkeys(("chips", "to_review", "sections"), ()),
    }
    if queue:
        first = queue.first()
        sections = sections_of(person(request), queue, page.object_list)
        context |= {
            "queue": queue,
            "chips": chips_of(form, queue),
            "counted": _counted(Counter(item.kind for item in queue.items)),
            "ages": _ages(queue.items, clock.today()),
            "first_url": address_of(first, form.query()) if first else "",
            "to_review": [section for section in sections if section.kind in TICKED],
            "sections": [section for section in sections if section.kind not in TICKED],
        }
    return render(request, "projects/review_queue.html", context)


@private_file("projects:review_queue", *NAMES, "page")
def review_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The queue as this coordinator sees it, all pages. With a wrong filter the page says what is wrong."""
    if not is_coordinator(request.user):
        raise Http404
    form = QueueForm(request.GET)
    if not form.is_valid():
        return redirect(reverse("projects:review_queue", query=request.GET))
    return exported(request, REVIEW_QUEUE, queue_rows(person(request), form.asked), fmt, answers_of(form))


def sections_of(user: User, queue: ReviewQueue, items: Iterable[WaitingItem]) -> list[Section]:
    """A page of the queue as its tables: follow-ups one by one, then those that are alike, then each other kind."""
    rows = rows_of(user, items)
    shown = [item for item in items if item in rows]
    tables: dict[object, list[WaitingItem]] = {Kind.FOLLOW_UP: []}
    for item in shown:
        tables.setdefault(item.duty if queue.is_alike(item) else item.kind, []).append(item)
    sections = []
    for key in sorted(tables, key=lambda key: ORDER.get(key, 1)):
        found = [rows[item] for item in tables[key]]
        if not found:
            continue
        first = found[0]
        is_duty = key not in ORDER and isinstance(first, FollowUpToReview)
        count = queue.duties[key] if is_duty else 0  # type: ignore[index]
        sections.append(Section("duty" if is_duty else str(key), found, first if is_duty else None, count))  # type: ignore[arg-type]
    return sections


# Their rows have boxes: follow-ups.
TICKED = {"duty", "follow-up"}
ORDER: dict[object, int] = {Kind.FOLLOW_UP: 0, Kind.REQUEST: 2, Kind.PROPOSAL: 3, Kind.ASSESSMENT: 4}


def chips_of(form: QueueForm, queue: ReviewQueue) -> list[QueueChip]:
    """Each keeps the rest of the filter. What would give nothing is left out, unless it is in force."""
    asked = form.asked
    whole = not (asked.kind or asked.flag or asked.mine)
    chips = [
        QueueChip(
            pgettext("everything that waits", "All"), queue.everything, form.query(kind="", flag="", mine=""), whole
        )
    ]
    chips.append(QueueChip(_("My portfolio"), queue.mine, form.query(mine="" if asked.mine else "1"), asked.mine))
    for name, choices, counts in (("flag", Flag, queue.flags), ("kind", Kind, queue.kinds)):
        for choice in choices:
            is_on = getattr(asked, name) == choice.value
            query = form.query(**{name: "" if is_on else choice.value})
            chips.append(QueueChip(str(choice.label), counts[choice.value], query, is_on))
    return [chip for chip in chips if chip.number or chip.is_on]


def _counted(kinds: Counter[Kind]) -> str:
    """How many of each kind, in words."""
    said = {
        Kind.FOLLOW_UP: ngettext("%(n)s follow-up", "%(n)s follow-ups", kinds[Kind.FOLLOW_UP]),
        Kind.REQUEST: ngettext("%(n)s request", "%(n)s requests", kinds[Kind.REQUEST]),
        Kind.PROPOSAL: ngettext("%(n)s proposed task", "%(n)s proposed tasks", kinds[Kind.PROPOSAL]),
        Kind.ASSESSMENT: ngettext("%(n)s assessment", "%(n)s assessments", kinds[Kind.ASSESSMENT]),
    }
    return ", ".join(words % {"n": intcomma(kinds[kind])} for kind, words in said.items() if kinds[kind])


def _ages(items: list[WaitingItem], today: date) -> Ages | None:
    days = sorted([item.since_day for item in items], reverse=True)
    if not days:
        return None
    return Ages(business_days.between(days[-1], today), business_days.between(days[(len(days) - 1) // 2], today))
