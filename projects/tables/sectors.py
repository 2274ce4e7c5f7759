"""The sectors: what is promised by their agencies, what these have open, and how far their dates moved."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.addresses import address
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from projects.reading.day import Day
from projects.reading.figures import SectorTally, by_sector, counts_of, in_order, work_by_sector
from projects.tables.tallies import LIGHT_COLUMNS
from projects.tables.words import day_of

COLUMNS = (
    Column("key", _("Key"), "code", describes=_("Of the sector's head.")),
    Column("acronym", _("Acronym"), "text"),
    Column("name", _("Sector"), "text"),
    Column("open_tasks", _("Open tasks"), "integer"),
    Column("late_tasks", _("Late tasks"), "integer"),
    Column("commitments", _("Commitments"), "integer", describes=_("Each that names agencies of the sector, once.")),
    *LIGHT_COLUMNS,
    Column("url", _("Page"), "url"),
)


def sector_rows(day: Day) -> Iterator[TableRow]:
    """Those with open tasks, most late ones first; then those that are only named."""
    [counts] = counts_of([day])
    tallies = {tally.key: tally for tally in by_sector(counts, day)}
    work = work_by_sector(counts, day)
    for sector in work:
        tally = tallies.pop(sector.key, SectorTally(sector.key, sector.acronym, sector.name))
        yield _row(tally, sector.open, sector.late, day)
    for tally in tallies.values():
        yield _row(tally, 0, 0, day)


def _row(tally: SectorTally, open_tasks: int, late: int, day: Day) -> TableRow:
    lights = (count for _light, count in in_order(tally.lights))
    url = settings.BASE_URL + address("projects:agency_detail", tally.key) + day.query
    return tally.key, tally.acronym, tally.name, open_tasks, late, tally.total, *lights, url


def _all(reader: TableReader) -> Iterator[TableRow]:
    return sector_rows(day_of(reader))


SECTORS = Table(
    "sectors", _("Sectors"), _("The work and the promises of each sector's agencies."), COLUMNS, _all,
    download="projects:sector_download",
)  # fmt: skip
