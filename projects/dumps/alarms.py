"""The alarm about dumps: a night on which none was published, or one that a redaction withdrew and nobody wrote anew."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from focalpoints import clock
from focalpoints.alarms import Alarm
from focalpoints.sql.prepared import asked_together, prepared
from projects.models import Dump, DumpRedaction


def dump_alarms() -> Iterator[Alarm]:
    """What an administrator must look at. One round trip."""
    published, waiting = asked_together((_last_published, ()), (_first_withdrawn, ()))
    last = next(iter(published), None)
    if last is None or last < clock.today() - timedelta(days=1):
        yield Alarm(_missed(last), reverse("projects:data"), gettext("Open data"))
    for withdrawn, asked_at in waiting:
        if asked_at > clock.now() - timedelta(days=1):
            continue
        text = gettext(
            "The open data of %(day)s were withdrawn because of a redaction and not written anew since. "
            "The operator looks at what “manage.py dump_data” says."
        ) % {"day": date_format(withdrawn, "d/m/Y")}
        yield Alarm(text, reverse("projects:dump_detail", args=[withdrawn]), gettext("Open data"))


@prepared()
def _last_published() -> QuerySet[Dump, date]:
    return Dump.objects.published().order_by("-day").values_list("day", flat=True)[:1]


@prepared()
def _first_withdrawn() -> QuerySet[DumpRedaction, tuple[date, datetime]]:
    """A dump's day, and when the redaction was asked for that nobody has carried out in it."""
    undone = DumpRedaction.objects.filter(dump__state=Dump.State.WITHDRAWN, stage=DumpRedaction.Stage.ASKED)
    return undone.order_by("request__asked_at", "pk").values_list("dump_id", "request__asked_at")[:1]


def _missed(last: date | None) -> str:
    if last is None:
        return gettext(
            "No open data were ever published. The operator schedules “manage.py dump_data” (docs/operations.md)."
        )
    return gettext(
        "The last open data that were published are those of %(day)s. The operator looks at what schedules “manage.py dump_data”."
    ) % {"day": date_format(last, "d/m/Y")}
