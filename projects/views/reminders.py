"""Who will be reminded of what in the next two weeks: the rehearsal of every message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.pages.pager import page_at
from focalpoints.pages.parameters import understands
from focalpoints.rules import is_administrator
from focalpoints.workflow import StrOrPromise
from projects.forms.reminders import RehearsalForm
from projects.models import Pause
from projects.reminders.alarms import reminder_alarms
from projects.reminders.compose import when
from projects.reminders.message import Message, ReminderLine, occasion_of, why_told
from projects.reminders.plan import DayPlan, Gap
from projects.reminders.rehearsal import rehearse
from projects.reminders.texts import NAMES
from projects.rules import reads_reminders

DAYS = 14
LINES_SHOWN, GAPS_SHOWN, PAUSES_SHOWN = 8, 50, 50


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a message as the offices see it: what is said, when, and why to this person."""

    line: ReminderLine
    when: str
    why: StrOrPromise
    occasion: StrOrPromise


@dataclass(frozen=True, slots=True)
class MessageShown:
    """A message in the list: its first lines, and how many more there are."""

    message: Message
    told: list[LineShown]

    @property
    def language_name(self) -> str:
        return NAMES[self.message.person.language]

    @property
    def more(self) -> int:
        return self.message.count - len(self.told)


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A post that nobody holds, and the page that helps to fill it."""

    gap: Gap
    url: str


@never_cache
@require_safe
@understands("q", "day", "page")
def reminders(request: HttpRequest) -> HttpResponse:
    """Every message of the next two weeks: a table of days, and the messages of the day or person asked for."""
    if not reads_reminders(request.user):
        raise Http404
    plans = list(rehearse(clock.today(), DAYS))
    form = RehearsalForm(request.GET, days=[planned.day for planned in plans])
    shown = _shown(plans, form)
    found = form.narrowed(message for planned in shown for message in planned.messages)
    paused = _paused()
    page = page_at(found, request.GET.get("page"))
    context = {
        "form": form,
        "active": len(form.chosen),
        "plans": plans,
        "shown": shown[0] if len(shown) == 1 else None,
        "page": page,
        "rows": rows(page),
        "vacancies": _vacancies(request, shown[0]) if len(shown) == 1 else [],
        "gaps_shown": GAPS_SHOWN,
        "has_more_vacancies": len(shown) == 1 and len(shown[0].vacancies) + len(shown[0].gaps) > GAPS_SHOWN,
        "pauses": paused[:PAUSES_SHOWN],
        "has_more_pauses": len(paused) > PAUSES_SHOWN,
        "alarms": list(reminder_alarms()),
        "may_write": is_administrator(request.user),
    }
    return render(request, "projects/reminders.html", context, status=200 if form.is_valid() else 400)


def _shown(plans: list[DayPlan], form: RehearsalForm) -> list[DayPlan]:
    """The day that was asked for, or all days for a person or agency, or else the first day with a message. None for a wrong form."""
    if not form.is_valid():
        return []
    if day := form.chosen.get("day"):
        return [planned for planned in plans if planned.day == day]
    if form.chosen.get("q"):
        return plans
    return [planned for planned in plans if planned.messages][:1] or plans[:1]


def rows(found: Iterable[Message]) -> list[MessageShown]:
    return [MessageShown(message, told(message.lines[:LINES_SHOWN], message.day)) for message in found]


def told(lines: list[ReminderLine], day: date) -> list[LineShown]:
    return [LineShown(line, when(line, day), why_told(line), occasion_of(line)) for line in lines]


def _vacancies(request: HttpRequest, planned: DayPlan) -> list[Vacancy]:
    """For an administrator with the page that appoints somebody, for a coordinator with the agency's page. Empty seats first."""
    gaps = [*planned.vacancies, *planned.gaps]
    return [Vacancy(gap, _where_to_appoint(request, gap)) for gap in gaps[:GAPS_SHOWN]]


def _where_to_appoint(request: HttpRequest, gap: Gap) -> str:
    if gap.agency is None:
        return reverse("focalpoints:person_list") if is_administrator(request.user) else ""
    if is_administrator(request.user) and not gap.agency.is_closed:
        return f"{reverse('focalpoints:appointment_create')}?{urlencode({'agency': gap.agency.key})}"
    return reverse("projects:agency_detail", args=[gap.agency.key])


def _paused() -> list[Pause]:
    """The pauses that have not ended, the next to end first. One more than is shown, to tell whether there are more."""
    rows = Pause.objects.not_ended(clock.today()).select_related("task", "commitment")
    return list(rows.order_by("until", "pk")[: PAUSES_SHOWN + 1])
