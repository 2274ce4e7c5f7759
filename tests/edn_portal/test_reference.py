"""The reference data: as many rows as the sources have, loaded once, corrected by verbs, never against what people corrected."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from edn_portal import reference
from edn_portal.reference import LoadOutcome, RefusedRow, load
from focalpoints import clock
from focalpoints.actions import correct_agency
from focalpoints.models import Agency, Entry, User
from principles.models import Enabler, Objective, Pillar, Principle
from projects import actions
from projects.models import Activity, Commitment, Project
from projects.reference import Commitments
from tests.cast import make_user


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker):
    """The load takes seconds: this file's tests share one, each in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_once, db):
    return loaded_once


def test_it_loads_what_the_sources_hold(loaded):
    assert {label: dict(outcomes) for label, outcomes in loaded.items()} == {
        "agencies": {LoadOutcome.ADDED: 308},
        "pillars": {LoadOutcome.ADDED: 3},
        "principles": {LoadOutcome.ADDED: 12},
        "objectives": {LoadOutcome.ADDED: 5},
        "secondary objectives": {LoadOutcome.ADDED: 23},
        "enablers": {LoadOutcome.ADDED: 5},
        "projects": {LoadOutcome.ADDED: 39},
        "links of projects to principles": {LoadOutcome.ADDED: 52},
        "commitments": {LoadOutcome.ADDED: 20},
    }
    counted = [model.objects.count() for model in (Agency, Pillar, Principle, Enabler, Project, Activity, Commitment)]
    assert counted == [308, 3, 12, 5, 39, 52, 20]
    objectives = Objective.objects.filter(parent=None).order_by("number")
    assert [objective.secondary.count() for objective in objectives] == [5, 4, 4, 5, 5]
    assert Entry.objects.count() == 468  # the system account, 308 + 48 + 39 + 52 + 20


def test_agencies_stand_in_their_sectors(loaded):
    assert Agency.objects.filter(is_ministry=True).count() == 18
    assert Agency.objects.filter(parent=None).count() == 34
    assert Agency.objects.filter(acronym="").count() == 25
    assert Agency.objects.exclude(note="").count() == 32
    sectors = Counter(Agency.objects.exclude(parent=None).values_list("parent__acronym", flat=True))
    assert sectors == {
        "SSA": 39, "SEP": 38, "SCT": 31, "SHCP": 28, "CONACYT": 27, "SEGOB": 22, "SAGARPA": 15, "SEDESOL": 10, "SE": 9,
        "SENER": 8, "SECTUR": 8, "SEMARNAT": 7, "PGR": 7, "PEMEX": 7, "SEDATU": 6, "SRE": 5, "STPS": 4, "Presidencia": 1,
        "SEDENA": 1, "SFP": 1,
    }  # fmt: skip
    assert Counter(Agency.objects.values_list("kind", flat=True)) == {
        "entidad paraestatal": 98, "órgano desconcentrado": 89, "empresa de participación estatal": 66, "dependencia": 20,
        "organismo descentralizado": 14, "empresa productiva del Estado": 9, "fideicomiso": 8,
        "órgano regulador coordinado": 2, "unidad coordinadora": 1, "organismo autónomo": 1,
    }  # fmt: skip


