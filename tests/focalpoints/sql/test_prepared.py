"""A prepared query gives what its queryset gives, and its SQL is built once."""

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldFetchBlocked
from django.db import connection
from django.db.models import Count, Q, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import SimpleLazyObject

from focalpoints import clock
from focalpoints.models import Agency, User
from focalpoints.sql import prepared as asking
from focalpoints.sql.prepared import prepared, read_together, reading
from projects.models import Commitment, Evidence, FollowUp, Notice, Request, Task
from tests.cast import EVERYBODY

pytestmark = pytest.mark.django_db
needs_plans = pytest.mark.skipif(settings.PLAIN_SQL, reason="EDN_PLAIN_SQL=1: there are no plans")


@pytest.fixture
def built(monkeypatch):
    """How often SQL was built."""
    times = []
    as_sql = SQLCompiler.as_sql

    def counted(self, *args, **kwargs):
        times.append(self.query.model)
        return as_sql(self, *args, **kwargs)

    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    return times


def both(build, *slots):
    """The function as it is, and prepared."""
    return build, prepared(*slots)(build)


def test_model_rows_with_relations_and_annotations(cast, built):
    tasks = [cast.task(title=title) for title in ("Uno", "Dos", "Tres")]
    plain, ready = both(
        lambda code, agencies, on: (
            Task.objects.filter(Q(agency__in=agencies), code=code)
            .select_related("agency", "commitment__project")
            .with_light(on)
        ),
        "code", "agencies",
    )  # fmt: skip
    for task in tasks:
        for agencies in ((task.agency_id,), (task.agency_id, 999), ()):
            (expected, found) = (
                list(plain(task.code, agencies, clock.today())),
                ready(task.code, agencies, clock.today()),
            )
            assert found == expected
            assert [vars(row) | {"_state": None} for row in found] == [vars(row) | {"_state": None} for row in expected]
            if found:
                assert (found[0].light, found[0].agency.name) == (expected[0].light, expected[0].agency.name)
    built.clear()
    assert ready(tasks[0].code, (tasks[0].agency_id,), clock.today())[0].commitment.project.title
    assert built == ([Task] if settings.PLAIN_SQL else [])


@pytest.mark.parametrize("shape", ["values", "values_list", "flat", "named"])
def test_plain_values(cast, shape):
    due = clock.today() + timedelta(days=40)
    cast.task(title="Uno", due=due)
    cast.task(title="Dos", due=due + timedelta(days=1))
    ask = {
        "values": lambda rows: rows.values("code", "due", "is_fictional", total=Count("follow_ups")),
        "values_list": lambda rows: rows.values_list("due", "code", "is_fictional"),
        "flat": lambda rows: rows.values_list("due", flat=True),
        "named": lambda rows: rows.values_list("code", "is_fictional", named=True),
    }[shape]
    plain, ready = both(lambda due: ask(Task.objects.filter(due__gte=due).order_by("code")), "due")
    for day in (due, due + timedelta(days=1), due + timedelta(days=2)):
        assert ready(day) == list(plain(day))
    assert len(ready(due)) == 2


class Told(NamedTuple):
    code: str
    due: date | None
    evidence_count: int = -1
    note: str = "none"


def test_a_row_is_made_of_its_fields_and_of_what_is_annotated(cast):
    task = cast.task(title="Uno")
    rows = prepared("pk", row=Told)(lambda pk: Task.objects.filter(pk=pk))
    counted = prepared("pk", row=Told)(lambda pk: Task.objects.filter(pk=pk).with_evidence_count())
    assert rows(task.pk) == [Told(task.code, task.due)]
    assert counted(task.pk) == [Told(task.code, task.due, 0)]
    assert {type(row) for row in [*rows(task.pk), *counted(task.pk)]} == {Told}


def test_instants_and_what_is_fetched_with_them(cast):
    follow_up = cast.follow_up("submitted", cast.task(title="Uno"))
    plain, ready = both(
        lambda at: FollowUp.objects.filter(submitted_at__lte=at).prefetch_related("evidence", "task__agency"), "at"
    )
    for at in (clock.now(), clock.now() - timedelta(days=4000)):
        assert ready(at) == list(plain(at))
    (found,) = ready(clock.now())
    assert (found.pk, found.task.agency) == (follow_up.pk, follow_up.task.agency)
    assert list(found.evidence.all()) == list(follow_up.evidence.all())


def test_a_union_keeps_its_slots_apart(cast):
    def build(first, second):
        ask = Agency.objects.order_by().values_list("key", Value(1))
        return ask.filter(key=first).union(ask.filter(key=second), all=True).order_by()

    plain, ready = both(build, "first", "second")
    for pair in ((cast.sct.key, cast.sct.key), (cast.sct.key, "none"), ("none", "none")):
        assert ready(*pair) == list(plain(*pair))


