"""What a focal point has to do, what waits for others, and what is settled: the lists of "My work"."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import starmap
from operator import attrgetter
from typing import NamedTuple, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from focalpoints import clock
from focalpoints.models import Appointment
from focalpoints.sql.prepared import prepared
from projects.light.bands import DUE_SOON_DAYS, FRESHNESS_DAYS
from projects.light.rule import Light, Thresholds
from projects.light.thresholds import in_force
from projects.models import Commitment, DateChange, FollowUp, Task
from projects.models.task_facts import fulfils_task
from projects.reading.letters import last_comments
from projects.workflow import against_no_change

S = FollowUp.State


class OwnTaskRow(NamedTuple):
    """What the page asks of a task, under the model's names; read as plain values, for there are hundreds."""

    pk: int
    code: str
    title: str
    language: str
    state: str
    is_fictional: bool
    due: date | None
    light_due: date | None
    quiet_since: date | None
    claimed_progress: int | None
    verified_progress: int | None
    light: Light
    agency__acronym: str
    agency__name: str
    commitment__title: str
    commitment__language: str

    @property
    def agency(self) -> str:
        return self.agency__acronym or self.agency__name

    @property
    def is_confirmed(self) -> bool:
        return self.state == Task.State.CONFIRMED

    @property
    def is_fulfilled(self) -> bool:
        return fulfils_task(self.verified_progress)


class FollowUpInHand(NamedTuple):
    """A follow-up since the last accepted one."""

    task_id: int
    code: str
    state: str
    submitted_at: datetime | None


class DateAsked(NamedTuple):
    """A new date that waits for the coordination office."""

    task_id: int
    code: str
    to_due: date


class WorkItemShown(NamedTuple):
    """An item as its row shows it."""

    task: OwnTaskRow
    follow_up: FollowUpInHand | None
    asked: DateAsked | None
    days: int | None
    quiet_days: int
    comment: str
    can_say_no_change: bool
    said_today: bool


@dataclass(slots=True)
class WorkItem:
    """A task, the follow-up in hand and the date asked for if there are any, and why it stands where it stands."""

    task: OwnTaskRow
    follow_up: FollowUpInHand | None
    asked: DateAsked | None
    days: int | None
    quiet_days: int
    said: list[FollowUpInHand]
    comment: str = ""

    @property
    def shown(self) -> WorkItemShown:
        """Asked of the rows that are shown alone."""
        return WorkItemShown(
            self.task, self.follow_up, self.asked, self.days, self.quiet_days, self.comment, self.can_say_no_change,
            self.said_today,
        )  # fmt: skip

    @property
    def can_say_no_change(self) -> bool:
        """The rows have the names that the workflow asks for."""
        return not against_no_change(cast(Task, self.task), cast(list[FollowUp], self.said))

    @property
    def said_today(self) -> bool:
        today = clock.today()
        return any(row.state == S.NOTED and clock.day_of(row.submitted_at) == today for row in self.said)


@dataclass(slots=True)
class Work:
    """Each task stands in exactly one list."""

    overdue: list[WorkItem] = field(default_factory=list)
    returned: list[WorkItem] = field(default_factory=list)
    due_soon: list[WorkItem] = field(default_factory=list)
    word_expected: list[WorkItem] = field(default_factory=list)
    waiting: list[WorkItem] = field(default_factory=list)
    proposed: list[WorkItem] = field(default_factory=list)
    rest: list[WorkItem] = field(default_factory=list)

    @property
    def to_do(self) -> int:
        return len(self.overdue) + len(self.returned) + len(self.due_soon) + len(self.word_expected)

    @property
    def is_empty(self) -> bool:
        return not (self.to_do or self.waiting or self.proposed or self.rest)


def work_of(agencies: frozenset[int], today: date) -> Work:
    """Each task with what its agency said last and the new date it asked for: four queries."""
    own = tuple(sorted(agencies))
    rows = list(starmap(OwnTaskRow, _tasks(own, today, in_force(today))))
    said: dict[int, list[FollowUpInHand]] = defaultdict(list)
    for row in starmap(FollowUpInHand, _said(own)):
        said[row.task_id].append(row)
    asked = {row.task_id: row for row in starmap(DateAsked, _asked(own))}
    items = [_item(task, said.get(task.pk, []), asked.get(task.pk), today) for task in rows]
    returned = [item.follow_up.code for item in items if item.follow_up and item.follow_up.state == S.RETURNED]
    comments = last_comments(returned)
    work = Work()
    for item in items:
        if item.follow_up:
            item.comment = comments.get(item.follow_up.code, "")
        _list_for(item, work, today).append(item)
    work.waiting.sort(key=attrgetter("follow_up.submitted_at"))
    return work


