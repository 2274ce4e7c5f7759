"""The coordinators' cockpit: what asks for attention, twelve months, each sector's tasks. Every number opens the list that it counts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.exports.exported import answers_of, exported, private_file
from focalpoints.pages.page_cache import kept_part
from focalpoints.pages.parameters import understands
from focalpoints.rules import is_coordinator
from focalpoints.sql.prepared import read_together
from projects.exports.attention import ATTENTION_TABLE, attention_rows
from projects.forms.attention import StrategyPartForm
from projects.reading.attention import Attention, attention, queue_length
from projects.reading.day import Day
from projects.reading.figures import MonthEnd, counts_and_months
from projects.tables.attention import queue_tile, tiles

SECTORS_SHOWN = 8


@never_cache
@require_safe
@understands(*StrategyPartForm.NAMES)
def cockpit(request: HttpRequest) -> HttpResponse:
    """Its numbers are public figures, the same for every coordinator: they are kept until the ledger moves."""
    if not is_coordinator(request.user):
        raise Http404
    form = StrategyPartForm(request.GET)
    numbers = ""
    if is_valid := form.is_valid():
        numbers = kept_part(request, lambda: render_to_string("projects/_cockpit.html", _read(form)))
    context = {"form": form, "numbers": numbers}
    return render(request, "projects/cockpit.html", context, status=200 if is_valid else 400)


def _read(form: StrategyPartForm) -> dict[str, Any]:
    day, query = Day.today(), form.query
    found: Attention
    if query:
        found, months = attention(form.part, day), []
        numbers = tiles(found.numbers, query)
    else:
        found, waiting, (counts, ended) = read_together(
            attention.steps(form.part, day), queue_length.steps(), counts_and_months.steps(day)
        )
        months = [*ended, MonthEnd.of(day.on, counts)] if ended else []
        numbers = [*tiles(found.numbers, query), queue_tile(waiting)]
    return {
        "form": form,
        "query": query,
        "query_of_a_sector": form.query_of_a_sector,
        "tiles": [tile for tile in numbers if tile.number],
        "zeros": [tile.words for tile in numbers if not tile.number],
        "months": tuple(months),
        "sectors": found.sectors,
        "shown": SECTORS_SHOWN,
    }


@private_file("projects:cockpit", *StrategyPartForm.NAMES)
def cockpit_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The numbers of the part asked for. With a wrong one the page says what is wrong."""
    if not is_coordinator(request.user):
        raise Http404
    form = StrategyPartForm(request.GET)
    if not form.is_valid():
        return redirect(reverse("projects:cockpit", query=request.GET))
    day = Day.today()
    rows = attention_rows(attention(form.part, day), form.query, form.query_of_a_sector, day.on)
    return exported(request, ATTENTION_TABLE, rows, fmt, answers_of(form))
