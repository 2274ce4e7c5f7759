"""Role × state × verb, against a table written by hand."""

import pytest
from django.core.exceptions import PermissionDenied

from focalpoints.models import Entry
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.models import FollowUp
from projects.workflow import open_moves

LEGAL = {  # by hand, on purpose
    ("focal point", "draft", "submit"): "submitted",
    ("focal point", "returned", "submit"): "submitted",
    ("focal point", "withdrawn", "submit"): "submitted",
    ("focal point", "submitted", "withdraw"): "withdrawn",
    ("alternate", "draft", "submit"): "submitted",
    ("alternate", "returned", "submit"): "submitted",
    ("alternate", "withdrawn", "submit"): "submitted",
    ("alternate", "submitted", "withdraw"): "withdrawn",
    ("coordinator", "submitted", "accept"): "accepted",
    ("coordinator", "submitted", "return"): "returned",
}
STATES = ("draft", "submitted", "returned", "accepted", "withdrawn")
ROLES = ("focal point", "alternate", "other agency", "coordinator", "administrator", "outsider")


def carry_out(verb, follow_up, by):
    match verb:
        case "submit":
            return actions.submit(follow_up, by=by, revision=follow_up.revision)
        case "withdraw":
            return actions.withdraw(follow_up, by=by)
        case "accept":
            return actions.accept(follow_up, by=by, revision=follow_up.revision)
        case "return":
            return actions.return_(follow_up, by=by, revision=follow_up.revision, comment="Falta.")


@pytest.mark.parametrize("verb", ["submit", "withdraw", "accept", "return"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_a_move_succeeds_only_where_the_table_says_so(cast, role, state, verb):
    follow_up, by = cast.follow_up(state), cast[role]
    before = Entry.objects.count()
    target = LEGAL.get((role, state, verb))
    assert (verb in open_moves(by, follow_up)) is (target is not None)
    if target:
        entry = carry_out(verb, follow_up, by)
        assert (entry.verb, entry.state, Entry.objects.count()) == (verb, target, before + 1)
    else:
        with pytest.raises((PermissionDenied, NotPossible)):
            carry_out(verb, follow_up, by)
        assert Entry.objects.count() == before
    assert FollowUp.objects.get().state == (target or state)


def test_nobody_accepts_their_own_follow_up(cast):
    from focalpoints.models import Role
    from tests.cast import appoint

    both = cast["coordinator"]
    appoint(both, cast.cedn)
    commitment = cast.another_commitment(agencies=[cast.cedn])
    task = cast.task(agency=cast.cedn, commitment=commitment)
    follow_up = actions.save_draft(task, by=both, progress=10, done="Se publicó.")
    actions.submit(follow_up, by=both, revision=follow_up.revision)
    assert Role.objects.filter(user=both, kind="coordinator").exists()
    with pytest.raises(PermissionDenied):
        actions.accept(follow_up, by=both, revision=follow_up.revision)
    actions.accept(follow_up, by=cast["second coordinator"], revision=follow_up.revision)
    assert FollowUp.objects.get(pk=follow_up.pk).same_office


def test_a_reviewer_decides_only_on_what_was_on_screen(cast):
    follow_up = cast.follow_up("submitted")
    seen = follow_up.revision
    author = cast["focal point"]
    actions.withdraw(follow_up, by=author)
    follow_up = actions.save_draft(follow_up.task, by=author, revision=follow_up.revision, progress=90)
    actions.submit(follow_up, by=author, revision=follow_up.revision)
    with pytest.raises(Stale):
        actions.accept(follow_up, by=cast["coordinator"], revision=seen)
    assert FollowUp.objects.get().state == "submitted"


def test_claimed_and_verified_are_two_facts(cast):
    task = cast.task()
    cast.follow_up("accepted", task=task, progress=30)
    second = cast.follow_up("submitted", task=task, progress=70, obstacle="Sin presupuesto.")
    task.refresh_from_db()
    cast.commitment.refresh_from_db()
    assert (task.claimed_progress, task.verified_progress, task.has_obstacle) == (70, 30, True)
    assert (cast.commitment.claimed_progress, cast.commitment.verified_progress) == (70, 30)
    actions.return_(second, by=cast["coordinator"], revision=second.revision, comment="No se prueba.")
    task.refresh_from_db()
    assert (task.claimed_progress, task.verified_progress, task.has_obstacle) == (30, 30, False)


def test_a_fulfilled_recurring_task_makes_the_next(cast):
    from datetime import date

    commitment = cast.another_commitment(recurrence="quarterly")
    task = cast.task(commitment=commitment, due=date(2018, 9, 30))
    cast.follow_up("accepted", task=task, progress=100)
    assert [t.due for t in commitment.tasks.order_by("number")] == [date(2018, 9, 30), date(2018, 12, 31)]
    assert Entry.objects.filter(verb="recur").count() == 1
