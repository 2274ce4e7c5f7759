"""Findings on the whole: who may, when, what they change, what takes them away, and what an agency answers."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from focalpoints import clock
from focalpoints.ledger.replay import differences
from focalpoints.models import Entry
from focalpoints.workflow import NotPossible, Stale
from principles.models import Objective
from projects import actions
from projects.forms.assessments import periods_of
from projects.models import Assessment, Commitment
from projects.rules import assessors
from tests.cast import make_user
from tests.dates import ahead, ask, at
from tests.deciding import redacted, withdrawn


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are read in English."""
    with override("en"):
        yield


def light(commitment):
    return Commitment.objects.with_light(clock.today()).get(pk=commitment.pk).light


@pytest.fixture
def settled(cast):
    """Its one task was verified at 100 %, by the coordinator."""
    commitment = cast.another_commitment(due=ahead(90))
    cast.follow_up("accepted", cast.task(commitment=commitment), progress=100)
    commitment.refresh_from_db()
    return commitment


def test_what_is_settled_waits_until_it_is_found_fulfilled(cast, settled):
    assert light(settled) == "to_assess"
    with clock.at(clock.now() + timedelta(days=200)):
        found = cast.find(settled)
        settled.refresh_from_db()
        assert light(settled) == "fulfilled"
        assert settled.found_on == clock.today()
    assert (settled.fulfilled_on, settled.days_late) == (ahead(0), 0), "the office's delay makes nobody late"
    assert (found.code, found.wording, found.accepted_by_author) == (f"{settled.code}-V1", settled.title, 0)


def test_without_a_date_it_is_fulfilled_on_the_findings_day(cast):
    commitment = cast.another_commitment()
    cast.follow_up("accepted", cast.task(commitment=commitment), progress=100)
    with clock.at(clock.now() + timedelta(days=7)):
        cast.find(commitment)
    commitment.refresh_from_db()
    assert commitment.fulfilled_on == ahead(7)


@pytest.mark.parametrize("verdict", ["fulfilled", "partly"])
def test_a_later_task_sets_it_aside(cast, settled, verdict):
    found = cast.find(settled, verdict)
    assert light(settled) == verdict
    cast.task(commitment=settled)
    assert light(settled) == "not_started" or light(settled) == "on_time"
    found.refresh_from_db()
    settled.refresh_from_db()
    assert (found.state, settled.finding, settled.fulfilled_on) == ("set aside", "", None)
    entry = Entry.objects.filed_under(settled.dossier).filter(seq__gte=found.set_aside_from).order_by("seq")[0]
    assert (entry.subject_type, entry.verb) == ("task", "define")
    assert differences() == []


def test_a_later_task_sets_it_aside_though_nothing_was_ever_verified(cast):
    commitment = cast.another_commitment(agencies=[cast.cedn], due=ahead(-1))
    assert cast.find(commitment, "partly").same_office, "the office judges its own commitment, and says so"
    cast.task(commitment=commitment, agency=cast.cedn, due=None)
    assert Assessment.objects.get().state == "set aside"


def test_lower_progress_that_is_accepted_sets_it_aside(cast, settled):
    cast.find(settled)
    cast.follow_up("accepted", settled.tasks.get(), progress=40, obstacle="Se cayó.")
    settled.refresh_from_db()
    assert (settled.finding, settled.found_on, settled.fulfilled_on) == ("", None, None)


def test_less_that_is_verified_of_what_is_open_anyway_sets_it_aside(cast):
    commitment = cast.another_commitment(due=ahead(3))
    task = cast.task(commitment=commitment, due=ahead(3))
    cast.follow_up("accepted", task, progress=80)
    with clock.at(clock.now() + timedelta(days=4)):
        cast.find(commitment, "partly")
        cast.follow_up("accepted", task, progress=40, obstacle="Se cayó.")
        assert Assessment.objects.get().state == "set aside"


def test_a_redacted_proof_sets_it_aside(cast, settled):
    cast.find(settled)
    evidence = settled.tasks.get().follow_ups.get().evidence.get()
    redacted(cast, evidence, "Art. 116.")
    assert light(settled) == "to_assess"
    assert Assessment.objects.get().state == "set aside"
    assert differences() == []


