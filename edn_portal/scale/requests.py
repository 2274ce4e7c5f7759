"""The story's requests: agencies' for a new date, the coordination office's of other kinds; and what an approval changes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from edn_portal.scale import words
from edn_portal.scale.bulk_rows import BulkRows
from edn_portal.scale.in_memory import CommitmentNow, FollowUpNow, TaskNow, set_aside
from edn_portal.scale.ledger import Chain
from edn_portal.scale.rows import Filled
from focalpoints.models import Agency, User
from projects.date_bounds import days_late, light_due_of, outlives
from projects.light.rule import FIRST, NUMBERS
from projects.models import Commitment, Request, Task
from projects.workflow import may_find_end, would_be_withdrawn_late

S, K = Request.State, Request.Kind
Seats = Mapping[str, tuple[Agency, User]]  # each agency and who answers for it, by its key


@dataclass(slots=True, kw_only=True)
class ChangeNow:
    """A request, with the fields that `projects.facts` and its row need. One for a date never moves the commitment's along.

    `task` is None where it is about the whole commitment, `agency` where the coordination office asks; the thresholds have neither
    task nor commitment.
    """

    pk: int
    code: str
    commitment: CommitmentNow | None
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
    kind: str, item: CommitmentNow | TaskNow, at: datetime, by: User, rows: BulkRows, seats: Seats, rng: Random
) -> ChangeNow | None:
    """The coordination office's of that kind about a task or a commitment, that the verb would take; None for one it would not."""
    if item.is_asked or not _can_be_asked(kind, item, at.date()):
        return None
    task = item if isinstance(item, TaskNow) else None
    commitment: Any = task.commitment if task else item
    from_due = to_due = None
    if kind in Request.DATES:
        from_due, to_due = item.due, (item.due or at.date()) + timedelta(days=rng.randint(120, 200))
    if outlives(commitment, to_due) or (kind == K.ASSIGNMENT and not _others(item, seats)):
        return None
    wanted, before = _wanted(kind, item, seats, rng)
    return ChangeNow(
        pk=rows.new_key(Request), code=f"{item.code}-R{item.next_request()}", kind=kind, task=task,
        commitment=commitment, wanted=wanted, before=before, from_due=from_due, to_due=to_due,
        category="" if kind == K.FINDING else rng.choice(Request.Category.values), asked_at=at, asked_by=by,
        reason=rng.choice(words.FINDINGS if kind == K.FINDING else words.REASONS),
    )  # fmt: skip


def redaction_request(follow_up: FollowUpNow, at: datetime, by: User, rows: BulkRows) -> ChangeNow:
    task = follow_up.task
    return ChangeNow(
        pk=rows.new_key(Request), code=f"{task.code}-R{task.next_request()}", kind=K.REDACTION, task=task,
        commitment=task.commitment, wanted={"of": "follow-up", "code": follow_up.code}, category=Request.Category.LEGAL,
        asked_at=at, asked_by=by, reason="Ficticia: LFTAIP, artículo 113",
    )  # fmt: skip


def thresholds_request(number: int, at: datetime, by: User, rows: BulkRows, rng: Random) -> ChangeNow:
    """For a longer silence, a month later."""
    before = {name: getattr(FIRST, name) for name in NUMBERS}
    effective_on = (at.date() + timedelta(days=30)).isoformat()
    return ChangeNow(
        pk=rows.new_key(Request), code=f"SEMAFORO-R{number}", kind=K.THRESHOLDS, commitment=None,
        wanted={**before, "silent_days": FIRST.silent_days + 30, "effective_on": effective_on}, before=before,
        category=Request.Category.TECHNICAL, asked_at=at, asked_by=by, reason=rng.choice(words.REASONS),
    )  # fmt: skip


def _can_be_asked(kind: str, item: Any, on: date) -> bool:
    is_open = isinstance(item, TaskNow) and item.is_open
    match kind:
        case K.CANCELLATION | K.ASSIGNMENT:
            return is_open
        case K.FIRST_DATE:
            return is_open and item.due is None
        case K.CORRECTION:
            return is_open and item.due is not None
        case K.WITHDRAWAL:
            return item.state == Commitment.State.ACTIVE and not item.tasks_open and not item.finding
        case K.FINDING:
            return item.finding != Commitment.Finding.FULFILLED and can_be_found_fulfilled(item, on)
        case K.SERIES_END:
            return True
    return item.state == Commitment.State.ACTIVE


