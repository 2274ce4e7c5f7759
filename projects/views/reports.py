"""Reports of one page, for a desk or a minister: of the strategy, an objective, or a sector's head with its agencies, on any day.

Each figure is read as the page reads it that the report is about, and leads to exactly what it counts. What does not fit on a sheet is
counted, with a link to all of it.
"""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from focalpoints.pages.page_cache import public_page
from focalpoints.templatetags.edn import intcomma
from projects.light.rule import Light
from projects.light.verdict import of_tasks, verdict
from projects.reading.as_of import on_a_day
from projects.reading.day import Day
from projects.reading.duties import MOST_COUNTED, DutyDue, duties, soon
from projects.reading.figures import (
    NetworkFigures,
    Tally,
    counts_of,
    standing,
    standing_then,
    tallies_by_objective,
    whole,
)
from projects.reading.portions import (
    WHOLE,
    FindingsInForce,
    Portion,
    findings_in,
    late_and_hindered,
    network_of,
    sector_of,
    slippage_of,
    tally_of,
    task_lights,
)
from projects.reading.slippage import Slippage, slippage_in
from projects.views.agencies import agency_on
from projects.views.board_facts import FactClause, Lists, facts_of_report
from projects.views.citing import head_on
from projects.views.objectives import numbered

_title = attrgetter("title")
# What a sheet holds, in lines of so many characters: of each list of tasks and commitments, and of the findings.
LETTERS, LINES, FINDING_LINES = 52, 15, 7
MOST = 8


@public_page("on")
@on_a_day
def strategy_report(request: HttpRequest, day: Day) -> HttpResponse:
    [counts] = counts_of([day])
    total = whole(counts)
    network = standing_then(day.on) if day.is_past else standing(day.on)
    return _report(request, day, WHOLE, "", total, None, slippage_in(counts), network)


@public_page("on")
@on_a_day
def objective_report(request: HttpRequest, day: Day, number: int) -> HttpResponse:
    objective = numbered(number)
    [counts] = counts_of([day])
    total = tallies_by_objective(counts).get(objective.pk, Tally())
    portion = Portion("objective", (objective.pk,))
    moved, network = slippage_of(portion, day), network_of(portion, day)
    return _report(request, day, portion, f"objective={number}", total, None, moved, network, objective=objective)


@public_page("on")
@on_a_day
def agency_report(request: HttpRequest, day: Day, key: str) -> HttpResponse:
    """Of a sector's head with all agencies of the sector; of another agency alone."""
    agency = agency_on(key, day)
    portion = sector_of(agency.pk, day)
    members = len(portion.keys) - 1
    narrowed = f"{'sector' if members else 'agency'}={key}"
    total, lights = tally_of(portion, day), task_lights(portion, day)
    moved, network = slippage_of(portion, day), network_of(portion, day)
    about = {"agency": agency, "members": members, "task_verdict": of_tasks(lights)}
    return _report(request, day, portion, narrowed, total, lights, moved, network, **about)


def _report(
    request: HttpRequest, day: Day, portion: Portion, narrowed: str, total: Tally, lights: Mapping[str, int] | None,
    moved: Mapping[str, Slippage], network: NetworkFigures, **about: Any,
) -> HttpResponse:  # fmt: skip
    """`narrowed` is the query string that narrows lists to the portion; `lights` are agencies' own tasks by light.

    Without them, the tasks are those of its commitments, which add them up.
    """
    late_ones, hindered = late_and_hindered(portion, day)
    if lights is None:
        lights = {Light.FULFILLED: total.fulfilled_tasks, Light.TO_BE_VERIFIED: total.claimed_tasks}
    longest_late, coming = duties(day, portion, MOST)
    found = findings_in(portion, day, MOST)
    late, findings = _fitting(longest_late, LINES, _title), _fitting(found.latest, FINDING_LINES, attrgetter("wording"))
    lists, (seq, digest) = Lists(day, narrowed), head_on(request, day)
    return render(
        request,
        "projects/report.html",
        {
            "day": day,
            "tally": total,
            "verdict": verdict(total.lights, day.thresholds),
            "query": day.query_of(narrowed) if narrowed else day.alone,
            "narrowed": narrowed,
            "is_whole": not narrowed,
            "late": late,
            "more_late": _more_late(late, late_ones, total.overdue, lists),
            "coming": _fitting(coming, LINES, _title),
            "soon": soon(day, portion),
            "most_counted": MOST_COUNTED,
            "tasks": lights,
            "moved": moved,
            "network": network,
            "facts": facts_of_report(day, total, lights, hindered, moved, network, narrowed),
            "findings": findings,
            "more_findings": _more_findings(found, len(findings), lists),
            "seq": seq,
            "digest": digest,
            "stays_at": f"{settings.BASE_URL}{request.path}?on={day.on.isoformat()}",
            "objective": None,
            "agency": None,
            "members": 0,
            "task_verdict": "",
            **about,
        },
    )


def _fitting[Line](lines: Sequence[Line], room: int, words: Callable[[Line], str]) -> list[Line]:
    """The first ones that fit into so many lines of a sheet, each with one of small print below; at least one."""
    fitting: list[Line] = []
    for line in lines:
        room -= ceil(len(words(line)) / LETTERS) + 1
        if fitting and room < 0:
            break
        fitting.append(line)
    return fitting


def _more_late(shown: Sequence[DutyDue], tasks: int, commitments: int, lists: Lists) -> list[FactClause]:
    """What is late besides the lines that are shown."""
    tasks -= sum(line.count for line in shown if line.kind == "task")
    commitments -= sum(line.kind == "commitment" for line in shown)
    said = []
    if tasks:
        words = ngettext("%(n)s more late task", "%(n)s more late tasks", tasks)
        said.append(FactClause(words % {"n": intcomma(tasks)}, lists.tasks("light=late")))
    if commitments:
        words = ngettext("%(n)s more overdue commitment", "%(n)s more overdue commitments", commitments)
        said.append(FactClause(words % {"n": intcomma(commitments)}, lists.commitments("due=overdue")))
    return said


def _more_findings(found: FindingsInForce, shown: int, lists: Lists) -> list[FactClause]:
    """How many are not shown, and the commitments that have any."""
    left = found.total - shown
    if not left:
        return []
    words = ngettext("%(n)s more finding", "%(n)s more findings", left)
    said = [FactClause(words % {"n": intcomma(left)})]
    if found.commitments:
        words = ngettext("%(n)s commitment has one", "%(n)s commitments have one", found.commitments)
        said.append(FactClause(words % {"n": intcomma(found.commitments)}, lists.commitments("finding=any")))
    return said
