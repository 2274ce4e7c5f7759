"""What one hostile insider did to the figures, tried again: each needs a second person, and raises nothing even then.

Each test is one line of what was once possible in ten minutes, with the verbs that were there.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from focalpoints import clock
from focalpoints.workflow import NotPossible, open_verbs
from projects import actions
from projects.models import Commitment
from projects.reading.day import Day
from projects.reading.figures import counts_of, whole
from projects.rules import assessors
from tests.dates import ahead, ask
from tests.deciding import adopted, approved, cancelled, rescoped

pytestmark = pytest.mark.django_db
WHY = {"category": "budget", "reason": "Porque sí."}


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are read in English."""
    with override("en"):
        yield


def now(row):
    return type(row).objects.get(pk=row.pk)


def light_of(commitment):
    return Commitment.objects.with_light(clock.today()).get(pk=commitment.pk).light


@pytest.fixture
def promise(cast):
    """42 % verified: some tasks are fulfilled, the rest open, one of them late."""
    tasks = [cast.task() for _number in range(5)]
    for task in tasks[:2]:
        cast.follow_up("accepted", task, progress=100)
    cast.follow_up("accepted", tasks[2], progress=10)
    assert now(cast.commitment).verified_progress == 42
    return tasks


def test_cancelling_the_open_tasks_makes_nothing_fulfilled(cast, promise):
    insider, begun = cast["coordinator"], now(promise[2])
    with pytest.raises(NotPossible):
        actions.cancel_task(begun, by=insider, reason="Ya no.")
    change = actions.ask_cancellation(begun, by=insider, **WHY)
    with pytest.raises(PermissionDenied):
        actions.approve_request(change, by=insider, revision=change.revision)
    approved(cast, change)
    for task in promise[3:]:
        cancelled(cast, now(task))
    row = now(cast.commitment)
    assert (row.tasks_open, row.tasks_cancelled, row.verified_progress) == (0, 3, 42)
    assert not row.is_fulfilled
    assert light_of(row) == "to_assess"
    assert insider.pk not in assessors(row), "who asked for the cancelling does not assess what is left"
    page = cast.client("anonymous").get(f"/en/compromisos/{row.code}/").text
    assert "3 of 5 tasks cancelled" in page
    assert "3 tasks were cancelled" in cast.client("anonymous").get("/en/").text
    cast.find(row, "not_fulfilled")  # by the colleague who decided, which is no bar
    assert light_of(row) == "not_fulfilled"


def test_a_wrong_capture_is_no_way_around_a_late_date(cast):
    task = cast.task(due=ahead(5))
    with clock.at(clock.now() + timedelta(days=20)):
        change = actions.ask_correction(
            task,
            by=cast["coordinator"],
            revision=task.revision,
            due=clock.today() + timedelta(days=30),
            category="capture",
            reason="Error.",
        )
        assert now(task).due == task.due
        with pytest.raises(PermissionDenied):
            actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
        approved(cast, change)
        page = cast.client("anonymous").get(f"/en/tareas/{task.code}/").text
        assert "corrected" in page
        assert now(task).baseline_due == task.due


@pytest.mark.parametrize(("words", "other"), [("250,000 sitios", "150,000 sitios"), ("20,000 sitios", "2,000 sitios")])
def test_the_number_that_was_promised_is_no_spelling(cast, words, other):
    task = cast.task(title=words)
    with pytest.raises(NotPossible, match="more than spelling"):
        actions.correct_task(task, by=cast["coordinator"], revision=task.revision, title=other)
    rescoped(cast, task, title=other)
    page = cast.client("anonymous").get(f"/en/tareas/{task.code}/").text
    assert words in page
    assert other in page


def test_binding_fewer_agencies_raises_nothing(cast):
    everybody = cast.another_commitment(binds="all")
    task = cast.task(commitment=everybody)
    cast.follow_up("accepted", task, progress=100)
    before = now(everybody).verified_progress
    rescoped(cast, everybody, binds="named", agencies=[cast.sct.key])
    row = now(everybody)
    assert row.verified_progress == before < 100
    assert row.scope_changes == 1
    assert not row.is_fulfilled


