"""Alarms about reminders: a day on which they were not sent, people whom the last message did not reach, and what to do about it."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.alarms import Alarm
from focalpoints.business_days import on_or_before
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import StrOrPromise
from projects.models import DailyAnchor, DailyMessage


def reminder_alarms() -> Iterator[Alarm]:
    """What an administrator must look at. Two queries."""
    last = on_or_before(clock.today() - timedelta(days=1))
    ran_on = next(iter(_last_run()), None)
    if ran_on is None or ran_on < last:
        yield Alarm(_missed(last, ran_on), reverse("projects:reminders_sent"), gettext("What was sent"))
    unreached = len(_unreached())
    if unreached:
        said = ngettext(
            "The last message of reminders to %(n)d person or office did not arrive, or may not have.",
            "The last message of reminders to %(n)d people or offices did not arrive, or may not have.",
            unreached,
        )
        url = reverse("projects:reminders_sent") + "?state=trouble"
        yield Alarm(said % {"n": unreached}, url, gettext("See what to do"))


@prepared()
def _last_run() -> QuerySet[DailyAnchor, date]:
    """The last day on which everybody was sent theirs."""
    return DailyAnchor.objects.filter(is_complete=True).order_by("-day").values_list("day", flat=True)[:1]


@prepared()
def _unreached() -> QuerySet[DailyMessage, tuple[int | None, int | None]]:
    return DailyMessage.objects.unreached().order_by().values_list("person", "office").distinct()


def _missed(last: date, ran_on: date | None) -> str:
    if ran_on is None:
        return gettext(
            "Reminders have never been sent. The operator schedules “manage.py send_due” (docs/operations.md)."
        )
    return gettext(
        "Reminders were not sent, or not to everybody, on %(day)s. The operator looks at what schedules “manage.py send_due”."
    ) % {"day": date_format(last, "d/m/Y")}


_S = DailyMessage.State
ADVICE: dict[str, StrOrPromise] = {
    _S.CLAIMED: _(
        "A run is sending it. If that run ended in the middle, the next one notes that nobody knows its outcome."
    ),
    _S.SENT: _("The mail server accepted it."),
    _S.UNKNOWN: _(
        "The connection broke while it was handed over: it may have arrived, or not. It is not sent again; "
        "what is still due stands in the person’s next message."
    ),
    _S.REFUSED: _(
        "The mail server refuses this address. Ask for the right one and correct it: "
        "what is still due goes out with the next message."
    ),
    _S.FAILED: _(
        "The mail server did not accept it. It is tried again by itself; if that goes on, the operator looks at the server."
    ),
    _S.FAULTY: _(
        "The portal could not put it into words: nothing went out, and everything in it is still due. It is tried again by "
        "itself; the operator reports the error, whose whole account is in the log."
    ),
}


def advice_on(message: DailyMessage) -> StrOrPromise:
    """What became of a message, and what to do about it."""
    return ADVICE.get(message.state, "")
