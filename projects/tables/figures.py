"""The figures of home, of an objective, a principle and an agency: one row each, with the list that it counts.

A list of tasks or agencies knows today alone: of a past day such a figure names none.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.addresses import page
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from projects.light.verdict import LATE, MEASURED, verdict
from projects.models import FollowUp
from projects.reading.day import Day
from projects.reading.disagreements import disagreements, disagreements_then
from projects.reading.duties import soon
from projects.reading.figures import (
    ASSESSED,
    ORDER_OF_LIGHTS,
    NetworkFigures,
    Tally,
    agencies_with_late_tasks,
    counts_of,
    standing,
    standing_then,
    whole,
    work_by_sector,
)
from projects.reading.slippage import Slippage, slippage_in
from projects.tables.figure_words import TASK_LIGHTS, UNITS, WORDS
from projects.tables.words import day_of

COLUMNS = (
    Column("code", _("Code"), "code", describes=_("The same on every day and in every language.")),
    Column("title", _("Figure"), "text"),
    Column("value", _("Value"), "integer", describes=_("Empty where the record of the day does not tell it.")),
    Column("unit_code", _("Unit (code)"), "code", describes=_("“commitments”, “tasks”, “agencies”, “days”, “%” …")),
    Column("unit", _("Unit"), "text"),
    Column("day", _("Day"), "date"),
    Column("definition", _("Definition"), "text"),
    Column("url", _("Page"), "url", describes=_("The list of exactly what the figure counts, where there is one.")),
)
LISTS = {
    "commitments": "projects:commitment_list", "tasks": "projects:task_list", "agencies": "projects:agency_list"
}  # fmt: skip


class Figure(NamedTuple):
    """Of a name in WORDS. `query` narrows the list of `listed` (a key of LISTS) to what it counts; without `listed` no list does."""

    name: str
    value: int | None
    listed: str = ""
    query: str = ""


def figures_of_group(total: Tally, day: Day) -> Iterator[Figure]:
    """What is said of any group of commitments."""
    found, many = verdict(total.lights, day.thresholds), "commitments"
    yield Figure("commitments", total.total, many)
    yield Figure("commitments_measured", found.measured, many, "&".join(f"light={light.value}" for light in MEASURED))
    yield Figure("commitments_late", total.late, many, "&".join(f"light={light.value}" for light in LATE))
    yield Figure("commitments_late_percent", found.percent_late)
    yield Figure("commitments_overdue", total.overdue, many, "due=overdue")
    for light in ORDER_OF_LIGHTS:
        yield Figure(f"commitments_light_{light.value}", total.lights[light], many, f"light={light.value}")
    yield Figure("commitments_assessed", total.assessed, many, "&".join(f"light={light.value}" for light in ASSESSED))
    yield Figure("verified", total.verified if total.counted else None, many, "order=-verified")
    yield Figure("claimed", total.claimed if total.counted else None)
    yield Figure("commitments_dated", total.dated, many, "due=any")
    yield Figure("commitments_undated", total.undated, many, "due=none")
    yield Figure("commitments_named", total.named, many, "binds=published")
    yield Figure("commitments_unnamed", total.unnamed, many, "binds=none+published")
    yield Figure("commitments_rescoped", total.rescoped, many, "scope=changed")
    yield Figure("commitments_withdrawn", total.withdrawn, many, "light=cancelled&light=withdrawn_late")
    yield Figure("tasks_open", total.open_tasks)
    yield Figure("tasks_fulfilled", total.fulfilled_tasks)
    yield Figure("tasks_to_be_verified", total.claimed_tasks)
    yield Figure("tasks_cancelled", total.cancelled_tasks)
    yield Figure("tasks_replaced", total.replaced_tasks)


def figures_of_moves(moved: Mapping[str, Slippage]) -> Iterator[Figure]:
    """How far dates moved, of commitments and of tasks."""
    for many, found in (("commitments", moved["commitment"]), ("tasks", moved["task"])):
        yield Figure(f"{many}_that_could_move", found.total.dated)
        yield Figure(f"{many}_moved", found.total.moved, many, "moved=yes")
        yield Figure(f"{many}_moves", found.total.moves)
        yield Figure(f"{many}_days_moved", found.total.days)
        for bar in found.moved:
            yield Figure(f"{many}_moved_{bar.key}", bar.count, many, f"moved={bar.key}")
        yield Figure(f"{many}_fulfilled_with_a_date", found.fulfilled)
        yield Figure(f"{many}_fulfilled_late", found.late, many, "delay=late")
        yield Figure(f"{many}_days_late", found.days_late)
        for bar in found.lateness:
            yield Figure(f"{many}_delay_{bar.key}", bar.count, many, f"delay={bar.key}")


def figures_of_tasks(lights: Mapping[str, int]) -> Iterator[Figure]:
    """Of an agency's own tasks, by light."""
    for light in TASK_LIGHTS:
        yield Figure(f"own_tasks_{light.value}", lights.get(light, 0), "tasks", f"light={light.value}")


