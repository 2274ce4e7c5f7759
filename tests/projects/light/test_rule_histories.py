"""Whatever people do, in whatever order: from the stored facts the rule gives the light that the oracle computes from what happened."""

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from focalpoints import clock
from focalpoints.workflow import NotPossible
from projects import actions
from projects.models import Commitment, FollowUp, Request, Task
from tests import oracle
from tests.deciding import cancelled, corrected, first_dated, rescoped
from tests.examples import examples
from tests.projects.light.test_rule import undone

AGENCIES = {"9": "focal point", "11": "other agency"}
LOOKED_AT = (0, 1, 14, 15, 16, 40, 60, 61, 62, 200)


@dataclass
class World:
    """The rows, and beside them what the oracle knows of what happened."""

    cast: Any
    instant: datetime
    commitment: Commitment
    history: oracle.CommitmentHistory
    tasks: list[Task] = field(default_factory=list)
    requests: dict[str, tuple[int | None, date, date | None]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.instant.astimezone(clock.ZONE).date()

    def task(self, number: int) -> Task:
        return self.tasks[number % len(self.tasks)]

    def told(self, number: int | None) -> Any:
        """The history of the commitment (None), or of a task."""
        return self.history if number is None else self.history.tasks[number % len(self.tasks)]

    def agency(self, number: int) -> str:
        return self.told(number).agency

    def speaker(self, number: int) -> Any:
        return self.cast[AGENCIES[self.agency(number)]]

    def in_hand(self, number: int) -> FollowUp:
        found = self.task(number).follow_ups.order_by("-number").first()
        if found is None:
            raise NotPossible("Nothing was written.")
        return found


@contextmanager
def a_world(cast, due: int | None):
    """A commitment of two agencies, undone with everything that happens to it."""
    with undone():
        instant = clock.now()
        day = None if due is None else instant.date() + timedelta(days=due)
        agencies = [cast.sct, cast.sep]
        commitment = actions.create_commitment(
            by=cast["coordinator"],
            project=cast.project,
            code="W",
            title="Mundo",
            binds="named",
            agencies=agencies,
            due=day,
        )
        yield World(cast, instant, commitment, oracle.CommitmentHistory(bound=["9", "11"], due=day))


# What can be done. Each changes the oracle's history only once its verb has gone through.


def wait(world: World, days: int) -> None:
    world.instant += timedelta(days=days)


def define(world: World, agency: str, starts: int | None, due: int | None) -> None:
    at = [None if days is None else world.today + timedelta(days=days) for days in (starts, due)]
    who = {"9": world.cast.sct, "11": world.cast.sep}[agency]
    task = actions.define_task(
        world.commitment, by=world.cast["coordinator"], agency=who, title="Tarea", starts=at[0], due=at[1]
    )
    world.tasks.append(task)
    world.history.tasks.append(oracle.TaskHistory(agency, world.today, due=at[1], starts=at[0]))


def report(world: World, number: int, progress: int, obstacle: bool) -> None:
    by = world.speaker(number)
    words = {
        "progress": progress,
        "done": "Se avanzó.",
        "next_step": "",
        "obstacle": "Falta presupuesto." if obstacle else "",
    }
    with transaction.atomic():
        revision = None
        if kept := world.task(number).follow_ups.in_hand().first():
            revision = kept.revision
        draft = actions.save_draft(world.task(number), by=by, revision=revision, **words)
        if progress == 100 and not draft.evidence.exists():
            actions.attach_link(draft, by=by, url="https://www.gob.mx/prueba")
            draft.refresh_from_db()
        actions.submit(draft, by=by, revision=draft.revision)
    history = world.told(number)
    word = oracle.Word(world.today, progress, obstacle)
    if history.words and history.words[-1].outcome == "withdrawn" and revision is not None:
        word.held = history.words.pop().held  # the same follow-up, sent again
    history.words.append(word)
    if revision is not None and len(history.words) > 1 and history.words[-2].outcome == "returned":
        history.words[-2].outcome = "sent again"


def no_change(world: World, number: int) -> None:
    actions.note_no_change(world.task(number), by=world.speaker(number))
    world.told(number).words.append(oracle.Word(world.today, outcome="no change"))


def take_back(world: World, number: int) -> None:
    """The latest "no change" of the task, which the day may be too late for."""
    noted = world.task(number).follow_ups.filter(state="noted").order_by("-number").first()
    if noted is None:
        raise NotPossible("It was not said.")
    actions.retract_no_change(noted, by=world.speaker(number))
    words = world.told(number).words
    del words[max(place for place, word in enumerate(words) if word.outcome == "no change")]


def decide(world: World, number: int, verb: str) -> None:
    follow_up, by = world.in_hand(number), world.cast["coordinator"]
    if verb == "accepted":
        actions.accept(follow_up, by=by, revision=follow_up.revision)
    elif verb == "returned":
        actions.return_(follow_up, by=by, revision=follow_up.revision, comment="Falta la prueba.")
    else:
        actions.withdraw(follow_up, by=world.speaker(number))
    word, due = world.told(number).words[-1], world.told(number).light_due
    word.was_late = due is not None and word.sent_on > due
    word.outcome, word.decided_on = verb, world.today


def reopen(world: World, number: int) -> None:
    """The last that was accepted, in error."""
    follow_up = world.task(number).follow_ups.accepted().order_by("-number").first()
    if follow_up is None:
        raise NotPossible("Nothing was accepted.")
    by = world.cast["second coordinator"]
    actions.reopen_follow_up(follow_up, by=by, revision=follow_up.revision, reason="No prueba nada.")
    word = world.told(number).accepted[-1]
    word.outcome, word.decided_on = "waiting", None
    word.held = word.progress if word.held is None else min(word.held, word.progress)
    if (found := world.history.finding) and found.verdict != "not_fulfilled":
        found.is_taken_away = True


def cancel(world: World, number: int) -> None:
    task = world.task(number)
    task.refresh_from_db()
    cancelled(world.cast, task, "Ya no aplica.")
    world.told(number).ended = True


def start(world: World, number: int, days: int | None) -> None:
    task = world.task(number)
    task.refresh_from_db()
    starts = None if days is None else world.today + timedelta(days=days)
    rescoped(world.cast, task, starts=starts and starts.isoformat())
    world.told(number).starts = starts


def item(world: World, number: int | None) -> Commitment | Task:
    row = world.commitment if number is None else world.task(number)
    row.refresh_from_db()
    return row


def ask(world: World, number: int | None, days: int) -> None:
    row = item(world, number)
    change = actions.request_date(
        row, by=world.cast["focal point" if number is None else AGENCIES[world.agency(number)]],
        to_due=world.today + timedelta(days=days), category="legal", reason="Un amparo.",
    )  # fmt: skip
    # As it counts now: the same number may mean another task once one more is defined.
    place = None if number is None else number % len(world.tasks)
    world.requests[change.code] = (place, change.to_due, change.commitment_to)


def answer(world: World, verb: str) -> None:
    change = Request.objects.waiting().filter(commitment=world.commitment).first()
    if change is None:
        raise NotPossible("Nobody asked.")
    by = world.cast["coordinator"]
    number, to_due = world.requests[change.code][:2]
    if verb == "reject":
        actions.reject_request(change, by=by, revision=change.revision, comment="No procede.")
        return
    if verb == "withdraw":
        actions.withdraw_request(change, by=change.asked_by)
        return
    actions.approve_request(change, by=by, revision=change.revision)
    moved(world.told(number), to_due)
    if number is not None and world.history.due and to_due > world.history.due:
        moved(world.history, to_due)  # a task outlives no commitment


def moved(history: Any, to_due: date) -> None:
    history.moves.append((to_due - history.due).days)
    history.due = to_due


def first_date(world: World, number: int | None, days: int) -> None:
    due = world.today + timedelta(days=days)
    first_dated(world.cast, item(world, number), due, "Decreto.")
    world.told(number).due = due


def put_right(world: World, number: int | None, days: int) -> None:
    row, due = item(world, number), world.today + timedelta(days=days)
    corrected(world.cast, row, due, "Errata.")
    world.told(number).due = due


def find(world: World, verdict: str, who: str) -> None:
    row = item(world, None)
    actions.assess(row, by=world.cast[who], revision=row.revision, verdict=verdict, reasons="Por lo que se entregó.")
    if verdict in {"fulfilled", "partly", "not_fulfilled"}:
        world.history.findings.append(oracle.Finding(verdict, world.today))


which = st.integers(0, 2)
target = st.none() | which
soon = st.sampled_from([-3, 0, 1, 5, 16, 30, 61, 120, 400])
steps = st.one_of(
    st.tuples(st.just(wait), st.sampled_from([1, 2, 7, 15, 30, 61])),
    st.tuples(
        st.just(define), st.sampled_from(["9", "11"]), st.none() | st.sampled_from([-40, 0, 1, 20]), st.none() | soon
    ),
    st.tuples(st.just(report), which, st.sampled_from([0, 40, 79, 80, 100, 100, 100]), st.booleans()),
    st.tuples(st.just(report), which, st.just(100), st.just(False)),
    st.tuples(st.just(no_change), which),
    st.tuples(st.just(take_back), which),
    st.tuples(st.just(decide), which, st.sampled_from(["accepted", "accepted", "returned", "withdrawn"])),
    st.tuples(st.just(reopen), which),
    st.tuples(st.just(cancel), which),
    st.tuples(st.just(start), which, st.none() | st.sampled_from([-40, 0, 20])),
    st.tuples(st.just(ask), target, soon),
    st.tuples(st.just(answer), st.sampled_from(["approve", "approve", "reject", "withdraw"])),
    st.tuples(st.just(first_date), target, soon),
    st.tuples(st.just(put_right), target, soon),
    st.tuples(
        st.just(find),
        st.sampled_from(["on_course", "fulfilled", "fulfilled", "partly", "not_fulfilled"]),
        st.just("second coordinator"),
    ),
)
REFUSED = (NotPossible, PermissionDenied)
lived = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def live(world: World, sequence: list[tuple]) -> None:
    """Do what can be done; what the verbs refuse has not happened. After each step everything is looked at."""
    for act, *arguments in sequence:
        with suppress(*REFUSED), clock.at(world.instant):
            act(world, *arguments)
        world.history.look_at_finding()
        look(world)


def begin(world: World) -> None:
    """A task due soon, and one whose agency has time."""
    for agency, due in (("9", 5), ("11", 150)):
        with suppress(NotPossible), clock.at(world.instant):
            define(world, agency, None, due)
    if not world.tasks:
        define(world, "9", None, None)


def look(world: World) -> None:
    for days in LOOKED_AT:
        on = world.today + timedelta(days=days)
        lights = list(
            Task.objects.filter(commitment=world.commitment).with_light(on).order_by("number").values_list("light")
        )
        assert lights == [(oracle.light_of_task(task.facts, on),) for task in world.history.tasks]
        light = Commitment.objects.filter(pk=world.commitment.pk).with_light(on).get().light
        assert light == oracle.light_of_commitment(world.history.facts, on)
    for row, history in zip(rows(world), [world.history, *world.history.tasks], strict=True):
        if not row.is_cancelled if isinstance(row, Commitment) else row.is_confirmed:
            assert (row.fulfilled_on, row.days_late) == (history.fulfilled_on, history.days_late)


def rows(world: World) -> list[Commitment | Task]:
    return [
        Commitment.objects.get(pk=world.commitment.pk),
        *Task.objects.filter(commitment=world.commitment).order_by("pk"),
    ]


# A return begins the silence anew; what a fulfilled task waited is no time for another; a start corrected, a date brought forward.
RETURNED = [(wait, 10), (report, 1, 40, False), (wait, 30), (decide, 1, "returned")]
WAITED = [
    (define, "11", None, None), (report, 0, 100, False), (wait, 30), (decide, 0, "returned"), (report, 0, 100, False),
    (decide, 0, "accepted"),
]  # fmt: skip
STARTED = [(define, "11", None, 400), (start, 2, 20)]
# Fulfilled: what is sent afterwards, and how long it waits, says nothing about the day. A step back ends that, and gives the days back.
AFTERWARDS = [
    (wait, 15), (report, 0, 100, False), (decide, 0, "accepted"), (wait, 15), (report, 0, 100, False), (wait, 30),
    (decide, 0, "returned"), (report, 0, 100, False), (wait, 7), (decide, 0, "accepted"),
]  # fmt: skip
REOPENED = [
    *AFTERWARDS, (report, 0, 40, True), (wait, 7), (decide, 0, "returned"), (report, 0, 40, True), (decide, 0, "accepted"),
    (wait, 30), (report, 0, 100, False), (decide, 0, "accepted"),
]  # fmt: skip
FORWARD = [(ask, 1, 400), (answer, "approve"), (ask, 1, 30), (answer, "approve")]
ASKED_BEFORE_ANOTHER = [(wait, 3), (ask, 2, 1), (define, "9", None, -3), (answer, "approve")]


# In error: 100 %, found fulfilled; then a step back, whose re-opening raises nothing; then what was sent back again.
IN_ERROR = [
    (report, 0, 100, False), (report, 1, 100, False), (decide, 0, "accepted"), (decide, 1, "accepted"), (wait, 2),
    (find, "fulfilled", "second coordinator"), (reopen, 0), (wait, 15), (decide, 0, "accepted"), (report, 0, 40, True),
    (decide, 0, "accepted"), (reopen, 0), (wait, 7), (decide, 0, "returned"), (report, 0, 80, False), (decide, 0, "accepted"),
    (reopen, 0), (decide, 0, "withdrawn"), (report, 0, 100, False), (wait, 2), (decide, 0, "accepted"), (reopen, 0),
]  # fmt: skip


# Found, then something is open again; found again; "not fulfilled" stays.
TAKEN_AWAY = [
    (report, 0, 100, False), (report, 1, 100, False), (decide, 0, "accepted"), (decide, 1, "accepted"), (wait, 2),
    (find, "fulfilled", "second coordinator"), (define, "9", None, 5), (wait, 16), (find, "partly", "second coordinator"),
    (report, 0, 40, True), (decide, 0, "accepted"), (cancel, 2), (report, 0, 100, False), (decide, 0, "accepted"),
    (find, "not_fulfilled", "second coordinator"), (define, "11", None, 5),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.once
@lived
@example(due=300, sequence=RETURNED)
@example(due=10, sequence=TAKEN_AWAY)
@example(due=10, sequence=IN_ERROR)
@example(due=10, sequence=WAITED)
@example(due=None, sequence=STARTED)
@example(due=10, sequence=AFTERWARDS)
@example(due=10, sequence=REOPENED)
@given(due=st.none() | st.sampled_from([10, 300]), sequence=st.lists(steps, min_size=4, max_size=14))
def test_the_facts_that_the_verbs_keep_give_the_oracles_light(cast, due, sequence):
    with a_world(cast, due) as world:
        begin(world)
        live(world, sequence)


@pytest.mark.slow
@lived
@example(due=300, sequence=FORWARD)
@example(due=None, sequence=ASKED_BEFORE_ANOTHER)
@given(due=st.none() | st.sampled_from([10, 300]), sequence=st.lists(steps, min_size=6, max_size=20))
def test_what_must_hold_holds_after_any_sequence(cast, due, sequence):
    with a_world(cast, due) as world:
        begin(world)
        first: dict[tuple[type, int], date] = {}
        for act, *arguments in sequence:
            with suppress(*REFUSED), clock.at(world.instant):
                act(world, *arguments)
            world.history.look_at_finding()
            for row in rows(world):
                # The first date stays the first date.
                if row.baseline_due:
                    assert first.setdefault((type(row), row.pk), row.baseline_due) == row.baseline_due
        for row, history in zip(rows(world), [world.history, *world.history.tasks], strict=True):
            # Slippage is the sum of the decided moves.
            assert (row.moves, row.slippage_days) == (len(history.moves), sum(history.moves))
            # Nothing is fulfilled without an accepted follow-up of 100 % with evidence.
            if isinstance(row, Task) and row.is_fulfilled:
                proven = row.follow_ups.filter(state="accepted", progress=100, evidence__isnull=False)
                assert proven.exists()
                assert row.fulfilled_on == history.fulfilled_on
        changes = list(Request.objects.moves().filter(commitment=world.commitment))
        of_tasks = [change.days for change in changes if change.task_id]
        own = [change.commitment_days if change.task_id else change.days for change in changes]
        commitment, *tasks = rows(world)
        assert sum(task.slippage_days for task in tasks) == sum(of_tasks)
        assert commitment.slippage_days == sum(days for days in own if days)


# The database's own rule


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("model", [Commitment, Task])
@pytest.mark.parametrize("day", [None, date(2018, 12, 1)])
def test_the_database_refuses_another_first_date(cast, model, raw, day):
    row = cast.task() if model is Task else cast.commitment
    change = in_sql if raw else in_orm
    with pytest.raises(IntegrityError), transaction.atomic():
        change(model, row.pk, day)


def in_sql(model, pk: int, day: date | None) -> None:
    with connection.cursor() as cursor:
        sql = f"UPDATE {model._meta.db_table} SET baseline_due = %s, due = %s, light_due = %s WHERE id = %s"
        cursor.execute(sql, [day, day, day, pk])


def in_orm(model, pk: int, day: date | None) -> None:
    model.objects.filter(pk=pk).update(baseline_due=day, due=day, light_due=day)


@pytest.mark.parametrize("model", [Commitment, Task])
def test_a_date_without_the_lights_own_is_refused(cast, model):
    row = cast.task() if model is Task else cast.commitment
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(light_due=None)


# The coordinators' delay

SEVERITY = ["fulfilled", "to_be_verified", "on_time", "not_started", "at_risk", "late"]
delays = st.integers(0, 120)


def returned_after(cast, days: int, *, due: int, sent: int, progress: int) -> World:
    """A task due on a day, reported on another, and sent back so many days later: only the coordinators' decision moves."""
    with a_world(cast, None) as world:
        define(world, "9", None, due)
        wait(world, sent)
        with clock.at(world.instant):
            report(world, 0, progress, False)
        wait(world, days)
        with clock.at(world.instant):
            decide(world, 0, "returned")
        yield world


@pytest.mark.long
@pytest.mark.once
@pytest.mark.slow
@lived
@given(delay=delays, due=st.integers(1, 90), sent=st.integers(0, 100), progress=st.sampled_from([50, 100]))
def test_a_late_return_makes_no_light_worse_than_one_on_the_same_day(cast, delay, due, sent, progress):
    """On every day after the return, whatever the agency has not done since."""
    lights = {}
    for days in (delay, 0):
        for world in returned_after(cast, days, due=due, sent=sent, progress=progress):
            since = world.today + timedelta(days=delay - days)
            seen = [since + timedelta(days=number) for number in range(0, 130, 3)]
            lights[days] = [Task.objects.with_light(on).get(pk=world.tasks[0].pk).light for on in seen]
    for late, prompt in zip(lights[delay], lights[0], strict=True):
        assert SEVERITY.index(late) <= SEVERITY.index(prompt)


@pytest.mark.long
@pytest.mark.once
@pytest.mark.slow
@lived
@given(delay=delays, due=st.integers(1, 60), sent=st.integers(0, 70), answered=st.integers(0, 40))
def test_an_agency_is_late_for_its_own_days_alone(cast, delay, due, sent, answered):
    """Sent on time, it stays out of the red as long as its own days suffice; fulfilled, it is as many days late as they were too many.

    What was sent late waits at its own cost.
    """
    for world in returned_after(cast, delay, due=due, sent=sent, progress=100):
        wait(world, answered)
        with clock.at(world.instant):
            light = Task.objects.with_light(world.today).get(pk=world.tasks[0].pk).light
            assert (light == "late") is (sent + answered > due)
            report(world, 0, 100, False)
        wait(world, delay)
        with clock.at(world.instant):
            assert Task.objects.with_light(world.today).get(pk=world.tasks[0].pk).light == "to_be_verified"
            decide(world, 0, "accepted")
        task = Task.objects.get(pk=world.tasks[0].pk)
        given_back = delay if sent <= due else 0
        assert task.days_late == max(0, sent + delay + answered - given_back - due)
