"""A commitment that binds agencies is counted again when one is registered, closed or becomes another kind."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from focalpoints import clock
from focalpoints.actions import close_agency, correct_agency, create_agency, end_appointment
from focalpoints.ledger.replay import differences, rebuild
from focalpoints.ledger.verification import verify
from focalpoints.models import Agency, Entry
from projects.models import Commitment, CommitmentVersion
from projects.reading.latest import SHOWN
from tests.cast import record_agencies
from tests.deciding import withdrawn


def fulfil(cast, commitment, *agencies):
    for agency in agencies:
        cast.follow_up("accepted", task=cast.task(commitment=commitment, agency=agency, due=None), progress=100)
    commitment.refresh_from_db()


def register(cast, **facts):
    facts = {"key": "77", "acronym": "NVA", "kind": "dependencia", **facts}
    facts.setdefault("name", f"Nueva {facts['key']}")
    return create_agency(by=cast["administrator"], **facts)


def close(cast, agency):
    by = cast["administrator"]
    for appointment in agency.appointments.not_ended(clock.today()):
        end_appointment(appointment, by=by, on=clock.today())
    agency = Agency.objects.get(pk=agency.pk)
    close_agency(agency, by=by, revision=agency.revision, on=clock.today(), reason="Decreto.")


def light(commitment):
    return Commitment.objects.with_light(clock.today()).get(pk=commitment.pk).light


def later(days):
    return clock.at(clock.now() + timedelta(days=days))


@pytest.fixture
def of_all(cast):
    """Fulfilled by the two agencies that there are besides the coordination office."""
    commitment = cast.another_commitment(binds="all")
    fulfil(cast, commitment, cast.sct, cast.sep)
    cast.find(commitment)
    assert commitment.is_fulfilled
    return commitment


def test_counting_again_fills_no_latest_events(cast, of_all):
    for _more in range(SHOWN):
        cast.another_commitment(binds="all")
    register(cast)
    assert Entry.objects.filter(verb="recount").count() > SHOWN
    for address in ("/", f"/?on={clock.today()}"):
        latest, *_others = Client().get(address).context["latest"]
        assert (str(latest.first.what), latest.count) == ("Compromiso registrado", Commitment.objects.count()), address


@pytest.fixture
def of_two(cast):
    """Fulfilled by the one, and not yet begun by the other."""
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    fulfil(cast, commitment, cast.sct)
    assert (commitment.is_settled, commitment.agencies_without_task) == (False, 1)
    return commitment


def test_what_binds_all_is_no_longer_fulfilled_when_an_agency_is_registered(cast, of_all):
    register(cast)
    of_all.refresh_from_db()
    assert (of_all.is_fulfilled, of_all.agencies_without_task, of_all.fulfilled_on) == (False, 1, None)
    assert of_all.verified_progress == 66, "an agency without a task counts as 0 %"
    assert light(of_all) != "fulfilled"
    said = Entry.objects.latest("seq")
    assert (said.subject, said.verb, said.office) == (of_all.code, "recount", "administration")
    assert '"agencies_without_task":1' in said.text


def test_what_named_an_agency_without_a_task_waits_to_be_assessed_when_it_is_closed(cast, of_two):
    before = of_two.verified_progress
    close(cast, cast.sep)
    of_two.refresh_from_db()
    assert (of_two.is_settled, of_two.agencies_without_task, of_two.agencies_left_out) == (True, 0, 1)
    assert of_two.verified_progress == before == 50, "its closing raises nothing: it goes on counting as 0 %"
    assert light(of_two) == "to_assess"


def test_an_agency_that_has_its_task_is_counted_by_it_also_once_it_is_closed(cast, of_all):
    before = Entry.objects.filter(subject_type="commitment").count()
    close(cast, cast.sep)
    of_all.refresh_from_db()
    assert (of_all.tasks_fulfilled, of_all.agencies_without_task) == (2, 0)
    assert Entry.objects.filter(subject_type="commitment").count() == before


def test_an_agency_that_becomes_the_coordination_office_is_bound_by_nothing_of_all(cast, of_all):
    agency, by = register(cast), cast["administrator"]
    correct_agency(agency, by=by, revision=agency.revision, note="Sin efecto.")
    assert Entry.objects.filter(verb="recount").count() == 1
    for kind, missing in (("unidad coordinadora", 0), ("dependencia", 1)):
        correct_agency(agency, by=by, revision=agency.revision, kind=kind)
        of_all.refresh_from_db()
        assert of_all.agencies_without_task == missing
    assert Entry.objects.filter(verb="recount").count() == 3


def test_the_coordination_office_and_what_was_cancelled_count_nothing(cast):
    cancelled = cast.another_commitment(binds="all")
    withdrawn(cast, cancelled, "Se retiró.")
    open_one = cast.another_commitment(binds="all")
    before = Entry.objects.count()
    register(cast, kind="unidad coordinadora")
    assert Entry.objects.count() == before + 1, "the registration alone"
    register(cast, key="78", acronym="OTRA")
    assert set(Entry.objects.filter(verb="recount").values_list("subject", flat=True)) == {open_one.code}


def test_past_days_and_a_rebuild_tell_when_it_was_fulfilled(cast, of_all):
    first = clock.today()
    record_agencies(cast)
    with later(5):
        agency = register(cast)
    with later(10):
        close(cast, agency)

    def told():
        days = {number: CommitmentVersion.objects.on(first + timedelta(number)).with_light(first + timedelta(number))
                for number in (0, 4, 5, 9, 10)}  # fmt: skip
        return {
            number: (row.light == "fulfilled", row.agencies_without_task, row.fulfilled_on)
            for number, rows in days.items()
            for row in rows.filter(commitment=of_all)
        }

    # What took the finding away took it for good: without the agency it waits to be assessed anew.
    fulfilled, waits, to_assess = (True, 0, first), (False, 1, None), (False, 0, None)
    assert told() == {0: fulfilled, 4: fulfilled, 5: waits, 9: waits, 10: to_assess}
    assert differences() == []
    rebuild()
    assert told() == {0: fulfilled, 4: fulfilled, 5: waits, 9: waits, 10: to_assess}
    assert verify().is_intact


def test_its_page_and_history_tell_it_at_once(cast, of_all):
    caches["default"].clear()
    address = f"/en/compromisos/{of_all.code}/"
    assert "status--fulfilled" in Client().get(address).text
    register(cast)
    text = Client().get(address).text
    assert "status--fulfilled" not in text.partition("<h2")[0]
    assert "Agencies counted again, because their list changed" in text


def test_only_those_whom_it_concerns_are_counted_again(cast):
    """What a closing costs does not grow with the commitments that name the agency and have its task."""
    for _number in range(4):
        fulfil(cast, cast.another_commitment(agencies=[cast.sep]), cast.sep)
    with CaptureQueriesContext(connection) as queries:
        close(cast, cast.sep)
    concerned = [query["sql"] for query in queries if '"projects_commitment"."binds"' in query["sql"]]
    assert len(concerned) == 1, "the question that finds nothing to do"


def test_agencies_that_stand_before_what_binds_them_all_cost_no_entry(cast):
    """As the load of reference data has them."""
    before = Entry.objects.count()
    for number in range(3):
        register(cast, key=f"7-{number}", acronym=f"N{number}")
    assert Entry.objects.count() == before + 3