@prepared("agencies")
def _tasks(agencies: tuple[int, ...], today: date, rule: Thresholds) -> QuerySet[Task, tuple]:
    """By date."""
    tasks = Task.objects.filter(Task.UNSETTLED, agency__in=agencies).with_light(today)
    return tasks.order_by(F("due").asc(nulls_last=True), "pk").values_list(*OwnTaskRow._fields)


@prepared("agencies")
def _said(agencies: tuple[int, ...]) -> QuerySet[FollowUp, tuple]:
    """The latest first."""
    owed = Task.objects.filter(Task.UNSETTLED, agency__in=agencies).order_by()
    spoken = FollowUp.objects.since_acceptance().filter(task__in=owed)
    return spoken.order_by("-number").values_list(*FollowUpInHand._fields)


@prepared("agencies")
def _asked(agencies: tuple[int, ...]) -> QuerySet[DateChange, tuple]:
    return DateChange.objects.waiting().filter(task__agency__in=agencies).values_list(*DateAsked._fields)


class Seat(NamedTuple):
    kind: str
    until: date | None
    agency__key: str
    agency__acronym: str
    agency__name: str

    @property
    def kind_in_words(self) -> str:
        return str(Appointment.Kind(self.kind).label)

    @property
    def agency(self) -> str:
        return self.agency__acronym or self.agency__name


def seats_of(person: int, today: date) -> list[Seat]:
    """The appointments with which this person acts today."""
    return list(starmap(Seat, _seats(person, today)))


@prepared("person")
def _seats(person: int, today: date) -> QuerySet[Appointment, tuple]:
    return Appointment.objects.focal_points().active(today).filter(user=person).values_list(*Seat._fields)


def open_to_proposals(agencies: frozenset[int]) -> Callable[[int, int], list[tuple[str, str, str, str]]]:
    """From one place to another: code, title, language and whom it binds of the commitments under which these agencies may
    propose a task, own ones first.
    """

    def read(start: int, stop: int) -> list[tuple[str, str, str, str]]:
        return _open_to_proposals(tuple(sorted(agencies)), start, stop)

    return read


@prepared("agencies")
def _open_to_proposals(
    agencies: tuple[int, ...], start: int, stop: int
) -> QuerySet[Commitment, tuple[str, str, str, str]]:
    named = Exists(Commitment.agencies.through.objects.filter(commitment=OuterRef("pk"), agency__in=agencies))
    binding = Q(binds=Commitment.Binds.NAMED) & named | Q(binds=Commitment.Binds.ALL)
    found = Commitment.objects.filter(binding, Commitment.ACTIVE)
    return found.order_by("-binds", "code").values_list("code", "title", "language", "binds", named=True)[start:stop]


def _item(task: OwnTaskRow, said: list[FollowUpInHand], asked: DateAsked | None, today: date) -> WorkItem:
    return WorkItem(
        task=task,
        follow_up=next((row for row in said if row.state != S.NOTED), None),
        asked=asked,
        days=abs((task.due - today).days) if task.due else None,
        quiet_days=(today - task.quiet_since).days if task.quiet_since else 0,
        said=said,
    )


def _list_for(item: WorkItem, work: Work, today: date) -> list[WorkItem]:
    """What somebody else must do next is not a to-do; of what is ours, a return says most, then the date."""
    task, follow_up = item.task, item.follow_up
    if task.state == Task.State.PROPOSED:
        return work.proposed
    if follow_up and follow_up.state == S.SUBMITTED:
        return work.waiting
    if follow_up and follow_up.state == S.RETURNED:
        return work.returned
    if task.light_due and task.light_due < today:
        return work.overdue
    if task.due and task.due <= today + timedelta(days=DUE_SOON_DAYS):
        return work.due_soon
    return work.word_expected if follow_up or item.quiet_days > FRESHNESS_DAYS[0] else work.rest
