"""Projections are compared and computed anew while others go on writing."""

import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connections

from focalpoints import actions
from focalpoints.ledger import replay
from focalpoints.ledger.replay import differences, rebuild
from focalpoints.models import AgencyVersion
from focalpoints.sql.staging import StagedTable
from projects.models import CommitmentVersion, Notice
from tests.cast import Cast, make_agency

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """With something in each kind of table."""
    registered("70", cast)
    cast.follow_up("submitted", task=cast.task())
    return cast


def registered(key: str, cast: Cast) -> None:
    actions.create_agency(by=cast["administrator"], key=key, name=f"Agencia {key}", kind="dependencia")


def meanwhile(monkeypatch, place, name, cast):
    """Somebody registers an agency when `name` is first called, on a connection of their own, and does not wait for anybody."""
    step, done = getattr(place, name), []

    def write():
        try:
            registered("71", cast)
            done.append("71")
        finally:
            connections.close_all()

    def interrupted(*args):
        if not done:
            somebody = threading.Thread(target=write)
            somebody.start()
            somebody.join(timeout=9)
            assert done, "they had to wait"
        return step(*args)

    monkeypatch.setattr(place, name, interrupted)


def versions():
    return list(AgencyVersion.objects.order_by("pk").values_list("pk", "agency__key", "name", "since", "until", "seq"))


def test_who_writes_waits_for_no_comparison_and_does_not_disturb_it(cast, monkeypatch):
    meanwhile(monkeypatch, replay, "_stored_sum", cast)
    assert differences() == []
    assert [row[1] for row in versions()] == ["70", "71"]


def test_without_one_instant_the_comparison_would_be_disturbed(cast, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(replay, "snapshot", nullcontext)
    meanwhile(monkeypatch, replay, "_stored_sum", cast)
    assert "focalpoints_agencyversion" in differences()


def test_who_writes_waits_for_no_rebuild_and_is_not_lost(cast, monkeypatch):
    meanwhile(monkeypatch, StagedTable, "settle", cast)
    rebuild()
    assert [row[1] for row in versions()] == ["70", "71"]
    assert differences() == []


def test_what_is_written_while_the_entries_are_read_is_there_too(cast, monkeypatch):
    meanwhile(monkeypatch, replay.Replay, "turn_to", cast)
    rebuild()
    assert [row[1] for row in versions()] == ["70", "71"]
    assert differences() == []


def test_a_rebuild_mends_what_is_wrong_and_leaves_the_rest(cast):
    right = versions()
    notices = Notice.objects.count()
    wrong = AgencyVersion.objects.get(agency__key="70")
    AgencyVersion.objects.filter(pk=wrong.pk).update(name="Otra", parent=make_agency("72", "XYZ"))
    AgencyVersion.objects.create(agency_id=wrong.agency_id, name="De más", since=wrong.since - timedelta(9), seq=1)
    AgencyVersion.objects.filter(name="De más").update(until=wrong.since)
    CommitmentVersion.objects.all().delete()
    Notice.objects.bulk_create(
        [Notice(agency_id=n.agency_id, item=n.item, entry_id=n.entry_id) for n in Notice.objects.all()]
    )
    kept = set(Notice.objects.order_by("pk").values_list("pk", flat=True)[:notices])
    assert notices
    assert set(differences()) == {
        "focalpoints_agencyversion", "projects_commitmentversion", "projects_notice", "projects_dayfigures"
    }  # fmt: skip
    rebuild()
    assert differences() == []
    assert [row[1:] for row in versions()] == [row[1:] for row in right]
    assert set(Notice.objects.values_list("pk", flat=True)) == kept
    now = versions()
    rebuild()
    assert versions() == now, "right rows stay as they are"
