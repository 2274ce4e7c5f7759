"""The verbs on follow-ups: role × state × verb against a table written by hand."""

import json
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from focalpoints.ledger.verification import verify
from focalpoints.models import Entry
from focalpoints.workflow import NotPossible, Stale, open_verbs
from projects import actions
from projects.models import FollowUp
from tests.cast import SIGNED_IN

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
    ("coordinator", "accepted", "reopen"): "submitted",
}
STATES = ("draft", "submitted", "returned", "accepted", "withdrawn")


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
        case "reopen":
            return actions.reopen_follow_up(follow_up, by=by, revision=follow_up.revision, reason="No prueba nada.")


@pytest.mark.once
@pytest.mark.parametrize("verb", ["submit", "withdraw", "accept", "return", "reopen"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", SIGNED_IN)
def test_a_move_succeeds_only_where_the_table_says_so(cast, role, state, verb):
    follow_up, by = cast.follow_up(state), cast[role]
    before = Entry.objects.count()
    target = LEGAL.get((role, state, verb))
    assert (verb in open_verbs(by, follow_up)) is (target is not None)
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


# ---- Saved and sent at once

WORDS = {"progress": 55, "done": "Se abrió la licitación.", "next_step": "Fallo.", "obstacle": "Falta una firma."}


def facts_of(row, *others):
    """What the row says, apart from what only names it."""
    named = {"id", "code", "task_id", "number", "saved_at", "submitted_at", "revision", *others}
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.attname not in named}


def told(entry):
    """The entry's public text without its place and its names."""
    said = json.loads(entry.text)
    placed = {"seq", "at", "recorded_at", "previous", "private", "subject", "codes", "title", "dossier_after"}
    return {name: value for name, value in said.items() if name not in placed}


@pytest.mark.parametrize("before", ["nothing", "draft", "returned", "withdrawn"])
def test_saved_and_sent_at_once_it_is_what_the_two_verbs_make(cast, before):
    made = []
    for at_once in (False, True):
        task, author, page = cast.task(), cast["focal point"], uuid4().hex
        found = cast.follow_up(before, task) if before != "nothing" else None
        typed = {**WORDS, "revision": found and found.revision, "page": page}
        if at_once:
            follow_up = actions.save_and_submit(task, by=author, **typed)
        else:
            follow_up = actions.save_draft(task, by=author, **typed)
            actions.submit(follow_up, by=author, revision=follow_up.revision)
        stored = FollowUp.objects.get(task=task)
        assert facts_of(follow_up) == facts_of(stored)
        assert (stored.pk, stored.revision) == (follow_up.pk, follow_up.revision)
        entry = Entry.objects.get(verb="submit", seq=Entry.objects.latest("seq").seq)
        private = json.loads(entry.annex.content)
        made.append(
            (facts_of(stored, "saved_from"), facts_of(stored.task, "title", "first_title"), told(entry), private)
        )
    assert made[0] == made[1]
    assert verify().is_intact


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"progress": 100}, NotPossible),
        ({"done": ""}, NotPossible),
        ({"revision": 3}, Stale),
    ],
)
def test_what_cannot_be_sent_at_once_is_not_saved(cast, typed, refusal):
    task = cast.task()
    with pytest.raises(refusal):
        actions.save_and_submit(
            task, by=cast["focal point"], **{**WORDS, "revision": None, "page": uuid4().hex, **typed}
        )
    assert not FollowUp.objects.exists()
    with pytest.raises(PermissionDenied):
        actions.save_and_submit(task, by=cast["other agency"], **WORDS, revision=None, page=uuid4().hex)


def test_the_two_verbs_of_every_day_cost_few_queries(cast, django_assert_max_num_queries):
    for _ in range(3):  # what a task was told before costs nothing more
        follow_up = cast.follow_up("accepted", task := cast.task())
    with django_assert_max_num_queries(28):
        follow_up = actions.save_and_submit(task, by=cast["focal point"], **WORDS, revision=None, page=uuid4().hex)
    with django_assert_max_num_queries(28):
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
