"""What the coordination office asks of a colleague: who asks does not decide, nothing that ends raises a figure, nothing is hidden."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import override

from focalpoints import business_days, clock
from focalpoints.models import Entry
from focalpoints.workflow import NotPossible, Stale, open_verbs
from principles.models import Objective
from projects import actions
from projects.models import Commitment, CommitmentVersion, Project, Request, Task
from projects.reading.day import Day
from projects.reading.figures import counts_of, whole
from projects.requests import CHANGES_SCOPE
from tests.cast import hold, make_user
from tests.dates import ahead, at

pytestmark = pytest.mark.django_db
WHY = {"category": "budget", "reason": "Se retiraron los recursos."}


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are read in English."""
    with override("en"):
        yield


def decided(cast, change, verb=actions.approve_request, by="second coordinator", **facts):
    return verb(change, by=cast[by], revision=change.revision, **facts)


def started(cast, progress=40, **facts):
    task = cast.task(**facts)
    cast.follow_up("accepted", task, progress=progress)
    task.refresh_from_db()
    return task


def ask_to_cancel(cast, task, by="coordinator", **facts):
    return actions.ask_cancellation(task, by=cast[by], **WHY, **facts)


def test_what_was_begun_ends_only_by_a_colleague(cast):
    task = started(cast)
    with pytest.raises(NotPossible, match="a colleague decides"):
        actions.cancel_task(task, by=cast["coordinator"], reason="Ya no.")
    change = ask_to_cancel(cast, task)
    with pytest.raises(PermissionDenied):
        decided(cast, change, by="coordinator")
    task.refresh_from_db()
    assert task.state == Task.State.CONFIRMED
    entry = decided(cast, change)
    task.refresh_from_db()
    assert (task.state, task.reason, task.ended_on) == (Task.State.CANCELLED, "", clock.today())
    assert (entry.verb, entry.subject, entry.dossier) == ("approve", change.code, cast.commitment.dossier)


def test_what_nobody_began_and_is_far_off_ends_with_a_reason(cast):
    task = cast.task(due=ahead(31))
    assert "cancel" in open_verbs(cast["coordinator"], task)
    assert "ask_cancellation" in open_verbs(cast["coordinator"], task)
    actions.cancel_task(task, by=cast["coordinator"], reason="Ya no.")
    for near in (cast.task(due=ahead(30)), cast.task(due=None)):
        assert "cancel" not in open_verbs(cast["coordinator"], near)
        assert "ask_cancellation" in open_verbs(cast["coordinator"], near)


def test_a_cancelled_task_goes_on_counting(cast):
    for progress in (100, 100, 40):
        last = started(cast, progress)
    cast.commitment.refresh_from_db()
    assert cast.commitment.verified_progress == 80
    decided(cast, ask_to_cancel(cast, last))
    cast.commitment.refresh_from_db()
    row = cast.commitment
    assert (row.verified_progress, row.tasks_open, row.tasks_fulfilled, row.tasks_cancelled) == (80, 0, 2, 1)
    assert row.last_ended_on == clock.today()
    version = CommitmentVersion.objects.filter(commitment=row).latest("since")
    assert (version.verified_progress, version.tasks_cancelled) == (80, 1)


def test_what_was_said_of_a_cancelled_task_was_said(cast):
    last = started(cast, 40)
    decided(cast, ask_to_cancel(cast, last))
    cast.commitment.refresh_from_db()
    row = cast.commitment
    assert (row.claimed_progress, row.claimed_on) == (40, last.claimed_on)
    assert (row.verified_progress, row.verified_on) == (40, last.verified_on)


def test_a_successor_begins_where_the_other_stood(cast):
    task = started(cast, 40, due=ahead(45))
    moved = actions.request_date(task, by=cast["focal point"], to_due=ahead(75), category="legal", reason="Amparo.")
    decided(cast, moved, by="coordinator")
    before = Commitment.objects.get(pk=cast.commitment.pk)
    change = ask_to_cancel(cast, Task.objects.get(pk=task.pk), title="Conectar por satélite", deliverable="Acta")
    decided(cast, change)
    task.refresh_from_db()
    successor = Task.objects.get(replaces=task)
    assert task.state == Task.State.REPLACED
    assert (successor.title, successor.first_title) == ("Conectar por satélite", task.first_title)
    assert (successor.due, successor.baseline_due, successor.moves, successor.slippage_days) == (
        ahead(75), ahead(45), 1, 30,
    )  # fmt: skip
    assert (successor.verified_progress, successor.claimed_progress) == (40, None)
    after = Commitment.objects.get(pk=cast.commitment.pk)
    assert (after.verified_progress, after.tasks_replaced) == (before.verified_progress, 1)
    # A lower follow-up lowers it; it never falls below what was verified by losing a draft.
    cast.follow_up("accepted", successor, progress=45)
    successor.refresh_from_db()
    assert successor.verified_progress == 45
    assert Entry.objects.filter(verb="replace", subject=successor.code).count() == 1