def figures_of_board(day: Day) -> Iterator[Figure]:
    """All that home says of a day."""
    [counts] = counts_of([day])
    total, moved = whole(counts), slippage_in(counts)
    of_all_tasks = {
        "tasks_fulfilled": "light=fulfilled",
        "tasks_to_be_verified": "light=to_be_verified",
        "tasks_cancelled": "state=cancelled",
        "tasks_replaced": "state=replaced",
    }
    for figure in figures_of_group(total, day):
        # Of a part of the strategy, a list of tasks has those of its agencies, which its commitments' tasks are not.
        query = of_all_tasks.get(figure.name)
        yield figure._replace(listed="tasks", query=query) if query else figure
    late = sum(sector.late for sector in work_by_sector(counts, day))
    yield Figure("tasks_late", late, "tasks", "light=late")
    yield Figure("agencies_with_late_tasks", agencies_with_late_tasks(counts), "agencies", "work=late")
    tasks_soon, commitments_soon = soon(day)
    yield Figure("tasks_due_soon", None if day.is_past else tasks_soon, "tasks", "due=soon")
    yield Figure("commitments_due_soon", commitments_soon, "commitments", "due=soon")
    yield from figures_of_moves(moved)
    for bar in moved["task"].heard:
        yield Figure(f"tasks_heard_{bar.key}", bar.count, "tasks", f"silence={bar.key}")
    yield from _figures_of_network(standing_then(day.on) if day.is_past else standing(day.on))
    found = disagreements_then(day) if day.is_past else disagreements(day.on)
    yield Figure("commitments_with_discrepancies", found, "commitments", "disagreement=any")


def _figures_of_network(network: NetworkFigures) -> Iterator[Figure]:
    yield Figure("agencies_registered", network.registered, "agencies")
    yield Figure("agencies_catalogued", network.catalogued)
    yield Figure("agencies_vacant", network.vacant, "agencies", "seat=vacant")
    yield Figure("follow_ups_waiting", network.waiting, "tasks", "review=waiting")
    yield Figure("requests_waiting", network.asked)
    yield Figure("queue_oldest_days", network.oldest)
    yield Figure("queue_median_days", network.median)
    yield Figure("decision_median_days", network.to_decide)
    yield Figure("requests_decided_alone", network.alone)
    yield Figure("acceptances_reopened", network.reopened)
    if network.in_bulk is not None:  # the past does not tell it
        yield Figure("follow_ups_decided", FollowUp.objects.filter(state__in=FollowUp.DECIDED).count())
        yield Figure("follow_ups_decided_in_bulk", network.in_bulk)


def figure_rows(figures: Iterable[Figure], day: Day, narrowed: str = "") -> Iterator[TableRow]:
    """`narrowed` is the query string of the group whose figures they are (`agency=9`); empty for the whole strategy."""
    for figure in figures:
        title, unit, definition = WORDS[figure.name]
        url = _address(figure, day, narrowed)
        yield figure.name, str(title), figure.value, unit, str(UNITS[unit]), day.on, str(definition), url


def _address(figure: Figure, day: Day, narrowed: str) -> str:
    if not figure.listed or (day.is_past and figure.listed != "commitments"):
        return ""
    query = "&".join(filter(None, (figure.query, narrowed, day.alone)))
    return settings.BASE_URL + page(LISTS[figure.listed]) + (f"?{query}" if query else "")


def _all(reader: TableReader) -> Iterator[TableRow]:
    day = day_of(reader)
    return figure_rows(figures_of_board(day), day)


FIGURES = Table(
    "figures",
    _("Figures"),
    _("Every figure of home: its value, its definition and the list that it counts."),
    COLUMNS,
    _all,
    download="projects:figure_download",
)
