"""Whoever keeps the ledger's head for too long costs the others a wait with an end, and nobody a word."""

from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils.translation import override

from focalpoints import actions, clock, turn
from focalpoints.models import Agency, Entry
from focalpoints.workflow import Busy
from projects.models import FollowUp
from tests.cast import make_agency

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = 1 if connection.vendor == "sqlite" else 2  # SQLite's one is long
BUSY = "Something else is being saved just now"
WORDS = {"progress": "45", "done": "Se conectaron sitios.", "next_step": "", "obstacle": "", "revision": ""}


@contextmanager
def somebody_at_the_head():
    """Another connection that holds the lock, and does not let go before the end; ours waits a tenth of a second for it."""
    other = connection.copy()
    with connection.cursor() as cursor, other.cursor() as theirs:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 100")
            theirs.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("SET lock_timeout = 100")
            theirs.execute("BEGIN")
            theirs.execute("SELECT seq FROM focalpoints_ledgerhead FOR UPDATE")
        try:
            yield
        finally:
            other.connection.rollback()
            other.close()
            connection.close()


@contextmanager
def beginnings():
    """The times that a turn began: each asks for the lock."""
    said = []

    def listening(execute, sql, *rest):
        if "BEGIN" in sql or "FOR UPDATE" in sql:
            said.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listening):
        yield said


def test_a_verb_waits_and_then_says_so(cast):
    agency = make_agency("77", "XYZ")
    with somebody_at_the_head(), beginnings() as waits, pytest.raises(Busy):
        actions.close_agency(agency, by=cast["administrator"], revision=0, on=clock.today(), reason="Se extinguió.")
    assert len(waits) == WAITS
    assert not Agency.objects.get(key="77").is_closed
    assert not Entry.objects.filter(verb="close").exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite waits once, for as long")
def test_who_lets_go_during_the_second_wait_is_not_noticed(cast, monkeypatch):
    """What is planted: the first wait ends without the lock, nobody holds it at the second."""
    waits = []
    asked = turn.locked_head

    def once_too_long(*questions):
        waits.append("asked")
        if len(waits) == 1:
            raise OperationalError("database is locked")
        return asked(*questions)

    monkeypatch.setattr(turn, "locked_head", once_too_long)
    assert turn.head_first(lambda: "done")() == "done"
    assert len(waits) == 2


def test_another_fault_stays_what_it_is(cast):
    @turn.head_first
    def verb():
        raise OperationalError("the disk is full")

    with pytest.raises(OperationalError, match="disk"):
        verb()


def form_of(task, client, button):
    with override("en"):
        address = reverse("projects:follow_up_edit", args=[task.code])
    client.get(address)  # a session is written once in a while
    added = {"link": "https://www.gob.mx/sct"} if button == "attach" else {}
    return address, {**WORDS, **added, "page": "0" * 32, button: "1"}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks the whole database")
@pytest.mark.parametrize("button", ["save", "attach"])
def test_a_draft_waits_for_nobody(cast, button):
    address, form = form_of(cast.task(), client := cast.client("focal point"), button)
    with somebody_at_the_head():
        assert client.post(address, form).status_code == 302
    assert FollowUp.objects.get().done == WORDS["done"]


@pytest.mark.parametrize("button", ["send"] if connection.vendor == "postgresql" else ["send", "save", "attach"])
def test_a_follow_up_comes_back_with_its_text(cast, button):
    address, form = form_of(cast.task(), client := cast.client("focal point"), button)
    with somebody_at_the_head(), beginnings() as waits:
        answer = client.post(address, form)
    assert answer.status_code == 409
    assert BUSY in answer.text
    assert WORDS["done"] in answer.text
    assert len(waits) == (WAITS if button == "send" else 1), "it is not tried a second way"
    assert not FollowUp.objects.exists()
    assert client.post(address, form).status_code == 302, "the same goes through a moment later"