def can_be_found_fulfilled(commitment: CommitmentNow, on: date) -> bool:
    """By two coordinators, though less was verified."""
    now: Any = commitment  # the rules of a model's row read the same names here
    return commitment.state == Commitment.State.ACTIVE and not commitment.tasks_open and may_find_end(now, on)


def _others(task: Any, seats: Seats) -> list[str]:
    """The agencies of its commitment to which a task can pass, by their keys."""
    named = [agency.key for agency in task.commitment.named] or seats
    return [key for key in named if key != task.agency.key]


def _wanted(
    kind: str, item: CommitmentNow | TaskNow, seats: Seats, rng: Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    match kind:
        case K.CANCELLATION:
            return {"ends": Task.State.CANCELLED.value}, {"title": item.title, "deliverable": ""}
        case K.ASSIGNMENT if isinstance(item, TaskNow):
            return {"agency": rng.choice(_others(item, seats))}, {"agency": item.agency.key}
        case K.WITHDRAWAL:
            return {"replaced_by": ""}, {}
        case K.FINDING:
            return {"verdict": Commitment.Finding.FULFILLED.value, "sources": ""}, {"title": item.title}
        case K.SCOPE:
            return {"title": f"{item.title}, {words.word(rng)}"}, {"title": item.title}
    return {}, {}


def carry_out(change: ChangeNow, on: date, next_entry: int, seats: Seats) -> None:
    """Approve it; a finding is the story's to make. One that judged other words is set aside by the `next_entry`."""
    task, commitment = change.task, change.commitment
    if commitment is None:
        raise ValueError(f"{change.code} is about no commitment.")
    match change.kind:
        case K.RESCHEDULING | K.FIRST_DATE | K.CORRECTION:
            write_date(change, on)
        case K.CANCELLATION if task:
            task.state, task.ended_on = Task.State.CANCELLED, on
            task.revision += 1
        case K.ASSIGNMENT if task:
            task.agency, task.person = seats[change.wanted["agency"]]
            task.revision += 1
        case K.WITHDRAWAL:
            now: Any = commitment  # the rules of a model's row read the same names here
            commitment.withdrawn_late = would_be_withdrawn_late(now, on)
            commitment.state, commitment.withdrawn_on = Commitment.State.CANCELLED, on
            commitment.revision += 1
        case K.SERIES_END:
            commitment.series_ended_on = on
            commitment.revision += 1
        case K.SCOPE:
            set_aside(commitment, next_entry)
            commitment.title = change.wanted["title"]
            commitment.scope_changes += 1
            commitment.revision += 1


def write_date(change: ChangeNow, on: date) -> None:
    """The task has that date, and how late the old one was on that day stays on record. Only a rescheduling slips."""
    task = change.task
    if task is None or change.to_due is None:
        raise ValueError(f"{change.code} asks for no date of a task.")
    change.days_late = days_late(on, task.light_due) or 0
    task.due, task.light_due = change.to_due, light_due_of(change.to_due, task.waited_days)
    task.baseline_due = task.baseline_due or change.to_due
    if change.kind == K.RESCHEDULING:
        task.moves, task.slippage_days = task.moves + 1, task.slippage_days + (change.days or 0)
    task.days_late = days_late(task.fulfilled_on, task.light_due)


def change_rows(now: ChangeNow) -> Iterator[Filled]:
    yield Request, {
        "id": now.pk, "code": now.code, "kind": now.kind,
        "commitment_id": now.commitment.pk if now.commitment else None,
        "task_id": now.task.pk if now.task else None, "agency_id": now.agency.pk if now.agency else None,
        "from_due": now.from_due, "to_due": now.to_due, "wanted": json.dumps(now.wanted), "before": json.dumps(now.before),
        "category": now.category, "reason": now.reason, "state": now.state, "asked_by_id": now.asked_by.pk,
        "asked_at": now.asked_at,
        "answer": now.answer, "decided_by_id": now.decided_by.pk if now.decided_by else None,
        "decided_at": now.decided_at, "days_late": now.days_late, "is_fictional": True, "revision": now.revision,
    }  # fmt: skip
