"""The published rule against a hand-written table, in Python and in both databases."""

from datetime import date, timedelta

import pytest

from projects.lights import COMMITMENT_RULE, TASK_RULE, Light, explain, with_light
from projects.models import Commitment, Task
from projects.why import FIELDS, fields_of, published, why

TODAY = date(2018, 10, 15)
YESTERDAY, TOMORROW, FAR = TODAY - timedelta(1), TODAY + timedelta(1), TODAY + timedelta(31)
STALE, RECENT = TODAY - timedelta(91), TODAY - timedelta(90)

# What is said of an open task with a date far ahead and a recent follow-up, unless a row says otherwise.
TASK = {
    "state": "confirmed", "due": FAR, "claimed_progress": 10, "claimed_on": RECENT, "verified_progress": None,
    "has_obstacle": False,
}  # fmt: skip
TASKS = [
    ({}, "on_time"),
    ({"state": "cancelled", "verified_progress": 100}, "cancelled"),
    ({"state": "declined"}, "cancelled"),
    ({"verified_progress": 100, "due": YESTERDAY}, "fulfilled"),
    ({"claimed_progress": 100, "due": YESTERDAY}, "to_be_verified"),
    ({"verified_progress": 99, "claimed_progress": 99, "due": YESTERDAY}, "late"),
    ({"due": None, "has_obstacle": True}, "no_date"),
    ({"due": YESTERDAY}, "late"),
    ({"due": TODAY}, "at_risk"),
    ({"due": TODAY + timedelta(30)}, "at_risk"),
    ({"due": FAR}, "on_time"),
    ({"has_obstacle": True}, "at_risk"),
    ({"claimed_on": None, "claimed_progress": None}, "not_started"),
    ({"claimed_on": None, "claimed_progress": None, "due": TOMORROW}, "at_risk"),
    ({"claimed_on": STALE}, "at_risk"),
]
COMMITMENT = {
    "state": "active", "due": FAR, "next_due": FAR, "tasks_open": 2, "tasks_fulfilled": 1, "tasks_unclaimed": 1,
    "agencies_without_task": 0, "claimed_on": RECENT, "has_obstacle": False,
}  # fmt: skip
COMMITMENTS = [
    ({}, "on_time"),
    ({"state": "cancelled", "tasks_open": 0}, "cancelled"),
    ({"tasks_open": 0, "tasks_unclaimed": 0, "due": YESTERDAY}, "fulfilled"),
    ({"tasks_unclaimed": 0, "due": YESTERDAY}, "to_be_verified"),
    # One agency's task does not fulfil what binds others too.
    ({"tasks_open": 0, "tasks_unclaimed": 0, "agencies_without_task": 1, "due": YESTERDAY}, "late"),
    ({"tasks_open": 0, "agencies_without_task": 307, "due": None, "next_due": None}, "no_date"),
    ({"tasks_unclaimed": 0, "agencies_without_task": 1}, "on_time"),
    # Without any task nothing was claimed and nothing fulfilled.
    (
        {"tasks_open": 0, "tasks_fulfilled": 0, "tasks_unclaimed": 0, "next_due": None, "claimed_on": None},
        "not_started",
    ),
    ({"due": YESTERDAY}, "late"),
    ({"next_due": YESTERDAY}, "late"),
    ({"due": None, "next_due": YESTERDAY}, "late"),
    ({"due": None, "next_due": None, "has_obstacle": True}, "no_date"),
    ({"due": None}, "on_time"),
    ({"has_obstacle": True}, "at_risk"),
    ({"due": TODAY}, "at_risk"),
    ({"next_due": TODAY}, "at_risk"),
    ({"claimed_on": None}, "not_started"),
    ({"claimed_on": STALE}, "at_risk"),
]


@pytest.mark.parametrize(("facts", "light"), TASKS)
def test_a_tasks_light_in_python(facts, light):
    assert explain(TASK_RULE, TASK | facts, TODAY).light == light


@pytest.mark.parametrize(("facts", "light"), COMMITMENTS)
def test_a_commitments_light_in_python(facts, light):
    assert explain(COMMITMENT_RULE, COMMITMENT | facts, TODAY).light == light


@pytest.mark.parametrize(("facts", "light"), TASKS)
def test_a_tasks_light_in_the_database(cast, facts, light):
    facts = TASK | facts
    reason = "Ya no aplica." if facts["state"] in {"cancelled", "declined"} else ""
    task = cast.task()
    Task.objects.filter(pk=task.pk).update(**facts, baseline_due=facts["due"], reason=reason)
    assert with_light(Task.objects.filter(pk=task.pk), TASK_RULE, TODAY).get().light == light


@pytest.mark.parametrize(("facts", "light"), COMMITMENTS)
def test_a_commitments_light_in_the_database(cast, facts, light):
    facts = COMMITMENT | facts
    reason = "Ya no aplica." if facts["state"] == "cancelled" else ""
    rows = Commitment.objects.filter(pk=cast.commitment.pk)
    rows.update(**facts, baseline_due=facts["due"], cancel_reason=reason)
    assert rows.with_light(TODAY).get().light == light


def test_every_light_is_reached_by_a_row_of_the_tables():
    assert {light for _facts, light in TASKS} == set(Light.values)
    assert {light for _facts, light in COMMITMENTS} == set(Light.values)


def test_why_names_the_clause_its_inputs_and_the_version(cast):
    Commitment.objects.filter(pk=cast.commitment.pk).update(due=YESTERDAY, baseline_due=YESTERDAY)
    cast.commitment.refresh_from_db()
    answer = why(COMMITMENT_RULE, cast.commitment, TODAY)
    assert (answer.light, answer.version, answer.on) == ("late", 1, TODAY)
    assert [fact.value for fact in answer.inputs if fact.is_date] == [YESTERDAY]
    assert len(answer.inputs) == len(fields_of(COMMITMENT_RULE)) == 9


@pytest.mark.parametrize(("rule", "lines"), [(TASK_RULE, 10), (COMMITMENT_RULE, 12)])
def test_the_published_rule_tells_every_clause(rule, lines):
    """Each clause has its line, and each of its tests a condition; only the last has none."""
    told = list(published(rule))
    assert [len(line.conditions) for line in told] == [len(clause.tests) for clause in rule]
    assert len(told) == lines
    assert told[-1].conditions == []
    assert set(fields_of(rule)) <= set(FIELDS)
