"""Queries on tables that grow with the network use an index: the plan of each page's first query names it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from focalpoints import clock
from focalpoints.models import Agency, Entry
from projects.forms.items import lit_by_columns
from projects.forms.tasks import TaskFilter
from projects.light.rule import COMMITMENT_RULE
from projects.models import Commitment, Evidence, FollowUp, Project, Task
from projects.models.list_rows import CommitmentRow, TaskRow
from projects.reading.calendar import due_rows
from projects.reading.changes import Scope
from projects.reading.day import Day
from projects.reading.duties import _late_commitments, _late_tasks, _next_tasks
from tests.standing import scene

BY_DUE = F("due").asc(nulls_last=True)


@scene()
def tables_worth_an_index(cast):
    """Enough rows of others that a planner which knows them prefers the index, whatever it learnt from the tests before."""
    tasks = {"commitment": cast.commitment, "agency": cast.sep, "title": "Otra", "state": Task.State.CONFIRMED}
    Task.objects.bulk_create(Task(number=number, code=f"OTRA-{number}", **tasks) for number in range(900, 1400))
    others = Project.objects.bulk_create(Project(slug=f"otro-{n}", title="Otro", kind="policy") for n in range(40))
    Commitment.objects.bulk_create(
        Commitment(project=project, code=f"{project.slug}-{n}", title="Otro", binds="none published")
        for project in others
        for n in range(20)
    )
    moment = {"at": timezone.now(), "recorded_at": timezone.now(), "text": "{}", "by": cast["coordinator"]}
    Entry.objects.bulk_create(
        Entry(seq=10_000 + n, subject_type="commitment", subject=f"otro-{n}", nth=1, hash=f"{n:064x}",
              dossier=f"commitment:otro-{n % 40}", verb="correct", office="CEDN", **moment)
        for n in range(800)
    )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("ANALYZE projects_task, projects_commitment, focalpoints_entry")


def of_october(kind):
    ((_kind, rows),) = due_rows((), False, kind, due__gte=date(2018, 10, 1), due__lte=date(2018, 10, 31))
    return rows.order_by("due", "pk")


def changed(kind="", row=None):
    """The whole strategy's changes of a day, a part's of all days."""
    days = (date(1000, 1, 1), date(2100, 1, 1)) if kind else (date(2018, 1, 1), date(2018, 1, 2))
    return Scope(kind, row).entries(*map(clock.start_of, days)).order_by()


QUESTIONS = {
    "commitments by due date": (
        lambda cast: Commitment.objects.order_by(BY_DUE, "pk").values_list("pk")[:50], "commitment_due",
    ),
    "commitments overdue": (
        lambda cast: Commitment.objects.overdue(clock.today()).order_by(BY_DUE, "pk").values_list("pk")[:50], "commitment_due",
    ),
    # In any order: those of a sector are then looked for among them, not among all.
    "late commitments": (
        lambda cast: Commitment.objects.filter(lit_by_columns(Commitment, COMMITMENT_RULE, {"late"}, clock.today())).order_by(),
        "commitment_light_due",
    ),
    "the first page of commitments, as it is read": (
        lambda cast: Commitment.objects.with_light(clock.today()).order_by(BY_DUE, "pk").values_list(*CommitmentRow._fields[:-2])[:50],
        "commitment_due",
    ),
    "commitments of a project": (
        lambda cast: Commitment.objects.filter(project=cast.project).order_by("due", "pk"), "commitment_project_due",
    ),
    "tasks of an agency": (
        lambda cast: Task.objects.confirmed().filter(agency=cast.sct).order_by("due", "pk"), "task_agency_due",
    ),
    "tasks by state and date": (
        lambda cast: Task.objects.confirmed().order_by("due", "pk").values_list("pk")[:50], "task_due",
    ),
    "the commitments of a month": (
        lambda cast: of_october("commitment"), "commitment_due",
    ),
    "the tasks of a month": (lambda cast: of_october("task"), "task_due"),
    "the review queue": (lambda cast: FollowUp.objects.waiting(), "follow_up_queue"),
    # Walking down the ledger's key would do, until the last one is far behind.
    "the last entry about a commitment": (lambda cast: Entry.objects.of_type("commitment")[:1], "entry_of_type"),
    "what changed on a day": (lambda cast: changed(), "entry_at"),
    "what changed of a commitment": (lambda cast: changed("commitment", cast.commitment), "entry_dossier"),
    "what changed of a project": (lambda cast: changed("project", cast.project), "entry_dossier"),
    "what changed of an agency": (lambda cast: changed("agency", cast.sct), "projects_task_agency_id"),
    "a commitment's history": (lambda cast: Entry.objects.filed_under(cast.commitment.dossier)[:40], "entry_dossier"),
}  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_plan_names_its_index(cast, tables_worth_an_index, question):
    rows, index = QUESTIONS[question]
    plan = rows(cast).explain()
    assert index in plan
    assert "USE TEMP B-TREE" not in plan, "SQLite sorts what the index has in order"


def test_the_late_commitments_of_home_are_found_by_two_indexes(cast, tables_worth_an_index):
    """Of those that were withdrawn the days are counted, which no index holds: they are few."""
    plan = _late_commitments.build(clock.today(), (), "", Day.today(), 10).explain()
    assert "commitment_light_due" in plan
    assert "commitment_withdrawn_late" in plan
    assert plan.count("USE TEMP B-TREE FOR ORDER BY") <= 1, "SQLite sorts what the index has in order"


def test_the_first_page_of_public_tasks_is_read_in_the_order_of_an_index(cast, tables_worth_an_index):
    """Of two states together; SQLite, which knows no numbers of rows, rather sorts what it finds by state."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL has this and SQLite has not")
    public = TaskFilter.listed(Day.today())
    plan = public.values_list(*TaskRow._fields[:-1])[:50].explain()
    assert "task_open_first" in plan
    assert "Sort" not in plan
    by_date = TaskFilter.in_order(public, "due").values_list("pk")[:50].explain()
    assert "task_due_any" in by_date


