"""The rows of lists: each is rendered once as long as it shows the same, whatever else the ledger has moved."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from focalpoints.templatetags.edn import language
from projects.models import FollowUp

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


class WorkCells(NamedTuple):
    """`state` is that of the follow-up in hand, `follow_up` its code; `asked` the code of a request for a new date."""

    kind: str
    code: str
    title: str
    language: str
    commitment: str
    commitment_language: str
    is_fictional: bool
    agency: str
    due: date | None
    is_past: bool
    days: int | None
    quiet_days: int
    verified: int | None
    claimed: int | None
    light: str
    state: str
    follow_up: str
    submitted_at: datetime | None
    asked: str
    asked_due: date | None
    can_say_no_change: bool
    said_today: bool
    comment: str


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


@register.simple_tag
def work_rows(items: Iterable[Any], *, kind: str, many_agencies: bool, today: date) -> SafeString:
    """Of one list of "My work"."""
    written_in = language()
    return _joined(_work_row(_work_cells(item, kind, many_agencies, today), written_in) for item in items)


@register.filter
def first_rows(items: list[Any], count: int) -> list[Any]:
    return items[:count]


@register.simple_tag
def proposal_links(commitments: Iterable[tuple[str, str, str, str]]) -> SafeString:
    """Of commitments' code, title, language and whom they bind."""
    written_in = language()
    return _joined(_proposal_link(*row, written_in) for row in commitments)


@register.simple_tag
def follow_up_article(follow_up: FollowUp, *, with_task: bool = False) -> SafeString:
    """`_follow_up.html` of a row of `with_proofs`."""
    evidence = follow_up.proofs  # type: ignore[attr-defined]
    task = follow_up.task
    key = (
        language(), with_task, task.code, task.title, task.language, follow_up.agency.short_name, _stored(follow_up),
        tuple(map(_stored, evidence)),
    )  # fmt: skip
    if key not in _ARTICLES:
        if len(_ARTICLES) >= REMEMBERED:
            _ARTICLES.clear()
        facts = {"follow_up": follow_up, "with_task": with_task, "evidence": evidence}
        _ARTICLES[key] = render_to_string("projects/_follow_up.html", facts)
    return mark_safe(_ARTICLES[key])  # noqa: S308 - a template's own output


_ARTICLES: dict[tuple[Any, ...], str] = {}


def _stored(row: Model) -> tuple[Any, ...]:
    """Every column that was read of it."""
    return tuple([value for name, value in vars(row).items() if not name.startswith("_") and name != "proofs"])


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


def _work_cells(item: Any, kind: str, many_agencies: bool, today: date) -> WorkCells:
    task, follow_up, asked = item.task, item.follow_up, item.asked
    return WorkCells(
        kind, task.code, task.title, task.language, task.commitment__title, task.commitment__language,
        task.is_fictional, task.agency if many_agencies else "", task.due, bool(task.due and task.due < today), item.days,
        item.quiet_days if kind == "word_expected" else 0, task.verified_progress, task.claimed_progress, task.light,
        follow_up.state if follow_up else "", follow_up.code if follow_up else "", follow_up.submitted_at if follow_up else None,
        asked.code if asked else "", asked.to_due if asked else None, item.can_say_no_change, item.said_today, item.comment,
    )  # fmt: skip


@lru_cache(maxsize=REMEMBERED)
def _work_row(cells: WorkCells, written_in: str) -> str:
    if cells.kind == "waiting":
        url = reverse("projects:follow_up_detail", args=[cells.follow_up])
    else:
        url = reverse(f"projects:{'task_detail' if cells.kind == 'proposed' else 'follow_up_edit'}", args=[cells.code])
    return render_to_string("projects/_my_work_row.html", {**cells._asdict(), "url": url})


@lru_cache(maxsize=REMEMBERED)
def _proposal_link(code: str, title: str, language: str, binds: str, written_in: str) -> str:
    facts = {"code": code, "title": title, "language": language, "binds": binds}
    return render_to_string("projects/_proposal_link.html", facts)


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
