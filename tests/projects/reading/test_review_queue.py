"""What waits for the coordination office, as one list: its filters, its order, and what comes next."""

from datetime import timedelta

import pytest

from focalpoints import clock
from focalpoints.actions import choose_portfolio
from principles.models import Pillar, Principle
from projects import actions
from projects.jumps import LARGE_JUMP
from projects.models import FollowUp, Task

pytestmark = pytest.mark.once


@pytest.fixture
def desk(cast):
    """Six things that wait, the oldest first: two of one duty among them."""
    today = clock.today()
    sep = cast.another_commitment(agencies=[cast.sep, cast.sct])

    def sent(days, task=None, **words):
        with clock.at(clock.now() - timedelta(days=days)):
            return cast.follow_up("submitted", task or cast.task(), **words)

    alike = [cast.task(title="Informe", agency=agency, commitment=sep) for agency in (cast.sep, cast.sct)]
    sent(40, alike[0], progress=LARGE_JUMP)
    actions.propose_task(cast.commitment, by=cast["focal point"], agency=cast.sct, title="Propuesta")
    late = sent(20, progress=10, obstacle="Sin presupuesto.", link="https://www.gob.mx/a").task
    Task.objects.filter(pk=late.pk).update(due=today - timedelta(days=1))
    sent(10, alike[1], progress=20)
    with clock.at(clock.now() - timedelta(days=5)):
        actions.cancel_task(cast.task(commitment=cast.another_commitment()), by=cast["coordinator"], reason="Ya no.")
    again = cast.follow_up("returned")
    actions.submit(again, by=cast["focal point"], revision=again.revision)
    return cast.client("coordinator")


def listed(client, query=""):
    """The items of a page in their order, as kind and days."""
    page = client.get(f"/en/revision/{query}")
    assert page.status_code == 200
    today = clock.today()
    return [(item.kind.value, (today - item.since_day).days) for item in page.context["page"].object_list]


def chips(client, query=""):
    return {chip.label: chip.number for chip in client.get(f"/en/revision/{query}").context["chips"]}


REPORTS = [("follow-up", 40), ("follow-up", 10)]  # of one duty
WHOLE = [*REPORTS, ("follow-up", 20), ("assessment", 5), ("proposal", 0), ("follow-up", 0)]


def test_everything_that_waits_is_one_list_and_each_filter_narrows_it(cast, desk):
    assert listed(desk) == WHOLE
    assert chips(desk) == {
        "All": 6, "My portfolio": 6, "Late": 1, "No evidence": 3, "Large jump": 1, "First after a return": 1,
        "States an obstacle": 1, "Follow-ups": 4, "Proposed tasks": 1, "To be assessed": 1,
    }  # fmt: skip
    for query, found in {
        "?flag=late": [("follow-up", 20)],
        "?flag=jump": [("follow-up", 40)],
        "?flag=obstacle": [("follow-up", 20)],
        "?flag=corrected": [("follow-up", 0)],
        "?flag=unproven": [*REPORTS, ("follow-up", 0)],
        "?kind=assessment": [("assessment", 5)],
        "?kind=proposal&flag=late": [],
        "?q=sep": [("follow-up", 40)],
        "?age=20": [("follow-up", 40)],
        "?objective=1": [],
        "?objective=none": WHOLE,
        "?principle=1": [],
        "?order=progress&kind=follow-up": [("follow-up", 40), *[("follow-up", days) for days in (0, 10, 20)]],
        "?order=agency&flag=unproven": [("follow-up", 10), ("follow-up", 0), ("follow-up", 40)],
        "?page=99": WHOLE,
    }.items():
        assert sorted(listed(desk, query)) == sorted(found), query
        if "order" in query and "progress" not in query:
            assert listed(desk, query) == found


def test_chips_keep_the_rest_of_the_filter_and_leave_out_what_would_give_nothing(desk):
    page = desk.get("/en/revision/?q=sct&age=3").context
    assert {chip.label: chip.url for chip in page["chips"]}["Late"] == "?q=sct&flag=late&age=3"
    on = {chip.label: chip for chip in desk.get("/en/revision/?q=sct&flag=late").context["chips"]}
    assert (on["Late"].is_on, on["Late"].url, on["All"].is_on) == (True, "?q=sct", False)
    assert "Large jump" not in chips(desk, "?q=sct")


def test_it_is_narrowed_to_what_serves_a_principle(cast, desk):
    pillar = Pillar.objects.create(number=1, title_es="Apertura")
    principle = Principle.objects.create(number=5, pillar=pillar, title_es="Liderazgo", short_es="Liderazgo")
    assert listed(desk, "?principle=5") == []
    actions.relate_project(cast.project, by=cast["coordinator"], revision=cast.project.revision, principles=[principle])
    everything = list(desk.get("/revision/").context["page"].object_list)
    assert everything
    assert list(desk.get("/revision/?principle=5").context["page"].object_list) == everything


@pytest.mark.parametrize("query", ["?kind=x", "?flag=x", "?age=x", "?order=x", "?principle=99", "?objective=x"])
def test_an_unknown_value_is_said_at_its_field_and_shows_nothing(cast, desk, query):
    page = desk.get(f"/en/revision/{query}")
    assert (page.status_code, page.context["sections"]) == (200, ())
    assert "Select a valid choice" in page.text
    assert desk.post(f"/en/revision/exportar.csv{query}").status_code == 302


def test_a_portfolio_narrows_the_queue_to_what_nobody_else_took(cast, desk):
    choose_portfolio(by=cast["second coordinator"], sectors=[], agencies=[cast.sct], revision=0)
    assert listed(desk, "?mine=1") == [("follow-up", 40), ("assessment", 5)]
    assert chips(desk)["My portfolio"] == 2
    assert len(listed(cast.client("second coordinator"), "?mine=1")) == 5 + 1


def test_what_many_agencies_owe_alike_is_read_side_by_side(desk):
    context = desk.get("/en/revision/").context
    sections = [*context["to_review"], *context["sections"]]
    assert [(section.kind, len(section.rows), section.waiting) for section in sections] == [
        ("follow-up", 2, 0), ("duty", 2, 2), ("proposal", 1, 0), ("assessment", 1, 0),
    ]  # fmt: skip


def test_who_decides_goes_on_within_the_same_filter(cast, desk):
    first, second, *_ = FollowUp.objects.filter(task__title="Informe").order_by("submitted_at")
    page = desk.get(f"/en/revision/{first.code}/?flag=unproven").context
    assert (page["place"].number, page["place"].total) == (1, 3)
    assert page["next_url"] == f"/en/revision/{second.code}/?flag=unproven"
    # What the filter leaves out has no place, and leads to the queue.
    late = FollowUp.objects.get(obstacle__gt="", state="submitted")
    page = desk.get(f"/en/revision/{late.code}/?flag=jump").context
    assert (page["place"], page["next_url"]) == (None, "/en/revision/?flag=jump")


def test_the_rule_of_a_large_jump_is_public(cast):
    assert f"at least {LARGE_JUMP} points above" in cast.client("anonymous").get("/en/semaforo/").text
