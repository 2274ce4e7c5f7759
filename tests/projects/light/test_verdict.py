"""The verdict's sentence states what the lists have, under the published rule, whatever combination of lights there is."""

import re
from dataclasses import replace

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from projects.light.rule import FIRST, Light
from projects.light.verdict import counted, verdict
from projects.reading.figures import ORDER_OF_LIGHTS

# By hand, on purpose: the rule as `/semaforo/` prints it.
LATE = {"late", "withdrawn_late", "tasks_late", "not_fulfilled"}
NOT_MEASURED = {"no_tasks", "no_date", "to_assess", "cancelled"}


def course_of(lights: dict[str, int], late_percent: int) -> str:
    total = sum(lights.values())
    late = sum(lights.get(light, 0) for light in LATE)
    measured = sum(count for light, count in lights.items() if light not in NOT_MEASURED)
    if total == 0:
        return "empty"
    if measured == 0:
        return "not_measured"
    if late and 100 * late / measured >= late_percent:
        return "late"
    if late:
        return "with_delays"
    if lights.get("at_risk", 0):
        return "with_risks"
    return "fulfilled" if lights.get("fulfilled", 0) == total else "on_course"


lights_of = st.dictionaries(st.sampled_from([light.value for light in Light]), st.integers(0, 2000), max_size=14)


@given(lights=lights_of, late_percent=st.integers(1, 100))
def test_the_sentence_follows_the_rule_and_states_the_lists_numbers(lights, late_percent):
    found = verdict(lights, replace(FIRST, late_percent=late_percent))
    assert found.course == course_of(lights, late_percent)
    total, late = sum(lights.values()), sum(lights.get(light, 0) for light in LATE)
    assert (found.total, found.late, found.at_risk) == (total, late, lights.get("at_risk", 0))
    assert found.not_measured == sum(found.not_measured_by_light.values()) == total - found.measured
    assert sum(found.late_by_light.values()) == late
    assert 0 not in (found.late_by_light | found.not_measured_by_light).values()
    numbers = {
        "late": [late, total],
        "with_delays": [late, total],
        "with_risks": [total, found.at_risk],
        "on_course": [total],
        "fulfilled": [total],
        "not_measured": [total],
        "empty": [],
    }[found.course]
    with override("en"):
        # "Its only commitment" says the number of one in words.
        assert list(map(int, re.findall(r"\d+", str(found)))) == ([] if total == 1 else numbers)


@pytest.mark.parametrize(
    ("late", "others", "course"),
    [(5, 5, "late"), (1, 2, "late"), (33, 67, "late"), (32, 68, "with_delays"), (1, 3, "with_delays"), (1, 0, "late")],
)
def test_the_threshold_itself_counts_as_late(late, others, course):
    assert verdict({"late": late, "on_time": others}, FIRST).course == course


@pytest.mark.parametrize(
    ("lights", "said"),
    [
        ({}, "No commitment is registered yet."),
        ({"late": 1}, "It runs late: its only commitment is late."),
        ({"late": 1, "on_time": 1}, "It runs late: 1 of its 2 commitments is late."),
        ({"late": 4, "tasks_late": 1, "no_tasks": 8, "on_time": 7}, "It runs late: 5 of its 20 commitments are late."),
        ({"tasks_late": 1, "on_time": 9}, "It is on course, with delays: 1 of its 10 commitments is late."),
        ({"at_risk": 1, "on_time": 1}, "It is on course: none of its 2 commitments is late, 1 is at risk."),
        ({"at_risk": 1}, "It is on course: its only commitment is at risk, not late."),
        ({"partly": 1, "on_time": 1}, "It is on course: none of its 2 commitments is late."),
        ({"not_started": 1}, "It is on course: its only commitment is not late."),
        ({"fulfilled": 3}, "It is fulfilled: its 3 commitments were all found fulfilled."),
        ({"fulfilled": 1}, "It is fulfilled: its only commitment was found fulfilled."),
        ({"fulfilled": 1, "no_tasks": 1}, "It is on course: none of its 2 commitments is late."),
        ({"cancelled": 2}, "It cannot be said yet how it goes: none of its 2 commitments can be judged."),
        ({"to_assess": 1}, "It cannot be said yet how it goes: its only commitment cannot be judged."),
    ],
)  # fmt: skip
def test_each_sentence(lights, said):
    with override("en"):
        assert str(verdict(lights, FIRST)) == said


def test_each_light_has_a_word_after_its_number():
    with override("en"):
        words = {counted(light, 2) for light in ORDER_OF_LIGHTS}
    assert len(words) == len(Light)