def test_not_fulfilled_stays_until_a_new_finding(cast, settled):
    cast.find(settled, "not_fulfilled")
    cast.task(commitment=settled)
    assert light(settled) == "not_fulfilled"
    actions.cancel_task(settled.tasks.order_by("number").last(), by=cast["coordinator"], reason="Ya no.")
    cast.find(settled, "partly")
    assert light(settled) == "partly"
    assert list(Assessment.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "standing"]


def test_who_accepted_its_last_proof_does_not_assess_it(cast, settled):
    with pytest.raises(PermissionDenied):
        actions.assess(
            settled, by=cast["coordinator"], revision=settled.revision, verdict="fulfilled", reasons="Sí.", sources=""
        )
    assert light(settled) == "to_assess"


def test_where_everybody_accepted_some_whoever_accepted_fewest_may_and_it_says_so(cast, settled):
    second = cast["second coordinator"]
    for number in range(2):
        task = cast.task(commitment=settled)
        follow_up = cast.follow_up("submitted", task, progress=100)
        actions.accept(follow_up, by=second if number else cast["coordinator"], revision=follow_up.revision)
    settled.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.assess(settled, by=cast["coordinator"], revision=settled.revision, verdict="fulfilled", reasons="Sí.")
    assert cast.find(settled).accepted_by_author == 1


def test_a_newcomer_who_accepted_nothing_takes_it_from_who_accepted_fewest(cast, settled):
    third = make_user("third coordinator", "coordinator")
    found = actions.assess(settled, by=third, revision=settled.revision, verdict="fulfilled", reasons="Sí.")
    assert found.accepted_by_author == 0


def test_whoever_cancelled_one_of_its_tasks_does_not_assess_it(cast):
    commitment = cast.another_commitment()
    task = cast.task(commitment=commitment)
    actions.cancel_task(task, by=cast["second coordinator"], reason="Ya no.")
    commitment.refresh_from_db()
    facts = {"revision": commitment.revision, "verdict": "not_fulfilled", "reasons": "Nada."}
    with pytest.raises(PermissionDenied):
        actions.assess(commitment, by=cast["second coordinator"], **facts)
    assert actions.assess(commitment, by=cast["coordinator"], **facts).state == "standing"


@pytest.mark.parametrize(
    ("facts", "verdict", "message"),
    [
        ({"due": 30}, "partly", "date is ahead"),
        ({"due": -1}, "on_course", "end has come"),
        ({"due": -1}, "fulfilled", "still open"),
        ({"due": -1, "task": False}, "fulfilled", "more than was verified"),
        ({"due": 30, "task": False}, "fulfilled", "more than was verified"),
        ({"recurrence": "quarterly", "due": None}, "partly", "assess a period"),
    ],
)
def test_a_finding_fits_where_it_stands(cast, facts, verdict, message):
    days, has_task = facts.pop("due"), facts.pop("task", True)
    commitment = cast.another_commitment(due=None if days is None else ahead(days), **facts)
    if has_task:
        cast.task(commitment=commitment, due=commitment.due)
    with pytest.raises(NotPossible, match=message):
        cast.find(commitment, verdict)
    assert not Assessment.objects.exists()


def test_what_is_left_after_a_cancelling_is_not_found_fulfilled_alone(cast):
    """Nothing of it is open, and 40 % was verified: "fulfilled" would say more, and the course has come to its end."""
    task = cast.task()
    cast.follow_up("accepted", task, progress=40)
    ask_for = {"category": "legal", "reason": "Ya no."}
    change = actions.ask_cancellation(task, by=cast["second coordinator"], **ask_for)
    actions.approve_request(change, by=cast["coordinator"], revision=0)
    assert cast["second coordinator"].pk not in assessors(cast.commitment), (
        "who asked for it does not assess what is left"
    )
    commitment = Commitment.objects.get(pk=cast.commitment.pk)
    third = make_user("third coordinator", "coordinator")
    for verdict, message in (("fulfilled", "more than was verified"), ("on_course", "end has come")):
        with pytest.raises(NotPossible, match=message):
            actions.assess(commitment, by=third, revision=commitment.revision, verdict=verdict, reasons="Sí.")