def test_what_nobody_began_can_be_replaced_too(cast):
    """One coordinator could cancel it alone; a successor, whose words are new, takes a colleague."""
    task = cast.task(due=ahead(60), title="Conectar escuelas")
    decided(cast, ask_to_cancel(cast, task, title="Conectar escuelas y clínicas"))
    successor = Task.objects.get(replaces=task)
    assert (successor.due, successor.first_title, successor.verified_progress) == (ahead(60), "Conectar escuelas", None)


def several(cast):
    """Three open tasks of one commitment: one begun, one due soon, one that one coordinator could cancel alone."""
    return [started(cast), cast.task(due=ahead(5)), cast.task(due=ahead(60))]


def ask_for_all(cast, tasks, **facts):
    commitment = Commitment.objects.get(pk=cast.commitment.pk)
    return actions.ask_cancellations(commitment, by=cast["coordinator"], tasks=tasks, **{**WHY, **facts})


def seen(changes):
    return {change.code: change.revision for change in changes}


def test_several_are_asked_for_at_once_and_decided_together(cast):
    tasks = several(cast)
    before = Commitment.objects.get(pk=cast.commitment.pk)
    changes = ask_for_all(cast, tasks)
    assert [change.task for change in changes] == tasks
    assert {change.batch for change in changes} == {changes[0].batch} != {None}
    with pytest.raises(PermissionDenied):
        actions.approve_together(changes, by=cast["coordinator"], seen=seen(changes))
    entries = actions.approve_together(changes, by=cast["second coordinator"], seen=seen(changes))
    assert [(entry.verb, entry.subject) for entry in entries] == [("approve", change.code) for change in changes]
    row = Commitment.objects.get(pk=cast.commitment.pk)
    assert (row.tasks_open, row.tasks_cancelled, row.verified_progress) == (0, 3, before.verified_progress)


def test_all_are_asked_for_or_none(cast):
    tasks = several(cast)
    cast.follow_up("submitted", tasks[1], progress=10)
    with pytest.raises(NotPossible, match=f"{tasks[1].code}: A follow-up of this task waits"):
        ask_for_all(cast, tasks)
    stranger = cast.task(commitment=cast.another_commitment())
    for wrong in ([tasks[0], stranger], []):
        with pytest.raises(NotPossible, match="Choose tasks of this commitment"):
            ask_for_all(cast, wrong)
    assert not Request.objects.exists()
    key = uuid4()
    sent = ask_for_all(cast, [tasks[0], tasks[2]], form_key=key)
    assert ask_for_all(cast, [tasks[0], tasks[2]], form_key=key) == sent
    assert Request.objects.count() == 2


def test_all_are_decided_or_none(cast):
    tasks = several(cast)
    changes = ask_for_all(cast, tasks)
    fresh = [Request.objects.get(pk=change.pk) for change in changes]
    cast.follow_up("submitted", tasks[1], progress=10)
    with pytest.raises(NotPossible, match=f"{changes[1].code}: A follow-up of this task waits"):
        actions.approve_together(changes, by=cast["second coordinator"], seen=seen(changes))
    assert not Task.objects.exclude(state=Task.State.CONFIRMED).exists()
    with pytest.raises(Stale):  # it was shown with one more
        actions.reject_together(fresh[1:], by=cast["second coordinator"], seen=seen(fresh), comment="No.")
    actions.reject_together(fresh, by=cast["second coordinator"], seen=seen(fresh), comment="Falta el oficio.")
    assert set(Request.objects.values_list("state", flat=True)) == {"rejected"}


def test_what_was_withdrawn_after_asking_stays_what_it_was(cast):
    task = started(cast)
    change = ask_to_cancel(cast, task)
    with pytest.raises(PermissionDenied):
        actions.withdraw_request(change, by=cast["second coordinator"])
    actions.withdraw_request(change, by=cast["coordinator"])
    with pytest.raises(NotPossible):
        decided(cast, change)
    again = ask_to_cancel(cast, task)
    decided(cast, again, actions.reject_request, comment="Falta el documento.")
    task.refresh_from_db()
    assert task.state == Task.State.CONFIRMED


def test_one_request_about_a_task_waits_at_a_time(cast):
    task = started(cast)
    ask_to_cancel(cast, task)
    with pytest.raises(NotPossible, match="already waits"):
        actions.request_date(task, by=cast["focal point"], to_due=ahead(75), category="legal", reason="Amparo.")
    with pytest.raises(NotPossible, match="already waits"):
        actions.ask_scope(task, by=cast["coordinator"], wanted={"title": "Otra cosa"}, **WHY)


