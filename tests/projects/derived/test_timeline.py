"""What stood on any day: versions are what the rows were, and a replay of the ledger gives the same."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from focalpoints import clock
from focalpoints.actions import close_agency, correct_agency, create_agency, ensure_system
from focalpoints.ledger.projections import PROJECTIONS
from focalpoints.ledger.record import record, record_all
from focalpoints.ledger.replay import differences, rebuild, restore_projections
from focalpoints.models import FOREVER, Agency, AgencyVersion, Entry, ProjectionState
from focalpoints.workflow import NotPossible
from principles.models import Objective
from projects import actions
from projects.derived.timeline import COMMITMENTS, TASKS
from projects.models import (
    Commitment,
    CommitmentAgencyPeriod,
    CommitmentVersion,
    FollowUp,
    Notice,
    Project,
    ProjectVersion,
    Request,
    Task,
    TaskVersion,
)
from tests.cast import record_agencies
from tests.examples import examples

FIRST_DAY = date(2018, 3, 1)


def noon(day: date) -> datetime:
    return clock.start_of(day) + timedelta(hours=12)


def stored() -> dict[str, list[tuple]]:
    """Every projection's rows, without the numbers that the database gave them."""
    return {
        table.model._meta.db_table: sorted(
            table.model._default_manager.order_by().values_list(*table.columns), key=repr
        )
        for projection in PROJECTIONS
        for table in projection.tables
    }


def today_rows() -> tuple[set, set, set]:
    """What the versions of this day must say, from the rows that the verbs keep."""
    objectives = dict(Project.objects.values_list("pk", "objective_id"))
    facts = COMMITMENTS.values[:-2]
    commitments = {
        (row.pk, *[getattr(row, name) for name in facts], row.project_id, objectives[row.project_id])
        for row in Commitment.objects.all()
    }
    tasks = set(Task.objects.order_by().values_list("pk", *TASKS.values))
    named = set(Commitment.agencies.through.objects.order_by().values_list("commitment_id", "agency_id"))
    return commitments, tasks, named


def rows_of(day: date) -> tuple[set, set, set]:
    return (
        set(CommitmentVersion.objects.on(day).order_by().values_list("commitment_id", *COMMITMENTS.values)),
        set(TaskVersion.objects.on(day).order_by().values_list("task_id", *TASKS.values)),
        set(CommitmentAgencyPeriod.objects.on(day).order_by().values_list("commitment_id", "agency_id")),
    )


