"""iCalendar (RFC 5545) of due dates: one all-day event for each item that is still owed."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import CharField, F, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from focalpoints.models import Agency, Entry
from focalpoints.sql.spanish import InSpanish
from projects.models import Commitment
from projects.models.commitment import CommitmentQuerySet
from projects.models.task import TaskQuerySet
from projects.reading.history import signed_days

CONTENT_TYPE = "text/calendar; charset=utf-8"
# A calendar program reads the whole feed each time: it gets what is next, and what was last missed.
MOST_AHEAD, MOST_PAST = 750, 250
READ_AGAIN_AFTER = timedelta(hours=6)
_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True)
class Deadline:
    """What an event says of an item. `changed_at`: when something was last recorded about its commitment."""

    kind: str
    code: str
    title: str
    language: str
    due: date
    baseline_due: date
    moves: int
    slippage_days: int
    who: str
    commitment: str
    deliverable: str
    revision: int
    changed_at: datetime

    @property
    def uid(self) -> str:
        """The same for as long as the item lives, whatever its date, title or agency."""
        return f"{self.kind}.{self.code}@{urlsplit(settings.BASE_URL).hostname}"

    @property
    def url(self) -> str:
        return settings.BASE_URL + reverse(f"projects:{self.kind}_detail", args=[self.code])


def webcal(path: str) -> str:
    """The address with which a telephone or a mail program subscribes at once."""
    return "webcal://" + settings.BASE_URL.partition("://")[2] + path


def deadlines_of_tasks(tasks: TaskQuerySet, on: date) -> list[Deadline]:
    """Of the tasks that are still owed and have a date. Two queries."""
    owed = _with_change(tasks.open(), "commitment__code").select_related("agency", "commitment")
    return [
        Deadline(
            "task", task.code, _line(task.title), task.language, task.due, task.baseline_due, task.moves,
            task.slippage_days, _line(task.agency.short_name), _line(task.commitment.title), _line(task.deliverable),
            task.revision, task.changed_at,
        )
        for task in _nearest(owed, on)
    ]  # fmt: skip


def deadlines_of_commitments(commitments: CommitmentQuerySet, on: date) -> list[Deadline]:
    """Of the commitments that are still owed and have a date. Four queries."""
    agencies = Prefetch(
        "agencies", Agency.objects.only("acronym", "name").order_by(InSpanish("acronym"), InSpanish("name"))
    )
    owed = _with_change(commitments.filter(Commitment.OPEN), "code").prefetch_related(agencies)
    return [
        Deadline(
            "commitment", found.code, _line(found.title), found.language, found.due, found.baseline_due, found.moves,
            found.slippage_days, _who(found), "", "", found.revision, found.changed_at,
        )
        for found in _nearest(owed, on)
    ]  # fmt: skip


def calendar(name: str, about: str, deadlines: Iterable[Deadline]) -> bytes:
    """The file, in the language that is active. The same items give the same bytes."""
    head = Calendar()
    head.add("prodid", f"-//Estrategia Digital Nacional//Portal EDN {settings.RELEASE}//ES")
    head.add("version", "2.0")
    head.add("calscale", "GREGORIAN")
    head.add("name", _line(name))
    head.add("x-wr-calname", _line(name))
    head.add("description", _line(about))
    head.add("x-wr-caldesc", _line(about))
    head.add("refresh-interval", READ_AGAIN_AFTER, parameters={"value": "DURATION"})
    head.add("x-published-ttl", vDuration(READ_AGAIN_AFTER))
    events = (_event(deadline, get_language() or "") for deadline in deadlines)
    return b"".join((head.to_ical().removesuffix(_END), *events, _END))


@lru_cache(maxsize=8192)
def _event(deadline: Deadline, written_in: str) -> bytes:
    """Folding and escaping cost a quarter of a millisecond an event, and few change between two readings."""
    event = Event()
    event.add("uid", deadline.uid)
    event.add("dtstamp", deadline.changed_at.astimezone(UTC))
    event.add("last-modified", deadline.changed_at.astimezone(UTC))
    event.add("sequence", deadline.revision)
    event.add("dtstart", deadline.due)
    if deadline.due < date.max:  # one day long is also what an event without an end is (RFC 5545, 3.6.1)
        event.add("dtend", deadline.due + timedelta(days=1))
    foreign = {"language": deadline.language} if deadline.language != written_in[:2] else {}
    event.add("summary", deadline.title, parameters=foreign)
    event.add("description", "\n".join(_description(deadline)))
    event.add("url", deadline.url)
    event.add("categories", [_("Task") if deadline.kind == "task" else _("Commitment")])
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event.to_ical()


def _description(deadline: Deadline) -> Iterable[str]:
    kind = _("Task") if deadline.kind == "task" else _("Commitment")
    yield " · ".join(filter(None, (f"{kind} {deadline.code}", deadline.who)))
    if deadline.commitment:
        yield _("Commitment: %(title)s") % {"title": deadline.commitment}
    if deadline.deliverable:
        yield _("Deliverable: %(text)s") % {"text": deadline.deliverable}
    if deadline.moves:
        yield ngettext(
            "Moved %(count)d time, %(days)s. First date: %(day)s",
            "Moved %(count)d times, %(days)s. First date: %(day)s",
            deadline.moves,
        ) % {
            "count": deadline.moves,
            "days": signed_days(deadline.slippage_days),
            "day": date_format(deadline.baseline_due, "d/m/Y"),
        }
    yield deadline.url


def _who(commitment: Commitment) -> str:
    if commitment.binds == Commitment.Binds.NAMED:
        return _line(", ".join(agency.short_name for agency in commitment.agencies.all()))
    return str(commitment.get_binds_display())


def _with_change(rows: QuerySet, code: str) -> QuerySet:
    """Annotate `changed_at`. What an event says of a task names its commitment too, so the whole dossier's last entry dates both."""
    dossier = Concat(Value("commitment:"), OuterRef(code), output_field=CharField())
    newest = Entry.objects.filter(dossier=dossier).order_by("-seq").values("at")[:1]
    return rows.annotate(changed_at=Subquery(newest))


def _nearest(rows: QuerySet, on: date) -> list:
    """What falls due from `on` on, soonest first, and what was due last before it: by date, two queries."""
    past = rows.filter(due__lt=on).order_by(F("due").desc(), "-pk")[:MOST_PAST]
    ahead = rows.filter(due__gte=on).order_by("due", "pk")[:MOST_AHEAD]
    return [*reversed(past), *ahead]


def _line(text: str) -> str:
    """One line without control characters: programs differ in what else they take for a line's end."""
    kept = (" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    return " ".join("".join(kept).split())
