"""The alarm about dumps: a night on which none was published, or one that a redaction withdrew and nobody wrote anew."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from focalpoints import clock
from focalpoints.alarms import Alarm
from focalpoints.sql.prepared import prepared
from projects.models import Dump


def dump_alarms() -> Iterator[Alarm]:
    """What an administrator must look at. One query."""
    last = next(iter(_last_published()), None)
    if last is None or last < clock.today() - timedelta(days=1):
        yield Alarm(_missed(last), reverse("projects:data"), gettext("Open data"))


@prepared()
def _last_published() -> QuerySet[Dump, date]:
    return Dump.objects.published().order_by("-day").values_list("day", flat=True)[:1]


def _missed(last: date | None) -> str:
    if last is None:
        return gettext(
            "No open data were ever published. The operator schedules “manage.py dump_data” (docs/operations.md)."
        )
    return gettext(
        "The last open data that were published are those of %(day)s. The operator looks at what schedules “manage.py dump_data”."
    ) % {"day": date_format(last, "d/m/Y")}
