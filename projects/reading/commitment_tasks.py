"""A commitment's tasks as its page shows them: what needs attention first, page by page; how many have each light, and which light it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, F, QuerySet

from focalpoints.pages.pager import ListPart
from focalpoints.rules import Person
from focalpoints.sql.prepared import Asked, prepared
from projects.light.reader import clause_of
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Clause, Light
from projects.models import Commitment, CommitmentVersion, Task, TaskVersion
from projects.models.list_rows import TaskDates
from projects.models.querysets import TaskAdjectives
from projects.models.task import TaskQuerySet
from projects.reading.as_of import told
from projects.reading.day import Day
from projects.reading.figures import ORDER_OF_LIGHTS, RANK

TASKS_SHOWN = 12
# Of the tasks that light their commitment, so many are named.
NAMED = 3
RANKS = {light.value: place for place, light in enumerate(ORDER_OF_LIGHTS)}


class DecidingTask(NamedTuple):
    """A task that lights its commitment, and what a sentence on that says."""

    code: str
    title: str
    language: str
    due: date | None
    light_due: date | None
    claimed_progress: int | None
    agency__acronym: str
    agency__name: str

    @property
    def agency_name(self) -> str:
        return self.agency__acronym or self.agency__name


class TasksShown(NamedTuple):
    """One page of the tasks; `lights` counts all public ones, `deciding` are the first that light the commitment."""

    part: ListPart
    lights: Counter[str]
    deciding: list[DecidingTask]

    @property
    def total(self) -> int:
        return self.lights.total()

    @property
    def in_force(self) -> int:
        return self.total - self.ended

    @property
    def ended(self) -> int:
        """Cancelled, replaced or entered by mistake."""
        return self.lights[Light.CANCELLED]

    @property
    def is_fictional(self) -> bool:
        """Whether one of the page was made up."""
        return any(row.is_fictional for row in self.part.rows)


def questions(commitment: Commitment, user: Person, day: Day, page: int) -> list[Asked]:
    """What `shown` wants to know. Its second question is not asked where the first page holds all tasks, as most do."""
    start, key = (page - 1) * TASKS_SHOWN, commitment.pk
    asked: list[Asked] = [(_tasks, (key, user, day, start, start + TASKS_SHOWN + 1))]
    if not _fits(commitment, page):
        asked.append((_lights, (key, day)))
    if kind := _kind(commitment):
        asked.append((_deciding, (key, _days(commitment, day), kind)))
    return asked


def shown(commitment: Commitment, day: Day, page: int, answers: Sequence[list[Any]]) -> TasksShown:
    """Of the answers to `questions`."""
    left = list(answers)
    rows = left.pop(0)
    fits = _fits(commitment, page)
    if not fits:
        lights = Counter(dict(left.pop(0)))
    elif len(rows) <= TASKS_SHOWN:
        lights = Counter(row.light for row in rows if row.state in Task.PUBLIC_STATES)
    else:  # proposals are more than a page
        lights = Counter(dict(_lights(commitment.pk, day)))
    part = ListPart(rows[:TASKS_SHOWN], page, len(rows) > TASKS_SHOWN)
    return TasksShown(part, lights, left.pop(0) if left else [])


def shown_then(version: CommitmentVersion, day: Day, page: int) -> TasksShown:
    """The same of a past day, of one from `dossier.version_of`: what was public by then. Four queries at most.

    The lights are read from the rule in Python: in SQL it would have to be written anew for each day that is asked for.
    """
    lit = [
        (clause_of(TASK_RULE, row._asdict(), day.on, day.thresholds), row)
        for row in _facts(version.commitment_id, day.on)
    ]
    lit.sort(key=lambda pair: (RANKS[TASK_RULE[pair[0]].light], pair[1].due or date.max, pair[1].task__number))
    start = (page - 1) * TASKS_SHOWN
    here = {row.pk: clause for clause, row in lit[start : start + TASKS_SHOWN]}
    found = {row.pk: row for row in told(_named(tuple(here)))} if here else {}
    rows = [_dates_of(found[pk], clause) for pk, clause in here.items()]
    lights = Counter(TASK_RULE[clause].light.value for clause, _row in lit)
    deciding = _deciding_then(version, day) if (_kind(version)) else []
    return TasksShown(ListPart(rows, page, len(lit) > start + TASKS_SHOWN), lights, deciding)


def _fits(commitment: Commitment, page: int) -> bool:
    return page == 1 and commitment.tasks_total + commitment.tasks_replaced <= TASKS_SHOWN


@prepared("commitment", row=TaskDates)
def _tasks(commitment: int, user: Person, day: Day, start: int, stop: int) -> TaskQuerySet:
    tasks = Task.objects.filter(commitment=commitment).visible_to(user).with_evidence_count()
    lit = tasks.with_light(day.on).with_clause(day.on)
    return lit.order_by(RANK, F("due").asc(nulls_last=True), "number")[start:stop]


@prepared("commitment")
def _lights(commitment: int, day: Day) -> QuerySet[Task, tuple[str, int]]:
    tasks = Task.objects.filter(commitment=commitment).public().with_light(day.on)
    return tasks.order_by().values_list("light").annotate(count=Count("pk"))  # type: ignore[misc]  # annotated


# ---- Which tasks make the clause of their commitment hold


def _kind(commitment: Commitment | CommitmentVersion) -> str:
    """Which of its tasks the clause looks at; empty where it looks at the commitment alone."""
    clause: Clause = COMMITMENT_RULE[commitment.clause]  # type: ignore[union-attr]  # annotated
    first = clause.tests[0].field if clause.tests else ""
    if clause.light is Light.TASKS_LATE:
        return "late"
    return {"has_obstacle": "obstacle", "next_due": "next"}.get(first, "") if clause.light is Light.AT_RISK else ""


def _days(commitment: Commitment | CommitmentVersion, day: Day) -> tuple[date, ...]:
    """What the dates of those tasks are compared with."""
    return {"late": (day.on,), "next": (commitment.next_due or day.on,)}.get(_kind(commitment), ())


def _that_decide[Rows: TaskAdjectives[Any]](tasks: Rows, kind: str, days: tuple[date, ...]) -> Rows:
    match kind:
        case "late":
            return tasks.late(days[0])
        case "next":
            return tasks.filter(Task.UNCLAIMED, light_due=days[0])
    return tasks.open().filter(has_obstacle=True)


@prepared("commitment", "days", row=DecidingTask)
def _deciding(commitment: int, days: tuple[date, ...], kind: str) -> QuerySet[Task]:
    found = _that_decide(Task.objects.filter(commitment=commitment), kind, days)
    return found.order_by(F("light_due").asc(nulls_last=True), "number")[:NAMED]


def _deciding_then(version: CommitmentVersion, day: Day) -> list[DecidingTask]:
    found = told(_deciding_versions(version.commitment_id, day.on, _days(version, day), _kind(version)))
    return [
        DecidingTask(
            row.code,
            row.title,
            row.language,
            row.due,
            row.light_due,
            row.claimed_progress,
            row.agency.acronym,
            row.agency.name,
        )
        for row in found
    ]


@prepared("commitment", "on", "days")
def _deciding_versions(commitment: int, on: date, days: tuple[date, ...], kind: str) -> QuerySet[TaskVersion]:
    found = _that_decide(TaskVersion.objects.on(on).filter(commitment=commitment), kind, days).with_names()
    return found.order_by(F("light_due").asc(nulls_last=True), "task__number")[:NAMED]


# ---- Versions


class VersionFacts(NamedTuple):
    """What the rule looks at in a version, and what pages sort by."""

    pk: int
    task__number: int
    state: str
    starts: date | None
    due: date | None
    light_due: date | None
    claimed_progress: int | None
    claimed_on: date | None
    verified_progress: int | None
    has_obstacle: bool
    quiet_since: date | None


@prepared("commitment", "on", row=VersionFacts)
def _facts(commitment: int, on: date) -> QuerySet[TaskVersion]:
    return TaskVersion.objects.on(on).public().filter(commitment=commitment).order_by()


@prepared("versions")
def _named(versions: tuple[int, ...]) -> QuerySet[TaskVersion]:
    return TaskVersion.objects.filter(pk__in=versions).with_names().order_by()


def _dates_of(row: TaskVersion, clause: int) -> TaskDates:
    given: dict[str, Any] = {
        "code": row.code, "title": row.title, "language": row.language, "is_fictional": row.is_fictional,
        "confirmed_on": row.task.confirmed_on, "period": row.task.period, "clause": clause, "evidence_count": None,
        "agency__key": row.agency.key, "agency__acronym": row.agency.acronym, "agency__name": row.agency.name,
    }  # fmt: skip
    return TaskDates(**{name: given[name] if name in given else getattr(row, name) for name in TaskDates._fields})
