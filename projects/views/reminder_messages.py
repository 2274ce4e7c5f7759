"""One person's reminders: a message as they will get it, their next ones, and a test sent to whoever looks at it."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from focalpoints import clock
from focalpoints.business_days import is_business_day
from focalpoints.delivery import DeliveryOutcome, Fate
from focalpoints.models import Agency, User
from focalpoints.pages import signed_in
from projects.models import DailyAnchor, DailyMessage
from projects.models.reminders import OFFICE, office_name
from projects.reminders.compose import ComposedMessage, compose, sum_in_words
from projects.reminders.message import Message
from projects.reminders.plan import DayPlan
from projects.reminders.rehearsal import messages_to, plans_for
from projects.reminders.sending import send_test
from projects.reminders.texts import texts_in_use
from projects.rules import reads_reminders
from projects.views.reminders import DAYS, rows, told

LAST_SENT = 10
SECONDS_BETWEEN_TESTS = 20


@never_cache
@require_safe
def my_reminders(request: HttpRequest) -> HttpResponse:
    """The person's own next messages, and what became of the last ones."""
    user = signed_in.person(request)
    context = {
        "rows": rows(messages_to(user.pk, clock.today(), DAYS)),
        "sent": user.daily_messages.order_by("-day")[:LAST_SENT],
    }
    return render(request, "projects/my_reminders.html", context)


@never_cache
@require_safe
def reminder_message(request: HttpRequest, day: date, code: str) -> HttpResponse:
    """A message exactly as it will go out, or why there is none on that day."""
    person = _addressee(request, day, code)
    planned = _planned(person.pk, day)
    message = _message_to(person.pk, planned)
    named = message.named() if message else []
    composed = compose(message, texts_in_use(), DailyAnchor.objects.filter(day=day).first()) if message else None
    context = {
        "person": person,
        "day": day,
        "message": message,
        "told": told(named, day),
        "more": len(message.lines) - len(named) if message else 0,
        "sums": [sum_in_words(one) for one in message.sums] if message else [],
        "composed": composed,
        "body": body_of(composed) if composed else "",
        "is_own": person.pk == request.user.pk,
        "is_free_day": not is_business_day(day),
        "held": next((until for held, until in planned.held if held.pk == person.pk), None) if planned else None,
        "postponed": any(late.pk == person.pk for late, _count in planned.postponed) if planned else False,
        "record": DailyMessage.objects.to(code).filter(day=day).first(),
    }
    return render(request, "projects/reminder_message.html", context)


@never_cache
@require_POST
def reminder_test(request: HttpRequest, day: date, code: str) -> HttpResponse:
    """Send the message to whoever looks at it, and to nobody else."""
    user, person = signed_in.person(request), _addressee(request, day, code)
    message = _message_to(person.pk, _planned(person.pk, day))
    back = redirect("projects:reminder_message", day, code)
    if message is None:
        messages.error(request, _("Nothing is planned for that day any more: no test was sent."))
    elif not caches["throttle"].add(f"reminder-test:{user.code}", True, SECONDS_BETWEEN_TESTS):
        messages.error(request, _("A test was sent a moment ago. Look into your mail first; then try again."))
    else:
        _say(request, user, send_test(user, message))
    return back


def _say(request: HttpRequest, user: User, outcome: DeliveryOutcome) -> None:
    """Say what became of the test, and what to do about it."""
    facts = {"address": user.email, "detail": outcome.detail}
    match outcome.fate:
        case Fate.SENT:
            messages.success(request, _("The test was sent to %(address)s. It says so in its subject.") % facts)
        case Fate.REFUSED:
            messages.error(
                request,
                _("The mail server refuses %(address)s: %(detail)s. An administrator can correct the address.") % facts,
            )
        case Fate.FAILED:
            messages.error(
                request,
                _(
                    "The mail server did not accept the test: %(detail)s. Try again later; if it goes on, tell the operator."
                )
                % facts,
            )
        case Fate.UNKNOWN:
            messages.warning(
                request,
                _("The connection broke before the mail server answered: the test may arrive at %(address)s, or not.")
                % facts,
            )


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person, or the office of a head: `pk`, `name` and `code` as the plan's `Recipient` has them."""

    pk: int
    name: str
    code: str


def _addressee(request: HttpRequest, day: date, code: str) -> Addressee:
    """Whose message it is. Raises Http404 for a day that is not rehearsed, and for somebody else's message unless an office reads it."""
    if not 0 <= (day - clock.today()).days < DAYS:
        raise Http404
    if code.startswith(OFFICE) and reads_reminders(request.user):
        agency = get_object_or_404(Agency.objects.registered().exclude(head_email=""), key=code.removeprefix(OFFICE))
        return Addressee(-agency.pk, office_name(agency.short_name), code)
    person = get_object_or_404(User.objects.active().people(), code=code)
    if person.pk != request.user.pk and not reads_reminders(request.user):
        raise Http404
    return Addressee(person.pk, person.name, code)


def _planned(person: int, day: date) -> DayPlan | None:
    """What is planned for that day; None for a weekend or holiday."""
    plans = plans_for(person, clock.today(), (day - clock.today()).days + 1)
    return next((planned for planned in plans if planned.day == day), None)


def _message_to(person: int, planned: DayPlan | None) -> Message | None:
    found = planned.messages if planned else []
    return next((message for message in found if message.person.pk == person), None)


def body_of(composed: ComposedMessage) -> SafeString:
    """What stands between the mail's <body> tags; the mail's template has escaped it."""
    inside = composed.html.partition("<body>")[2].rpartition("</body>")[0]
    return mark_safe(inside)  # noqa: S308
