"""What changed, event by event, as the page of changes tells it."""

from collections.abc import Iterator
from datetime import date
from itertools import batched

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.vocabulary import subject_in_words
from focalpoints.models import Entry
from focalpoints.models.entry import EntryQuerySet
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.tables_of_the_ledger import ABOUT_EVENT
from projects.reading.changes import Scope, end_of
from projects.reading.history import events

AT_ONCE = 500
COLUMNS = (
    *ABOUT_EVENT,
    Column(
        "office_code",
        _("Office that acted (code)"),
        "code",
        describes=_("An agency's key, “CEDN”, “administration” or “system”; never a person."),
    ),
    Column("office", _("Office that acted"), "text"),
    Column("title", _("Title"), "text"),
    Column("detail", _("Details"), "text"),
    Column("url", _("Page"), "url"),
)


def entries_between(scope: Scope, since: date, until: date) -> EntryQuerySet:
    """Of both days and those between them."""
    return scope.entries(clock.start_of(since), end_of(until))


def event_rows(scope: Scope, since: date, until: date) -> Iterator[TableRow]:
    """Of both days and those between them, the latest first. Two queries for AT_ONCE of them."""
    entries = entries_between(scope, since, until).order_by("-seq")
    for part in batched(entries.iterator(chunk_size=AT_ONCE), AT_ONCE):
        for entry, event in zip(part, events(part), strict=True):
            yield (
                entry.seq, event.folio, event.at, entry.subject_type,
                str(subject_in_words(entry.subject_type)), entry.subject, entry.verb, event.what, entry.office,
                event.who, event.title, event.detail, settings.BASE_URL + event.url if event.url else "",
            )  # fmt: skip


def _all(reader: TableReader) -> Iterator[TableRow]:
    first = Entry.objects.order_by("seq").values_list("at", flat=True).first()
    return event_rows(Scope(), clock.day_of(first), clock.today()) if first else iter(())


EVENTS = Table(
    "events", _("Events"), _("Everything that the public record tells, event by event."), COLUMNS, _all,
    download="projects:event_download", is_in_dump=False,
)  # fmt: skip
