"""Commitments, tasks, follow-ups and evidence of the story as rows of their tables."""

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models import Model

from edn_portal.scale.bulk_rows import BulkRows, ColumnValues
from edn_portal.scale.in_memory import CommitmentNow, FollowUpNow, TaskNow
from projects.models import Assessment, Commitment, Evidence, FollowUp, Request, Task

Named = Commitment.agencies.through
# The models whose keys the story gives out. Ledger entries are not among them: their key is their number.
NUMBERED = (Commitment, Named, Task, FollowUp, Evidence, Request, Assessment)
Filled = tuple[type[Model], ColumnValues]


def commitment_rows(now: CommitmentNow, rows: BulkRows) -> Iterator[Filled]:
    """The commitment, a link to each agency that it names, and its tasks."""
    same = _same_columns(now, Commitment)
    yield Commitment, {**same, "project_id": now.project.pk, "source": "Ficticio"}
    for agency in now.named:
        yield Named, {"id": rows.new_key(Named), "commitment_id": now.pk, "agency_id": agency.pk}
    for task in now.tasks:
        row = {
            **_same_columns(task, Task), "commitment_id": now.pk, "agency_id": task.agency.pk, "is_fictional": True,
            "first_title": task.title, "series_agency_id": task.agency.pk if task.period else None,
            "follows_id": task.follows.pk if task.follows else None,
        }  # fmt: skip
        yield Task, row


def follow_up_rows(now: FollowUpNow, rows: BulkRows) -> Iterator[Filled]:
    """The follow-up and the links that prove it."""
    person, at = now.task.person.pk, now.sent_at
    yield FollowUp, {
        **_same_columns(now, FollowUp), "task_id": now.task.pk, "agency_id": now.agency.pk, "author_id": person,
        "submitted_by_id": person, "decided_by_id": now.decided_by.pk if now.decided_by else None, "saved_at": at,
        "saved_by_id": person, "is_fictional": True,
    }  # fmt: skip
    for proof in now.proofs:
        yield Evidence, {
            "id": rows.new_key(Evidence), "key": uuid5(NAMESPACE_URL, proof["url"]), "follow_up_id": now.pk,
            "title": proof["title"], "url": proof["url"], "added_by_id": person, "added_at": at,
        }  # fmt: skip


def _same_columns(now: CommitmentNow | TaskNow | FollowUpNow, model: type[Model]) -> dict[str, Any]:
    """The columns that object and row call alike. Foreign keys are not among them: the callers add those."""
    return {"id": now.pk} | {name: getattr(now, name) for name in _names_in_both(model)}


SOURCES = {Commitment: CommitmentNow, Task: TaskNow, FollowUp: FollowUpNow}


@cache
def _names_in_both(model: type[Model]) -> list[str]:
    stored = {known.name for known in model._meta.concrete_fields if not known.is_relation}
    return [known.name for known in fields(SOURCES[model]) if known.name in stored]
