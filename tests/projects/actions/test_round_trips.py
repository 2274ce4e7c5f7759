"""How often a verb waits for PostgreSQL while it holds the ledger's head, from the lock to COMMIT: a pipeline is waited for once."""

from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from projects import actions
from tests.cast import make_agency
from tests.dates import ahead, ask

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is in the same process"),
]
MOST = 12
WORDS = {"done": "Se conectaron sitios.", "next_step": "Licitar.", "obstacle": ""}


class Trips:
    """`count` is what was waited for since the head was asked for, which `is_held` until COMMIT."""

    count = 0
    is_held = False


@contextmanager
def trips_counted():
    """What psycopg waits for outside of a pipeline, and each pipeline's end."""
    trips = Trips()
    wait, execute, leave = psycopg.Connection.wait, psycopg.Cursor.execute, psycopg.Pipeline.__exit__
    begin, commit = psycopg.Pipeline.__enter__, psycopg.Connection.commit

    def executing(cursor, query, *args, **options):
        trips.is_held = trips.is_held or ("ledgerhead" in str(query) and "FOR UPDATE" in str(query))
        return execute(cursor, query, *args, **options)

    def waiting(raw, *args, **options):
        trips.count += trips.is_held and raw.pgconn.pipeline_status == psycopg.pq.PipelineStatus.OFF
        return wait(raw, *args, **options)

    def beginning(pipeline):
        trips.count -= trips.is_held  # nothing is sent yet
        return begin(pipeline)

    def leaving(pipeline, *args):
        trips.count += trips.is_held
        return leave(pipeline, *args)

    def committing(raw):
        commit(raw)
        trips.is_held = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Connection, "commit", committing)
        patch.setattr(psycopg.Connection, "wait", waiting)
        patch.setattr(psycopg.Cursor, "execute", executing)
        patch.setattr(psycopg.Pipeline, "__enter__", beginning)
        patch.setattr(psycopg.Pipeline, "__exit__", leaving)
        yield trips


def logged(cast):
    task = cast.task()
    return lambda: actions.save_and_submit(task, by=cast["focal point"], revision=None, page="", progress=40, **WORDS)


def logged_from_a_draft(cast):
    draft, page = cast.follow_up("draft"), uuid4().hex
    words = {**WORDS, "progress": 60}
    return lambda: actions.save_and_submit(
        draft.task, by=cast["focal point"], revision=draft.revision, page=page, **words
    )


def submitted(cast):
    draft = cast.follow_up("draft")
    return lambda: actions.submit(draft, by=cast["focal point"], revision=draft.revision)


def withdrawn(cast):
    sent = cast.follow_up("submitted")
    return lambda: actions.withdraw(sent, by=cast["focal point"])


def returned(cast):
    sent = cast.follow_up("submitted")
    return lambda: actions.return_(sent, by=cast["coordinator"], revision=sent.revision, comment="Falta.")


def accepted(cast):
    sent = cast.follow_up("submitted")
    return lambda: actions.accept(sent, by=cast["coordinator"], revision=sent.revision)


def defined(cast):
    return lambda: actions.define_task(cast.commitment, by=cast["coordinator"], agency=cast.sct, title="Otra")


def defined_for_all(cast):
    for number in range(100, 130):
        make_agency(str(number), f"A{number}")
    commitment = cast.another_commitment(binds="all")
    return lambda: actions.define_task_for_all(commitment, by=cast["coordinator"], title="La misma")


def date_requested(cast):
    task = cast.task()
    return lambda: actions.request_date(
        task, by=cast["focal point"], to_due=ahead(80), category="legal", reason="Un amparo."
    )


def date_approved(cast):
    change = ask(cast)
    return lambda: actions.approve_request(change, by=cast["coordinator"], revision=0)


TRIPS = {
    logged: 7,
    logged_from_a_draft: 9,
    submitted: 8,
    withdrawn: 6,
    returned: 6,
    accepted: 6,
    defined: 12,
    defined_for_all: 11,
    date_requested: 10,
    date_approved: 12,
}


def test_no_verb_takes_more_than_twelve():
    assert max(TRIPS.values()) <= MOST


@pytest.mark.parametrize(("prepared", "count"), TRIPS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_verb_waits_so_often_with_the_head_in_hand(cast, prepared, count):
    verb = prepared(cast)
    with trips_counted() as trips:
        verb()
    assert trips.count == count
    assert not trips.is_held, "it was committed"