def test_other_arguments_have_sql_of_their_own(cast):
    cast.task(title="Uno")
    plain, ready = both(lambda state, kind: Task.objects.filter(state=state).order_by(kind), "state")
    for kind in ("code", "-code"):
        assert ready("confirmed", kind) == list(plain("confirmed", kind))


def test_arguments_may_be_named_in_any_order_and_left_out(cast):
    cast.task(title="Uno")
    cast.task(title="Dos")
    plain, ready = both(
        lambda pk, least=1, most=2: Task.objects.filter(pk__gte=pk, number__gte=least, number__lte=most), "pk"
    )
    for named in (
        {"least": 1, "most": 1},
        {"most": 1, "least": 1},
        {"most": 1},
        {"least": 2},
        {"least": 2, "most": 9},
        {},
    ):
        assert ready(0, **named) == list(plain(0, **named))
        assert ready(pk=0, **named) == list(plain(0, **named))


VISIBLE = {
    "tasks": lambda user: Task.objects.visible_to(user),
    "follow-ups": lambda user: FollowUp.objects.visible_to(user),
    "date changes": lambda user: Request.objects.visible_to(user),
    "evidence": lambda user: Evidence.objects.visible_to(user),
    "notices": lambda user: Notice.objects.of(user),
}


@pytest.mark.parametrize("kind", VISIBLE)
def test_everybody_sees_what_they_see_without_a_plan(cast, kind):
    for state in ("returned", "submitted", "draft"):
        cast.follow_up(state, cast.task(title=state))
    plain, ready = both(lambda user: VISIBLE[kind](user).order_by("pk"))
    for _twice in range(2):
        for role in EVERYBODY:
            person = cast[role]
            asks = SimpleLazyObject(lambda person=person: person)  # as in a request
            assert ready(asks) == list(plain(person)), role


def test_powers_that_end_are_gone_at_the_next_question(cast):
    cast.follow_up("draft")
    ready = prepared()(lambda user: FollowUp.objects.visible_to(user))
    assert len(ready(cast["focal point"])) == 1
    cast.people["focal point"].appointments.update(until=clock.today())
    assert ready(cast["focal point"]) == []


@needs_plans
def test_plans_know_nobody_but_by_their_roles(cast):
    ready = prepared()(lambda user: FollowUp.objects.decidable_by(user))
    for role in ("focal point", "other agency", "coordinator"):
        ready(cast[role])
    assert len(ready.plans) == 2  # one agency and no role; a coordinator
    assert not any(isinstance(part, User | AnonymousUser) for key in ready.plans for part in key)


@needs_plans
def test_a_query_that_looks_at_more_of_a_person_is_refused(cast):
    ready = prepared()(lambda user: User.objects.filter(email=user.email))
    with pytest.raises(FieldFetchBlocked):
        ready(cast["coordinator"])


@needs_plans
def test_a_row_is_no_argument_that_decides(cast):
    _, ready = both(lambda task: FollowUp.objects.filter(task=task))
    with pytest.raises(TypeError, match="task is a row"):
        ready(cast.task(title="Uno"))


def test_what_no_row_can_meet_is_not_asked(django_assert_num_queries):
    _, ready = both(lambda agency: Commitment.objects.filter(agencies=agency, pk__in=[]), "agency")
    with django_assert_num_queries(0):
        assert ready(4) == []


@needs_plans
@pytest.mark.parametrize("lookup", ["contains", "istartswith"])
def test_a_pattern_that_a_slot_is_part_of(lookup):
    _, pattern = both(lambda word: User.objects.filter(**{f"name__{lookup}": word}), "word")
    with pytest.raises(ValueError, match="word does not reach"):
        pattern("a")


@needs_plans
def test_a_slot_that_does_not_reach_the_database_as_it_is():
    _, computed = both(lambda day: Task.objects.filter(due=day + timedelta(days=1)), "day")
    with pytest.raises(ValueError, match="day does not reach"):
        computed(date(2018, 1, 1))


@needs_plans
def test_the_tests_find_what_reaches_it_as_it_is_and_otherwise_too(cast):
    """`tests/sql_plugin.py`, which every plan of the suite passes through."""
    _, twice = both(lambda day: Task.objects.filter(due=day, light_due__gt=day + timedelta(days=1)), "day")
    with pytest.raises(AssertionError, match="does not reach"):
        twice(date(2018, 1, 1))
    _, offset = both(lambda pk, place: Task.objects.filter(pk=pk).order_by("pk")[place : place + 1], "pk", "place")
    with pytest.raises(ValueError, match="place does not reach"):
        offset(1, 1)
    _, own = both(lambda user: Task.objects.filter(pk=user.pk + 1))
    with pytest.raises(AssertionError, match="does not reach"):
        own(cast["coordinator"])


