"""The traffic light's rule against a table written by hand, clause by clause and to the day, and against an oracle over made-up facts."""

from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.light.reader import clause_of, derived
from projects.light.rule import COMMITMENT_RULE, FIRST, TASK_RULE, Light, Thresholds, with_clause, with_light
from projects.models import Commitment, Task
from tests import oracle
from tests.examples import examples

TODAY = date(2018, 10, 15)


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


# What is said of a task with a date far ahead and recent progress, unless a row says otherwise; `waited_days` counts on `due`.
TASK: dict[str, Any] = {
    "state": "confirmed", "starts": None, "due": days(100), "waited_days": 0, "claimed_progress": 10,
    "claimed_on": days(-5), "verified_progress": None, "has_obstacle": False, "quiet_since": days(-5),
}  # fmt: skip
UNREPORTED = {"claimed_progress": None, "claimed_on": None}
# From 70 days ago to 30 days ahead: today the straight line stands at 70 %.
LINE = {"starts": days(-70), "due": days(30)}
TASKS = [
    ({}, "on_time"),
    ({"state": "cancelled", "verified_progress": 100}, "cancelled"),
    ({"state": "declined"}, "cancelled"),
    ({"verified_progress": 100, "due": days(-1)}, "fulfilled"),
    ({"verified_progress": 100, "due": None}, "fulfilled"),
    ({"claimed_progress": 100, "due": days(-1)}, "to_be_verified"),
    ({"claimed_progress": 100, "due": None}, "to_be_verified"),
    # What was returned drops out of the claim.
    ({"claimed_progress": 90, "verified_progress": 90, "due": days(-1)}, "late"),
    ({"due": None, "has_obstacle": True}, "no_date"),
    # Not begun, because its start is ahead: even an obstacle stated nowhere, even silence, would not count.
    ({"starts": days(1), "quiet_since": days(-100), **UNREPORTED}, "not_started"),
    ({"starts": days(1), "due": days(1), **UNREPORTED}, "not_started"),
    ({"starts": days(0), "due": days(0), **UNREPORTED}, "at_risk"),
    ({"starts": days(1), "has_obstacle": True}, "at_risk"),
    # The day of the due date, and the day after.
    ({"due": days(0), "claimed_progress": 80}, "on_time"),
    ({"due": days(-1), "claimed_progress": 80}, "late"),
    ({"due": days(-1), **UNREPORTED}, "late"),
    ({"due": days(-1), "has_obstacle": True, "quiet_since": days(-100)}, "late"),
    # The coordinators kept it waiting for seven days.
    ({"due": days(-7), "waited_days": 7, "claimed_progress": 80}, "on_time"),
    ({"due": days(-8), "waited_days": 7, "claimed_progress": 80}, "late"),
    ({"has_obstacle": True}, "at_risk"),
    ({"quiet_since": days(-60)}, "on_time"),
    ({"quiet_since": days(-61)}, "at_risk"),
    ({"quiet_since": None}, "on_time"),
    # 25 and 26 points behind the line; the higher of claimed and verified counts.
    ({**LINE, "claimed_progress": 45}, "on_time"),
    ({**LINE, "claimed_progress": 44}, "at_risk"),
    ({**LINE, "claimed_progress": 44, "verified_progress": 45}, "on_time"),
    # From 75 on it can fall no 26 points behind.
    ({**LINE, "claimed_progress": 75}, "on_time"),
    ({**LINE, "starts": None, "claimed_progress": 0}, "on_time"),
    # 80 days of 110: 72.7 %, once ten days are given back.
    ({"starts": days(-80), "due": days(20), "waited_days": 10, "claimed_progress": 48}, "on_time"),
    ({"starts": days(-80), "due": days(20), "waited_days": 10, "claimed_progress": 47}, "at_risk"),
    # A line of no length says nothing.
    ({"starts": days(0), "due": days(0), "claimed_progress": 80}, "on_time"),
    # 16 days left and 15; 79 % claimed and 80.
    ({"due": days(16), "claimed_progress": 0}, "on_time"),
    ({"due": days(15), "claimed_progress": 79}, "at_risk"),
    ({"due": days(15), "claimed_progress": 80}, "on_time"),
    ({"due": days(15), "claimed_progress": 79, "verified_progress": 90}, "at_risk"),
    ({"due": days(8), "waited_days": 7, "claimed_progress": 79}, "at_risk"),
    ({"due": days(9), "waited_days": 7, "claimed_progress": 79}, "on_time"),
    ({"due": days(15), **UNREPORTED}, "at_risk"),
    (UNREPORTED, "not_started"),
    ({"starts": days(-10), **UNREPORTED}, "not_started"),
    ({**UNREPORTED, "quiet_since": days(-61)}, "at_risk"),
]
COMMITMENT: dict[str, Any] = {
    "state": "active", "starts": None, "due": days(100), "waited_days": 0, "next_due": days(100), "tasks_open": 2,
    "tasks_fulfilled": 1, "tasks_unclaimed": 1, "tasks_cancelled": 0, "agencies_without_task": 0,
    "series_runs": False, "claimed_progress": 10,
    "claimed_on": days(-5), "verified_progress": None, "has_obstacle": False, "quiet_since": days(-5), "finding": "",
    "withdrawn_late": False,
}  # fmt: skip
NO_TASKS = {
    "tasks_open": 0, "tasks_fulfilled": 0, "tasks_unclaimed": 0, "next_due": None, "claimed_on": None,
    "claimed_progress": None, "quiet_since": None,
}  # fmt: skip
ALL_DONE = {"tasks_open": 0, "tasks_unclaimed": 0, "next_due": None, "quiet_since": None}
COMMITMENTS = [
    ({}, "on_time"),
    ({"state": "cancelled", **NO_TASKS}, "cancelled"),
    ({"state": "cancelled", "withdrawn_late": True, "due": days(-9), **NO_TASKS}, "withdrawn_late"),
    ({"state": "cancelled", "finding": "not_fulfilled"}, "cancelled"),
    # Only a finding says what became of the whole; whatever the tasks say then.
    ({**ALL_DONE, "due": days(-1)}, "to_assess"),
    ({**ALL_DONE, "due": None}, "to_assess"),
    ({**NO_TASKS, "tasks_cancelled": 2}, "to_assess"),
    ({**NO_TASKS, "tasks_cancelled": 2, "agencies_without_task": 1}, "no_tasks"),
    ({**ALL_DONE, "due": days(-1), "finding": "fulfilled"}, "fulfilled"),
    ({**NO_TASKS, "due": None, "finding": "fulfilled"}, "fulfilled"),
    ({"due": days(-1), "finding": "partly"}, "partly"),
    ({"due": days(10), "tasks_unclaimed": 0, "next_due": None, "finding": "not_fulfilled"}, "not_fulfilled"),
    ({"tasks_unclaimed": 0, "due": days(-1), "next_due": None}, "to_be_verified"),
    # One agency's task does not fulfil what binds others too.
    ({**ALL_DONE, "agencies_without_task": 1, "due": days(-1)}, "late"),
    ({**ALL_DONE, "agencies_without_task": 307, "due": None}, "no_date"),
    ({"tasks_unclaimed": 0, "agencies_without_task": 1, "next_due": None}, "on_time"),
    # A period is still to come.
    ({**ALL_DONE, "series_runs": True}, "on_time"),
    ({"due": days(-1)}, "late"),
    ({"due": days(0), "claimed_progress": 80}, "on_time"),
    ({"due": days(-7), "waited_days": 7, "claimed_progress": 80}, "on_time"),
    ({"due": days(-8), "waited_days": 7, "claimed_progress": 80}, "late"),
    # Its own date, and that of one of its tasks.
    ({"due": days(-1), "next_due": days(-1)}, "late"),
    ({"next_due": days(-1)}, "tasks_late"),
    ({"next_due": days(-1), "has_obstacle": True}, "tasks_late"),
    ({"next_due": days(0), "claimed_progress": 80}, "on_time"),
    ({"due": None, "next_due": days(-1)}, "tasks_late"),
    # What nobody works on is late all the same once its day has passed.
    ({**NO_TASKS, "due": days(-1)}, "late"),
    (NO_TASKS, "no_tasks"),
    ({**NO_TASKS, "due": None}, "no_tasks"),
    ({**NO_TASKS, "starts": days(1)}, "no_tasks"),
    ({"due": None, "next_due": None, "has_obstacle": True}, "no_date"),
    ({"due": None}, "on_time"),
    ({"starts": days(1), "claimed_on": None, "claimed_progress": None}, "not_started"),
    ({"has_obstacle": True}, "at_risk"),
    ({"quiet_since": days(-60)}, "on_time"),
    ({"quiet_since": days(-61)}, "at_risk"),
    ({**LINE, "claimed_progress": 45}, "on_time"),
    ({**LINE, "claimed_progress": 44}, "at_risk"),
    ({"due": days(16), "next_due": days(16)}, "on_time"),
    ({"due": days(15), "claimed_progress": 79}, "at_risk"),
    ({"due": days(15), "claimed_progress": 80}, "on_time"),
    ({"next_due": days(15), "claimed_progress": 79}, "at_risk"),
    ({"next_due": days(15), "claimed_progress": 80}, "on_time"),
    ({"claimed_on": None, "claimed_progress": None}, "not_started"),
]
# What another version of the thresholds makes of the same facts.
OTHER = Thresholds(2, days(0), silent_days=30, behind_points=10, soon_days=5, soon_progress=50, late_percent=33)
UNDER_OTHERS = [
    ({"quiet_since": days(-30)}, "on_time"),
    ({"quiet_since": days(-31)}, "at_risk"),
    ({**LINE, "claimed_progress": 60}, "on_time"),
    ({**LINE, "claimed_progress": 59}, "at_risk"),
    ({"due": days(6), "claimed_progress": 0}, "on_time"),
    ({"due": days(5), "claimed_progress": 49}, "at_risk"),
    ({"due": days(5), "claimed_progress": 50}, "on_time"),
]


