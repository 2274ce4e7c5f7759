"""What a light will be if nothing else happens: day by day what the rule says of the same facts, and what its oracle says."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings

from focalpoints import clock
from projects.light.reader import Stretch, clause_of, course, latest
from projects.light.rule import COMMITMENT_RULE, FIRST, TASK_RULE, Thresholds
from projects.light.why import outlook
from projects.models import Commitment, Task
from tests.examples import examples
from tests.projects.light.test_rule import (
    COMMITMENT,
    FAR,
    KINDS,
    TASK,
    TODAY,
    UNREPORTED,
    commitment_facts,
    days,
    numbers,
    offsets,
    second_version,
    stored,
    task_facts,
)  # fmt: skip

LATER = Thresholds(2, days(20), silent_days=30, behind_points=10, soon_days=5, soon_progress=50, late_percent=33)
later = second_version(offsets.map(days))


def lights(rule, stretches: list[Stretch]) -> list[tuple[int, str]]:
    """From which day on, counted from today, it has which light."""
    return [((stretch.first - TODAY).days, rule[stretch.clause].light.value) for stretch in stretches]


def day_by_day(kind: str, facts: dict, versions: list[Thresholds], first: date, last: date) -> None:
    """Each day of the course is what the rule and the oracle say of that day; its stretches touch and differ."""
    _model, _row, rule, light_of = KINDS[kind]
    stretches = course(rule, stored(facts), versions, first, last)
    assert (stretches[0].first, stretches[-1].last) == (first, last)
    for one, other in pairwise(stretches):
        assert other.first == one.last + timedelta(days=1)
        assert other.clause != one.clause
    for stretch in stretches:
        for offset in range((stretch.last - stretch.first).days + 1):
            day = stretch.first + timedelta(days=offset)
            thresholds = latest(versions, day)
            assert clause_of(rule, stored(facts), day, thresholds) == stretch.clause, day
            assert light_of(facts, day, numbers(thresholds)) == rule[stretch.clause].light, day


def test_a_task_of_which_nothing_more_is_heard():
    facts = stored(TASK | {"due": days(100), "quiet_since": days(-5)})
    assert lights(TASK_RULE, course(TASK_RULE, facts, [FIRST], TODAY)) == [
        (0, "on_time"),
        (56, "at_risk"),
        (101, "late"),
    ]


def test_a_version_of_the_thresholds_turns_it_on_its_day():
    facts = stored(TASK | {"quiet_since": days(-15)})
    assert lights(TASK_RULE, course(TASK_RULE, facts, [FIRST, LATER], TODAY, days(30))) == [
        (0, "on_time"),
        (20, "at_risk"),
    ]


def test_what_begins_later_and_what_nothing_changes_any_more():
    facts = stored(TASK | UNREPORTED | {"starts": days(10), "quiet_since": days(10)})
    stretches = course(TASK_RULE, facts, [FIRST], TODAY)
    assert TASK_RULE[stretches[0].clause].light == "not_started"
    done = stored(TASK | {"verified_progress": 100})
    assert course(TASK_RULE, done, [FIRST, LATER], TODAY) == [Stretch(TODAY, date.max, 1)]


def test_a_commitment_is_late_with_its_first_task():
    facts = stored(COMMITMENT | {"next_due": days(40), "claimed_progress": 90, "quiet_since": days(0)})
    stretches = course(COMMITMENT_RULE, facts, [FIRST], TODAY)
    assert lights(COMMITMENT_RULE, stretches) == [(0, "on_time"), (41, "tasks_late"), (101, "late")]
    assert [stretch.clause for stretch in stretches] == [19, 9, 8], "first a task's date passes, then its own"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2020, 2, 27), date(2020, 3, 2)),
        (date(2024, 2, 27), date(2024, 3, 2)),
        (date(9999, 11, 1), date.max),
        (date.min, date(1, 4, 1)),
    ],
)
def test_leap_days_and_the_calendars_ends(first, last):
    for facts in FAR:
        day_by_day("task", TASK | {"quiet_since": first, "claimed_on": first} | facts, [FIRST], first, last)


some = settings(max_examples=examples(30), deadline=None)


@some
@given(facts=task_facts(), version=later, first=offsets)
def test_each_day_of_a_tasks_course(facts, version, first):
    day_by_day("task", facts, [FIRST, version], days(first), days(first + 500))


@some
@given(facts=commitment_facts(), version=later, first=offsets)
def test_each_day_of_a_commitments_course(facts, version, first):
    day_by_day("commitment", facts, [FIRST, version], days(first), days(first + 500))


@pytest.mark.parametrize(("kind", "rule"), [("task", TASK_RULE), ("commitment", COMMITMENT_RULE)])
def test_the_page_says_what_comes_next_if_nothing_else_happens(cast, kind, rule):
    task = cast.task(due=clock.today() + timedelta(days=40))
    cast.follow_up("accepted", task, progress=90)
    model, code = (Task, task.code) if kind == "task" else (Commitment, task.commitment.code)
    row = model.objects.with_clause(clock.today()).get(code=code)
    said = outlook(rule, row, clock.today())
    before, then = (
        model.objects.with_light(day).values_list("light", flat=True).get(code=code)
        for day in (said.on - timedelta(days=1), said.on)
    )
    assert (before, then) == (rule[row.clause].light, said.light)
    assert before != then
    page = cast.client("anonymous").get(f"/en/{'tareas' if kind == 'task' else 'compromisos'}/{code}/").text
    assert "If nothing else happens, from" in page


def test_what_is_over_has_nothing_to_come(cast):
    task = cast.task()
    cast.follow_up("accepted", task, progress=100)
    row = Task.objects.with_clause(clock.today()).get(pk=task.pk)
    assert outlook(TASK_RULE, row, clock.today()) is None
    assert "If nothing else happens" not in cast.client("anonymous").get(f"/en/tareas/{task.code}/").text
