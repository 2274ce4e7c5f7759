"""The forms of new tasks under a commitment that recurs: the first says how the series goes on, later ones get the period that runs."""

from datetime import date, datetime

import pytest
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from projects import actions
from projects.models import Task
from tests.standing import scene

NOW = datetime(2018, 9, 3, 10, tzinfo=clock.ZONE)
REPORT = {"title": "Informe trimestral", "due_day": 30, "due_month": 9, "due_year": 2018}


@scene(since=NOW, seen=NOW)
def quarterly(cast):
    return cast, cast.another_commitment(binds="all", recurrence="quarterly")


def page_of(commitment, name="task_create_for_all"):
    with override("en"):
        return reverse(f"projects:{name}", args=[commitment.code])


@pytest.mark.parametrize(("choice", "day"), [({}, 31), ({"on_last_day": "last"}, 31), ({"on_last_day": "same"}, 30)])
def test_the_form_of_the_first_task_asks_how_a_month_s_last_day_goes_on(quarterly, choice, day):
    cast, commitment = quarterly
    client, address = cast.client("coordinator"), page_of(commitment)
    page = client.get(address).text
    assert "on the last day of the month" in page
    assert "on that same day" in page
    assert page.count("checked") == 1
    assert client.post(address, REPORT | choice).status_code == 302
    commitment.refresh_from_db()
    assert commitment.series_day == day


@pytest.mark.parametrize("name", ["task_create", "task_create_for_all", "task_propose"])
def test_a_later_form_gives_the_period_that_runs_and_says_why_no_other_will_do(quarterly, name):
    cast, commitment = quarterly
    actions.define_task(commitment, by=cast["coordinator"], agency=cast.sep, title="Informe", due=date(2018, 9, 30))
    client, address = cast.client("focal point" if name == "task_propose" else "coordinator"), page_of(commitment, name)
    page = client.get(address).text
    assert "its period that runs now falls due on 30/09/2018" in page
    assert "on that same day" not in page
    assert 'value="30"' in page
    assert 'value="2018"' in page
    before = Task.objects.count()
    sent = REPORT | {"agency": "9", "form_key": "5f7c2a52-3a35-4f5d-9a0b-0d5b6a7f3c11", "due_day": 29}
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "an agency joins with the period that runs now, which falls due on 30/09/2018" in answer.text
    assert Task.objects.count() == before


def test_what_does_not_recur_asks_nothing(cast):
    page = cast.client("coordinator").get(page_of(cast.commitment, "task_create")).text
    assert "on that same day" not in page
