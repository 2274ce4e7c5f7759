"""The facts that verbs keep for the light: what proves 100 %, the last word, silence, and the days that the coordinators took."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.workflow import NotPossible
from projects import actions
from tests.dates import ahead
from tests.deciding import cancelled, corrected


@pytest.fixture(autouse=True)
def in_english():
    """In which refusals are read here."""
    with override("en"):
        yield


def test_a_hundred_percent_needs_evidence(cast):
    follow_up = actions.save_draft(cast.task(), by=cast["focal point"], progress=100, done="Todo quedó conectado.")
    with pytest.raises(NotPossible, match="evidence"):
        actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
    actions.attach_link(follow_up, by=cast["focal point"], url="https://www.gob.mx/acta")
    actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
    assert follow_up.state == "submitted"


def test_what_was_sent_without_evidence_before_is_not_accepted(cast):
    follow_up = cast.follow_up("submitted", progress=100)
    follow_up.evidence.all().delete()
    with pytest.raises(NotPossible, match="evidence"):
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)


def test_no_change_is_a_word_and_no_progress(cast):
    task = cast.task()
    cast.follow_up("accepted", task, progress=40)
    task.refresh_from_db()
    before = (task.claimed_progress, task.claimed_on, task.verified_progress)
    with clock.at(clock.now() + timedelta(days=20)):
        actions.note_no_change(task, by=cast["focal point"])
        task.refresh_from_db()
        assert task.last_word_on == task.quiet_since == clock.today()
    assert (task.claimed_progress, task.claimed_on, task.verified_progress) == before
    assert [row.state for row in task.follow_ups.order_by("number")] == ["accepted", "noted"]


def test_no_change_is_no_answer_a_third_time(cast):
    task, now = cast.task(), clock.now()
    with clock.at(now + timedelta(days=1)):
        actions.note_no_change(task, by=cast["focal point"])
        with pytest.raises(NotPossible, match="Once a day"):
            actions.note_no_change(task, by=cast["focal point"])
    with clock.at(now + timedelta(days=2)):
        actions.note_no_change(task, by=cast["focal point"])
    with clock.at(now + timedelta(days=3)), pytest.raises(NotPossible, match="twice in a row"):
        actions.note_no_change(task, by=cast["focal point"])
    with clock.at(now + timedelta(days=3)):
        cast.follow_up("accepted", task)
        actions.note_no_change(task, by=cast["focal point"])


def said_no_change(cast, task):
    actions.note_no_change(task, by=cast["focal point"])
    return task.follow_ups.order_by("-number").first()


def facts_of(task):
    task.refresh_from_db()
    return task.quiet_since, task.last_word_on, task.claimed_progress, task.claimed_on, task.verified_progress


def test_no_change_taken_back_counts_as_never_said(cast):
    task, now = cast.task(), clock.now()
    cast.follow_up("accepted", task, progress=40)
    before = facts_of(task)
    for days in (20, 20, 21):  # on the same day it may be said again; what was taken back is none of the two in a row
        with clock.at(now + timedelta(days=days)):
            noted = said_no_change(cast, task)
            assert facts_of(task) != before
            actions.retract_no_change(noted, by=cast["alternate"])
            assert facts_of(task) == before, "the silence goes on from where it was"
    for days in (22, 23):
        with clock.at(now + timedelta(days=days)):
            said_no_change(cast, task)
    with clock.at(now + timedelta(days=24)), pytest.raises(NotPossible, match="twice in a row"):
        said_no_change(cast, task)
    states = ["accepted", "retracted", "retracted", "retracted", "noted", "noted"]
    assert [row.state for row in task.follow_ups.order_by("number")] == states
    assert [entry.verb for entry in Entry.objects.filter(subject_type="follow-up")][2:4] == ["note", "retract"]


def test_no_change_is_taken_back_the_same_day_once_and_never_another_kind_of_follow_up(cast):
    task, now = cast.task(), clock.now()
    noted = said_no_change(cast, task)
    heard = facts_of(task)
    with clock.at(now + timedelta(days=1)), pytest.raises(NotPossible, match="only on the day"):
        actions.retract_no_change(noted, by=cast["focal point"])
    assert facts_of(task) == heard, "a silence that was broken for a day stays so"
    actions.retract_no_change(noted, by=cast["focal point"])
    for other in (noted, cast.follow_up("accepted"), cast.follow_up("submitted"), cast.follow_up("draft")):
        with pytest.raises(NotPossible, match="and once"):
            actions.retract_no_change(other, by=cast["focal point"])


def test_what_was_said_of_a_task_that_has_ended_stays(cast):
    task = cast.task()
    noted = said_no_change(cast, task)
    cancelled(cast, task, "Ya no aplica.")
    heard = facts_of(task)
    with pytest.raises(NotPossible, match="was cancelled"):
        actions.retract_no_change(noted, by=cast["focal point"])
    assert facts_of(task) == heard


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "withdrawn"])
def test_no_change_is_no_answer_beside_a_follow_up_in_hand(cast, state):
    task = cast.task()
    cast.follow_up(state, task)
    with pytest.raises(NotPossible, match="in hand"):
        actions.note_no_change(task, by=cast["focal point"])


def test_no_change_is_no_answer_for_a_date_that_has_passed(cast):
    task = cast.task(due=clock.today() + timedelta(days=5))
    with clock.at(clock.now() + timedelta(days=5)):  # on the day itself it is not late yet
        actions.note_no_change(task, by=cast["focal point"])
    with clock.at(clock.now() + timedelta(days=6)):
        with pytest.raises(NotPossible, match="Its due date has passed"):
            actions.note_no_change(task, by=cast["focal point"])
        heard = task.last_word_on
        task.refresh_from_db()
        assert task.last_word_on == heard, "a late task does not look heard of by a click"


@pytest.mark.parametrize("person", ["other agency", "coordinator", "administrator", "outsider"])
def test_only_its_agency_says_that_nothing_changed(cast, person):
    with pytest.raises(PermissionDenied):
        actions.note_no_change(cast.task(), by=cast[person])


def test_nothing_is_noted_of_what_is_fulfilled_or_cancelled(cast):
    done = cast.task()
    cast.follow_up("accepted", done, progress=100)
    for task in (done, cast.task("cancelled")):
        with pytest.raises(NotPossible):
            actions.note_no_change(task, by=cast["focal point"])


def test_the_days_in_the_queue_are_given_back_after_a_return(cast):
    task = cast.task()
    sent = clock.now()
    follow_up = cast.follow_up("submitted", task)
    with clock.at(sent + timedelta(days=22)):
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta el acta.")
        returned = clock.today()
    task.refresh_from_db()
    assert (task.waited_days, task.light_due) == (22, task.due + timedelta(days=22))
    assert task.quiet_since == returned, "the silence begins again with the return"
    commitment = task.commitment
    commitment.refresh_from_db()
    assert commitment.light_due == commitment.due + timedelta(days=22)
    assert commitment.next_due == task.light_due


@pytest.mark.parametrize(("days", "given"), [(40, 20), (41, 0)])
def test_waiting_gives_nothing_back_to_what_was_late_when_it_was_sent(cast, days, given):
    task = cast.task(due=ahead(40))
    with after(days):
        follow_up = cast.follow_up("submitted", task, progress=100)
    with after(days + 20):
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta el acta.")
    task.refresh_from_db()
    assert (task.waited_days, task.light_due) == (given, task.due + timedelta(days=given))
    said = cast.client("anonymous").get(f"/en/tareas/{task.code}/").text
    assert ("20 days given back for waiting" in said) is (given > 0)


@pytest.mark.parametrize(("days", "late"), [(-1, 0), (0, 0), (1, 1), (30, 30)])
def test_it_is_late_by_the_day_it_was_sent_not_by_the_day_it_was_accepted(cast, days, late):
    task = cast.task(due=clock.today() + timedelta(days=40))
    with clock.at(clock.start_of(task.due + timedelta(days=days)) + timedelta(hours=23, minutes=59)):
        follow_up = cast.follow_up("submitted", task, progress=100)
    with clock.at(clock.start_of(task.due + timedelta(days=90))):
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    task.refresh_from_db()
    assert (task.fulfilled_on, task.days_late) == (task.due + timedelta(days=days), late)


def after(days):
    return clock.at(clock.now() + timedelta(days=days))


def kept(row):
    row.refresh_from_db()
    return row.fulfilled_on, row.days_late


@pytest.mark.parametrize(("sent", "late"), [(5, 0), (30, 20)])
def test_what_is_sent_after_fulfilment_moves_neither_its_day_nor_its_lateness(cast, sent, late):
    """Neither more proof that is accepted, nor the days for which another 100 % waits until it is sent back."""
    commitment = cast.another_commitment(due=ahead(10))
    task = cast.task(commitment=commitment, due=commitment.due)
    with after(sent):
        cast.follow_up("accepted", task, progress=100)
        first = clock.today()
    with after(90):
        cast.follow_up("accepted", task, progress=100, done="Más pruebas.")
        again = cast.follow_up("submitted", task, progress=100, done="Otra.")
    with after(130):
        actions.return_(again, by=cast["coordinator"], revision=again.revision, comment="No hace falta.")
        cast.find(commitment)
    assert kept(task) == kept(commitment) == (first, late)
    corrected(cast, task, ahead(7), "Decía 10.")
    assert kept(task) == (first, max(0, sent - 7))
    assert kept(commitment) == (first, late)


def test_an_accepted_step_back_begins_anew(cast):
    """Fulfilled on another day then; the days for which the coordinators kept the step back waiting are given back."""
    task = cast.task(due=ahead(10))
    cast.follow_up("accepted", task, progress=100)
    with after(1):
        back = cast.follow_up("submitted", task, progress=60, obstacle="Un sitio se desconectó.")
    with after(21):
        actions.return_(back, by=cast["coordinator"], revision=back.revision, comment="¿Cuál?")
        task.refresh_from_db()
        assert (task.waited_days, task.days_late) == (0, 0), "fulfilled, it owes nothing"
        back.refresh_from_db()
        actions.submit(back, by=cast["focal point"], revision=back.revision)
        actions.accept(back, by=cast["coordinator"], revision=back.revision)
        assert kept(task) == (None, None)
        assert (task.waited_days, task.light_due) == (20, task.due + timedelta(days=20))
    with after(33):
        cast.follow_up("accepted", task, progress=100)
        assert kept(task) == (clock.today(), 3)