def stored(facts: dict[str, Any]) -> dict[str, Any]:
    """These facts as a row has them, with what the constraints ask for beside."""
    due = facts["due"]
    light_due = oracle.given_back(due, facts["waited_days"])
    is_done = facts["verified_progress"] == 100
    return facts | {"baseline_due": due, "light_due": light_due} | {"fulfilled_on": TODAY if is_done else None}


def task_row(cast, number: int, facts: dict[str, Any]) -> Task:
    reason = "Ya no aplica." if facts["state"] in {"cancelled", "declined"} else ""
    return Task(
        commitment=cast.commitment, number=1000 + number, code=f"X-{number}", agency=cast.sct, title="Tarea",
        reason=reason, **stored(facts),
    )  # fmt: skip


def commitment_row(cast, number: int, facts: dict[str, Any]) -> Commitment:
    kept = stored(facts) | {"fulfilled_on": None, "found_on": TODAY if facts["finding"] else None}
    return Commitment(
        project=cast.project,
        code=f"X-{number}",
        title="Compromiso",
        binds="none published",
        **kept,
    )


KINDS = {
    "task": (Task, task_row, TASK_RULE, oracle.light_of_task),
    "commitment": (Commitment, commitment_row, COMMITMENT_RULE, oracle.light_of_commitment),
}