def test_after_ten_business_days_who_asked_may_decide_alone_and_it_shows(cast):
    change = ask_to_cancel(cast, started(cast))
    ninth, tenth = (business_days.after(clock.today(), days) for days in (9, 10))
    with at(ninth), pytest.raises(PermissionDenied):
        decided(cast, change, by="coordinator")
    with at(tenth):
        assert "approve" in open_verbs(cast["coordinator"], change)
        decided(cast, change, by="coordinator")
    change.refresh_from_db()
    assert change.decided_alone
    page = cast.client("anonymous").get(f"/en/solicitudes/{change.code}/").text
    assert "Decided alone" in page


def test_nobody_decides_what_an_agency_asked_by_having_waited(cast):
    hold(cast["focal point"], "coordinator")
    task = cast.task()
    change = actions.request_date(task, by=cast["focal point"], to_due=ahead(75), category="legal", reason="Amparo.")
    with at(business_days.after(clock.today(), 30)), pytest.raises(PermissionDenied):
        decided(cast, change, by="focal point")


def test_who_became_coordinator_afterwards_does_not_decide(cast):
    change = ask_to_cancel(cast, started(cast))
    later = business_days.after(clock.today(), 1)
    with at(later):
        newcomer = make_user("newcomer")
        hold(newcomer, "coordinator", in_force_at=clock.now())
        with pytest.raises(PermissionDenied):
            actions.approve_request(change, by=newcomer, revision=change.revision)


@pytest.mark.parametrize("role", ["focal point", "alternate", "other agency", "administrator", "outsider", "anonymous"])
def test_only_coordinators_ask_and_decide(cast, role):
    task = started(cast)
    for ask in (
        lambda: ask_to_cancel(cast, task, by=role),
        lambda: actions.ask_assignment(task, by=cast[role], agency=cast.sep, **WHY),
        lambda: actions.ask_scope(task, by=cast[role], wanted={"title": ""}, **WHY),
        lambda: actions.ask_withdrawal(cast.commitment, by=cast[role], **WHY),
        lambda: actions.ask_scope(cast.commitment, by=cast[role], wanted={"title": "x"}, **WHY),
    ):
        with pytest.raises(PermissionDenied):
            ask()
    change = ask_to_cancel(cast, task)
    with pytest.raises(PermissionDenied):
        decided(cast, change, by=role)


def test_both_wordings_stand_side_by_side_for_good(cast):
    commitment = cast.commitment
    with pytest.raises(NotPossible) as refused:
        actions.correct_commitment(
            commitment, by=cast["coordinator"], revision=commitment.revision, title="México Conectado: 150,000 sitios"
        )
    assert refused.value.message == CHANGES_SCOPE
    change = actions.ask_scope(
        commitment, by=cast["coordinator"], wanted={"title": "México Conectado: 150,000 sitios"}, **WHY
    )
    decided(cast, change)
    commitment.refresh_from_db()
    assert (commitment.title, commitment.first_title) == (
        "México Conectado: 150,000 sitios", "México Conectado: 250,000 sitios",
    )  # fmt: skip
    assert commitment.scope_changes == 1
    page = cast.client("anonymous").get(f"/en/compromisos/{commitment.code}/").text
    assert "250,000 sitios" in page
    assert "150,000 sitios" in page


def test_the_first_wording_never_changes(cast):
    for row in (cast.commitment, cast.task()):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(first_title="Otra")


def test_spelling_is_corrected_at_once_and_does_not_drift(cast):
    task = cast.task(title="Conectar escuelas")
    actions.correct_task(task, by=cast["coordinator"], revision=task.revision, title="Conectar escuelos")
    task.refresh_from_db()
    with pytest.raises(NotPossible):  # one letter from what stands there, two from what was promised
        actions.correct_task(task, by=cast["coordinator"], revision=task.revision, title="Conectar escuelon")


def test_a_narrower_scope_raises_nothing(cast):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    cast.follow_up("accepted", cast.task(commitment=commitment), progress=80)
    commitment.refresh_from_db()
    assert (commitment.verified_progress, commitment.agencies_without_task) == (40, 1)
    change = actions.ask_scope(commitment, by=cast["coordinator"], wanted={"agencies": [cast.sct.key]}, **WHY)
    decided(cast, change)
    commitment.refresh_from_db()
    assert commitment.verified_progress == 40
    assert (commitment.agencies_without_task, commitment.agencies_left_out) == (0, 1)
    # Bound again, it is missing again, and counts once.
    again = actions.ask_scope(
        commitment, by=cast["coordinator"], wanted={"agencies": [cast.sep.key, cast.sct.key]}, **WHY
    )
    decided(cast, again)
    commitment.refresh_from_db()
    assert (commitment.agencies_without_task, commitment.agencies_left_out) == (1, 0)


