"""The rows of what the story has come to."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django.db.models import Model

from projects.models import Commitment, DateChange, Evidence, FollowUp, Task

from .facts import CommitmentNow, FollowUpNow
from .rows import Rows

Named = Commitment.agencies.through
# Whose keys are given out here; entries carry the ledger's own numbers.
NUMBERED = (Commitment, Named, Task, FollowUp, Evidence, DateChange)


def commitment_rows(now: CommitmentNow, rows: Rows) -> Iterator[Model]:
    """The commitment, whom it names, and its tasks."""
    row = Commitment(**_same(now, Commitment), project_id=now.project.pk, source="Ficticio")
    row.search = row.search_text()
    yield row
    for agency in now.named:
        yield Named(pk=rows.number(Named), commitment_id=now.pk, agency_id=agency.pk)
    for task in now.tasks:
        yield Task(**_same(task, Task), commitment_id=now.pk, agency_id=task.agency.pk, is_fictional=True)


def follow_up_rows(now: FollowUpNow, rows: Rows) -> Iterator[Model]:
    """The follow-up and the links that prove it."""
    person, at = now.task.person.pk, now.sent_at
    yield FollowUp(
        **_same(now, FollowUp), task_id=now.task.pk, agency_id=now.agency.pk, author_id=person, submitted_by_id=person,
        decided_by_id=now.decided_by.pk if now.decided_by else None, saved_at=at, saved_by_id=person, is_fictional=True,
    )  # fmt: skip
    for proof in now.proofs:
        yield Evidence(
            pk=rows.number(Evidence), follow_up_id=now.pk, title=proof["title"], url=proof["url"], added_by_id=person,
            added_at=at,
        )  # fmt: skip


def _same(now: Any, model: type[Model]) -> dict[str, Any]:
    """What the row keeps under the same name; what it refers to is given by key."""
    stored = {known.name for known in model._meta.concrete_fields if not known.is_relation} | {"pk"}
    return {known.name: getattr(now, known.name) for known in fields(now) if known.name in stored}
