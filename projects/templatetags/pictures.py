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
    points = [_point(month) for month in months]
    points[-1] = f"{months[-1].day.day} {month_in_short(months[-1].day, months[-1].day)}"
    columns = {
        pgettext("commitments", "Late"): _over(months, "late"),
        pgettext("commitments", "Fulfilled"): _over(months, "fulfilled"),
        pgettext("progress", "Verified"): _over(months, "verified"),
        pgettext("progress", "Reported"): _over(months, "claimed"),
    }
    late, done, verified, claimed = (
        Series(label, key, values, str(values[-1]) + unit)
        for (label, values), key, unit in zip(
            columns.items(),
            ("late", "done", "verified", "claim"),
            ("", "", "\N{NO-BREAK SPACE}%", "\N{NO-BREAK SPACE}%"),
            strict=True,
        )
    )
    counts = side_by_side([[late], [done]], points)
    progress = steps([claimed, verified], points)
    titles = [_("Late commitments"), _("Fulfilled commitments"), _("Progress")]
    rows = [[point, *values] for point, *values in zip(points, *columns.values(), strict=True)]
    return MonthCharts(list(zip(titles, [*counts, progress], strict=True)), [_("At the end of"), *columns], rows)


def _over(months: Sequence[MonthEnd], name: str) -> list[int | None]:
    return [getattr(month, name) for month in months]


def _point(month: MonthEnd) -> str:
    return f"{month_in_short(month.day, month.day)} {month.day.year}"


def objectives_table(groups: Sequence[ObjectiveTally]) -> TwinTable:
    """A column for each objective, a row for each light at which any commitment stands."""
    lit = [light for light, _count in Tally().by_light if any(group.tally.lights[light] for group in groups)]
    rows: list[list[str | int | None]] = [[_("Commitments"), *(group.tally.total for group in groups)]]
    rows += [[status_word(light, "commitment"), *(group.tally.lights[light] for group in groups)] for light in lit]
    return TwinTable([_("Light"), *(_called(group) for group in groups)], rows)


def _called(group: ObjectiveTally) -> str:
    return f"{group.number}. {group.title}" if group.number else _("Not aligned with an objective")
