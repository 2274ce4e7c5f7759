"""The coverage map: where the strategy has promised nothing."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from focalpoints import clock
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.parameters import Unknown
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.table import few
from projects.reading.coverage import Coverage, CoverageRow, MapColumn, coverage
from projects.tables.coverage import COVERAGE, EVERYBODY, cell_address, coverage_rows


class Cell(NamedTuple):
    column: MapColumn
    number: int
    url: str


class MapRow(NamedTuple):
    """A row of the page: each cell with the list that it counts; those that bind every agency stand apart."""

    row: CoverageRow
    cells: list[Cell]
    everybody_url: str


@public_page(unknown=Unknown.SAID)
def coverage_map(request: HttpRequest) -> HttpResponse:
    found = coverage()
    context = {
        "found": found,
        "principles": map_rows(found, "principles"),
        "objectives": map_rows(found, "objectives"),
        "gaps": [row for row in found.principles if not row.total],
    }
    return render(request, "projects/coverage_map.html", context)


def map_rows(found: Coverage, kind: str) -> list[MapRow]:
    rows, columns = (found.principles, found.sectors) if kind == "principles" else (found.objectives, found.enablers)
    return [
        MapRow(
            row,
            [
                Cell(column, number, cell_address(kind, row, column.key))
                for column, number in zip(columns, row.cells, strict=True)
            ],
            cell_address(kind, row, EVERYBODY),
        )
        for row in rows
    ]


@public_file()
def coverage_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    return answered(request, COVERAGE, coverage_rows(coverage()), fmt, day=clock.today(), count=few)