def test_what_is_past_its_date_is_found_not_fulfilled_with_tasks_open(cast):
    commitment = cast.another_commitment(due=ahead(-1))
    cast.task(commitment=commitment, due=ahead(-1))
    cast.find(commitment, "not_fulfilled")
    assert light(commitment) == "not_fulfilled"


def test_a_finding_of_a_period_fits_what_became_of_its_tasks(cast):
    commitment = cast.another_commitment(recurrence="quarterly", due=None, agencies=[cast.sct, cast.sep])
    done, other = (cast.task(commitment=commitment, agency=agency, due=ahead(3)) for agency in (cast.sct, cast.sep))
    cast.follow_up("accepted", done, progress=100)
    period = {"period": ahead(3)}
    with pytest.raises(NotPossible, match="has not ended"):
        cast.find(commitment, "partly", **period)
    with pytest.raises(NotPossible, match="say whether it was fulfilled"):
        cast.find(commitment, "on_course", **period)
    change = actions.ask_cancellation(other, by=cast["coordinator"], category="legal", reason="Ya no.")
    actions.approve_request(change, by=cast["second coordinator"], revision=0)
    with pytest.raises(NotPossible, match="Not every task"):
        cast.find(commitment, "fulfilled", **period)
    cast.find(commitment, "partly", **period)


def test_what_is_said_of_the_course_changes_no_light_and_supersedes_no_finding(cast):
    commitment = cast.another_commitment(due=ahead(100))
    cast.task(commitment=commitment)
    before = light(commitment)
    cast.find(commitment, "off_course")
    cast.find(commitment, "on_course")
    assert light(commitment) == before
    assert list(Assessment.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "standing"]


def test_what_is_said_of_the_course_leaves_a_failure_standing(cast, settled):
    cast.find(settled, "not_fulfilled")
    cast.task(commitment=settled)
    cast.find(settled, "on_course")
    assert set(Assessment.objects.values_list("verdict", "state")) == {
        ("not_fulfilled", "standing"), ("on_course", "standing"),
    }  # fmt: skip


def test_a_finding_of_a_period_gives_the_commitment_no_light(cast):
    commitment = cast.another_commitment(recurrence="quarterly", due=None)
    cast.task(commitment=commitment, due=ahead(-10))
    course = cast.find(commitment, "concern")
    found = cast.find(commitment, "not_fulfilled", period=ahead(-10))
    commitment.refresh_from_db()
    assert (found.period, commitment.finding) == (ahead(-10), "")
    course.refresh_from_db()
    assert course.state == "standing", "it is of the whole"
    with pytest.raises(NotPossible, match="No task of it"):
        cast.find(commitment, "not_fulfilled", period=ahead(-11))


def test_a_period_is_called_by_its_own_date_wherever_a_task_s_was_moved(cast):
    commitment = cast.another_commitment(recurrence="quarterly", due=None)
    change = ask(cast, cast.task(commitment=commitment, due=ahead(10)), 40)
    actions.approve_request(change, by=cast["coordinator"], revision=0)
    with at(ahead(20)):
        assert list(periods_of(commitment, ahead(20))) == [ahead(-10)]
        assert cast.find(commitment, "not_fulfilled", period=ahead(-10)).period == ahead(-10)


def test_the_whole_of_what_recurs_is_assessed_once_its_series_has_ended(cast):
    commitment = cast.another_commitment(recurrence="quarterly", due=None)
    cast.follow_up("accepted", task=cast.task(commitment=commitment), progress=100)
    with pytest.raises(NotPossible, match="assess a period"):
        cast.find(commitment, "partly")
    Commitment.objects.filter(pk=commitment.pk).update(series_ended_on=clock.today(), series_runs=False)
    assert light(commitment) == "to_assess"
    cast.find(commitment, "fulfilled")
    assert light(commitment) == "fulfilled"


