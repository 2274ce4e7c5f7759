"""The public page on how far dates have moved: in sum, how they spread, whose items, for which reasons."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.parameters import Unknown
from focalpoints.pages.rows import language
from focalpoints.tables.answer import answered, public_file
from focalpoints.templatetags.edn import content
from focalpoints.text import alphabetical
from projects.models import Commitment, Task
from projects.models.list_rows import AgencyName
from projects.reading.day import Day
from projects.reading.figures import counts_of, whole
from projects.reading.lists.filter_form import NONE
from projects.reading.slippage import (
    Moves,
    SlippageGroup,
    apart,
    by_category,
    by_objective_and_principle,
    by_sector_and_agency,
    latest,
    middle,
    slippage_in,
)
from projects.tables.moves import MOVES, moves
from projects.tables.slippage import SLIPPAGE, slippage_rows
from projects.templatetags import cells

AGENCIES_SHOWN, MOVES_SHOWN = 20, 20
# What the tables of sectors and agencies can be sorted by.
ORDERS: dict[str, Callable[[SlippageGroup], Any]] = {
    "name": lambda group: alphabetical(str(group.titles[-1])),
    "commitments": lambda group: group.commitments.moves,
    "commitment_days": lambda group: group.commitments.days,
    "tasks": lambda group: group.tasks.moves,
    "task_days": lambda group: group.tasks.days,
}
DEFAULT = "-task_days"


@public_page("order", "all", unknown=Unknown.SAID)
def slippage(request: HttpRequest) -> HttpResponse:
    [counts] = counts_of([Day.today()])
    found, total = slippage_in(counts), whole(counts)
    by_objective, by_principle = by_objective_and_principle()
    by_sector, by_agency = by_sector_and_agency()
    agencies = _sorted(by_agency, request.GET.get("order", ""))
    shown = agencies if request.GET.get("all") else agencies[:AGENCIES_SHOWN]
    return render(
        request,
        "projects/slippage.html",
        {
            "kinds": [
                (kind, found[kind], middle(rows, found[kind].total.moved))
                for kind, rows in (("commitment", Commitment.objects.all()), ("task", Task.objects.public()))
            ],
            "commitments": found["commitment"].total,
            "tasks": found["task"].total,
            "heard": found["task"].heard,
            "total": total,
            "is_sorted": bool(request.GET),
            "objectives": _catalogued(by_objective, "objective"),
            "principles": _catalogued(_moved(by_principle), "principle"),
            "sectors": _named(_sorted(by_sector, request.GET.get("order", "")), "sector"),
            "agencies": _named(shown, "agency"),
            "more_agencies": len(agencies) - len(shown),
            "categories": by_category(),
            "apart": apart(),
            "latest": latest(MOVES_SHOWN),
            "moves_count": sum(kind.total.moves for kind in found.values()),
        },
    )


@public_file()
def move_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    return answered(request, MOVES, moves(), fmt, day=clock.today(), count=MOVES.count)


@public_file()
def slippage_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    return answered(request, SLIPPAGE, slippage_rows(), fmt, day=clock.today(), count=SLIPPAGE.count)


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group as the tables show it. `query` narrows the lists of items to it."""

    link: str
    query: str
    commitments: Moves
    tasks: Moves


def _catalogued(groups: list[SlippageGroup], kind: str) -> list[GroupShown]:
    """Objectives or principles, with titles in the page's language where there is one."""
    lines = []
    for group in groups:
        spanish, english = group.titles
        title, written_in = (english, "en") if english and (language() == "en" or not spanish) else (spanish, "es")
        link = format_html("{}", _("Not aligned with an objective"))
        if group.key is not None:
            address = reverse(f"projects:{kind}_detail", args=[group.key])
            numbered = format_html("{}. {}", group.key, content(title, written_in))
            link = format_html('<a class="govuk-link" href="{}">{}</a>', address, numbered)
        query = urlencode({kind: NONE if group.key is None else group.key})
        lines.append(GroupShown(link, query, group.commitments, group.tasks))
    return lines


def _named(groups: list[SlippageGroup], kind: str) -> list[GroupShown]:
    """Sectors or agencies, by the names that officials use."""
    return [
        GroupShown(
            cells.agency(AgencyName(group.key, *group.titles)),
            urlencode({kind: group.key}),
            group.commitments,
            group.tasks,
        )
        for group in groups
    ]


def _moved(groups: list[SlippageGroup]) -> list[SlippageGroup]:
    return [group for group in groups if group.commitments.moved or group.tasks.moved]


def _sorted(groups: list[SlippageGroup], order: str) -> list[SlippageGroup]:
    """The groups of which something moved, in the order asked for; ties, and what is no order, by most days of tasks."""
    moved = _moved(groups)
    moved.sort(key=ORDERS["name"])
    for asked in (DEFAULT, order):
        if found := ORDERS.get(asked.removeprefix("-")):
            moved.sort(key=found, reverse=asked.startswith("-"))
    return moved
