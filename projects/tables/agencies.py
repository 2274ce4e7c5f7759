"""The table of agencies that answer for the strategy. It names no person."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.sql.spanish import InSpanish
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from projects.reading.day import Day
from projects.reading.figures import AgencyFigures, figures
from projects.tables.words import around_code, words_of

COLUMNS = (
    Column("key", _("Key"), "code"),
    Column("acronym", _("Acronym"), "text"),
    Column("name", _("Name"), "text"),
    Column("kind", _("Kind"), "text"),
    Column("sector", _("Sector"), "text", describes=_("The acronym or name of the sector's head; of a head, its own.")),
    Column("sector_key", _("Sector (key)"), "code"),
    Column("is_ministry", _("One of the 18 ministries"), "boolean"),
    Column("in_catalogue", _("In the federal budget catalogue"), "boolean"),
    Column("commitments", _("Commitments"), "integer", describes=_("That name it.")),
    Column("open_tasks", _("Open tasks"), "integer"),
    Column("late_tasks", _("Late tasks"), "integer"),
    Column("has_focal_point", _("Has a focal point"), "boolean", describes=_("Somebody can act for it today.")),
    Column("url", _("Page"), "url"),
)


def agency_rows(agencies: Iterable[AgencyFigures]) -> Iterator[TableRow]:
    kinds, (before, after) = words_of(Agency.Kind.choices), around_code("projects:agency_detail")
    for row in agencies:
        agency, head = row.agency, row.agency.parent or row.agency
        yield (
            agency.key, agency.acronym, agency.name, kinds[agency.kind], head.short_name, head.key, agency.is_ministry,
            agency.in_catalogue, row.commitments, row.open_tasks, row.late_tasks, row.is_seated, f"{before}{agency.key}{after}",
        )  # fmt: skip


def _all(asked: TableReader) -> Iterator[TableRow]:
    return agency_rows(figures(Agency.objects.registered().order_by(InSpanish("name")), Day.today().on))


TABLE = Table(
    name="agencies",
    title=_("Agencies"),
    describes=_("The agencies that answer for the strategy: their commitments, open and late tasks, and whether they have a focal point."),
    columns=COLUMNS,
    rows=_all,
    download="projects:agency_download",
)  # fmt: skip
