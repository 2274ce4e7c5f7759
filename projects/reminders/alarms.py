"""What must not go unnoticed: reminders that did not go out, and people whose last message did not arrive."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from focalpoints import clock
from focalpoints.alarms import Alarm
from focalpoints.business_days import on_or_before
from projects.models import DailyAnchor, DailyMessage


def reminder_alarms() -> Iterator[Alarm]:
    """Two queries."""
    last = on_or_before(clock.today() - timedelta(days=1))
    ran_on = DailyAnchor.objects.filter(is_complete=True).aggregate(Max("day"))["day__max"]
    if ran_on is None or ran_on < last:
        yield Alarm(_missed(last, ran_on), reverse("projects:reminders_sent"), _("What was sent"))
    unheard = DailyMessage.objects.unheard().values("person").distinct().count()
    if unheard:
        said = ngettext(
            "The last message of reminders to %(n)d person did not arrive, or may not have.",
            "The last message of reminders to %(n)d people did not arrive, or may not have.",
            unheard,
        )
        url = reverse("projects:reminders_sent") + "?state=trouble"
        yield Alarm(said % {"n": unheard}, url, _("See what to do"))


def _missed(last: date, ran_on: date | None) -> str:
    if ran_on is None:
        return _("Reminders have never been sent. The operator schedules “manage.py send_due” (docs/operations.md).")
    return _(
        "Reminders were not sent, or not to everybody, on %(day)s. The operator looks at what schedules “manage.py send_due”."
    ) % {"day": date_format(last, "d/m/Y")}
