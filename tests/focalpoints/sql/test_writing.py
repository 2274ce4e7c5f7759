"""Statements built once write what `save` and `update` write."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from focalpoints import clock
from focalpoints.models import Agency
from focalpoints.sql.writing import change, change_all, change_one, insert, insert_all, keep, together
from projects.models import Evidence, FollowUp

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return cast.follow_up("draft")


def proof(draft, **facts):
    return Evidence(follow_up=draft, added_by=draft.author, added_at=clock.now(), **facts)


def test_an_inserted_row_is_the_row_that_save_writes(draft):
    one, other = (proof(draft, url="https://example.org/ñ%s", title="Ñandú %s 'x'") for _ in range(2))
    insert(one)
    other.save(force_insert=True)
    assert one.pk
    assert (one._state.adding, one._state.db) == (False, "default")
    written, saved = Evidence.objects.get(pk=one.pk), Evidence.objects.get(pk=other.pk)
    assert model_to_dict(written, exclude=["id", "file", "added_at"]) == model_to_dict(
        saved, exclude=["id", "file", "added_at"]
    )
    assert (written.added_at, written.key) == (one.added_at, one.key)


def test_rows_of_one_model_are_inserted_together(draft):
    with CaptureQueriesContext(connection) as queries:
        insert_all([proof(draft, url=f"https://example.org/{n}", title="x") for n in range(5)])
    assert len(queries) == 1
    insert_all([proof(draft, url="https://example.org/5", title="x")])
    insert_all([])
    assert draft.evidence.count() == 6


def test_a_change_reaches_the_rows_that_agree(draft):
    now = clock.now()
    where = {"pk": draft.pk, "state": "draft", "revision": draft.revision}
    assert change(FollowUp, where, done="%s 'x' ñ", submitted_by=draft.author, submitted_at=now, progress=None) == 1
    assert change(FollowUp, where | {"revision": 99}, done="no") == 0
    found = FollowUp.objects.get(pk=draft.pk)
    assert (found.done, found.submitted_by, found.submitted_at, found.progress) == (
        "%s 'x' ñ",
        draft.author,
        now,
        None,
    )


def test_keep_writes_in_the_database_and_in_hand(draft):
    keep(draft, done="Se hizo.", obstacle="")
    assert draft.done == FollowUp.objects.get(pk=draft.pk).done == "Se hizo."


def test_a_line_is_kept_without_what_nobody_sees(draft):
    task = draft.task
    keep(task, title="\ufeffOtra\u00a0 \u200btarea ")
    assert task.title == type(task).objects.get(pk=task.pk).title == "Otra tarea"


@pytest.mark.parametrize("count", [1, 3])
def test_many_rows_are_changed_at_once(cast, count):
    pks = list(Agency.objects.order_by("pk").values_list("pk", flat=True)[:count])
    with CaptureQueriesContext(connection) as queries:
        change_all(Agency, pks, name="Nota")
    assert len(queries) == 1
    assert list(Agency.objects.filter(name="Nota").order_by("pk").values_list("pk", flat=True)) == pks


def test_what_the_database_refuses_undoes_the_transaction(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        change(FollowUp, {"pk": draft.pk}, progress=101)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(FollowUp(task=draft.task, number=draft.number, code="x", agency=draft.agency, author=draft.author))
    assert FollowUp.objects.get().progress == draft.progress


def test_what_is_written_together_reaches_the_database_at_the_end(draft):
    row = proof(draft, url="https://example.org/", title="Ñ %s")
    with together():
        insert(row)
        keep(draft, done="Se hizo.")
        assert (row.pk, draft.done) == (None, "Se hizo.")
        assert not FollowUp.objects.filter(done="Se hizo.").exists()
    assert Evidence.objects.get(pk=row.pk).title == "Ñ %s"
    assert FollowUp.objects.get().done == "Se hizo."


def failing_after(draft):
    keep(draft, done="Se hizo.")
    raise LookupError


def test_what_fails_before_its_end_is_not_sent(draft):
    with pytest.raises(LookupError), together():
        failing_after(draft)
    assert FollowUp.objects.get().done != "Se hizo."
    keep(draft, done="Después.")
    assert FollowUp.objects.get().done == "Después."


def test_one_that_is_refused_undoes_them_all(draft):
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        [keep(draft, **words) for words in ({"done": "Se hizo."}, {"progress": 101}, {"done": "Más."})]
    assert FollowUp.objects.get().done not in {"Se hizo.", "Más."}


def test_a_row_that_is_not_as_it_was_is_told_at_the_end(draft):
    where = {"pk": draft.pk, "revision": draft.revision}
    with together():
        change_one(FollowUp, where, LookupError, done="Se hizo.")
    assert FollowUp.objects.get().done == "Se hizo."
    with pytest.raises(LookupError), transaction.atomic(), together():
        change_one(FollowUp, where | {"revision": 99}, LookupError, done="No.")
    with pytest.raises(LookupError):
        change_one(FollowUp, where | {"revision": 99}, LookupError, done="No.")
    assert FollowUp.objects.get().done == "Se hizo."
