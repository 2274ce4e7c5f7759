"""Why an item has its light, in a sentence: each clause has one, and it names the item, its agency and what the clause looks at."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from projects.light.item_verdicts import verdict_of_commitment
from projects.light.rule import COMMITMENT_RULE, FIRST, TASK_RULE, Light
from projects.light.sentences import commitment_called, reason_of_task, reasons_of_commitment, task_called

ON = date(2018, 10, 15)
SOON, PAST = ON + timedelta(days=4), ON - timedelta(days=17)
SUBJECT = "The task “Migrar centros” of SCT"
FACTS = {
    "state": "confirmed", "starts": date(2018, 1, 1), "due": SOON, "light_due": SOON, "claimed_progress": 45,
    "claimed_on": date(2018, 9, 5), "verified_progress": 40, "has_obstacle": False, "quiet_since": ON - timedelta(days=62),
    "ready": 45, "fulfilled_on": None, "days_late": None, "ended_on": None,
}  # fmt: skip
OF_COMMITMENT = FACTS | {
    "state": "active", "withdrawn_on": None, "withdrawn_late": False, "finding": "", "found_on": None, "next_due": SOON,
    "tasks_open": 3, "tasks_fulfilled": 2, "tasks_cancelled": 1, "agencies_without_task": 0,
}  # fmt: skip

# By hand, for each clause of tasks: facts, and what the sentence must name besides the task and its agency.
TASKS = [
    ({"state": "cancelled", "ended_on": PAST}, ["cancelled", "28 September 2018"]),
    ({"verified_progress": 100, "fulfilled_on": PAST, "days_late": 3}, ["28 September 2018", "3 days late", "100 %"]),
    ({"claimed_progress": 100}, ["100 %", "5 September 2018"]),
    ({"due": None, "light_due": None}, ["no due date"]),
    ({"starts": SOON, "claimed_on": None}, ["19 October 2018"]),
    ({"due": PAST, "light_due": PAST}, ["28 September 2018", "17 days"]),
    ({"has_obstacle": True}, ["obstacle"]),
    ({}, ["62 days", "60"]),
    ({}, ["45 %", "25 points", "1 January 2018", "19 October 2018"]),
    ({}, ["in 4 days", "19 October 2018", "45 %"]),
    ({"claimed_on": None}, ["not reported", "19 October 2018"]),
    ({}, ["in 4 days", "19 October 2018", "no obstacle"]),
]
# Likewise for commitments, where their tasks do not decide.
COMMITMENTS = [
    ({"state": "cancelled", "withdrawn_on": ON, "withdrawn_late": True, "due": PAST, "light_due": PAST},
     ["15 October 2018", "28 September 2018", "17 days late"]),
    ({"state": "cancelled", "withdrawn_on": PAST}, ["28 September 2018"]),
    ({"finding": "fulfilled", "found_on": PAST}, ["28 September 2018", "fulfilled"]),
    ({"finding": "partly", "found_on": PAST}, ["28 September 2018", "partly fulfilled"]),
    ({"finding": "not_fulfilled", "found_on": PAST}, ["28 September 2018", "not fulfilled"]),
    ({}, ["fulfilled: 2", "cancelled: 1"]),
    ({"tasks_fulfilled": 0}, ["fulfilled: 0", "cancelled: 1"]),
    ({}, ["100 %", "3 open tasks"]),
    ({"due": PAST, "light_due": PAST}, ["28 September 2018", "17 days"]),
    ({"next_due": PAST}, ["28 September 2018"]),
    ({}, ["no task"]),
    ({"due": None, "light_due": None}, ["no due date"]),
    ({"starts": SOON}, ["19 October 2018"]),
    ({}, ["obstacle"]),
    ({}, ["62 days", "60"]),
    ({}, ["45 %", "25 points"]),
    ({}, ["in 4 days", "45 %"]),
    ({}, ["19 October 2018", "45 %"]),
    ({}, ["not reported"]),
    ({}, ["in 4 days"]),
]  # fmt: skip


def row_of(facts, changes, clause):
    return SimpleNamespace(**(facts | changes | {"clause": clause}))


@pytest.mark.parametrize(("clause", "changes", "named"), [(n, *said) for n, said in enumerate(TASKS)])
def test_the_sentence_on_a_task_names_it_its_agency_and_what_the_rule_looked_at(clause, changes, named):
    assert len(TASKS) == len(TASK_RULE)
    with override("en"):
        said = reason_of_task(row_of(FACTS, changes, clause), task_called("Migrar centros", "SCT"), ON, FIRST)
    assert said.startswith(SUBJECT)
    assert [words for words in named if words not in said] == []


@pytest.mark.parametrize(("clause", "changes", "named"), [(n, *said) for n, said in enumerate(COMMITMENTS)])
def test_the_sentence_on_a_commitment_names_it_and_what_the_rule_looked_at(clause, changes, named):
    assert len(COMMITMENTS) == len(COMMITMENT_RULE)
    with override("en"):
        commitment = row_of(OF_COMMITMENT, changes, clause)
        [said] = reasons_of_commitment(commitment, commitment_called("MC-250K"), [], ON, FIRST)
    assert said.startswith("The commitment MC-250K")
    assert [words for words in named if words not in said] == []


@pytest.mark.parametrize("light", [Light.TASKS_LATE, Light.AT_RISK])
def test_tasks_that_light_a_commitment_get_a_sentence_each(light):
    clauses = [
        n for n, clause in enumerate(COMMITMENT_RULE)
        if clause.light is light and clause.tests[0].field in {"next_due", "has_obstacle"}
    ]  # fmt: skip
    facts = row_of(FACTS, {"light_due": PAST, "due": PAST}, 0)
    with override("en"):
        tasks = [(facts, task_called(name, "SCT")) for name in ("Una", "Otra")]
        for clause in clauses:
            commitment = row_of(OF_COMMITMENT, {}, clause)
            said = reasons_of_commitment(commitment, commitment_called("MC-250K"), tasks, ON, FIRST)
            assert [sentence.split("”")[0] for sentence in said] == ["The task “Una", "The task “Otra"]


def test_what_was_typed_is_escaped():
    said = reason_of_task(row_of(FACTS, {}, 6), task_called("<b>x</b>", "A&B"), ON, FIRST)
    assert "&lt;b&gt;x&lt;/b&gt;" in said
    assert "A&amp;B" in said


STANDING = {
    "is_cancelled": False, "finding": "", "is_settled": False, "agencies_without_task": 0, "due": date(2018, 12, 31),
    "light_due": date(2018, 12, 31), "next_due": PAST, "withdrawn_on": None, "withdrawn_late": False, "found_on": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "lights", "said"),
    [
        ({}, {"late": 1, "at_risk": 5, "on_time": 3, "cancelled": 1},
         "One of its 9 tasks is overdue for 17 days and another 5 are at risk. 77 days are left."),
        ({}, {"late": 1}, "Its only task is overdue for 17 days. 77 days are left."),
        ({"agencies_without_task": 289, "due": None, "light_due": None}, {"late": 8, "fulfilled": 43},
         "8 of its 51 tasks are overdue, the first for 17 days. 289 agencies that it binds have no task."),
        ({}, {"at_risk": 1, "fulfilled": 2}, "1 of its 3 tasks is at risk. 77 days are left."),
        ({}, {"on_time": 2, "fulfilled": 1}, "None of its 3 tasks is late or at risk. 1 is fulfilled. 77 days are left."),
        ({"due": ON, "light_due": ON}, {}, "It has no task yet that says what must get done. It falls due today."),
        ({"due": PAST, "light_due": PAST}, {"on_time": 1},
         "Its only task is neither late nor at risk. Its own date passed 17 days ago."),
        ({"due": PAST, "light_due": SOON}, {"on_time": 1}, "Its only task is neither late nor at risk."),
        ({"is_settled": True}, {"fulfilled": 2}, "Its 2 tasks are fulfilled. The promise as a whole waits to be assessed."),
        ({}, {"to_be_verified": 1}, "Its only task was reported at 100 % and waits to be verified. 77 days are left."),
        ({"is_cancelled": True, "withdrawn_on": PAST, "withdrawn_late": True, "light_due": PAST - timedelta(days=3)},
         {"cancelled": 2}, "It was withdrawn on 28 September 2018, 3 days late: it counts as overdue."),
        ({"finding": "partly", "found_on": PAST, "is_settled": True}, {"fulfilled": 2},
         "The coordination office assessed the whole on 28 September 2018 and found it partly fulfilled."),
    ],
)  # fmt: skip
def test_the_verdict_on_a_commitment_states_counts_and_days(changes, lights, said):
    with override("en"):
        assert verdict_of_commitment(SimpleNamespace(**(STANDING | changes)), lights, ON) == said
