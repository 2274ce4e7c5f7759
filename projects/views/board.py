"""Home: where the strategy stands, in sentences and pictures. Each figure links to the list of exactly the items that it counts."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from focalpoints.pages.page_cache import public_page
from focalpoints.sql.prepared import read_together
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.table import few
from projects.light.verdict import verdict
from projects.reading.as_of import on_a_day
from projects.reading.day import Day
from projects.reading.disagreements import disagreements
from projects.reading.duties import MOST_COUNTED, duties, soon
from projects.reading.figures import (
    MonthEnd,
    agencies_with_late_tasks,
    by_objective,
    counts_and_months,
    standing,
    standing_then,
    whole,
    work_by_sector,
)
from projects.reading.latest import latest
from projects.reading.slippage import slippage_in
from projects.tables.figures import FIGURES, figure_rows, figures_of_board
from projects.tables.months import MONTHS, months_before
from projects.tables.sectors import SECTORS, sector_rows
from projects.views.board_facts import facts_of

SECTORS_SHOWN = 5


@public_page("on")
@on_a_day
def board(request: HttpRequest, day: Day) -> HttpResponse:
    (counts, months), (late, coming), due_soon, events, *todays = read_together(
        counts_and_months.steps(day), duties.steps(day), soon.steps(day), latest.steps(day),
        *(() if day.is_past else (standing.steps(day.on), disagreements.steps(day.on))),
    )  # fmt: skip
    network, disagreeing = todays or (standing_then(day.on), None)
    total, sectors = whole(counts), [sector for sector in work_by_sector(counts, day) if sector.late]
    return render(
        request,
        "projects/board.html",
        {
            "day": day,
            "total": total,
            "verdict": verdict(total.lights, day.thresholds),
            "late": late,
            "late_tasks": sum(sector.late for sector in sectors),
            "coming": coming,
            "soon": due_soon,
            "most_counted": MOST_COUNTED,
            "months": (*months, MonthEnd.of(day.on, counts)) if months else (),
            "facts": facts_of(day, total, slippage_in(counts), network, disagreeing),
            "network": network,
            "objectives": by_objective(counts),
            # A past day has no list that shows the others.
            "sectors": sectors if day.is_past else sectors[:SECTORS_SHOWN],
            "late_agencies": agencies_with_late_tasks(counts),
            "latest": events,
        },
    )


@public_file("on")
@on_a_day
def figure_download(request: HttpRequest, day: Day, fmt: str) -> HttpResponseBase:
    return answered(request, FIGURES, figure_rows(figures_of_board(day), day), fmt, day=day.on, count=few)


@public_file("on")
@on_a_day
def month_download(request: HttpRequest, day: Day, fmt: str) -> HttpResponseBase:
    return answered(request, MONTHS, months_before(day), fmt, day=day.on, count=few)


@public_file("on")
@on_a_day
def sector_download(request: HttpRequest, day: Day, fmt: str) -> HttpResponseBase:
    return answered(request, SECTORS, sector_rows(day), fmt, day=day.on, count=few)
