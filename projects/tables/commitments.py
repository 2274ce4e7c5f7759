"""The table of commitments."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.tables.xlsx_file import counted
from focalpoints.templatetags.edn import STATUS_WORDS
from principles.models import Objective
from projects.forms.commitments import CommitmentFilter
from projects.light.rule import Light
from projects.models import Commitment
from projects.models.querysets import keys_of_agencies
from projects.reading.day import Day
from projects.reading.lists.listed_rows import commitments_by_key
from projects.tables.agency_names import namer
from projects.tables.words import (
    AFTER_OVERDUE,
    BEFORE_OVERDUE,
    DATES_AND_PROGRESS,
    LIGHT,
    ROWS_READ_AT_ONCE,
    around_code,
    day_of,
    words_of,
)

COLUMNS = (
    Column("code", _("Code"), "code"),
    Column("title", _("Commitment"), "text"),
    Column("language", _("Language of the title"), "code"),
    *LIGHT,
    Column("binds", _("Who answers (code)"), "code"),
    Column("who_answers", _("Who answers"), "text"),
    Column("agencies", _("Agencies"), "list", describes=_("Acronyms, or names where there is none.")),
    Column("agency_keys", _("Agencies (keys)"), "list", describes=_("In the same order.")),
    *DATES_AND_PROGRESS,
    Column("next_due", _("Next due date of its tasks"), "date"),
    Column("late_tasks", _("Late tasks"), "integer"),
    Column("tasks_open", _("Open tasks"), "integer"),
    Column("tasks_fulfilled", _("Fulfilled tasks"), "integer"),
    Column("tasks_cancelled", _("Cancelled tasks"), "integer"),
    Column("tasks_replaced", _("Replaced tasks"), "integer"),
    Column("agencies_without_task", _("Agencies without a task"), "integer"),
    Column("finding_code", _("Assessed (code)"), "code"),
    Column("finding", _("Assessed"), "text", describes=_("What the coordination office found of the whole promise.")),
    Column("found_on", _("Assessed on"), "date"),
    Column("recurrence_code", _("Recurrence (code)"), "code", describes=_("What recurs has no percent and enters no average.")),
    Column("recurrence", _("Recurrence"), "text"),
    Column("printed_status", _("Status printed by the government"), "text"),
    Column("project", _("Project (address)"), "code"),
    Column("project_title", _("Project"), "text"),
    Column("objective", _("Objective"), "integer", describes=_("Number of the strategy's objective; empty where it is not aligned.")),
    Column("url", _("Page"), "url"),
)  # fmt: skip
# What is read of a commitment, in this order.
_READ = (
    "code", "title", "language", "light", "binds", "agency_numbers", *BEFORE_OVERDUE, "light_due", *AFTER_OVERDUE,
    "next_due", "late_tasks", "tasks_open", "tasks_fulfilled", "tasks_cancelled", "tasks_replaced", "agencies_without_task",
    "finding", "found_on", "recurrence", "printed_status", "project__slug", "project__title", "project__objective__number",
)  # fmt: skip
VERSIONS_READ_AT_ONCE = 250


def commitment_rows(filters: CommitmentFilter, day: Day) -> Iterator[TableRow]:
    """All rows that the filters find, in their order."""
    return _made(_versions(filters.qs, day) if day.is_past else _today(filters.qs, day), day)


def _today(rows: QuerySet, day: Day) -> Iterator[tuple[Any, ...]]:
    """One question, whose rows are fetched as they are needed."""
    numbers = keys_of_agencies(Commitment.agencies.through.objects.all(), "pk")
    listed = rows.as_listed(day.on).annotate(agency_numbers=numbers)  # type: ignore[attr-defined]
    yield from listed.values_list(*_READ).iterator(ROWS_READ_AT_ONCE)


def _versions(rows: QuerySet, day: Day) -> Iterator[tuple[Any, ...]]:
    """Of a past day, with the words of the time: some questions for each VERSIONS_READ_AT_ONCE."""
    objectives = dict(Objective.objects.order_by().values_list("pk", "number"))
    own = [name for name in _READ if "__" not in name and name != "agency_numbers"]
    for keys in batched(rows.values_list("pk", flat=True).iterator(ROWS_READ_AT_ONCE), VERSIONS_READ_AT_ONCE):
        for row in commitments_by_key(keys, day):
            read = {name: getattr(row, name) for name in own if name != "printed_status"}
            read |= {
                "agency_numbers": ",".join([str(agency.pk) for agency in row.named]),
                "printed_status": row.commitment.printed_status,
                "project__slug": row.project.slug,
                "project__title": row.project.title,
                "project__objective__number": objectives.get(row.objective_id),
            }
            yield tuple([read[name] for name in _READ])


def _made(rows: Iterator[tuple[Any, ...]], day: Day) -> Iterator[TableRow]:
    """What is read, with the codes in words, the days overdue and the address of its page: 4 µs a row."""
    named, lights, late = namer(), words_of(STATUS_WORDS["commitment"]), Light.LATE.value
    binds_of, findings = words_of(Commitment.Binds.choices), words_of(Commitment.Finding.choices)
    recurrences = words_of(Commitment.Recurrence.choices)
    (before, after), on = around_code("projects:commitment_detail", day.query), day.on
    for (
        code, title, language, light, binds, numbers, starts, due, first, moves, slippage, waited, light_due,
        scope, claimed, claimed_on, verified, verified_on, quiet, next_due, late_tasks, tasks_open, fulfilled, cancelled,
        replaced, without_task, finding, found_on, recurrence, printed, project, project_title, objective,
    ) in rows:  # fmt: skip
        names, keys = named(numbers)
        yield (
            code, title, language, light, lights[light], binds, binds_of[binds], names, keys, starts, due, first, moves, slippage,
            waited, (on - light_due).days if light == late else None, scope, claimed, claimed_on, verified, verified_on, quiet,
            next_due, late_tasks, tasks_open, fulfilled, cancelled, replaced, without_task, finding,
            findings[finding] if finding else "", found_on, recurrence, recurrences[recurrence], printed, project,
            project_title, objective, f"{before}{code}{after}",
        )  # fmt: skip


def _all(reader: TableReader) -> Iterator[TableRow]:
    day = day_of(reader)
    return commitment_rows(CommitmentFilter(QueryDict(), CommitmentFilter.listed(day), on=day.on), day)  # type: ignore[arg-type]


TABLE = Table(
    name="commitments",
    title=_("Commitments"),
    describes=_("Every commitment of the strategy: its date, who answers for it, how it goes and what was verified."),
    columns=COLUMNS,
    rows=_all,
    download="projects:commitment_download",
    count=lambda: counted(Commitment.objects.all()),
)
