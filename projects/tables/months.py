"""What commitments and tasks came to at the end of each month, as home's lines show it."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from projects.reading.day import Day
from projects.reading.figures import MonthEnd, counts_and_months
from projects.tables.figure_words import AVERAGE, BY_LIGHT, LATE
from projects.tables.words import day_of

COLUMNS = (
    Column("day", _("Day"), "date", describes=_("The last of a month, then the day itself.")),
    Column("late", _("Late commitments"), "integer", describes=LATE),
    Column("fulfilled", _("Fulfilled commitments"), "integer"),
    Column("verified", _("Verified"), "percent", "%", AVERAGE),
    Column("claimed", _("Claimed"), "percent", "%", AVERAGE),
    Column("late_tasks", _("Late tasks"), "integer", describes=BY_LIGHT),
    Column("fulfilled_tasks", _("Tasks verified at 100 %"), "integer"),
)


def months_before(day: Day) -> Iterator[TableRow]:
    """The ended months that home shows before a day, and the day itself. Of one whose figures nobody kept, its day alone."""
    counts, ends = counts_and_months(day)
    yield from (*ends, MonthEnd.of(day.on, counts))


def _all(reader: TableReader) -> Iterator[TableRow]:
    return months_before(day_of(reader))


MONTHS = Table(
    "months",
    _("Month by month"),
    _("What commitments and tasks came to at the end of each of the twelve months before, and on the day itself."),
    COLUMNS,
    _all,
    download="projects:month_download",
)
