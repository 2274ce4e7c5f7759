"""What has slipped and what comes next, as home shows it: like tasks, those of one commitment that fall due on one day, are one line.

Days late count from the date for the light (`light_due`): those for which the coordinators kept an agency waiting make it no later. Late
tasks are alike if they waited for as long too. What was withdrawn late is as late as it was on that day.

Grouped by the database in the order of an index on open tasks, so that it stops after the few groups that are shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from django.db.models import CharField, Count, F, Max, Min, Q, QuerySet, StringAgg, Value
from django.db.models.functions import Cast, Concat

from focalpoints.models import Agency, AgencyVersion
from focalpoints.sql.prepared import Steps, prepared, reading
from focalpoints.text import alphabetical
from projects.codes import of_task
from projects.light.bands import DUE_SOON_DAYS
from projects.light.reader import clause_of
from projects.light.rule import COMMITMENT_RULE, DaysBetween, Light
from projects.reading.as_of import retitled
from projects.reading.day import Day
from projects.reading.figures import DUE_SOON, FACTS
from projects.reading.portions import WHOLE, Portion

SHOWN = 5
# Up to so many agencies of a line are named; more are counted.
NAMED = 4
# Of what is counted for a link alone.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class CalledAgency:
    key: str
    acronym: str
    name: str


@dataclass(frozen=True, slots=True)
class DutyDue:
    """One line: a commitment, or so many tasks (`count`) of one that are due on a day.

    `days` are those since its date for the light, `light_due`, up to the day on which it was withdrawn, or until its due date. `is_alike`:
    all have this title; otherwise it is one of theirs. `named` are the agencies that answer, where they are few; `agencies` is how many;
    `binds` is empty for tasks. `light` is that of a single item; of several, `at_risk` are at risk.
    """

    kind: str
    commitment: str
    code: str
    title: str
    language: str
    due: date
    light_due: date | None
    withdrawn_on: date | None
    days: int
    count: int
    is_alike: bool
    binds: str
    agencies: int
    named: tuple[CalledAgency, ...]
    light: str
    at_risk: int

    @property
    def others(self) -> int:
        """How many tasks it stands for besides the one that it names."""
        return 0 if self.is_alike else self.count - 1

    @property
    def address(self) -> tuple[str, str]:
        """The kind of page that it leads to, and what that page is about: several tasks lead to their commitment where no list has them."""
        if self.count > 1:
            return "projects:commitment_detail", self.commitment
        return f"projects:{self.kind}_detail", self.code


@reading
def duties(
    day: Day, portion: Portion = WHOLE, most: int = SHOWN
) -> Steps[tuple[tuple[DutyDue, ...], tuple[DutyDue, ...]]]:
    """The longest late, and the next to fall due: up to `most` lines each, a day's commitments before its tasks.

    Five queries; three more for the words of a past day.
    """
    questions = (_late_tasks, _late_commitments, _next_tasks, _next_commitments)
    late_tasks, late_commitments, next_tasks, next_commitments = yield [
        (ask, (day.on, portion.keys, portion.kind, day, most)) for ask in questions
    ]
    for group in (*late_tasks, *late_commitments):
        group["days"] = ((group.get("withdrawn_on") or day.on) - group["light_due"]).days
    for group in (*next_tasks, *next_commitments):
        group["days"] = (group["due"] - day.on).days
    late = _first(late_tasks + late_commitments, most, longest=True)
    coming = _first(next_tasks + next_commitments, most)
    for group in (*late, *coming):
        if group["kind"] == "task":
            group |= {"pk": group["least_pk"], "light": group["first_light"]}
            group["title"], group["language"], group["code"] = group["words"].rsplit("\n", 2)
    if day.is_past:
        retitled([*late, *coming])
    called = yield from _called([*late, *coming], day)
    return tuple([_line(group, day, called) for group in late]), tuple([_line(group, day, called) for group in coming])


@reading
def soon(day: Day, portion: Portion = WHOLE) -> Steps[tuple[int, int]]:
    """How many tasks and commitments fall due within 30 days, counted up to one more than MOST_COUNTED: of tasks there may be very many.

    A query each. Of a past day no list has the tasks.
    """
    first, last = day.on, day.on + timedelta(days=DUE_SOON_DAYS)
    commitments, *tasks = yield [
        (ask, (first, last, portion.keys, portion.kind, day))
        for ask in ([_commitments_soon] if day.is_past else [_commitments_soon, _tasks_soon])
    ]
    return sum(map(len, tasks)), len(commitments)


@prepared("first", "last", "keys")
def _tasks_soon(first: date, last: date, keys: tuple[int, ...], kind: str, day: Day) -> QuerySet[Any, Any]:
    return _tasks(kind, keys, day).due_between(first, last).order_by().values_list("pk")[: MOST_COUNTED + 1]


@prepared("first", "last", "keys")
def _commitments_soon(first: date, last: date, keys: tuple[int, ...], kind: str, day: Day) -> QuerySet[Any, Any]:
    return (
        Portion(kind, keys)
        .few_commitments(day)
        .due_between(first, last)
        .order_by()
        .values_list("pk")[: MOST_COUNTED + 1]
    )


def _first(groups: list[dict[str, Any]], most: int, *, longest: bool = False) -> list[dict[str, Any]]:
    """Of the fewest days, or of the most."""
    found = sorted(groups, key=itemgetter("kind", "due", "commitment"))
    return sorted(found, key=lambda group: -group["days"] if longest else group["days"])[:most]


def _line(group: Mapping[str, Any], day: Day, called: Mapping[int, CalledAgency]) -> DutyDue:
    is_task = group["kind"] == "task"
    found = [called[key] for key in _keys(group) if key in called]
    light = group["light"] if is_task else _light(group, day)
    return DutyDue(
        group["kind"], of_task(group["code"]) if is_task else group["code"], group["code"], group["title"], group["language"],
        group["due"], group.get("light_due"), group.get("withdrawn_on"), group["days"], group["count"] if is_task else 1,
        not is_task or group["first_title"] == group["last_title"], "" if is_task else group["binds"], len(_keys(group)),
        tuple(sorted(found, key=lambda agency: alphabetical(agency.acronym or agency.name)))[:NAMED], light,
        group["at_risk"] if is_task else 0,
    )  # fmt: skip


def _light(facts: Mapping[str, Any], day: Day) -> Light:
    return COMMITMENT_RULE[clause_of(COMMITMENT_RULE, facts, day.on, day.thresholds)].light


def _keys(group: Mapping[str, Any]) -> set[int]:
    """The agencies that answer for a group of tasks, or that a commitment names."""
    return {int(key) for key in (group["agency_keys"] or "").split(",") if key}


def _called(groups: Iterable[Mapping[str, Any]], day: Day) -> Steps[dict[int, CalledAgency]]:
    """What the agencies are called that are few in their line, in the names of the day: one query."""
    keys = {key for group in groups if len(found := _keys(group)) <= NAMED for key in found}
    if not keys:
        return {}
    [rows] = yield [(_names_then if day.is_past else _names, (tuple(sorted(keys)), day.on))]
    return {pk: CalledAgency(*names) for pk, *names in rows}


@prepared("keys")
def _names(keys: tuple[int, ...], on: date) -> QuerySet[Any, tuple[Any, ...]]:
    return Agency.objects.filter(pk__in=keys).order_by().values_list("pk", "key", "acronym", "name")


@prepared("keys", "on")
def _names_then(keys: tuple[int, ...], on: date) -> QuerySet[Any, tuple[Any, ...]]:
    versions = AgencyVersion.objects.on(on).filter(agency__in=keys)
    return versions.order_by().values_list("agency", "agency__key", "acronym", "name")


@prepared("on", "keys")
def _late_tasks(on: date, keys: tuple[int, ...], kind: str, day: Day, most: int) -> QuerySet[Any, dict[str, Any]]:
    tasks = _tasks(kind, keys, day)
    return _grouped(tasks.late(on), day, most, "light_due", "due")


@prepared("on", "keys")
def _next_tasks(on: date, keys: tuple[int, ...], kind: str, day: Day, most: int) -> QuerySet[Any, dict[str, Any]]:
    tasks = _tasks(kind, keys, day)
    return _grouped(tasks.open().filter(due__gte=on).with_light(day.on), day, most, "due")


def _tasks(kind: str, keys: tuple[int, ...], day: Day) -> Any:
    """Open and late ones are public: of the whole strategy they are found by their own index."""
    return Portion(kind, keys).few_tasks(day) if kind else day.few_tasks


@prepared("on", "keys")
def _late_commitments(on: date, keys: tuple[int, ...], kind: str, day: Day, most: int) -> QuerySet[Any, dict[str, Any]]:
    """The longest late of those that are owed, in the order of an index, and of the few that were withdrawn."""
    rows = Portion(kind, keys).few_commitments(day)
    owed = rows.still_overdue(on).order_by("light_due", "pk").values("pk")[:most]
    withdrawn = rows.filter(withdrawn_late=True).order_by(DaysBetween("withdrawn_on", "light_due").desc(), "pk")
    # Not with `|`, for which PostgreSQL would look at every row; a union takes no slices on SQLite.
    first = rows.filter(pk__in=owed).values("pk").union(rows.filter(pk__in=withdrawn.values("pk")[:most]).values("pk"))
    return rows.filter(pk__in=first).for_due_soon().order_by().values(*DUE_SOON, *FACTS, "withdrawn_on")


@prepared("on", "keys")
def _next_commitments(on: date, keys: tuple[int, ...], kind: str, day: Day, most: int) -> QuerySet[Any, dict[str, Any]]:
    commitments = Portion(kind, keys).few_commitments(day).open().filter(due__gte=on).for_due_soon()
    return commitments.order_by("due", "pk").values(*DUE_SOON, *FACTS)[:most]


def _grouped(tasks: Any, day: Day, most: int, *by: str) -> QuerySet[Any, dict[str, Any]]:
    """The first groups. Each is told by one of its tasks, by whose `words` or, on a past day, by whose version (`pk`)."""
    task = "task__" if day.is_past else ""
    is_lit = "light" in tasks.query.annotations
    return (
        tasks.order_by()
        .values(*by, "commitment")
        .annotate(
            kind=Value("task", output_field=CharField()),
            count=Count("pk"),
            least_pk=Min("pk"),
            words=Min(
                Concat(
                    f"{task}title", Value("\n"), f"{task}language", Value("\n"), f"{task}code", output_field=CharField()
                )
            ),
            first_title=Min(f"{task}title"),
            last_title=Max(f"{task}title"),
            agency_keys=StringAgg(Cast(F("agency"), CharField()), Value(",")),
            first_light=Min("light") if is_lit else Value(Light.LATE.value, output_field=CharField()),
            at_risk=Count("pk", filter=Q(light=Light.AT_RISK)) if is_lit else Value(0),
        )
        .order_by(*by, "commitment")[:most]
    )
