"""The story's commitments, tasks and follow-ups, held in memory, and what each event changes of them.

Fields are named as in the models, so that `projects.facts` reads both. A commitment is added up as the verbs do it; what becomes of a
task repeats what they do without database queries, and a test computes it again with the verbs' own functions.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from edn_portal.scale.ledger import Chain
from focalpoints.ledger.record import PublicState
from focalpoints.models import Agency, User
from projects import facts as public
from projects.commitment_sums import TAKEN_AWAY, Owing, added_up, as_a_series, fulfilment, is_less
from projects.date_bounds import days_late, light_due_of
from projects.models import Assessment, Commitment, FollowUp, Project, Task
from projects.models.task_facts import fulfils_task


@dataclass(slots=True, kw_only=True)
class CommitmentNow:
    pk: int
    code: str
    title: str
    project: Project
    binds: str
    named: list[Agency]
    starts: date | None
    due: date | None
    state: str = Commitment.State.ACTIVE
    baseline_due: date | None = None
    light_due: date | None = None
    waited_days: int = 0
    moves: int = 0
    slippage_days: int = 0
    tasks_open: int = 0
    tasks_fulfilled: int = 0
    tasks_unclaimed: int = 0
    tasks_cancelled: int = 0
    tasks_replaced: int = 0
    last_ended_on: date | None = None
    agencies_without_task: int = 0
    agencies_left_out: int = 0
    scope_changes: int = 0
    withdrawn_on: date | None = None
    claimed_progress: int | None = None
    claimed_on: date | None = None
    verified_progress: int | None = None
    verified_on: date | None = None
    has_obstacle: bool = False
    next_due: date | None = None
    finding: str = ""
    found_on: date | None = None
    withdrawn_late: bool = False
    quiet_since: date | None = None
    fulfilled_on: date | None = None
    days_late: int | None = None
    recurrence: str = ""
    recurrence_month: int | None = None
    series_runs: bool = False
    series_ended_on: date | None = None
    series_day: int | None = None
    printed_status: str = ""
    first_title: str = field(init=False)
    revision: int = 0
    requests: int = 0
    # A request about it waits.
    is_asked: bool = False
    tasks: list["TaskNow"] = field(default_factory=list)
    findings: list["FindingNow"] = field(default_factory=list)
    chain: Chain = field(default_factory=Chain)
    keys: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.first_title = self.title
        binds_all = self.binds == Commitment.Binds.ALL
        self.keys = public.EVERYBODY if binds_all else tuple(sorted(agency.key for agency in self.named))

    @property
    def is_settled(self) -> bool:
        has_had_some = bool(self.tasks_fulfilled or self.tasks_cancelled)
        has_open = self.tasks_open or self.agencies_without_task or self.series_runs
        return not has_open and has_had_some

    def next_request(self) -> int:
        """The number of its next request."""
        self.requests += 1
        return self.requests

    @property
    def public_state(self) -> PublicState:
        return public.commitment_naming(cast(Commitment, self), self.keys)


@dataclass(slots=True, kw_only=True)
class TaskNow:
    pk: int
    code: str
    number: int
    title: str
    commitment: CommitmentNow
    agency: Agency
    person: User
    starts: date | None
    due: date | None
    confirmed_on: date
    # Of a recurring commitment: the day on which its period falls due, and the task of the period before.
    period: date | None = None
    follows: "TaskNow | None" = None
    state: str = Task.State.CONFIRMED
    baseline_due: date | None = None
    light_due: date | None = None
    waited_days: int = 0
    moves: int = 0
    slippage_days: int = 0
    scope_changes: int = 0
    claimed_progress: int | None = None
    claimed_on: date | None = None
    verified_progress: int | None = None
    verified_on: date | None = None
    has_obstacle: bool = False
    last_word_on: date | None = None
    ended_on: date | None = None
    quiet_since: date | None = None
    fulfilled_on: date | None = None
    days_late: int | None = None
    revision: int = 0
    # Progress, day and obstacle of the last accepted follow-up: when one is returned, the task says this again.
    last_accepted: tuple[int, date, bool] | None = None
    reason: str = ""
    requests: int = 0
    is_asked: bool = False
    chain: Chain = field(default_factory=Chain)

    def next_request(self) -> int:
        self.requests += 1
        return self.requests

    @property
    def word_expected_from(self) -> date:
        return max(self.confirmed_on, self.starts or self.confirmed_on)

    @property
    def is_open(self) -> bool:
        return self.state == Task.State.CONFIRMED and not fulfils_task(self.verified_progress)


@dataclass(slots=True, kw_only=True)
class FollowUpNow:
    pk: int
    code: str
    number: int
    task: TaskNow
    progress: int
    done: str
    next_step: str
    obstacle: str
    evidence: int
    state: str = FollowUp.State.DRAFT
    same_office: bool = False
    in_bulk: bool = False
    is_hidden: bool = False
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: User | None = None
    revision: int = 0
    chain: Chain = field(default_factory=Chain)

    @property
    def agency(self) -> Agency:
        return self.task.agency

    @property
    def sent_at(self) -> datetime:
        if self.submitted_at is None:
            raise ValueError(f"{self.code} was not sent.")
        return self.submitted_at

    @property
    def proofs(self) -> list[dict[str, Any]]:
        """Its evidence, links only, as the annex of its submission lists it."""
        return [
            {
                "title": f"Documento ficticio {number}",
                "url": f"https://escala.example/{self.code}/{number}",
                "sha256": "",
                "size": None,
            }
            for number in range(1, self.evidence + 1)
        ]


@dataclass(slots=True, kw_only=True)
class FindingNow:
    """A finding on the whole, with the fields that `projects.facts` and its row need."""

    pk: int
    code: str
    commitment: CommitmentNow
    verdict: str
    wording: str
    reasons: str
    made_by: User
    made_at: datetime
    verified_progress: int | None
    state: str = Assessment.State.STANDING
    set_aside_from: int | None = None
    objective: None = None
    agency: None = None
    period: None = None
    # The key and code of the request that a colleague let through, which has the reasons then.
    request: tuple[int, str] | None = None
    accepted_by_author: int = 0
    same_office: bool = False
    chain: Chain = field(default_factory=Chain)


def claim(task: TaskNow, progress: int, on: date, *, has_obstacle: bool) -> None:
    """A follow-up was sent."""
    task.claimed_progress, task.claimed_on, task.has_obstacle = progress, on, has_obstacle
    hear_of(task, on)


def hear_of(task: TaskNow, on: date) -> None:
    """The agency sent a follow-up or said that nothing changed: the silence starts anew."""
    task.last_word_on = on
    task.quiet_since = max(on, task.word_expected_from)


def drop_claim(task: TaskNow, sent_on: date, on: date) -> None:
    """A follow-up was returned: the task says what it said before, and gets back the days that the coordinators took."""
    task.claimed_progress, task.claimed_on, task.has_obstacle = task.last_accepted or (None, None, False)
    task.quiet_since = max(on, task.word_expected_from)
    if task.light_due is None or sent_on <= task.light_due:
        task.waited_days += max(0, (on - sent_on).days)
    task.light_due = light_due_of(task.due, task.waited_days)


def verify(task: TaskNow, sent_on: date, on: date) -> None:
    """A follow-up was accepted: what the agency claims is verified."""
    if task.claimed_progress is None:
        raise ValueError(f"{task.code}: nothing was sent.")
    task.verified_progress, task.verified_on = task.claimed_progress, on
    task.last_accepted = (task.claimed_progress, sent_on, task.has_obstacle)
    # A second 100 % leaves the day as it is; less than 100 % opens the task again.
    task.fulfilled_on = None if task.is_open else task.fulfilled_on or sent_on
    task.days_late = days_late(task.fulfilled_on, task.light_due)


def set_aside(commitment: CommitmentNow, next_entry: int) -> None:
    """Take the light away from a finding of "fulfilled" or "partly fulfilled", by the `next_entry`."""
    if commitment.finding in TAKEN_AWAY:
        found = next(found for found in reversed(commitment.findings) if found.verdict == commitment.finding)
        found.state, found.set_aside_from = Assessment.State.SET_ASIDE, next_entry
        commitment.finding, commitment.found_on = "", None


def roll_up(commitment: CommitmentNow, all_agencies: int, next_entry: int) -> None:
    """As the verbs' `roll_up`, over the tasks in memory. `all_agencies`: how many a commitment binds that binds every agency.

    A finding that this takes away is set aside by the `next_entry`.
    """
    tasks = commitment.tasks
    bound = all_agencies if commitment.binds == Commitment.Binds.ALL else len(commitment.named)
    missing = bound - len({task.agency.key for task in tasks}) if bound else 0
    sums = added_up(tasks, commitment.due, Owing(missing)) | as_a_series(commitment)
    if is_less(commitment, sums):
        set_aside(commitment, next_entry)
    for name, value in {**sums, **fulfilment(commitment.finding, commitment.found_on, sums)}.items():
        setattr(commitment, name, value)
