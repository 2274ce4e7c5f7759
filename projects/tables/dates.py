"""What falls due, day by day: the calendar as a table."""

from collections.abc import Iterator
from datetime import date
from itertools import count

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.ledger.vocabulary import subject_in_words
from focalpoints.pages.addresses import address
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.templatetags.edn import status_word
from projects.reading.calendar import DueItems
from projects.reading.day import Day

AT_ONCE = 2000
COLUMNS = (
    Column("due", _("Due date"), "date"),
    Column("kind_code", _("Kind (code)"), "code", describes=_("“task” or “commitment”.")),
    Column("kind", _("Kind"), "text"),
    Column("code", _("Code"), "code"),
    Column("title", _("Title"), "text"),
    Column("language", _("Language of the title"), "code"),
    Column("light_code", _("Light (code)"), "code"),
    Column("light", _("Light"), "text", describes=_("Today's.")),
    Column(
        "answers",
        _("Who answers for it"),
        "text",
        describes=_("The agency of a task; of a commitment, the first agencies and how many more."),
    ),
    Column("url", _("Page"), "url"),
)


def due_rows(due: DueItems) -> Iterator[TableRow]:
    """By date. Two queries for AT_ONCE of them."""
    kinds = {kind: str(subject_in_words(kind)) for kind in ("task", "commitment")}
    for start in count(0, AT_ONCE):
        items = due.items(start, start + AT_ONCE)
        for item in items:
            url = settings.BASE_URL + address(f"projects:{item.kind}_detail", item.code)
            yield (
                item.due, item.kind, kinds[item.kind], item.code, item.title, item.language, item.light,
                status_word(item.light, item.kind), item.answers, url,
            )  # fmt: skip
        if len(items) < AT_ONCE:
            return


def _all(reader: TableReader) -> Iterator[TableRow]:
    return due_rows(DueItems(date.min, date.max, Day.today()))


DATES = Table(
    "dates",
    _("Due dates"),
    _("Public commitments and tasks by their due date, but what was cancelled."),
    COLUMNS,
    _all,
    download="projects:date_download",
    is_in_dump=False,
)