@needs_plans
@pytest.mark.parametrize("value", [None, True, 1.5, ["a"], (1, None)])
def test_no_other_value_is_taken(value):
    _, ready = both(lambda pk: Task.objects.filter(pk=pk), "pk")
    with pytest.raises(TypeError, match="no value of a prepared query"):
        ready(value)


def test_plans_do_not_grow_without_end(cast, monkeypatch):
    monkeypatch.setattr("focalpoints.sql.prepared.MOST", 3)
    cast.task(title="Uno")
    _, ready = both(lambda pk, least: Task.objects.filter(pk__gte=pk, number__gte=least), "pk")
    assert [len(ready(0, least)) for least in (0, 1, 2, 99, 0, 1)] == [1, 1, 0, 0, 1, 1]
    assert len(ready.plans) <= 3


@needs_plans
def test_tuples_of_most_lengths_share_a_plan(cast, monkeypatch):
    """As many as there are lengths of 1, 2, 4, 8 …: the values that fill one up are its last again, and find no row twice."""
    tasks = [cast.task(title=f"Tarea {number}").pk for number in range(20)]
    plain, ready = both(lambda keys: Task.objects.filter(pk__in=keys).order_by("pk"), "keys")
    for length in range(21):
        assert ready(tuple(tasks[:length])) == [*plain(tuple(tasks[:length]))]
    assert len(ready.plans) == len([0, 1, 2, 4, 8, 16, 32])
    monkeypatch.setattr("focalpoints.sql.prepared.FILLED_UP_TO", 16)
    assert [len(ready(tuple(tasks[:length]))) for length in (16, 17, 18)] == [16, 17, 18]
    assert len(ready.plans) == 9


def test_switched_off_django_writes_the_sql_each_time(cast, built, settings):
    settings.PLAIN_SQL = True
    task = cast.task(title="Uno")
    rows = prepared("pk", row=Told)(lambda pk: Task.objects.filter(pk=pk))
    built.clear()
    assert rows(task.pk) == rows(task.pk) == [Told(task.code, task.due)]
    assert built == [Task, Task]
    assert rows.plans == {}


@needs_plans
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL has this and SQLite has not")
def test_postgresql_keeps_the_plan_of_what_a_connection_asks_often(cast, monkeypatch):
    tasks = [cast.task(title=f"{number} %s %% 'x' $1") for number in range(3)]
    plain, ready = both(
        lambda code, agencies, title, on: (
            Task.objects.filter(code=code, agency__in=agencies, title__contains=title).exclude(title="100 % $1 %s")
        ).with_light(on),
        "code",
        "agencies",
    )  # fmt: skip
    monkeypatch.setattr(connection.connection, "prepare_threshold", 2)
    agencies = (cast.sct.pk, cast.sep.pk)
    for task in [*tasks, *tasks]:
        for title in ("% 'x' $1", "%s", "nobody"):
            asked = task.code, agencies, title, clock.today()
            assert ready(*asked) == list(plain(*asked))
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor.fetchall()]
    assert len([statement for statement in kept if "projects_task" in statement and "$3" in statement]) == 3


def test_readings_that_are_read_together_each_get_the_answers_to_their_own_questions(cast, monkeypatch):
    keys = prepared("keys")(
        lambda keys: Agency.objects.filter(key__in=keys).order_by("key").values_list("key", flat=True)
    )
    steps, together = [], asking.asked_together
    monkeypatch.setattr(asking, "asked_together", lambda *asked: steps.append(len(asked)) or together(*asked))

    @reading
    def sct_then_both():
        [[first]] = yield [(keys, ((cast.sct.key,),))]
        pair, none = yield [(keys, ((first, cast.sep.key),)), (keys, (("nobody",),))]
        return first, sorted(pair), none

    @reading
    def sep():
        [found] = yield [(keys, ((cast.sep.key,),))]
        return found

    @reading
    def nothing():
        return "nothing"
        yield

    long = cast.sct.key, sorted([cast.sct.key, cast.sep.key]), []
    assert read_together(sct_then_both.steps(), nothing.steps(), sep.steps()) == [long, "nothing", [cast.sep.key]]
    assert steps == [2, 2, 0], "at last nobody asks anything"
    assert (sct_then_both(), sep(), nothing()) == (long, [cast.sep.key], "nothing")
