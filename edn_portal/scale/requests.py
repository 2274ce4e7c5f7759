"""The story's requests: agencies' for a new date, the coordination office's of other kinds; and what an approval changes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from edn_portal.scale import words
from edn_portal.scale.bulk_rows import BulkRows
from edn_portal.scale.in_memory import CommitmentNow, TaskNow, set_aside
from edn_portal.scale.ledger import Chain
from edn_portal.scale.rows import Filled
from focalpoints.models import Agency, User
from projects.date_bounds import days_late, light_due_of
from projects.models import Commitment, Request, Task
from projects.workflow import would_be_withdrawn_late

S, K = Request.State, Request.Kind


@dataclass(slots=True, kw_only=True)
class ChangeNow:
    """A request, with the fields that `projects.facts` and its row need. One for a date never moves the commitment's along.

    `task` is None where it is about the whole commitment, `agency` where the coordination office asks.
    """

    pk: int
    code: str
    commitment: CommitmentNow
    category: str
    asked_at: datetime
    asked_by: User
    task: TaskNow | None = None
    agency: Agency | None = None
    from_due: date | None = None
    to_due: date | None = None
    wanted: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    state: str = S.REQUESTED
    kind: str = K.RESCHEDULING
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
    def days(self) -> int | None:
        return (self.to_due - self.from_due).days if self.from_due and self.to_due else None


def new_request(task: TaskNow, at: datetime, rows: BulkRows, rng: Random) -> ChangeNow | None:
    """An agency's for a date that the verb would take. None when the task has no date to move, or its commitment ends too soon."""
    if task.due is None or not task.is_open or task.claimed_progress == 100 or task.is_asked:
        return None
    farthest = task.commitment.due or date.max
    to_due = min(max(task.due, at.date()) + timedelta(days=rng.randint(30, 240)), farthest)
    if to_due <= max(task.due, at.date()):
        return None
    return ChangeNow(
        pk=rows.new_key(Request),
        code=f"{task.code}-R{task.next_request()}",
        commitment=task.commitment,
        task=task,
        agency=task.agency,
        asked_by=task.person,
        from_due=task.due,
        to_due=to_due,
        category=rng.choice(Request.Category.values),
        asked_at=at,
        reason=rng.choice(words.REASONS),
    )


def office_request(
    kind: str, item: CommitmentNow | TaskNow, at: datetime, by: User, rows: BulkRows, rng: Random
) -> ChangeNow | None:
    """The coordination office's of that kind about a task or a commitment, that the verb would take; None for one it would not."""
    if item.is_asked or not _can_be_asked(kind, item):
        return None
    task = item if isinstance(item, TaskNow) else None
    wanted, before = _wanted(kind, item, rng)
    return ChangeNow(
        pk=rows.new_key(Request), code=f"{item.code}-R{item.next_request()}", kind=kind, task=task,
        commitment=task.commitment if task else item, wanted=wanted, before=before,  # type: ignore[arg-type]
        category=rng.choice(Request.Category.values), asked_at=at, asked_by=by, reason=rng.choice(words.REASONS),
    )  # fmt: skip


def _can_be_asked(kind: str, item: Any) -> bool:
    match kind:
        case K.CANCELLATION:
            return item.state == Task.State.CONFIRMED and item.is_open
        case K.WITHDRAWAL:
            return item.state == Commitment.State.ACTIVE and item.tasks and not item.tasks_open and not item.finding
        case K.SERIES_END:
            return True
    return item.state == Commitment.State.ACTIVE


def _wanted(kind: str, item: CommitmentNow | TaskNow, rng: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    match kind:
        case K.CANCELLATION:
            return {"ends": Task.State.CANCELLED.value}, {"title": item.title, "deliverable": ""}
        case K.WITHDRAWAL:
            return {"replaced_by": ""}, {}
        case K.SERIES_END:
            return {}, {}
    return {"title": f"{item.title}, {words.word(rng)}"}, {"title": item.title}


def carry_out(change: ChangeNow, on: date, next_entry: int) -> None:
    """Approve it. A finding that judged other words is set aside by the `next_entry`."""
    task, commitment = change.task, change.commitment
    match change.kind:
        case K.RESCHEDULING:
            move_date(change, on)
        case K.CANCELLATION if task:
            task.state, task.reason, task.ended_on = Task.State.CANCELLED, change.reason, on
            task.revision += 1
        case K.WITHDRAWAL:
            now: Any = commitment  # the rules of a model's row read the same names here
            commitment.withdrawn_late = would_be_withdrawn_late(now, on)
            commitment.state, commitment.withdrawn_on = Commitment.State.CANCELLED, on
            commitment.cancel_reason = change.reason
            commitment.revision += 1
        case K.SERIES_END:
            commitment.series_ended_on = on
            commitment.revision += 1
        case K.SCOPE:
            set_aside(commitment, next_entry)
            commitment.title = change.wanted["title"]
            commitment.scope_changes += 1
            commitment.revision += 1


def move_date(change: ChangeNow, on: date) -> None:
    """The date moves, and how late the old one was on that day stays on record."""
    task, days = change.task, change.days
    if task is None or change.to_due is None or days is None:
        raise ValueError(f"{change.code} asks for no date of a task.")
    change.days_late = days_late(on, task.light_due) or 0
    task.due, task.light_due = change.to_due, light_due_of(change.to_due, task.waited_days)
    task.moves, task.slippage_days = task.moves + 1, task.slippage_days + days
    task.days_late = days_late(task.fulfilled_on, task.light_due)


def change_rows(now: ChangeNow) -> Iterator[Filled]:
    yield Request, {
        "id": now.pk, "code": now.code, "kind": now.kind, "commitment_id": now.commitment.pk,
        "task_id": now.task.pk if now.task else None, "agency_id": now.agency.pk if now.agency else None,
        "from_due": now.from_due, "to_due": now.to_due, "wanted": json.dumps(now.wanted), "before": json.dumps(now.before),
        "category": now.category, "reason": now.reason, "state": now.state, "asked_by_id": now.asked_by.pk,
        "asked_at": now.asked_at,
        "answer": now.answer, "decided_by_id": now.decided_by.pk if now.decided_by else None,
        "decided_at": now.decided_at, "days_late": now.days_late, "is_fictional": True, "revision": now.revision,
    }  # fmt: skip
