"""The table of tasks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.tables.xlsx_file import counted
from focalpoints.templatetags.edn import STATUS_WORDS
from projects.forms.tasks import TaskFilter
from projects.light.rule import Light
from projects.models import Task
from projects.reading.day import Day
from projects.tables.words import (
    AFTER_OVERDUE,
    BEFORE_OVERDUE,
    DATES_AND_PROGRESS,
    FICTIONAL,
    LIGHT,
    ROWS_READ_AT_ONCE,
    around_code,
    words_of,
)

COLUMNS = (
    Column("code", _("Code"), "code"),
    Column("title", _("Task"), "text"),
    Column("language", _("Language of the title"), "code"),
    *LIGHT,
    Column("state_code", pgettext_lazy("of a task", "State (code)"), "code"),
    Column("state", pgettext_lazy("of a task", "State"), "text"),
    Column("agency", _("Agency"), "text", describes=_("Its acronym, or its name where there is none.")),
    Column("agency_key", _("Agency (key)"), "code"),
    *DATES_AND_PROGRESS,
    Column("fulfilled_on", _("Fulfilled on"), "date", describes=_("The day on which what was accepted at 100 % was sent.")),
    Column("days_late", _("Days late when fulfilled"), "integer", DAYS),
    Column("ended_on", _("Ended on"), "date", describes=_("Cancelled, replaced or entered by mistake.")),
    Column("period", _("Period"), "date", describes=_("Of a commitment that recurs: the day on which the period falls due.")),
    Column("deliverable", _("Deliverable"), "text"),
    Column("commitment", _("Commitment (code)"), "code"),
    Column("commitment_title", _("Commitment"), "text"),
    Column("project", _("Project (address)"), "code"),
    FICTIONAL,
    Column("url", _("Page"), "url"),
)  # fmt: skip
# What is read of a task, in this order.
_READ = (
    "code", "title", "language", "light", "state", "agency__acronym", "agency__name", "agency__key", *BEFORE_OVERDUE,
    "light_due", *AFTER_OVERDUE, "fulfilled_on", "days_late", "ended_on", "period", "deliverable", "commitment__code",
    "commitment__title", "commitment__project__slug", "is_fictional",
)  # fmt: skip


def task_rows(rows: QuerySet, on: date) -> Iterator[TableRow]:
    """All of these tasks, which have their light of the day, in their order."""
    lights, states, late = words_of(STATUS_WORDS["task"]), words_of(Task.State.choices), Light.LATE.value
    before, after = around_code("projects:task_detail")
    for (
        code, title, language, light, state, acronym, agency, key, starts, due, first, moves, slippage, waited, light_due,
        *progress, is_fictional,
    ) in rows.values_list(*_READ).iterator(ROWS_READ_AT_ONCE):  # fmt: skip
        yield (
            code, title, language, light, lights[light], state, states[state], acronym or agency, key, starts, due, first, moves,
            slippage, waited, (on - light_due).days if light == late else None, *progress, is_fictional, f"{before}{code}{after}",
        )  # fmt: skip


def _all(asked: TableReader) -> Iterator[TableRow]:
    day = Day.today()
    filters: Any = TaskFilter(QueryDict(), TaskFilter.listed(day), on=day.on)  # type: ignore[arg-type]  # of tasks
    return task_rows(filters.qs, day.on)


TABLE = Table(
    name="tasks",
    title=_("Tasks"),
    describes=_("Every task of the strategy: who does it, by when, and what was claimed and verified."),
    columns=COLUMNS,
    rows=_all,
    download="projects:task_download",
    count=lambda: counted(TaskFilter.listed(Day.today())),
)