def test_a_missed_task_is_nobodys_to_pass_on_alone(cast):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    task = cast.task(commitment=commitment, due=ahead(3))
    with clock.at(clock.now() + timedelta(days=10)):
        with pytest.raises(NotPossible):
            actions.assign_task(task, by=cast["coordinator"], revision=task.revision, agency=cast.sep)
        approved(cast, actions.ask_assignment(task, by=cast["coordinator"], agency=cast.sep, **WHY))
        page = cast.client("anonymous").get(f"/en/tareas/{task.code}/").text
        assert "SCT" in page  # who had it before stays to be read


def test_withdrawing_what_has_no_tasks_raises_nothing(cast, promise):
    empty = [cast.another_commitment() for _number in range(3)]
    [before] = counts_of([Day.today()])
    for commitment in empty:
        change = actions.ask_withdrawal(commitment, by=cast["coordinator"], **WHY)
        with pytest.raises(PermissionDenied):
            actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
        approved(cast, change)
    [after] = counts_of([Day.today()])
    assert whole(after).verified == whole(before).verified == 42 // 4
    assert "3 commitments were withdrawn" in cast.client("anonymous").get("/en/").text


def test_a_series_ends_only_by_a_decision(cast):
    commitment = cast.another_commitment(recurrence="quarterly")
    with pytest.raises(NotPossible):
        actions.ask_scope(commitment, by=cast["coordinator"], wanted={"recurrence": ""}, **WHY)
    change = actions.ask_series_end(commitment, by=cast["coordinator"], **WHY)
    assert now(commitment).series_ended_on is None
    with pytest.raises(PermissionDenied):
        actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
    approved(cast, change)
    assert now(commitment).series_ended_on == clock.today()


def test_a_first_date_long_past_takes_a_colleague(cast):
    task = cast.task(due=None)
    change = actions.ask_first_date(task, by=cast["coordinator"], due=ahead(-900), category="legal", reason="Así.")
    assert now(task).due is None
    with pytest.raises(PermissionDenied):
        actions.approve_request(change, by=cast["coordinator"], revision=change.revision)


def test_softer_thresholds_take_a_colleague(cast):
    numbers = {"silent_days": 366, "behind_points": 100, "soon_days": 0, "soon_progress": 0, "late_percent": 33}
    change = actions.ask_thresholds(
        by=cast["coordinator"], effective_on=ahead(1), reason="Así.", category="technical", **numbers
    )
    with pytest.raises(PermissionDenied):
        actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
    actions.withdraw_request(change, by=cast["coordinator"])
    version = adopted(cast, effective_on=ahead(1), reason="Así.", **numbers)
    assert version.silent_days == 366


def test_a_redaction_takes_a_colleague_and_the_finding_falls(cast):
    task = cast.task()
    follow_up = cast.follow_up("accepted", task, progress=100)
    proof = follow_up.evidence.get()
    change = actions.ask_redaction(proof, by=cast["coordinator"], legal_basis="LFTAIP 113")
    with pytest.raises(PermissionDenied):
        actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
    cast.find(now(cast.commitment))
    assert now(cast.commitment).finding == "fulfilled"
    approved(cast, change)
    assert now(cast.commitment).finding == ""
    assert light_of(cast.commitment) == "to_assess"


def test_who_decides_was_coordinator_before_it_was_asked(cast):
    """An accomplice who is made coordinator for the purpose."""
    change = ask(cast)
    assert "approve" in open_verbs(cast["second coordinator"], change)
    later = clock.now() + timedelta(days=1)
    with clock.at(later):
        role = cast["second coordinator"].roles.get(kind="coordinator")
        type(role).objects.filter(pk=role.pk).update(in_force_at=later)
        assert "approve" not in open_verbs(cast["second coordinator"], change)


def test_claiming_all_of_what_is_late_buys_no_time(cast):
    """With any link, returned 66 days later: it is as late as before, and was never said to be on course."""
    task = cast.task(due=ahead(5))
    with clock.at(clock.now() + timedelta(days=6)):
        follow_up = cast.follow_up("submitted", task, progress=100)
    with clock.at(clock.now() + timedelta(days=72)):
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="No prueba nada.")
        assert now(task).light_due == task.due
        assert light_of(task.commitment) != "on_time"
