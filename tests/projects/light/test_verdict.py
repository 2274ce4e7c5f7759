"""The verdict's sentence states what the lists have, under the published rule, whatever combination of lights there is."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from html import unescape

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.light.rule import FIRST, Light
from projects.light.verdict import counted, of_list, of_listed_tasks, of_tasks, verdict
from projects.reading.figures import ORDER_OF_LIGHTS

# By hand, on purpose: what each line says that `/semaforo/` prints, by how the line begins.
LATE = {"late", "withdrawn_late", "tasks_late", "not_fulfilled"}
NOT_MEASURED = {"no_tasks", "no_date", "to_assess", "cancelled"}


class Counted:
    def __init__(self, lights: dict[str, int], late_percent: int) -> None:
        self.total = sum(lights.values())
        self.late = sum(lights.get(light, 0) for light in LATE)
        self.judged = sum(count for light, count in lights.items() if light not in NOT_MEASURED)
        self.fulfilled = lights.get("fulfilled", 0)
        self.runs_late = self.judged > 0 and Fraction(self.late, self.judged) >= Fraction(late_percent, 100)


PRINTED = {
    "Nobody has registered a commitment": (lambda found: found.total == 0, {"empty"}),
    "Of none it can be said how it goes": (lambda found: found.judged == 0, {"not_measured"}),
    "“It runs late”": (lambda found: found.runs_late, {"late"}),
    "“It cannot be said yet how it goes”: of fewer than half": (
        lambda found: found.judged < Fraction(found.total, 2), {"too_few"},
    ),
    "“It is on course, with delays”": (lambda found: found.late > 0, {"with_delays"}),
    "“It is fulfilled”": (lambda found: found.fulfilled == found.total, {"fulfilled"}),
    "“It is on course”": (lambda found: found.late == 0, {"on_course", "with_risks"}),
}  # fmt: skip


@cache
def printed() -> list[str]:
    """Beginnings of the rule's lines, in the order in which the page prints them."""
    with override("en"):
        page = unescape(render_to_string("projects/_verdict_rule.html", {"thresholds": FIRST}))
    lines = re.findall(r"<li>(.*?)</li>", page)
    found = [next(begins for begins in PRINTED if line.startswith(begins)) for line in lines]
    assert sorted(found) == sorted(PRINTED)
    return found


def ratings_of(lights: dict[str, int], late_percent: int) -> set[str]:
    """What the first printed line that holds gives."""
    found = Counted(lights, late_percent)
    return next(ratings for holds, ratings in map(PRINTED.__getitem__, printed()) if holds(found))


counts = st.one_of(st.just(0), st.integers(0, 2000))
lights_of = st.tuples(*[counts for _light in Light]).map(lambda found: dict(zip(Light.values, found, strict=True)))


# Under load, drawing is slow.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(lights=lights_of, late_percent=st.integers(1, 100))
def test_the_sentence_follows_the_rule_and_states_the_lists_numbers(lights, late_percent):
    found = verdict(lights, replace(FIRST, late_percent=late_percent))
    assert found.rating in ratings_of(lights, late_percent)
    assert (found.rating == "with_risks") == (found.rating in {"with_risks", "on_course"} and found.at_risk > 0)
    total, late = sum(lights.values()), sum(lights.get(light, 0) for light in LATE)
    assert (found.total, found.late, found.at_risk) == (total, late, lights.get("at_risk", 0))
    assert found.not_measured == sum(found.not_measured_by_light.values()) == total - found.measured
    assert sum(found.late_by_light.values()) == late
    assert 0 not in (found.late_by_light | found.not_measured_by_light).values()
    numbers = {
        "late": [late, total],
        "too_few": [found.measured, total] + [late] * bool(late),
        "with_delays": [late, total],
        "with_risks": [total, found.at_risk],
        "on_course": [total],
        "fulfilled": [total],
        "not_measured": [total],
        "empty": [],
    }[found.rating]
    with override("en"):
        # "Its only commitment" says the number of one in words.
        assert [int(count.replace(",", "")) for count in re.findall(r"\d[\d,]*\d|\d", str(found))] == (
            [] if total == 1 else numbers
        )
        share = list(map(int, re.findall(r"\d+", found.share_in_words)))
    # The percentage that is printed beside the threshold reaches it exactly when the strategy runs late.
    assert share == [found.percent_late, late_percent]
    assert (found.rating == "late") == (late > 0 and share[0] >= share[1])


@pytest.mark.parametrize(
    ("late", "others", "rating"),
    [(5, 5, "late"), (1, 2, "late"), (33, 67, "late"), (32, 68, "with_delays"), (1, 3, "with_delays"), (1, 0, "late")],
)
def test_the_threshold_itself_counts_as_late(late, others, rating):
    assert verdict({"late": late, "on_time": others}, FIRST).rating == rating


@pytest.mark.parametrize(
    ("lights", "said"),
    [
        ({}, "No commitment is registered yet."),
        ({"late": 1}, "It runs late: its only commitment is late."),
        ({"late": 1, "on_time": 1}, "It runs late: 1 of its 2 commitments is late."),
        ({"late": 4, "tasks_late": 1, "no_tasks": 8, "on_time": 7}, "It runs late: 5 of its 20 commitments are late."),
        ({"late": 1, "no_tasks": 99}, "It runs late: 1 of its 100 commitments is late."),
        (
            {"late": 1, "on_time": 3, "no_date": 5},
            "It cannot be said yet how it goes: only 4 of its 9 commitments can be judged, and 1 is late.",
        ),
        (
            {"on_time": 1, "no_tasks": 99},
            "It cannot be said yet how it goes: only 1 of its 100 commitments can be judged; it is not late.",
        ),
        (
            {"at_risk": 2, "to_assess": 3},
            "It cannot be said yet how it goes: only 2 of its 5 commitments can be judged; none is late.",
        ),
        ({"on_time": 2, "to_assess": 2}, "It is on course: none of its 4 commitments is late."),
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


def test_the_line_below_states_what_the_rule_compares():
    found = verdict({"late": 4, "tasks_late": 1, "no_tasks": 8, "on_time": 7}, FIRST)
    with override("en"):
        words = (found.measured_in_words, found.late_in_words, found.share_in_words)
    assert words == ("12 of 20 can be judged", "5 of those are late", "41 %; from 33 % on, “it runs late”")


@pytest.mark.parametrize("language", ["es-mx", "en"])
def test_every_count_is_written_as_pages_write_numbers(language):
    many, few = {"late": 7432, "on_time": 12568}, {"late": 1001, "on_time": 2000, "at_risk": 1500, "no_tasks": 30000}
    with override(language):
        said = [
            str(found := verdict(many, FIRST)), found.measured_in_words, found.late_in_words, str(verdict(few, FIRST)),
            str(verdict({"on_time": 1500}, FIRST)), str(verdict({"at_risk": 1500}, FIRST)), str(verdict({"no_tasks": 1500}, FIRST)),
            of_list(many, FIRST, is_whole=False), of_list({"on_time": 1500}, FIRST, is_whole=False), of_listed_tasks(few),
            of_tasks(many), of_tasks({"at_risk": 1500, "on_time": 2000}), of_tasks({"on_time": 2000}),
        ]  # fmt: skip
    assert [words for words in said if re.search(r"\d{4}", words) or not re.search(r"\d,\d{3}", words)] == []