@contextmanager
def undone():
    """What one example writes, the next does not find."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def lights(cast, kind: str, rows: list[dict[str, Any]], on: date, thresholds: Thresholds = FIRST) -> list[str]:
    """What the database says of these facts on that day, in their order: one query for all. Read over values, the rule says the same."""
    model, row, rule, _oracle = KINDS[kind]
    with undone():
        model.objects.bulk_create(row(cast, number, facts) for number, facts in enumerate(rows))
        found = with_light(model.objects.filter(code__startswith="X-"), rule, on, thresholds)
        said = dict(found.values_list("code", "light"))
        # The page that tells why must be able to read every row, too.
        clauses = list(with_clause(model.objects.filter(code__startswith="X-"), rule, on, thresholds))
        assert said == {each.code: rule[each.clause].light for each in clauses}
    assert len(clauses) == len(rows)
    for each in clauses:
        facts = stored(rows[int(each.code.removeprefix("X-"))])
        assert derived(facts, thresholds) == {name: getattr(each, name) for name in ("claimed", "ready", "behind_from")}
        assert clause_of(rule, facts, on, thresholds) == each.clause
    return [said[f"X-{number}"] for number in range(len(rows))]


ENDED = {"cancelled", "declined"}
# Of these its agencies owe nothing more.
CLOSED = (Light.TO_ASSESS, Light.FULFILLED, Light.PARTLY, Light.NOT_FULFILLED, Light.CANCELLED, Light.WITHDRAWN_LATE)
OF_COMMITMENTS = {"no_tasks", "tasks_late", "to_assess", "partly", "not_fulfilled", "withdrawn_late"}


@pytest.mark.parametrize(
    ("kind", "whole", "table"),
    [("task", TASK, TASKS), ("commitment", COMMITMENT, COMMITMENTS)],
    ids=["task", "commitment"],
)
def test_rule_conditions_and_properties_agree_on_what_is_fulfilled(cast, kind, whole, table):
    model, row, rule, _oracle = KINDS[kind]
    waiting = Commitment.TO_BE_VERIFIED if kind == "commitment" else ~Task.FULFILLED & Task.CLAIMED
    with undone():
        model.objects.bulk_create(row(cast, number, whole | facts) for number, (facts, _light) in enumerate(table))
        rows = with_light(model.objects.filter(code__startswith="X-"), rule, TODAY, FIRST)
        standing = rows.exclude(state__in=ENDED)
        lit = {light: {each.code for each in rows if each.light == light} for light in Light}
        if kind == "commitment":
            assert {each.code for each in rows.filter(Commitment.TO_ASSESS)} == lit[Light.TO_ASSESS] != set()
            assert {each.code for each in standing if each.is_settled and not each.finding} == lit[Light.TO_ASSESS]
            assert {each.code for each in rows.overdue(TODAY)} == lit[Light.LATE] | lit[Light.WITHDRAWN_LATE]
            standing = standing.filter(finding="")
            assert {each.code for each in rows.filter(model.FULFILLED)} == lit[Light.FULFILLED] != set()
            assert {each.code for each in standing.filter(waiting)} == lit[Light.TO_BE_VERIFIED] != set()
            closed = {code for light in CLOSED for code in lit[light]}
            assert {each.code for each in rows.open()} == {each.code for each in rows} - closed
            return
        assert {each.code for each in standing.filter(model.FULFILLED)} == lit[Light.FULFILLED] != set()
        assert {each.code for each in standing if each.is_fulfilled} == lit[Light.FULFILLED]
        assert {each.code for each in standing.filter(waiting)} == lit[Light.TO_BE_VERIFIED] != set()
        counted = {each.code for each in rows.filter(state__in=["active", "confirmed"])}
        assert {each.code for each in rows.open()} == counted - lit[Light.FULFILLED]


@pytest.mark.parametrize(
    ("kind", "whole", "table"),
    [("task", TASK, TASKS), ("commitment", COMMITMENT, COMMITMENTS)],
    ids=["task", "commitment"],
)
def test_each_clause_lights_up_on_its_day(cast, kind, whole, table):
    rows = [whole | facts for facts, _light in table]
    promised = [light for _facts, light in table]
    assert lights(cast, kind, rows, TODAY) == promised
    assert [KINDS[kind][3](row, TODAY) for row in rows] == promised


def test_other_thresholds_move_the_days_of_the_clauses(cast):
    rows = [TASK | facts for facts, _light in UNDER_OTHERS]
    promised = [light for _facts, light in UNDER_OTHERS]
    assert lights(cast, "task", rows, TODAY, OTHER) == promised
    assert [oracle.light_of_task(row, TODAY, numbers(OTHER)) for row in rows] == promised


def test_every_light_is_reached_by_a_row_of_the_tables():
    assert {light for _facts, light in TASKS} == set(Light.values) - OF_COMMITMENTS
    assert {light for _facts, light in COMMITMENTS} == set(Light.values)


FAR = [
    # 29 February, the longest span there is, and the calendar's last day.
    {"starts": date(2020, 2, 29), "due": date(2024, 2, 29), "claimed_progress": 40},
    {"starts": date(1, 1, 1), "due": date(9999, 12, 31), "claimed_progress": 0},
    {"starts": date(1, 1, 1), "due": date(9999, 12, 31), "claimed_progress": 99, "verified_progress": 50},
    {"starts": date(9999, 12, 31), "due": date(9999, 12, 31)},
    {"starts": date(9999, 12, 30), "due": date(9999, 12, 31), "claimed_progress": 74},
    {"due": date(9999, 12, 1), "waited_days": 400},
    {"starts": date(9999, 1, 1), "due": date(9999, 12, 31), "waited_days": 4000},
]


@pytest.mark.parametrize(
    "on",
    [date(1, 1, 10), date(2022, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(9999, 12, 16), date(9999, 12, 31)],
)
def test_the_calendars_ends_and_leap_days_are_counted_alike(cast, on):
    rows = [TASK | {"quiet_since": on, "claimed_on": on} | facts for facts in FAR]
    assert lights(cast, "task", rows, on) == [oracle.light_of_task(row, on) for row in rows]


EDGES = [-366, -365, -61, -60, -59, -16, -15, -1, 0, 1, 14, 15, 16, 17, 30, 60, 61, 365, 366]
offsets = st.sampled_from(EDGES) | st.integers(-1500, 1500)
percents = st.none() | st.sampled_from([0, 24, 25, 26, 74, 75, 79, 80, 99, 100]) | st.integers(0, 100)


def second_version(since: st.SearchStrategy[date]) -> st.SearchStrategy[Thresholds]:
    """Any numbers, in force from one of these days on."""
    return st.builds(
        Thresholds,
        st.just(2),
        since,
        st.integers(1, 400),
        st.integers(0, 100),
        st.integers(0, 400),
        st.integers(0, 100),
    )


thresholds = st.just(FIRST) | second_version(st.just(TODAY))


@st.composite
def dates(draw) -> dict[str, Any]:
    """A start and a due date, in their order, each perhaps missing; and how long it waited."""
    due = draw(st.none() | offsets)
    starts = draw(st.none() | offsets)
    if due is not None and starts is not None:
        starts, due = sorted((starts, due))
    waited = draw(st.just(0) | st.integers(0, 90))
    return {
        "starts": None if starts is None else days(starts),
        "due": None if due is None else days(due),
        "waited_days": waited,
    }


@st.composite
def words(draw) -> dict[str, Any]:
    claimed, verified = draw(percents), draw(percents)
    heard = draw(st.none() | offsets)
    return {
        "claimed_progress": claimed,
        "claimed_on": None if claimed is None else days(draw(offsets)),
        "verified_progress": verified,
        "has_obstacle": draw(st.booleans()),
        "quiet_since": None if heard is None else days(heard),
    }


@st.composite
def task_facts(draw) -> dict[str, Any]:
    state = draw(st.sampled_from(["confirmed"] * 8 + ["proposed", "declined", "cancelled"]))
    return {"state": state, **draw(dates()), **draw(words())}


@st.composite
def commitment_facts(draw) -> dict[str, Any]:
    still_open, next_due = draw(st.integers(0, 3)), draw(st.none() | offsets)
    return {
        "state": draw(st.sampled_from(["active"] * 8 + ["cancelled"])),
        "finding": draw(st.sampled_from([""] * 6 + ["fulfilled", "partly", "not_fulfilled"])),
        "withdrawn_late": draw(st.booleans()),
        **draw(dates()),
        **draw(words()),
        "tasks_open": still_open,
        "tasks_fulfilled": draw(st.integers(0, 2)),
        "tasks_unclaimed": draw(st.integers(0, still_open)),
        "tasks_cancelled": draw(st.sampled_from([0, 0, 1])),
        "agencies_without_task": draw(st.integers(0, 1)),
        "series_runs": draw(st.booleans()),
        "next_due": None if next_due is None else days(next_due),
    }


def numbers(thresholds: Thresholds) -> oracle.Numbers:
    return oracle.Numbers(*(getattr(thresholds, name) for name in oracle.Numbers._fields))


many = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.slow
@many
@given(rows=st.lists(task_facts(), min_size=25, max_size=25), on=offsets, thresholds=thresholds)
def test_the_database_and_the_oracle_agree_on_tasks(cast, rows, on, thresholds):
    said = lights(cast, "task", rows, days(on), thresholds)
    assert said == [oracle.light_of_task(row, days(on), numbers(thresholds)) for row in rows]


@pytest.mark.slow
@many
@given(rows=st.lists(commitment_facts(), min_size=25, max_size=25), on=offsets, thresholds=thresholds)
def test_the_database_and_the_oracle_agree_on_commitments(cast, rows, on, thresholds):
    said = lights(cast, "commitment", rows, days(on), thresholds)
    assert said == [oracle.light_of_commitment(row, days(on), numbers(thresholds)) for row in rows]
