"""The coverage map as a table: a row for each cell, blanks too."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.addresses import page
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from projects.reading.coverage import Coverage, CoverageRow, MapColumn, coverage

COLUMNS = (
    Column("map", _("Map (code)"), "code", describes=_("“principles”: by sectors; “objectives”: by enablers.")),
    Column("number", _("Number"), "integer", describes=_("Of the principle or the objective.")),
    Column("title", _("Title"), "text"),
    Column("across", _("Sector or enabler (key)"), "code", describes=_("“all”: those that bind every agency.")),
    Column("across_name", _("Sector or enabler"), "text"),
    Column(
        "commitments", _("Commitments"), "integer", describes=_("Each once in a cell; 0: nothing was ever promised.")
    ),
    Column("url", _("Page"), "url", describes=_("The list of exactly these commitments.")),
)
EVERYBODY = "all"


def coverage_rows(found: Coverage) -> Iterator[TableRow]:
    everybody = MapColumn(EVERYBODY, EVERYBODY, str(_("Every agency")), "", False, False)
    for kind, rows, columns in (
        ("principles", found.principles, [*found.sectors, everybody]),
        ("objectives", found.objectives, found.enablers),
    ):
        for row in rows:
            cells = (*row.cells, row.everybody) if kind == "principles" else row.cells
            for column, number in zip(columns, cells, strict=True):
                url = settings.BASE_URL + cell_address(kind, row, column.key)
                yield kind, row.number, row.title, column.key, column.name, number, url


def cell_address(kind: str, row: CoverageRow, across: str) -> str:
    """The list of exactly the commitments that the cell counts."""
    of_row = "principle" if kind == "principles" else "objective"
    if across == EVERYBODY:
        narrowed = {of_row: row.number, "binds": "all"}
    else:
        narrowed = {of_row: row.number, "sector" if kind == "principles" else "enabler": across}
    return f"{page('projects:commitment_list')}?{urlencode(narrowed)}"


def _all(reader: TableReader) -> Iterator[TableRow]:
    return coverage_rows(coverage())


COVERAGE = Table(
    "coverage", _("Coverage map"), _("How many commitments each sector has under each principle, and each objective by enabler."),
    COLUMNS, _all, download="projects:coverage_download",
)  # fmt: skip
