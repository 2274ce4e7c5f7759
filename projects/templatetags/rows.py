"""Tags for the rows of lists, from `.jinja` templates."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django import template
from django.utils.safestring import SafeString

from focalpoints import clock
from focalpoints.pages.rows import rendered, rendered_rows
from projects.light.why import TASK_STATES
from projects.models import Evidence, FollowUp, Project, Task
from projects.models.list_rows import FollowUpRow, ProjectName
from projects.reading.calendar import DueItem
from projects.reading.day import Day
from projects.reading.figures import ObjectiveTally
from projects.reading.my_work import WorkItem
from projects.reading.review_rows import CommitmentToAssess, DateToDecide, FollowUpToReview, ProposalToDecide

register = template.Library()


@register.simple_tag
def commitment_rows(
    commitments: Iterable[Any], *, with_project: bool = False, query: str = "", notes: Sequence[tuple[int, str]] = ()
) -> SafeString:
    """Commitments of `for_list`. `query` is added to each link: the day, on a page of the past. `notes`: keys with what is said below."""
    facts = {"with_project": with_project, "query": query, "notes": tuple(notes)}
    return rendered_rows("projects/_commitment_row.jinja", commitments, **facts)


@register.simple_tag
def task_rows(
    tasks: Iterable[Any],
    *,
    with_commitment: bool = False,
    of_agency: bool = False,
    query: str = "",
) -> SafeString:
    """Tasks of `for_list`. `query` as for `commitment_rows`."""
    facts = {"with_commitment": with_commitment, "of_agency": of_agency, "query": query}
    return rendered_rows("projects/_task_row.jinja", tasks, **facts)


@register.simple_tag
def follow_up_articles(
    follow_ups: Iterable[FollowUp | FollowUpRow], *, with_task: bool = False, query: str = ""
) -> SafeString:
    """Follow-ups, which have their `proofs`. `query` as for `commitment_rows`."""
    return rendered_rows("projects/_follow_up.jinja", follow_ups, with_task=with_task, query=query)


@register.simple_tag
def accepted_rows(follow_ups: Iterable[FollowUpRow], *, query: str = "") -> SafeString:
    """The latest accepted follow-ups of a commitment, which have their `proofs`. `query` as for `commitment_rows`."""
    return rendered_rows("projects/_accepted.jinja", follow_ups, query=query)


@register.simple_tag
def evidence_hashes(evidence: Iterable[tuple[Evidence, Any]]) -> SafeString:
    """The hashes of the files among it, folded. Each comes with its redaction."""
    return rendered("projects/_evidence_hashes.jinja", files=[item for item, _redaction in evidence if item.sha256])


class FactsIfSent(NamedTuple):
    """What the task's page would show of its progress."""

    claimed_progress: Any  # what stands in the field, whether or not it is a number
    claimed_on: date
    verified_progress: int | None
    verified_on: date | None


@register.simple_tag
def facts_if_sent(task: Task, progress: Any) -> SafeString:
    """As on the task's page, where a follow-up with this progress is sent today. The number follows the form's field."""
    row = FactsIfSent("…" if progress is None else progress, clock.today(), task.verified_progress, task.verified_on)
    return rendered(
        "projects/_three_facts.jinja", row=row, office=task.agency.short_name, same_office=False, kind="task",
        mirror="id_progress",
    )  # fmt: skip


@register.simple_tag
def evidence_link(item: Evidence) -> SafeString:
    """A link to a piece of evidence, called by its title; for a redacted one, what it was."""
    return rendered("projects/_evidence.jinja", item=item)


def work_rows(items: Iterable[WorkItem], kind: str, many_agencies: bool) -> SafeString:
    """The items of one list of "My work"."""
    facts = {"kind": kind, "many_agencies": many_agencies, "proposed": str(TASK_STATES["proposed"])}
    return rendered_rows("projects/_my_work_row.jinja", [item.shown for item in items], **facts)


def objective_rows(groups: Iterable[ObjectiveTally], day: Day) -> SafeString:
    """Objectives with the bars of their commitments."""
    return rendered_rows("projects/_objective_row.jinja", groups, query=day.query, more=day.more)


@register.simple_tag
def project_links(projects: Iterable[ProjectName | Project]) -> SafeString:
    return rendered_rows("projects/_project_link.jinja", projects)


@register.simple_tag
def proposal_links(commitments: Iterable[tuple[str, str, str, str]]) -> SafeString:
    """Commitments as code, title, language and whom they bind."""
    return rendered_rows("projects/_proposal_link.jinja", commitments)


@register.simple_tag
def review_rows(rows: Iterable[FollowUpToReview], *, query: str, alone: str) -> SafeString:
    """`alone`, unless empty: no heading names the task."""
    return rendered_rows("projects/_review_row.jinja", rows, query=query, alone=alone)


@register.simple_tag
def review_date_rows(rows: Iterable[DateToDecide], *, query: str) -> SafeString:
    return rendered_rows("projects/_review_date_row.jinja", rows, query=query)


@register.simple_tag
def review_proposal_rows(rows: Iterable[ProposalToDecide]) -> SafeString:
    return rendered_rows("projects/_review_proposal_row.jinja", rows)


@register.simple_tag
def review_finding_rows(rows: Iterable[CommitmentToAssess]) -> SafeString:
    return rendered_rows("projects/_review_finding_row.jinja", rows)


@register.simple_tag
def moves_rows(groups: Iterable[Any]) -> SafeString:
    """Groups of items, of which something moved."""
    return rendered_rows("projects/_moves_row.jinja", groups)


@register.simple_tag
def due_rows(items: Iterable[DueItem]) -> SafeString:
    """Commitments and tasks by the day on which they fall due."""
    return rendered_rows("projects/_calendar_row.jinja", items)