class Play:
    """A history: each step is a verb on what there is, chosen by `pick`; what the rules refuse does not happen."""

    def __init__(self, cast: Any) -> None:
        self.cast, self.made = cast, 0
        self.objectives = list(Objective.objects.filter(parent=None).order_by("number"))

    def step(self, verb: str, pick: int) -> bool:
        """Whether it happened."""
        try:
            with transaction.atomic():
                getattr(self, verb)(pick)
        except (NotPossible, PermissionDenied, IntegrityError):
            return False
        return True

    def one(self, rows: Any, pick: int) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise NotPossible("There is none.")
        return found[pick % len(found)]

    def office(self, verb: str, item: Any, **facts: Any) -> None:
        """Asked for by the coordination office; `decide` lets it happen, or not."""
        getattr(actions, verb)(item, by=self.cast["coordinator"], category="legal", reason="Decreto.", **facts)

    def other_than(self, task: Task) -> Agency:
        return self.cast.sep if task.agency_id == self.cast.sct.pk else self.cast.sct

    def due(self, pick: int) -> date | None:
        return clock.today() + timedelta(days=pick % 90 + 1) if pick % 4 else None

    def commitment(self, pick: int) -> Commitment:
        return self.one(Commitment.objects.all(), pick)

    def task(self, pick: int) -> Task:
        return self.one(Task.objects.all(), pick)

    def follow_up(self, pick: int, *states: str) -> FollowUp:
        return self.one(FollowUp.objects.filter(state__in=states), pick)

    def create(self, pick: int) -> None:
        self.made += 1
        binds = ["named", "all", "none published"][pick % 3]
        agencies = [self.cast.sct] if binds == "named" else []
        actions.create_commitment(
            by=self.cast["coordinator"], project=self.one(Project.objects.all(), pick), code=f"P{self.made}",
            title="Otro", binds=binds, agencies=agencies, due=self.due(pick),
        )  # fmt: skip

    def correct(self, pick: int) -> None:
        commitment = self.commitment(pick)
        actions.correct_commitment(
            commitment, by=self.cast["coordinator"], revision=commitment.revision, source=f"Fuente {pick}"
        )

    def load_corrected(self, pick: int) -> None:
        """As the reference data may."""
        commitment = self.commitment(pick)
        agencies = [[self.cast.sct], [self.cast.sep], [self.cast.sct, self.cast.sep]][pick % 3]
        actions.correct_commitment(
            commitment, by=ensure_system(), revision=commitment.revision, title=f"Título {pick}", binds="named",
            agencies=agencies, project=self.one(Project.objects.all(), pick // 3),
        )  # fmt: skip

    def load_date(self, pick: int) -> None:
        actions.set_first_date(
            self.commitment(pick), by=ensure_system(), due=clock.today() + timedelta(days=pick), reason="Se publicó."
        )

    def ask_scope(self, pick: int) -> None:
        agencies = [[self.cast.sct], [self.cast.sep], [self.cast.sct, self.cast.sep]][pick % 3]
        wanted = {
            "title": f"Título {pick}", "binds": "named", "agencies": sorted(agency.key for agency in agencies),
            "project": self.one(Project.objects.all(), pick // 3).slug,
        }  # fmt: skip
        self.office("ask_scope", self.commitment(pick), wanted=wanted)

    def ask_scope_of_task(self, pick: int) -> None:
        starts = clock.today() - timedelta(days=pick % 30)
        self.office("ask_scope", self.task(pick), wanted={"title": f"Tarea {pick}", "starts": starts.isoformat()})

    def ask_cancellation(self, pick: int) -> None:
        self.office("ask_cancellation", self.task(pick // 2), title="Otra en su lugar" if pick % 2 else "")

    def ask_assignment(self, pick: int) -> None:
        task = self.task(pick)
        self.office("ask_assignment", task, agency=self.other_than(task))

    def ask_withdrawal(self, pick: int) -> None:
        self.office("ask_withdrawal", self.commitment(pick))

    def realign(self, pick: int) -> None:
        project = self.one(Project.objects.all(), pick)
        objective = [None, *self.objectives][pick % 3]
        actions.correct_project(project, by=ensure_system(), revision=project.revision, objective=objective)

    def register(self, pick: int) -> None:
        self.made += 1
        create_agency(by=self.cast["administrator"], key=f"N{self.made}", name=f"Nueva {self.made}", kind="dependencia")

    def close(self, pick: int) -> None:
        agency = self.one(Agency.objects.filter(key__startswith="N").registered(), pick)
        close_agency(
            agency, by=self.cast["administrator"], revision=agency.revision, on=clock.today(), reason="Decreto."
        )

    def define_for_all(self, pick: int) -> None:
        commitment = self.one(Commitment.objects.filter(binds="all"), pick)
        actions.define_task_for_all(commitment, by=self.cast["coordinator"], title="De todas", due=commitment.due)

    def define(self, pick: int) -> None:
        agency = self.cast.sct if pick % 2 else self.cast.sep
        actions.define_task(
            self.commitment(pick // 2), by=self.cast["coordinator"], agency=agency, title="Tarea", due=self.due(pick)
        )

    def propose(self, pick: int) -> None:
        actions.propose_task(
            self.commitment(pick),
            by=self.cast["focal point"],
            agency=self.cast.sct,
            title="Propuesta",
            due=self.due(pick),
        )

    def confirm(self, pick: int) -> None:
        actions.confirm_task(self.task(pick), by=self.cast["coordinator"])

    def decline(self, pick: int) -> None:
        actions.decline_task(self.task(pick), by=self.cast["coordinator"], reason="No.")

    def cancel_task(self, pick: int) -> None:
        actions.cancel_task(self.task(pick), by=self.cast["coordinator"], reason="No.")

    def assign(self, pick: int) -> None:
        far_off = Task.objects.filter(due__gt=clock.today() + timedelta(days=30), follow_ups=None)
        task = self.one(far_off.confirmed(), pick)
        actions.assign_task(task, by=self.cast["coordinator"], revision=task.revision, agency=self.other_than(task))

    def take_back(self, pick: int) -> None:
        actions.withdraw_task(self.task(pick), by=self.cast["focal point"], reason="No.")

    def undo(self, pick: int) -> None:
        actions.undo_task(self.task(pick), by=self.cast["coordinator"], reason="Se capturó dos veces.")

    def correct_task(self, pick: int) -> None:
        task = self.task(pick)
        actions.correct_task(task, by=self.cast["coordinator"], revision=task.revision, title=task.title.swapcase())

    def send(self, pick: int) -> None:
        task = self.task(pick)
        author = self.cast["focal point" if task.agency_id == self.cast.sct.pk else "other agency"]
        found = task.follow_ups.in_hand().first()
        progress = 100 if pick % 3 == 0 else pick % 100
        follow_up = actions.save_draft(
            task, by=author, revision=found and found.revision, progress=progress, done="Se hizo.", next_step="",
            obstacle="Falta." if pick % 5 == 0 else "Se corrigió.",
        )  # fmt: skip
        if progress == 100 and not follow_up.evidence.exists():
            actions.attach_link(follow_up, by=author, url="https://www.gob.mx/prueba")
            follow_up.refresh_from_db()
        actions.submit(follow_up, by=author, revision=follow_up.revision)

    def withdraw(self, pick: int) -> None:
        follow_up = self.follow_up(pick, "submitted")
        actions.withdraw(follow_up, by=follow_up.author)

    def accept(self, pick: int) -> None:
        follow_up = self.follow_up(pick, "submitted")
        actions.accept(follow_up, by=self.cast["coordinator"], revision=follow_up.revision)

    def give_back(self, pick: int) -> None:
        follow_up = self.follow_up(pick, "submitted")
        actions.return_(follow_up, by=self.cast["coordinator"], revision=follow_up.revision, comment="Falta.")

    def no_change(self, pick: int) -> None:
        task = self.task(pick)
        author = self.cast["focal point" if task.agency_id == self.cast.sct.pk else "other agency"]
        actions.note_no_change(task, by=author)

    def retract(self, pick: int) -> None:
        said_today = FollowUp.objects.filter(state="noted", submitted_at__gte=clock.start_of(clock.today()))
        follow_up = self.one(said_today, pick)
        actions.retract_no_change(follow_up, by=follow_up.author)

    def ask(self, pick: int) -> None:
        own = Task.objects.confirmed().filter(agency=self.cast.sct, due__isnull=False)
        item = self.one(own, pick // 2) if pick % 2 else self.commitment(pick // 2)
        actions.request_date(
            item, by=self.cast["focal point"], agency=self.cast.sct, to_due=clock.today() + timedelta(days=pick + 1),
            category="legal", reason="Licitación.",
        )  # fmt: skip

    def decide(self, pick: int) -> None:
        change = self.one(Request.objects.filter(state="requested"), pick)
        by = self.cast["second coordinator"]
        if pick % 3:
            actions.approve_request(change, by=by, revision=change.revision)
        else:
            actions.reject_request(change, by=by, revision=change.revision, comment="No.")

    def ask_of_date(self, pick: int) -> None:
        item = self.task(pick // 2) if pick % 2 else self.commitment(pick // 2)
        due = clock.today() + timedelta(days=pick)
        if item.due:
            actions.ask_correction(
                item,
                by=self.cast["coordinator"],
                revision=item.revision,
                due=due,
                category="capture",
                reason="Captura.",
            )
        else:
            actions.ask_first_date(item, by=self.cast["coordinator"], due=due, category="legal", reason="Se publicó.")


VERBS = [
    name
    for name in vars(Play)
    if name not in {"step", "one", "office", "other_than", "due", "commitment", "task", "follow_up"} and name[0] != "_"
]
STEPS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(VERBS), st.integers(0, 200)), min_size=10, max_size=40)


@pytest.fixture
def the_day_before():
    with clock.at(noon(FIRST_DAY - timedelta(days=1))):
        yield


@pytest.fixture
def stage(the_day_before, cast):
    """The cast, two objectives and a second project, in the ledger."""
    record_agencies(cast)
    for number in (1, 2):
        main = Objective(number=number, title_es=f"Objetivo {number}")
        # With a secondary one of the other's number.
        main.save()
        Objective.objects.create(number=3 - number, title_es="Secundario", parent=main)
    actions.create_project(by=cast["coordinator"], slug="otro", title="Otro", kind="policy")
    return cast


@pytest.mark.slow
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_day_stands_as_it_stood(stage, steps):
    with transaction.atomic():
        _plays(stage, steps)
        transaction.set_rollback(True)


def _plays(cast, steps):
    play, day, days = Play(cast), FIRST_DAY, {}
    for forward, verb, pick in steps:
        days |= {day + timedelta(days=n): today_rows() for n in range(forward)}
        day += timedelta(days=forward)
        with clock.at(noon(day)):
            play.step(verb, pick)
    days[day] = today_rows()
    for past, rows in days.items():
        assert rows_of(past) == rows, past
    live = stored()
    assert differences() == []
    rebuild()
    assert stored() == live


@pytest.mark.once
def test_the_play_plays_every_verb(stage):
    """The control: a history made of refusals alone would agree with anything. What did not happen yet is tried more often."""
    chance, play, day, left = Random(13), Play(stage), FIRST_DAY, set(VERBS)
    for _step in range(1400):
        day += timedelta(days=chance.randrange(2))
        verb = chance.choice(sorted(left) if chance.randrange(2) and left else VERBS)
        with clock.at(noon(day)):
            happened = play.step(verb, chance.randrange(200))
        left -= {verb} if happened else set()
        if not left:
            break
    assert left == set()
    assert rows_of(day) == today_rows()
    assert differences() == []


@pytest.fixture
def played(stage):
    """A short history with a bit of everything."""
    chance, play, day = Random(3), Play(stage), FIRST_DAY
    for _step in range(60):
        day += timedelta(days=chance.randrange(2))
        with clock.at(noon(day)):
            play.step(chance.choice(VERBS), chance.randrange(200))
    return stage


def test_verify_ledger_finds_a_version_that_the_ledger_does_not_tell(played, capsys):
    call_command("verify_ledger", projections=True)
    assert "intact" in capsys.readouterr().out
    CommitmentVersion.objects.filter(pk=CommitmentVersion.objects.first().pk).update(verified_progress=99)
    Notice.objects.filter(pk=Notice.objects.first().pk).delete()
    with pytest.raises(CommandError, match="projects_notice, projects_commitmentversion"):
        call_command("verify_ledger", projections=True)
    call_command("rebuild_projections")
    call_command("verify_ledger", projections=True)


def test_a_database_from_before_gets_its_versions_with_the_next_migrate(played):
    live = stored()
    for table in (table for projection in PROJECTIONS for table in projection.tables):
        table.model._default_manager.all().delete()
    restore_projections(using="default")
    assert TaskVersion.objects.count() == 0, "the shape is the code's: nothing to do"
    ProjectionState.objects.update(shape="another")
    restore_projections(using="default")
    assert stored() == live


def test_a_version_of_a_day_is_the_days_last(stage):
    task = None
    with clock.at(noon(FIRST_DAY)):
        task = actions.define_task(stage.commitment, by=stage["coordinator"], agency=stage.sct, title="Una")
        actions.correct_task(task, by=stage["coordinator"], revision=task.revision, title="Una.")
    assert TaskVersion.objects.filter(task=task).values_list("since", "until").get() == (FIRST_DAY, FOREVER)
    assert TaskVersion.objects.get(task=task).seq == Entry.objects.latest("seq").seq


def test_an_agency_stands_under_the_sector_of_the_time(the_day_before, cast):
    record_agencies(cast)
    by = cast["administrator"]
    with clock.at(noon(FIRST_DAY)):
        heads = [
            create_agency(by=by, key=key, name=f"Cabeza {key}", kind="dependencia", is_ministry=True) for key in "AB"
        ]
        agency = create_agency(by=by, key="A-1", name="Órgano", kind="entidad paraestatal", parent=heads[0])
    with clock.at(noon(FIRST_DAY + timedelta(days=5))):
        agency = Agency.objects.get(pk=agency.pk)
        correct_agency(agency, by=by, revision=agency.revision, parent=heads[1], name="Organismo")
    stood = [
        AgencyVersion.objects.on(FIRST_DAY + timedelta(days=n)).values_list("parent__key", "name").get(agency=agency)
        for n in (0, 4, 5, 50)
    ]
    assert stood == [("A", "Órgano"), ("A", "Órgano"), ("B", "Organismo"), ("B", "Organismo")]
    assert differences() == []


def test_entries_from_before_a_fact_was_kept_say_the_rest(stage, monkeypatch):
    """A ledger of the first release: no waited days, no moves, no last word, no day of fulfilment."""
    newer = {"waited_days", "moves", "slippage_days", "days_late", "quiet_since", "fulfilled_on", "last_word_on"}

    def as_before(state):
        return replace(
            state,
            numbers={name: value for name, value in state.numbers.items() if name.removeprefix("task_") not in newer},
            dates={name: day for name, day in state.dates.items() if name.removeprefix("task_") not in newer},
        )

    def recorded(verb, subject, *, dossier=None, **facts):
        return record(verb, as_before(subject), dossier=dossier and as_before(dossier), **facts)

    def all_recorded(verb, told, **facts):
        return record_all(
            verb,
            [one._replace(subject=as_before(one.subject), dossier=as_before(one.dossier)) for one in told],
            **facts,
        )

    monkeypatch.setattr("projects.actions.tasks.record_all", all_recorded)
    monkeypatch.setattr("projects.actions.follow_ups.record", recorded)
    day = FIRST_DAY
    with clock.at(noon(day)):
        task = actions.define_task(
            stage.commitment, by=stage["coordinator"], agency=stage.sct, title="Una", due=day + timedelta(days=2)
        )
    with clock.at(noon(day + timedelta(days=4))):
        follow_up = stage.follow_up("submitted", task=task, progress=100)
    with clock.at(noon(day + timedelta(days=6))):
        actions.accept(follow_up, by=stage["coordinator"], revision=follow_up.revision)
    assert differences() == []
    assert list(
        TaskVersion.objects.filter(task=task).values_list("light_due", "quiet_since", "fulfilled_on", "days_late")
    ) == [
        (day + timedelta(days=2), day, None, None),
        (day + timedelta(days=2), day + timedelta(days=4), None, None),
        (day + timedelta(days=2), day + timedelta(days=4), day + timedelta(days=4), 2),
    ]
    commitment = CommitmentVersion.objects.on(day + timedelta(days=6)).get(commitment=stage.commitment)
    # What its tasks alone once made fulfilled waits for a finding.
    assert (commitment.fulfilled_on, commitment.moves, commitment.quiet_since) == (None, 0, None)
    # More proof moves nothing; a step back ends it, and the next 100 % counts anew.
    for days, progress, fulfilled in ((8, 100, 4), (10, 50, None), (12, 100, 12)):
        with clock.at(noon(day + timedelta(days=days))):
            stage.follow_up("accepted", task=task, progress=progress, obstacle="Se desconectó uno.")
        ends = fulfilled and (day + timedelta(days=fulfilled), fulfilled - 2)
        version = TaskVersion.objects.on(day + timedelta(days=days)).get(task=task)
        assert (version.fulfilled_on, version.days_late) == (ends or (None, None))
        task.refresh_from_db()
        assert (task.fulfilled_on, task.days_late) == (ends or (None, None))
    assert differences() == []


@pytest.mark.parametrize("model", [CommitmentVersion, TaskVersion, CommitmentAgencyPeriod, ProjectVersion])
def test_a_period_ends_after_it_begins(played, model):
    row = model.objects.first()
    with pytest.raises(IntegrityError, match="ends_after_it_begins"), transaction.atomic():
        model.objects.filter(pk=row.pk).update(until=row.since)


@pytest.mark.parametrize("model", [CommitmentVersion, TaskVersion, CommitmentAgencyPeriod, ProjectVersion])
def test_nothing_has_two_versions_of_a_day(played, model):
    row = model.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