def test_of_two_findings_on_an_objective_at_once_one_wins_and_a_later_one_supersedes_it(cast):
    objective = Objective.objects.create(number=1, title_es="Transformación Gubernamental")
    facts = {"by": cast["coordinator"], "verdict": "concern", "reasons": "Va despacio."}
    actions.assess_objective(objective, seen=0, **facts)
    with pytest.raises(Stale):
        actions.assess_objective(objective, seen=0, **facts)
    actions.assess_objective(objective, seen=1, **facts)
    assert list(objective.assessments.order_by("pk").values_list("state", flat=True)) == ["superseded", "standing"]


def test_of_two_findings_at_once_one_wins_and_the_other_is_told(cast, settled):
    seen = settled.revision
    cast.find(settled)
    with pytest.raises(Stale):
        cast.find(settled, "not_fulfilled", revision=seen)
    assert light(settled) == "fulfilled"


def test_what_was_withdrawn_is_not_assessed(cast):
    commitment = cast.another_commitment()
    withdrawn(cast, commitment, "Otra ley.")
    with pytest.raises(NotPossible, match="withdrawn"):
        cast.find(commitment, "not_fulfilled")


@pytest.mark.parametrize(("days", "expected"), [(-1, "withdrawn_late"), (0, "cancelled"), (None, "cancelled")])
def test_what_is_withdrawn_after_its_date_stays_overdue(cast, days, expected):
    commitment = cast.another_commitment(due=None if days is None else ahead(days))
    withdrawn(cast, commitment, "Otra ley.")
    assert light(commitment) == expected
    found = Commitment.objects.overdue(clock.today()).filter(pk=commitment.pk)
    assert found.exists() is (expected == "withdrawn_late")


def test_its_agency_answers_once(cast, settled):
    found = cast.find(settled, "partly")
    with pytest.raises(PermissionDenied):
        actions.answer_assessment(found, by=cast["other agency"], text="No.")
    actions.answer_assessment(found, by=cast["focal point"], text="Faltó presupuesto.")
    found.refresh_from_db()
    assert (found.answer, found.agency, found.answered_by) == ("Faltó presupuesto.", cast.sct, cast["focal point"])
    with pytest.raises(NotPossible, match="once"):
        actions.answer_assessment(found, by=cast["alternate"], text="Otra cosa.")
    entry = Entry.objects.latest("seq")
    assert (entry.subject_type, entry.verb, entry.office) == ("assessment", "answer", cast.sct.key)


def asked_for(cast, commitment):
    commitment.refresh_from_db()
    return actions.ask_finding(
        commitment, by=cast["second coordinator"], revision=commitment.revision, reasons="Se hizo sin tareas."
    )


def test_fulfilled_beyond_what_was_verified_takes_a_colleague(cast):
    commitment = cast.another_commitment()
    change = asked_for(cast, commitment)
    commitment.refresh_from_db()
    assert (commitment.finding, change.state) == ("", "requested")
    with pytest.raises(PermissionDenied):
        actions.approve_request(change, by=cast["second coordinator"], revision=change.revision)
    actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
    commitment.refresh_from_db()
    found = commitment.assessments.get()
    assert (found.verdict, found.made_by, found.reasons, found.request) == (
        "fulfilled", cast["second coordinator"], "", change,
    )  # fmt: skip
    assert commitment.assessments.worded().get().words == "Se hizo sin tareas."
    assert (light(commitment), commitment.fulfilled_on) == ("fulfilled", clock.today())
    assert differences() == []


def test_what_was_opened_meanwhile_is_not_found_fulfilled(cast):
    commitment = cast.another_commitment()
    change = asked_for(cast, commitment)
    cast.task(commitment=commitment)
    with pytest.raises(NotPossible, match="still open"):
        actions.approve_request(change, by=cast["coordinator"], revision=change.revision)


def test_other_words_promised_meanwhile_are_judged_anew(cast):
    commitment = cast.another_commitment()
    change = asked_for(cast, commitment)
    Commitment.objects.filter(pk=commitment.pk).update(title="Otra cosa")
    with pytest.raises(NotPossible, match="judged others"):
        actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