def test_projects_and_principles(loaded):
    assert Project.objects.get(slug="mexico-conectado").lead_agency == Agency.objects.get(acronym="SCT")
    assert list(
        Principle.objects.order_by("number").values_list("number", "pillar__number")
    ) == [(number, (number + 3) // 4) for number in range(1, 13)]  # fmt: skip
    links = Counter(Activity.objects.values_list("principle__number", flat=True))
    assert links == {1: 10, 2: 4, 3: 4, 4: 1, 5: 3, 6: 4, 7: 4, 8: 9, 9: 1, 10: 2, 11: 1, 12: 9}
    aligned = Counter(Project.objects.values_list("objective__number", flat=True))
    assert aligned == {1: 19, 2: 3, 3: 2, 5: 3, None: 12}


def test_the_plan_says_how_many_of_its_commitments_are_not_here(loaded, client):
    plan = Project.objects.exclude(note="").get()
    assert plan.slug == "plan-aga-2013-2015"
    assert f"{plan.commitments.count()} de los 26 compromisos" in plan.note
    assert plan.note in client.get(f"/proyectos/{plan.slug}/").text


def test_commitments_state_what_was_published_and_what_was_not(loaded):
    dated = Commitment.objects.exclude(due=None).order_by("code")
    assert [(commitment.code, commitment.due, commitment.baseline_due) for commitment in dated] == [
        ("MC-100K", date(2015, 12, 31), date(2015, 12, 31)),
        ("MC-250K", date(2018, 12, 31), date(2018, 12, 31)),
        ("MX0075", date(2021, 8, 31), date(2021, 8, 31)),
        ("MX0078", date(2021, 8, 31), date(2021, 8, 31)),
        ("MX0084", date(2021, 8, 31), date(2021, 8, 31)),
        ("MX0087", date(2021, 8, 31), date(2021, 8, 31)),
        ("PDA", date(2018, 11, 30), date(2018, 11, 30)),
    ]
    assert Counter(Commitment.objects.values_list("binds", flat=True)) == {"named": 11, "all": 6, "none published": 3}
    shared = Commitment.objects.get(code="MX0084").agencies.values_list("acronym", flat=True)
    assert set(shared) == {"CONAFOR", "CONAGUA", "ASEA", "CONAPESCA", "PROFEPA"}
    assert set(Commitment.objects.filter(language="en").values_list("code", flat=True)) == {
        "MX0075", "MX0078", "MX0084", "MX0087",
    }  # fmt: skip
    recurring = Commitment.objects.exclude(recurrence="").order_by("code")
    assert [(row.code, row.recurrence, row.recurrence_month) for row in recurring] == [
        ("TIC-A6-OCT", "yearly", 10),
        ("TIC-A6-TRIM", "quarterly", None),
    ]
    statuses = Counter(Commitment.objects.values_list("printed_status", flat=True))
    assert statuses == {"Completado": 5, "En proceso": 1, "": 14}


def test_it_is_replayed_oldest_first_by_the_system(loaded):
    assert set(Entry.objects.values_list("office", flat=True)) == {"system"}
    days = [at.astimezone(clock.ZONE).date() for at in Entry.objects.order_by("seq").values_list("at", flat=True)]
    assert days == sorted(days)
    assert sorted(set(days)) == [
        date(2013, 11, 25), date(2014, 5, 9), date(2014, 7, 1), date(2014, 7, 15), date(2015, 2, 3), date(2015, 2, 20),
        date(2015, 7, 1), date(2015, 9, 17), date(2019, 1, 1),
    ]  # fmt: skip


def test_a_second_load_changes_nothing(loaded):
    before = Entry.objects.count()
    again = load()
    assert {outcome for outcomes in again.values() for outcome in outcomes} == {LoadOutcome.UNCHANGED}
    assert sum(outcomes.total() for outcomes in again.values()) == 467
    assert Entry.objects.count() == before


def change(monkeypatch, code, **facts):
    """Let the file say something else of one commitment."""
    printed = Commitments.facts

    def changed(self, row):
        return printed(self, row) | (facts if row["code"] == code else {})

    monkeypatch.setattr(Commitments, "facts", changed)


def test_a_changed_row_is_corrected_through_the_verb(loaded, monkeypatch):
    sct, sep = Agency.objects.get(acronym="SCT"), Agency.objects.get(acronym="SEP")
    change(monkeypatch, "MC-250K", title="250 mil sitios", agencies=sorted([sct, sep], key=lambda row: row.pk))
    assert load()["commitments"] == {LoadOutcome.CORRECTED: 1, LoadOutcome.UNCHANGED: 19}
    commitment = Commitment.objects.get(code="MC-250K")
    assert (commitment.title, set(commitment.agencies.all())) == ("250 mil sitios", {sct, sep})
    last = Entry.objects.latest("seq")
    assert (last.verb, last.subject, last.office, last.nth) == ("correct", "MC-250K", "system", 2)
    assert load()["commitments"] == {LoadOutcome.UNCHANGED: 20}


def test_every_table_can_be_corrected(loaded):
    """The database is moved away from the files, which then win it back, one entry a row."""
    system = User.objects.system()
    Agency.objects.filter(key="4-A00").update(name="Otro nombre", parent=None)
    Enabler.objects.filter(number=1).update(title_es="Otro")
    Objective.objects.filter(number=7).update(title_es="Otro")
    Principle.objects.filter(number=3).update(short_en="Other")
    Project.objects.filter(slug="apec").update(kind="policy")
    Activity.objects.filter(principle__number=1, order=1).update(as_printed="Otra")
    before = Entry.objects.count()
    corrected = {label: outcomes[LoadOutcome.CORRECTED] for label, outcomes in load().items()}
    assert corrected == {
        "agencies": 1, "pillars": 0, "principles": 1, "objectives": 0, "secondary objectives": 1, "enablers": 1,
        "projects": 1, "links of projects to principles": 1, "commitments": 0,
    }  # fmt: skip
    new = Entry.objects.filter(seq__gt=before)
    assert [(entry.by, entry.verb) for entry in new] == [(system, "correct")] * 5 + [(system, "link")]
    assert Agency.objects.get(key="4-A00").parent.acronym == "SEGOB"


def test_what_people_corrected_is_left_alone(loaded):
    agency = Agency.objects.get(acronym="SCT")
    administrator, coordinator = make_user("admin", "administrator"), make_user("coordinator", "coordinator")
    correct_agency(agency, by=administrator, revision=agency.revision, name="Otra Secretaría")
    commitment = Commitment.objects.get(code="REF-HOG")
    actions.correct_commitment(commitment, by=coordinator, revision=commitment.revision, printed_status="Otro estado")
    before = Entry.objects.count()
    again = load()
    assert again["agencies"] == {LoadOutcome.LEFT: 1, LoadOutcome.UNCHANGED: 307}
    assert again["commitments"] == {LoadOutcome.LEFT: 1, LoadOutcome.UNCHANGED: 19}
    assert Entry.objects.count() == before
    assert Agency.objects.get(acronym="SCT").name == "Otra Secretaría"


def test_a_row_that_a_verb_refuses_undoes_the_whole_load(loaded, monkeypatch):
    change(monkeypatch, "MC-250K", due=date(2019, 6, 30))
    Agency.objects.filter(key="4-A00").update(name="Otro nombre")
    with pytest.raises(RefusedRow, match="commitments, MC-250K"):
        load()
    assert Agency.objects.get(key="4-A00").name == "Otro nombre"
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_reference")


def test_every_day_is_told_in_the_table_of_the_module():
    told = reference.__doc__
    days = {row.on for table in ALL_TABLES for row in table.rows()}
    assert [day for day in sorted(days) if f"| {day} |" not in told] == []


ALL_TABLES = [table.__new__(table) for table in reference.TABLES]  # rows need no database


def test_the_ledger_of_a_load_verifies(loaded):
    call_command("verify_ledger")
