"""The story's requests for a new date, and what an approval changes of the task."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from edn_portal.scale import words
from edn_portal.scale.bulk_rows import BulkRows
from edn_portal.scale.in_memory import CommitmentNow, TaskNow
from edn_portal.scale.ledger import Chain
from edn_portal.scale.rows import Filled
from focalpoints.models import Agency, User
from projects.date_bounds import days_late, light_due_of
from projects.models import Request

S = Request.State


@dataclass(slots=True, kw_only=True)
class ChangeNow:
    """A request for a new date, with the fields that `projects.facts` and its row need. It never moves the commitment's date along."""

    pk: int
    code: str
    task: TaskNow
    from_due: date
    to_due: date
    category: str
    asked_at: datetime
    state: str = S.REQUESTED
    kind: str = Request.Kind.RESCHEDULING
    commitment_from: date | None = None
    commitment_to: date | None = None
    commitment_days: int | None = None
    commitment_days_late: int = 0
    decided_alone: bool = False
    days_late: int = 0
    decided_at: datetime | None = None
    decided_by: User | None = None
    answer: str = ""
    reason: str = words.REASONS[0]
    revision: int = 0
    chain: Chain = field(default_factory=Chain)

    @property
    def commitment(self) -> CommitmentNow:
        return self.task.commitment

    @property
    def agency(self) -> Agency:
        return self.task.agency

    @property
    def days(self) -> int:
        return (self.to_due - self.from_due).days


def new_request(task: TaskNow, at: datetime, rows: BulkRows, rng: Random) -> ChangeNow | None:
    """A request that the verb would take. None when the task has no date to move, or its commitment ends too soon."""
    if task.due is None or not task.is_open or task.claimed_progress == 100:
        return None
    farthest = task.commitment.due or date.max
    to_due = min(max(task.due, at.date()) + timedelta(days=rng.randint(30, 240)), farthest)
    if to_due <= max(task.due, at.date()):
        return None
    return ChangeNow(
        pk=rows.new_key(Request),
        code=f"{task.code}-R1",
        task=task,
        from_due=task.due,
        to_due=to_due,
        category=rng.choice(Request.Category.values),
        asked_at=at,
        reason=rng.choice(words.REASONS),
    )


def move_date(change: ChangeNow, on: date) -> None:
    """Approve the request: the date moves, and how late the old one was on that day stays on record."""
    task = change.task
    change.days_late = days_late(on, task.light_due) or 0
    task.due, task.light_due = change.to_due, light_due_of(change.to_due, task.waited_days)
    task.moves, task.slippage_days = task.moves + 1, task.slippage_days + change.days
    task.days_late = days_late(task.fulfilled_on, task.light_due)


def change_rows(now: ChangeNow) -> Iterator[Filled]:
    yield Request, {
        "id": now.pk, "code": now.code, "kind": now.kind, "commitment_id": now.commitment.pk, "task_id": now.task.pk,
        "agency_id": now.agency.pk, "from_due": now.from_due, "to_due": now.to_due, "category": now.category,
        "reason": now.reason, "state": now.state, "asked_by_id": now.task.person.pk, "asked_at": now.asked_at,
        "answer": now.answer, "decided_by_id": now.decided_by.pk if now.decided_by else None,
        "decided_at": now.decided_at, "days_late": now.days_late, "is_fictional": True, "revision": now.revision,
    }  # fmt: skip
