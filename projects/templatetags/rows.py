"""The rows of lists, from `.jinja` templates."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.safestring import SafeString

from focalpoints.parts import rendered
from projects.models import Evidence, FollowUp
from projects.why import TASK_STATES
from projects.work import Item

register = template.Library()


@register.simple_tag
def commitment_rows(commitments: Iterable[Any], *, with_project: bool = False, query: str = "") -> SafeString:
    """Of `for_list`; `query` goes on with each address: the day of a past page."""
    facts = {"commitments": commitments, "with_project": with_project, "query": query}
    return rendered("projects/_commitment_rows.jinja", **facts)


@register.simple_tag
def task_rows(
    tasks: Iterable[Any], *, with_commitment: bool = False, of_agency: bool = False, with_evidence: bool = False
) -> SafeString:
    """Of `for_list`, with `with_evidence_count` where that is shown."""
    facts = {"with_commitment": with_commitment, "of_agency": of_agency, "with_evidence": with_evidence}
    return rendered("projects/_task_rows.jinja", tasks=tasks, **facts)


@register.simple_tag
def follow_up_articles(follow_ups: Iterable[FollowUp], *, with_task: bool = False) -> SafeString:
    """Of `with_proofs`."""
    return rendered("projects/_follow_ups.jinja", follow_ups=follow_ups, with_task=with_task)


@register.simple_tag
def evidence_link(item: Evidence) -> SafeString:
    """What a piece of evidence is called, leading to it; of a redacted one what it was."""
    return rendered("projects/_evidence.jinja", item=item)


@register.simple_tag
def work_rows(items: Iterable[Item], *, kind: str, many_agencies: bool, today: date) -> SafeString:
    """Of one list of "My work"."""
    facts = {"kind": kind, "many_agencies": many_agencies, "today": today, "proposed": TASK_STATES["proposed"]}
    return rendered("projects/_my_work_rows.jinja", items=items, **facts)


@register.filter
def first_rows(items: list[Any], count: int) -> list[Any]:
    return items[:count]


@register.simple_tag
def proposal_links(commitments: Iterable[tuple[str, str, str, str]]) -> SafeString:
    """Of commitments' code, title, language and whom they bind."""
    return rendered("projects/_proposal_links.jinja", commitments=commitments)
