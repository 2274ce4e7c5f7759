"""A commitment's tasks page by page, what needs attention first, today and on a past day; and figures that lead to exactly their items."""

import re
from datetime import timedelta

import pytest
from django.core.cache import caches

from focalpoints import clock
from projects.models import Commitment, Task
from projects.reading import commitment_tasks
from projects.reading.commitment_tasks import TASKS_SHOWN
from projects.reading.day import Day
from projects.reading.dossier import commitment_of, version_of
from projects.reading.figures import ORDER_OF_LIGHTS, RANK
from tests.standing import scene

MANY = TASKS_SHOWN + 5


@scene()
def crowded(cast):
    """A commitment of more tasks than its page holds: late, at risk, to be verified, not started, without a date, fulfilled, cancelled."""
    today = clock.today()
    with clock.at(clock.now() - timedelta(days=90)):
        for days in (-40, -3, -3, 5, 40, 41, 42, 43, 44, 45):
            cast.task(due=today + timedelta(days=days))
        cast.follow_up("accepted", cast.task(due=today + timedelta(days=1)), progress=100)
        cast.follow_up("submitted", cast.task(due=today - timedelta(days=2)), progress=100)
        ended = cast.task(due=today)
        for _time in range(MANY - 13):
            cast.task(due=None)
    Task.objects.filter(pk=ended.pk).update(state="cancelled", reason="Ya no hace falta.", ended_on=today)
    return cast


def shown_today(cast, page, user=None):
    [commitment] = commitment_of(cast.commitment.code, Day.today())
    day, user = Day.today(), user or cast["coordinator"]
    answers = [ask(*given) for ask, given in commitment_tasks.questions(commitment, user, day, page)]
    return commitment_tasks.shown(commitment, day, page, answers)


def test_pages_hold_each_task_once_and_what_needs_attention_first(crowded):
    pages = [shown_today(crowded, page) for page in (1, 2, 3)]
    assert [len(shown.part.rows) for shown in pages] == [TASKS_SHOWN, MANY - TASKS_SHOWN, 0]
    assert [shown.part.has_next for shown in pages] == [True, False, False]
    rows = [row for shown in pages for row in shown.part.rows]
    assert sorted(row.pk for row in rows) == sorted(crowded.commitment.tasks.values_list("pk", flat=True))
    places = [ORDER_OF_LIGHTS.index(row.light) for row in rows]
    assert places == sorted(places)
    late = [row for row in rows if row.light == "late"]
    assert [row.due for row in late] == sorted(row.due for row in late)
    for shown in pages:
        assert shown.lights == pages[0].lights
        assert [(task.code, task.light_due) for task in shown.deciding] == [
            (row.code, row.light_due) for row in late[:3]
        ]
    assert pages[0].total == MANY


def test_a_past_day_shows_the_same_tasks_in_the_same_order(crowded):
    """Told the next day of the day before, on which nothing happened after the page was read."""
    before = [[row.code for row in shown_today(crowded, page).part.rows] for page in (1, 2)]
    # The cast's tasks were told to the ledger; what the test changed by hand was not.
    hidden = Task.objects.get(state="cancelled").code
    with clock.at(clock.now() + timedelta(days=1)):
        day = Day.past(clock.today() - timedelta(days=1))
        version = version_of(crowded.commitment.code, day)
        then = [commitment_tasks.shown_then(version, day, page) for page in (1, 2)]
    after = [row.code for shown in then for row in shown.part.rows]
    assert [code for code in after if code != hidden] == [code for page in before for code in page if code != hidden]
    assert [task.code for task in then[0].deciding] == after[:3]
    assert then[0].total == MANY


def test_who_sees_a_proposal_has_it_among_the_rows_and_not_in_the_sums(cast):
    cast.task("proposed", title="Una propuesta")
    assert [row.title for row in shown_today(cast, 1).part.rows] == ["Una propuesta"]
    assert shown_today(cast, 1).total == 0


def test_of_more_tasks_than_a_page_holds_the_sums_leave_proposals_out_too(crowded):
    crowded.task("proposed")
    assert [shown_today(crowded, page).total for page in (1, 2)] == [MANY, MANY]


def test_every_light_of_the_bar_leads_to_exactly_its_tasks(crowded):
    client = crowded.client("anonymous")
    page = client.get(f"/en/compromisos/{crowded.commitment.code}/").text
    links = re.findall(r'<li><a href="(/en/tareas/\?[^"]+)">.*?<b>(\d+)</b>', page)
    assert len(links) == 6
    assert sum(int(number) for _address, number in links) == MANY
    for address, number in links:
        listed = client.get(address.replace("&amp;", "&")).text
        assert re.search(r'role="status"><strong>(\d+)', listed)[1] == number, address


def test_sorting_by_light_puts_the_fulfilled_behind_what_needs_attention(crowded):
    """ "fulfilled" is part of the name "not_fulfilled"."""
    tasks = Task.objects.filter(commitment=crowded.commitment).with_light(clock.today()).order_by(RANK)
    lights = list(dict.fromkeys(tasks.values_list("light", flat=True)))
    assert lights == [light for light in ORDER_OF_LIGHTS if light in set(lights)]
    assert lights[-2:] == ["fulfilled", "cancelled"]


@pytest.mark.once
def test_follow_ups_and_history_go_on_to_all(cast):
    task = cast.task()
    for progress in range(1, 8):
        cast.follow_up("accepted", task, progress=progress, done=f"Avance número {progress}.")
    client, address = cast.client("anonymous"), f"/en/compromisos/{cast.commitment.code}/"
    page = client.get(address).text
    assert [number for number in range(1, 8) if f"Avance número {number}." in page] == [3, 4, 5, 6, 7]
    more = re.search(r'href="(\?follow_ups=1)#follow-ups"', page)[1]
    assert [number for number in range(1, 8) if f"Avance número {number}." in client.get(address + more).text] == [
        *range(1, 8)
    ]
    assert "follow_ups=2" not in client.get(address + more).text
    for odd in ("x", "-1", "99999999"):
        assert client.get(f"{address}?follow_ups={odd}").status_code == 200


@pytest.mark.once
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda cast: cast.another_commitment(binds="none published"),
            "It has no task yet that says what must get done.",
        ),
        (lambda cast: retitled(cast.another_commitment()), "X" * 300),
        (lambda cast: cast.another_commitment(due=clock.today()), "It falls due today."),
        (lambda cast: withdrawn(cast.another_commitment()), "It was withdrawn on"),
    ],
)
def test_a_commitment_of_any_kind_has_its_page(cast, make, said):
    commitment = make(cast)
    caches["pages"].clear()
    for query in ("", "?page=2", "?page=99"):
        page = cast.client("anonymous").get(f"/en/compromisos/{commitment.code}/{query}")
        assert page.status_code == 200
        assert said in page.text


def retitled(commitment):
    Commitment.objects.filter(pk=commitment.pk).update(title="X" * 300)
    return commitment


def withdrawn(commitment):
    Commitment.objects.filter(pk=commitment.pk).update(state="cancelled", withdrawn_on=clock.today())
    return commitment


def test_projects_show_what_needs_attention_first(cast):
    later = cast.another_commitment(due=clock.today() + timedelta(days=200))
    late = cast.another_commitment(due=clock.today() - timedelta(days=2))
    assert later.code < late.code
    page = cast.client("anonymous").get(f"/en/proyectos/{late.project.slug}/").text
    assert page.index(f"/en/compromisos/{late.code}/") < page.index(f"/en/compromisos/{later.code}/")
    assert "It runs late" in page
