"""A tiny made-up network: its ledger is valid, and its facts are those that the verbs would have kept."""

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client

from edn_portal import scale
from edn_portal.scale import foreign_keys as foreign_keys_of_scale
from edn_portal.scale.bulk_rows import row_defaults
from edn_portal.scale.size import Size
from focalpoints import clock
from focalpoints.ledger import replay
from focalpoints.ledger.record import canonical
from focalpoints.ledger.triggers import LEDGER
from focalpoints.ledger.verification import verify
from focalpoints.models import Agency, Annex, Appointment, Entry, User
from projects import actions
from projects.actions.commitment_progress import roll_up
from projects.actions.periods import open_periods
from projects.actions.task_progress import follow_ups_of, refresh_progress
from projects.light.rule import COMMITMENT_RULE, TASK_RULE
from projects.models import Assessment, Commitment, FollowUp, Request, Task

PASSWORD = "correcto-caballo-pila-grapa"


pytestmark = pytest.mark.slow

# First what finds the database empty


def test_a_part_that_is_no_network_is_refused(db):
    with pytest.raises(CommandError, match="Nothing was touched"):
        call_command("seed_scale", part=1000)
    with pytest.raises(CommandError, match="after today"):
        call_command("seed_scale", until=clock.today() + timedelta(days=1))
    assert not Entry.objects.exists()


def test_a_production_takes_no_made_up_data(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("seed_scale", part=200)
    assert not User.objects.exists()


def test_foreign_keys_are_back_and_hold(db):
    """PostgreSQL makes them anew over all rows: one that refers to nothing undoes everything."""
    before = foreign_keys()
    with foreign_keys_of_scale.added_last({"projects_task", "projects_commitment"}):
        assert connection.vendor == "sqlite" or len(foreign_keys()) < len(before)
    assert foreign_keys() == before
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        foreign_keys_of_scale.added_last({"projects_commitment_agencies"}),
    ):
        Commitment.agencies.through.objects.create(commitment_id=1, agency_id=1)
    assert foreign_keys() == before


def foreign_keys():
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
            "WHERE contype = 'f' ORDER BY 1, 2"
        )
        return cursor.fetchall()


@pytest.mark.once
def test_the_same_day_and_size_tell_the_same_story(db):
    told = []
    for _ in range(2):
        with transaction.atomic():
            scale.seed(Size(agencies=5, commitments=10, until=date(2018, 10, 15)), PASSWORD)
            told.append(story())
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert len(told[0][1]) == 100


# Then what looks at a network: seeding takes seconds


@pytest.fixture(scope="module")
def seeded_once(django_db_setup, django_db_blocker):
    size = Size(agencies=25, commitments=100, until=clock.today())
    with django_db_blocker.unblock(), transaction.atomic():
        scale.seed(size, PASSWORD)
        yield size
        transaction.set_rollback(True)


@pytest.fixture
def small(seeded_once, db):
    return seeded_once


def stored(model):
    return {row.pk: {name: value for name, value in vars(row).items() if name[0] != "_"} for row in model.objects.all()}


@pytest.mark.once
def test_it_is_as_large_as_it_says(small):
    counts = {model: model.objects.count() for model in (Agency, Commitment, Task, FollowUp)}
    assert counts == {Agency: 25, Commitment: 100, Task: small.tasks, FollowUp: small.follow_ups}
    assert (small.tasks, small.follow_ups) == (300, 1000)


def test_the_ledger_and_what_is_derived_from_it_are_intact(small):
    assert verify().problems == ()
    assert LEDGER.faults(connection) == []
    assert replay.differences() == []


@pytest.mark.once
def test_what_the_verbs_add_up_changes_nothing(small):
    tasks, commitments = stored(Task), stored(Commitment)
    for task in Task.objects.all():
        refresh_progress(task, follow_ups_of(task.pk))
    for commitment in Commitment.objects.all():
        roll_up(commitment)
    assert stored(Task) == tasks
    assert stored(Commitment) == commitments


def test_there_is_something_of_everything(small):
    assert set(FollowUp.objects.values_list("state", flat=True)) >= {"accepted", "noted", "submitted"}
    assert set(Request.objects.values_list("kind", "state")) >= {
        (kind, state) for kind in ("rescheduling", "cancellation", "scope") for state in ("approved", "rejected")
    }
    assert Commitment.objects.filter(state="cancelled", requests__kind="withdrawal").exists()
    assert Task.objects.filter(state="cancelled").exists()
    ended = Commitment.objects.filter(recurrence="quarterly").exclude(series_ended_on=None)
    assert ended.filter(tasks__follows__isnull=False, requests__kind="series end").exists()
    assert open_periods() == 0, "each period that has begun has its task"
    assert Commitment.objects.filter(scope_changes=1).exclude(title=F("first_title")).exists()
    assert not Request.objects.filter(decided_by=F("asked_by")).exists()
    assert Entry.objects.filter(subject_type="follow-up", verb="return").exists()
    assert Task.objects.filter(moves=1).exclude(slippage_days=0).exists()
    assert Task.objects.filter(waited_days__gt=0).exists()
    assert set(Commitment.objects.values_list("binds", flat=True)) >= {"named", "none published"}
    assert len(set(Task.objects.with_light(clock.today()).values_list("light", flat=True))) >= 5
    assert not FollowUp.objects.filter(progress=100, evidence=None).exclude(state="noted").exists()
    assert not FollowUp.objects.filter(is_fictional=False).exists()