def test_a_commitment_moves_to_no_other_objective_and_does_not_stop_recurring(cast):
    other = actions.create_project(by=cast["coordinator"], slug="otro", title="Otro", kind="programme")
    Project.objects.filter(pk=other.pk).update(
        objective=Objective.objects.create(number=9, title_es="Otro", title_en="Other")
    )
    with pytest.raises(NotPossible, match="another objective"):
        actions.ask_scope(cast.commitment, by=cast["coordinator"], wanted={"project": "otro"}, **WHY)
    with pytest.raises(NotPossible, match="recurs"):
        actions.ask_scope(cast.commitment, by=cast["coordinator"], wanted={"recurrence": "quarterly"}, **WHY)


def test_a_withdrawn_commitment_goes_on_counting(cast):
    other = cast.another_commitment()
    cast.follow_up("accepted", cast.task(), progress=50)
    [before] = counts_of([Day.today()])
    assert whole(before).verified == 25
    change = actions.ask_withdrawal(other, by=cast["coordinator"], replaced_by=cast.commitment.code, **WHY)
    decided(cast, change)
    other.refresh_from_db()
    assert (other.state, other.withdrawn_on, other.replaced_by) == ("cancelled", clock.today(), cast.commitment)
    [after] = counts_of([Day.today()])
    assert whole(after).verified == 25


def test_a_commitment_is_not_withdrawn_in_favour_of_itself_or_of_nothing(cast):
    for code in (cast.commitment.code, "NO-HAY"):
        with pytest.raises(NotPossible, match="other than this one"):
            actions.ask_withdrawal(cast.commitment, by=cast["coordinator"], replaced_by=code, **WHY)


def test_assigning_what_was_begun_takes_a_colleague(cast):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    task = started(cast, commitment=commitment)
    with pytest.raises(NotPossible, match="a colleague decides"):
        actions.assign_task(task, by=cast["coordinator"], revision=task.revision, agency=cast.sep)
    change = actions.ask_assignment(task, by=cast["coordinator"], agency=cast.sep, **WHY)
    decided(cast, change)
    task.refresh_from_db()
    assert task.agency == cast.sep


def test_a_mistake_leaves_the_count_while_it_is_fresh(cast):
    cast.follow_up("accepted", cast.task(), progress=60)
    wrong = cast.task()
    cast.commitment.refresh_from_db()
    assert cast.commitment.verified_progress == 30
    actions.undo_task(wrong, by=cast["coordinator"], reason="Se capturó dos veces.")
    cast.commitment.refresh_from_db()
    assert cast.commitment.verified_progress == 60
    old = cast.task()
    with at(business_days.after(clock.today(), 11)), pytest.raises(NotPossible, match="no mere mistake"):
        actions.undo_task(old, by=cast["coordinator"], reason="Se capturó dos veces.")
    used = started(cast)
    with pytest.raises(NotPossible, match="no mere mistake"):
        actions.undo_task(used, by=cast["coordinator"], reason="Se capturó dos veces.")


def test_an_agency_takes_its_proposal_back(cast):
    task = cast.task("proposed")
    with pytest.raises(PermissionDenied):
        actions.withdraw_task(task, by=cast["coordinator"], reason="No.")
    actions.withdraw_task(task, by=cast["focal point"], reason="Ya está en otra tarea.")
    task.refresh_from_db()
    assert task.state == Task.State.WITHDRAWN
    assert cast.client("anonymous").get(f"/tareas/{task.code}/").status_code == 404


def test_a_first_date_and_a_corrected_one_take_a_colleague(cast):
    task = cast.task(due=None)
    first = actions.ask_first_date(
        task, by=cast["coordinator"], due=ahead(20), reason="Lo dice el plan.", category="legal"
    )
    task.refresh_from_db()
    assert task.due is None
    decided(cast, first)
    task.refresh_from_db()
    assert (task.due, task.baseline_due) == (ahead(20), ahead(20))
    wrong = actions.ask_correction(
        task, by=cast["coordinator"], revision=task.revision, due=ahead(40), category="capture", reason="Decía 40."
    )
    with pytest.raises(PermissionDenied):
        decided(cast, wrong, by="coordinator")
    decided(cast, wrong)
    task.refresh_from_db()
    assert (task.due, task.baseline_due, task.moves, task.slippage_days) == (ahead(40), ahead(20), 0, 0)
    assert Request.objects.get(pk=wrong.pk).state == "approved"
