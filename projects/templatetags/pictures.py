"""Filters of the `.jinja` templates: what charts of commitments are made of, with its words and the addresses behind it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from focalpoints.pages.addresses import page
from focalpoints.pages.charts import Segment, Series, Stacked, Steps, side_by_side, stacked, steps
from focalpoints.templatetags.edn import status_word
from projects.light.item_verdicts import tasks_counted
from projects.light.verdict import counted
from projects.reading.attention import SectorTasks
from projects.reading.figures import MonthEnd, ObjectiveTally, SectorTally, Tally, in_order
from projects.templatetags.cells import month_in_short


class TwinTable(NamedTuple):
    """The table that says what a chart shows."""

    head: list[str]
    rows: list[list[str | int | None]]


class MonthCharts(NamedTuple):
    """Charts by their titles, with one table for all."""

    each: list[tuple[str, Steps]]
    head: list[str]
    rows: list[list[str | int | None]]


def light_bar(tally: Tally | SectorTally, query: str) -> Stacked:
    """Commitments by light, each leading to its list. `query` narrows the lists to the group."""
    commitments, more = page("projects:commitment_list"), f"&{query}" if query else ""
    return stacked(
        Segment(light, count, counted(light, count), f"{commitments}?light={light}{more}")
        for light, count in tally.by_light
        if count
    )


def list_segments(kind: str, lights: Mapping[str, int], query: str) -> list[Segment]:
    """What a list has at each light; each leads to those of it. `query`: the list's own, to which the light is added."""
    said = tasks_counted if kind == "task" else counted
    more = f"{query}&light=" if query else "?light="
    return [Segment(light, number, said(light, number), more + light) for light, number in in_order(lights)]


def commitments_at(lights: Iterable[str], query: str) -> str:
    """Address of the commitments at any of these lights. `query` narrows the list to a group."""
    at = "&".join([*(f"light={light}" for light in lights), *filter(None, [query])])
    return f"{page('projects:commitment_list')}?{at}"


def task_bar(lights: Mapping[str, int], query: str, *, links: bool) -> Stacked:
    """Tasks by light, each leading to its list where there is one: none has those of a past day."""
    tasks = page("projects:task_list")
    return stacked(
        Segment(light, count, tasks_counted(light, count), f"{tasks}?light={light}&{query}" if links else "")
        for light, count in in_order(lights)
        if count
    )


def month_charts(months: Sequence[MonthEnd]) -> MonthCharts:
    """Late and fulfilled on one scale, progress on that of percent. The last of the months may be a day that is not its end."""
    points = _points(months)
    late = _series(months, "late", pgettext("commitments", "Late"), "late")
    done = _series(months, "fulfilled", pgettext("commitments", "Fulfilled"), "done")
    verified, claimed = _progress(months)
    counts = side_by_side([[late], [done]], points)
    titles = [_("Late commitments"), _("Fulfilled commitments"), _("Progress")]
    charts = list(zip(titles, [*counts, steps([claimed, verified], points)], strict=True))
    return _with_table(charts, points, [late, done, verified, claimed])


def attention_charts(months: Sequence[MonthEnd]) -> MonthCharts:
    """Late and verified tasks, late commitments, and what is reported beside what is verified: each on a scale of its own."""
    points = _points(months)
    late = _series(months, "late_tasks", _("Late tasks"), "late")
    done = _series(months, "fulfilled_tasks", _("Tasks verified at 100 %"), "done")
    commitments = _series(months, "late", _("Late commitments"), "late")
    verified, claimed = _progress(months)
    charts = [(one.label, steps([one], points)) for one in (late, done, commitments)]
    charts.append((_("Progress"), steps([claimed, verified], points)))
    return _with_table(charts, points, [late, done, commitments, verified, claimed])


def _progress(months: Sequence[MonthEnd]) -> tuple[Series, Series]:
    percent = "\N{NO-BREAK SPACE}%"
    return (
        _series(months, "verified", pgettext("progress", "Verified"), "verified", percent),
        _series(months, "claimed", pgettext("progress", "Reported"), "claim", percent),
    )


def _series(months: Sequence[MonthEnd], name: str, label: str, key: str, unit: str = "") -> Series:
    values = [getattr(month, name) for month in months]
    return Series(label, key, values, str(values[-1]) + unit)


def _with_table(charts: list[tuple[str, Steps]], points: list[str], columns: Sequence[Series]) -> MonthCharts:
    rows = [[point, *values] for point, *values in zip(points, *(one.values for one in columns), strict=True)]
    return MonthCharts(charts, [_("At the end of"), *(one.label for one in columns)], rows)


def _points(months: Sequence[MonthEnd]) -> list[str]:
    last = months[-1].day
    return [*(_point(month) for month in months[:-1]), f"{last.day} {month_in_short(last, last)}"]


def _point(month: MonthEnd) -> str:
    return f"{month_in_short(month.day, month.day)} {month.day.year}"


class SectorBar(NamedTuple):
    """A sector's tasks as a bar, which takes `across` percent of the room: the longest takes all."""

    sector: SectorTasks
    bar: Stacked
    across: float


class SectorBars(NamedTuple):
    """The bars, the key of their lights, and a table of all sectors."""

    each: list[SectorBar]
    key: list[str]
    table: TwinTable


def sector_bars(sectors: Sequence[SectorTasks], shown: int) -> SectorBars:
    """The first so many of the sectors, which stand by how many tasks they have; all of them in the table."""
    most = sectors[0].total if sectors else 1
    bars = [
        SectorBar(
            sector,
            stacked(Segment(light, count, status_word(light)) for light, count in in_order(sector.lights) if count),
            round(100 * sector.total / most, 2),
        )
        for sector in sectors[:shown]
    ]
    key = [light for light, _count in in_order({}) if any(one.lights[light] for one in sectors)]
    head = [_("Sector"), _("Tasks"), *(status_word(light) for light in key)]
    rows: list[list[str | int | None]] = [
        [one.acronym or one.name, one.total, *(one.lights[light] for light in key)] for one in sectors
    ]
    return SectorBars(bars, key, TwinTable(head, rows))


def objectives_table(groups: Sequence[ObjectiveTally]) -> TwinTable:
    """A column for each objective, a row for each light at which any commitment stands."""
    lit = [light for light, _count in Tally().by_light if any(group.tally.lights[light] for group in groups)]
    rows: list[list[str | int | None]] = [[_("Commitments"), *(group.tally.total for group in groups)]]
    rows += [[status_word(light, "commitment"), *(group.tally.lights[light] for group in groups)] for light in lit]
    return TwinTable([_("Light"), *(_called(group) for group in groups)], rows)


def _called(group: ObjectiveTally) -> str:
    return f"{group.number}. {group.title}" if group.number else _("Not aligned with an objective")