def test_it_tells_every_kind_of_request_finding_and_light(small):
    kinds = set(Request.objects.values_list("kind", flat=True))
    assert kinds == set(Request.Kind)
    assert set(Assessment.objects.values_list("verdict", flat=True)) == set(Assessment.Verdict)
    for rows, rule in ((Task.objects.all(), TASK_RULE), (Commitment.objects.all(), COMMITMENT_RULE)):
        lights = set(rows.with_light(clock.today()).values_list("light", flat=True))
        assert lights == {clause.light for clause in rule}, rows.model
    found = Request.objects.filter(kind="finding", state="approved").first()
    made = found.commitment.assessments.get(verdict="fulfilled", made_at=found.decided_at)
    assert (made.made_by, made.reasons, made.request) == (found.asked_by, "", found)
    passed = Request.objects.filter(kind="assignment", state="approved").exclude(before=F("wanted")).first()
    assert passed.task.agency.key == passed.wanted["agency"]
    hidden = FollowUp.objects.filter(is_hidden=True).values_list("code", flat=True)
    waiting = Request.objects.waiting().filter(kind="redaction").values_list("wanted__code", flat=True)
    assert set(hidden) == set(waiting)


def test_entries_are_written_as_verbs_write_them(small):
    """The next entry of a verb has the same keys as those that were streamed."""
    made = {}
    for entry in Entry.objects.filter(subject_type="follow-up"):
        made[entry.verb] = shape(entry)
    follow_up = FollowUp.objects.waiting().exclude(progress=100).first()
    coordinator = User.objects.get(email=f"coordinacion-1@{scale.DOMAIN}")
    entry = actions.accept(follow_up, by=coordinator, revision=follow_up.revision)
    assert shape(entry) == made["accept"]
    assert verify().problems == ()


def shape(entry):
    said = json.loads(entry.text)
    assert canonical(said) == entry.text
    return {name: sorted(said[name]) for name in ("numbers", "dates", "codes")}, sorted(
        said["dossier_after"]["numbers"]
    )


def test_everybody_made_up_can_sign_in_and_work(small):
    person = User.objects.get(email=f"punto-1@{scale.DOMAIN}")
    assert person.check_password(PASSWORD)
    assert Appointment.objects.active(clock.today()).filter(user=person).exists()
    client = Client()
    client.force_login(person)
    assert client.get("/mi-trabajo/").status_code == 200
    assert not User.objects.filter(is_fictional=False).exclude(roles__kind="system").exists()


def story():
    columns = ("code", "title", "due", "moves", "claimed_progress", "verified_progress", "quiet_since", "agency__key")
    sent = FollowUp.objects.order_by("code").values_list("code", "state", "submitted_at", "done")
    return list(Task.objects.order_by("code").values_list(*columns)), list(sent)


def test_a_row_with_a_column_too_many_is_refused():
    with pytest.raises(TypeError, match="focalpoints_annex has no contents"):
        row_defaults(Annex).filled({"entry_id": 1, "salt": "a", "contents": "{}"})


@pytest.mark.long
def test_the_command_leaves_the_database_counted_and_intact(make_site):
    site = make_site("empty")
    told = site.manage("seed_scale", "--part", "80")
    assert "3 agencies, 250 commitments, 750 tasks, 2,500 follow-ups" in told
    assert "intact" in site.manage("verify_ledger")
    assert rows_that_the_planner_expects(site.content) == 750


def rows_that_the_planner_expects(content):
    if content.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(content.folder / "portal.sqlite3")) as database:
            told = database.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'projects_task'").fetchall()
            return max(int(stat.split()[0]) for (stat,) in told)  # partial indexes have fewer
    with closing(psycopg.connect(content.database_url)) as database:
        [told] = database.execute("SELECT reltuples FROM pg_class WHERE relname = 'projects_task'").fetchone()
        return int(told)


def test_it_stands_alone(small):
    with pytest.raises(scale.NotEmpty):
        scale.seed(small, PASSWORD)


def test_sizes_come_in_whole_cycles():
    with pytest.raises(ValueError):
        Size(agencies=25, commitments=7, until=date(2018, 10, 15))
    with pytest.raises(ValueError):
        Size(agencies=2, commitments=10, until=date(2018, 10, 15))
