"""Rows of lists as named tuples: making model instances of them takes longer than the database needs to find them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import QuerySet

from projects.light.rule import TASK_RULE


class ParentTitle(NamedTuple):
    """The title of the project or commitment that a row belongs to."""

    title: str
    language: str


class AgencyName(NamedTuple):
    key: str
    acronym: str
    name: str

    @property
    def short_name(self) -> str:
        return self.acronym or self.name


class ProjectName(NamedTuple):
    slug: str
    title: str
    language: str


class CommitmentRow(NamedTuple):
    """What a list shows of a commitment, under the model's names; `named` are its agencies, `late_tasks` how many of its tasks are late."""

    pk: int
    code: str
    title: str
    language: str
    binds: str
    recurrence: str
    due: date | None
    next_due: date | None
    baseline_due: date | None
    light_due: date | None
    moves: int
    slippage_days: int
    claimed_progress: int | None
    claimed_on: date | None
    verified_progress: int | None
    tasks_open: int
    tasks_fulfilled: int
    tasks_cancelled: int
    finding: str
    withdrawn_on: date | None
    light: str
    project__title: str
    project__language: str
    late_tasks: int = 0
    named: tuple[AgencyName, ...] = ()

    @property
    def tasks_total(self) -> int:
        return self.tasks_open + self.tasks_fulfilled + self.tasks_cancelled

    @property
    def project(self) -> ParentTitle:
        return ParentTitle(self.project__title, self.project__language)


class TaskRow(NamedTuple):
    pk: int
    code: str
    title: str
    language: str
    state: str
    due: date | None
    baseline_due: date | None
    light_due: date | None
    moves: int
    slippage_days: int
    claimed_progress: int | None
    claimed_on: date | None
    verified_progress: int | None
    light: str
    agency__key: str
    agency__acronym: str
    agency__name: str
    commitment__title: str
    commitment__language: str

    @property
    def agency(self) -> AgencyName:
        return AgencyName(self.agency__key, self.agency__acronym, self.agency__name)

    @property
    def commitment(self) -> ParentTitle:
        return ParentTitle(self.commitment__title, self.commitment__language)


class TaskDates(NamedTuple):
    """What a commitment's page shows of a task: its dates, and the clause of the rule that lights it."""

    pk: int
    code: str
    title: str
    language: str
    state: str
    is_fictional: bool
    period: date | None
    starts: date | None
    confirmed_on: date | None
    baseline_due: date | None
    due: date | None
    light_due: date | None
    moves: int
    slippage_days: int
    claimed_progress: int | None
    claimed_on: date | None
    verified_progress: int | None
    fulfilled_on: date | None
    days_late: int | None
    ended_on: date | None
    quiet_since: date | None
    agency__key: str
    agency__acronym: str
    agency__name: str
    clause: int
    evidence_count: int | None = None

    @property
    def light(self) -> str:
        return TASK_RULE[self.clause].light.value

    @property
    def agency(self) -> AgencyName:
        return AgencyName(self.agency__key, self.agency__acronym, self.agency__name)


class TaskTitle(NamedTuple):
    code: str
    title: str
    language: str


class EvidenceRow(NamedTuple):
    """What a page shows of a piece of evidence."""

    key: UUID
    follow_up_id: int
    title: str
    url: str
    size: int | None
    sha256: str
    content_type: str
    redaction: str
    other_tasks: int

    @property
    def is_redacted(self) -> bool:
        return bool(self.redaction)

    @property
    def is_file(self) -> bool:
        return bool(self.sha256)

    @property
    def host(self) -> str:
        return host_of(self.url)


def host_of(url: str) -> str:
    """The host that a link leads to."""
    return urlsplit(url).hostname or ""


class FollowUpRow(NamedTuple):
    """What a page shows of a follow-up; `proofs` is its evidence."""

    pk: int
    code: str
    state: str
    progress: int | None
    done: str
    next_step: str
    obstacle: str
    submitted_at: datetime | None
    decided_at: datetime | None
    same_office: bool
    in_bulk: bool
    is_redacted: bool
    agency__key: str
    agency__acronym: str
    agency__name: str
    task__code: str
    task__title: str
    task__language: str
    proofs: tuple[EvidenceRow, ...] = ()

    @property
    def agency(self) -> AgencyName:
        return AgencyName(self.agency__key, self.agency__acronym, self.agency__name)

    @property
    def task(self) -> TaskTitle:
        return TaskTitle(self.task__code, self.task__title, self.task__language)


class ListedRows[Line: NamedTuple]:
    """A list that is read page by page. It sorts and slices as a queryset does; `made` turns `columns` into rows."""

    def __init__(self, rows: QuerySet, columns: tuple[str, ...], made: Callable[[list[tuple]], list[Line]]) -> None:
        self.rows, self.columns, self.made = rows, columns, made

    def order_by(self, *names: Any) -> Self:
        return type(self)(self.rows.order_by(*names), self.columns, self.made)

    def __getitem__(self, part: slice) -> list[Line]:
        return self.made(list(self.rows.values_list(*self.columns)[part]))