@pytest.mark.parametrize(
    ("question", "index"), [(_late_tasks, "task_late_by_duty"), (_next_tasks, "task_open_by_duty")]
)
def test_the_first_lines_of_home_are_found_without_the_rest(cast, tables_worth_an_index, question, index):
    """Grouped in the order of an index on open tasks: of thousands that are late, those of the first groups are read."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL has this and SQLite has not")
    today = clock.today()
    promised = Commitment.objects.filter(code__startswith="otro-").order_by("pk")[:40]
    Task.objects.bulk_create(
        Task(
            commitment=commitment, number=1 + n, code=f"{commitment.code}-T{1 + n}", agency=cast.sct, title="Igual", state="confirmed",
            **dict.fromkeys(("due", "baseline_due", "light_due"), today + timedelta(days=n - 25)),
        )
        for commitment in promised
        for n in range(50)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE projects_task")
    plan = question.build(today, (), "", Day.today(), 10).explain()  # type: ignore[attr-defined]
    assert index in plan
    assert "Sort" not in plan


def test_few_rows_of_a_kind_are_looked_for_among_them_alone(cast, tables_worth_an_index):
    """By indexes of these rows. SQLite, which does not see that the question's bounds are an index's, looks at all."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL has this and SQLite has not")
    assert "task_moved" in Task.objects.public().filter(moves__gt=0).order_by("slippage_days").explain()
    waiting = Commitment.objects.filter(Commitment.TO_ASSESS).order_by(Commitment.SETTLED_ON, "pk")
    assert "commitment_to_assess" in waiting[:50].explain()


def test_commitments_of_an_agency_are_found_from_the_agency(cast, tables_worth_an_index):
    plan = Commitment.objects.naming(Agency.objects.filter(pk=cast.sct.pk)).explain()
    assert "agency_id" in plan
    assert "SCAN projects_commitment_agencies" not in plan


def test_a_plan_without_its_index_fails_the_test(cast, tables_worth_an_index):
    """The control: an order that no index keeps."""
    plan = Commitment.objects.order_by("note")[:50].explain()
    assert "commitment_due" not in plan
    assert "TEMP B-TREE" in plan or "Sort" in plan


def test_what_else_a_proof_serves_for_is_found_by_its_link_or_its_hash(cast, tables_worth_an_index):
    plan = Evidence.objects.with_other_tasks(cast["focal point"]).explain()
    assert "evidence_url" in plan
    assert "evidence_sha256" in plan
