"""The rows of lists: each is rendered once as long as it shows the same, whatever else the ledger has moved."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from focalpoints.templatetags.edn import language

register = template.Library()

# Rows of each kind that a process remembers, about a kilobyte each.
REMEMBERED = 8192


class CommitmentCells(NamedTuple):
    """All that a commitment's row shows: the same cells are the same row."""

    code: str
    title: str
    language: str
    project: str
    project_language: str
    light: str
    binds: str
    named: tuple[tuple[str, str, str], ...]
    due: date | None
    next_due: date | None
    baseline_due: date | None
    moves: int
    slippage_days: int
    verified: int | None
    claimed: int | None


class TaskCells(NamedTuple):
    code: str
    title: str
    language: str
    commitment: str
    commitment_language: str
    state: str
    is_fictional: bool
    light: str
    agency: tuple[str, str, str] | None
    due: date | None
    baseline_due: date | None
    moves: int
    slippage_days: int
    verified: int | None
    claimed: int | None
    evidence_count: int | None


@register.simple_tag
def commitment_rows(commitments: Iterable[Any], *, with_project: bool = False, query: str = "") -> SafeString:
    """Of `for_list`; `query` goes on with each address: the day of a past page."""
    written_in = language()
    return _joined(_commitment_row(_commitment_cells(row, with_project), query, written_in) for row in commitments)


@register.simple_tag
def task_rows(
    tasks: Iterable[Any], *, with_commitment: bool = False, of_agency: bool = False, with_evidence: bool = False
) -> SafeString:
    """Of `for_list`, with `with_evidence_count` where that is shown."""
    written_in = language()
    return _joined(_task_row(_task_cells(row, with_commitment, of_agency, with_evidence), written_in) for row in tasks)


def _commitment_cells(row: Any, with_project: bool) -> CommitmentCells:
    project, project_language = (row.project.title, row.project.language) if with_project else ("", "")
    # A task's earlier date is shown where it is what makes the commitment late.
    by_task = (
        row.next_due if row.light == "late" and row.next_due and not (row.due and row.next_due >= row.due) else None
    )
    return CommitmentCells(
        row.code, row.title, row.language, project, project_language, row.light, row.binds,
        tuple([(agency.key, agency.acronym, agency.name) for agency in row.named]),
        row.due, by_task, row.baseline_due, row.moves, row.slippage_days, row.verified_progress, row.claimed_progress,
    )  # fmt: skip


def _task_cells(row: Any, with_commitment: bool, of_agency: bool, with_evidence: bool) -> TaskCells:
    commitment, its_language = (row.commitment.title, row.commitment.language) if with_commitment else ("", "")
    agency = None if of_agency else (row.agency.key, row.agency.acronym, row.agency.name)
    return TaskCells(
        row.code, row.title, row.language, commitment, its_language, row.state, row.is_fictional, row.light, agency, row.due,
        row.baseline_due, row.moves, row.slippage_days, row.verified_progress, row.claimed_progress,
        row.evidence_count if with_evidence else None,
    )  # fmt: skip


@lru_cache(maxsize=REMEMBERED)
def _commitment_row(cells: CommitmentCells, query: str, written_in: str) -> str:
    url = reverse("projects:commitment_detail", args=[cells.code]) + query
    return render_to_string("projects/_commitment_row.html", {**cells._asdict(), "url": url})


@lru_cache(maxsize=REMEMBERED)
def _task_row(cells: TaskCells, written_in: str) -> str:
    url = reverse("projects:task_detail", args=[cells.code])
    return render_to_string("projects/_task_row.html", {**cells._asdict(), "url": url})


def _joined(rows: Iterable[str]) -> SafeString:
    return mark_safe("".join(rows))  # noqa: S308 - templates' own output
