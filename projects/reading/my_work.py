"""What a focal point has to do, what waits for others, and what is settled: the lists of "My work"."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple, cast

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, npgettext

from focalpoints import clock
from focalpoints.models import Appointment, User
from focalpoints.models.appointment import AppointmentQuerySet, last_day
from focalpoints.pages.addresses import address
from focalpoints.sql.prepared import asked_together, prepared
from focalpoints.workflow import StrOrPromise
from projects.light.bands import DUE_SOON_DAYS, FRESHNESS_DAYS
from projects.light.rule import Light
from projects.models import Assessment, Commitment, FollowUp, Request, Task
from projects.models.follow_up import FollowUpQuerySet
from projects.models.request import RequestQuerySet
from projects.models.task import TaskQuerySet
from projects.models.task_facts import fulfils_task
from projects.reading.day import Day
from projects.reading.letters import last_words
from projects.workflow import against_no_change

S = FollowUp.State
# The lists by their names in `Work`, in the order of the page.
LISTS: dict[str, StrOrPromise] = {
    "questions": _("The coordination office asks you"),
    "overdue": _("Late tasks"),
    "returned": _("Tasks returned to you"),
    "due_soon": _("Due in the next 30 days"),
    "word_expected": _("An update is expected"),
    "findings": _("Findings to answer"),
    "waiting": _("With the coordination office"),
    "proposed": _("Proposals that wait for a coordinator"),
    "rest": _("The rest: nothing asked of you now"),
}


class OwnTaskRow(NamedTuple):
    """What the page shows of a task, under the model's names. Plain values, because there are hundreds."""

    pk: int
    code: str
    title: str
    language: str
    state: str
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
    """A follow-up that was begun after the last accepted one."""

    task_id: int
    code: str
    state: str
    thread: str
    submitted_at: datetime | None

    @property
    def is_asked(self) -> bool:
        """Whether the coordination office waits for an answer about it."""
        return self.thread == FollowUp.Thread.ASKED

    @property
    def is_told(self) -> bool:
        """Whether there are words of the coordination office that the agency acts on."""
        return self.is_asked or self.state == S.RETURNED


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
    noted_today: str  # the code of today's "no change", which can be taken back


class FindingToAnswer(NamedTuple):
    """A finding that stands and that no agency has answered, under the model's names."""

    code: str
    verdict: str
    made_at: datetime
    commitment__code: str
    commitment__title: str
    commitment__language: str

    @property
    def verdict_in_words(self) -> str:
        return str(Assessment.Verdict(self.verdict).label)


@dataclass(slots=True)
class WorkItem:
    """A task, the follow-up in hand and the date asked for, if there are any, and what decides in which list it stands."""

    task: OwnTaskRow
    follow_up: FollowUpInHand | None
    asked: DateAsked | None
    days: int | None
    quiet_days: int
    said: list[FollowUpInHand]
    comment: str = ""

    @property
    def shown(self) -> WorkItemShown:
        """With what takes time to find out: only for the items that the page shows."""
        return WorkItemShown(
            self.task, self.follow_up, self.asked, self.days, self.quiet_days, self.comment, self.can_say_no_change,
            self.noted_today,
        )  # fmt: skip

    @property
    def can_say_no_change(self) -> bool:
        """The workflow reads models; these rows have the same names."""
        return not against_no_change(cast(Task, self.task), cast(list[FollowUp], self.said))

    @property
    def noted_today(self) -> str:
        today = clock.today()
        noted = (row for row in self.said if row.state == S.NOTED and clock.day_of(row.submitted_at) == today)
        return next((row.code for row in noted), "")


@dataclass(slots=True)
class Work:
    """Each task stands in exactly one list. `findings` are those that take an answer."""

    questions: list[WorkItem] = field(default_factory=list)
    overdue: list[WorkItem] = field(default_factory=list)
    returned: list[WorkItem] = field(default_factory=list)
    due_soon: list[WorkItem] = field(default_factory=list)
    word_expected: list[WorkItem] = field(default_factory=list)
    waiting: list[WorkItem] = field(default_factory=list)
    proposed: list[WorkItem] = field(default_factory=list)
    rest: list[WorkItem] = field(default_factory=list)
    findings: list[FindingToAnswer] = field(default_factory=list)

    @property
    def sums(self) -> Iterator[tuple[str, int, str]]:
        """Of each list with something to do: its name, how much, and the words after that number."""
        late, soon, quiet = len(self.overdue), len(self.due_soon), len(self.word_expected)
        words = {
            "questions": ngettext("question to answer", "questions to answer", len(self.questions)),
            "overdue": npgettext("after a number of tasks", "late", "late", late),
            "returned": npgettext("task to do", "returned to you", "returned to you", len(self.returned)),
            "due_soon": npgettext("task to do", "due within 30 days", "due within 30 days", soon),
            "word_expected": ngettext("expects an update", "expect an update", quiet),
            "findings": ngettext("finding to answer", "findings to answer", len(self.findings)),
        }
        return ((kind, count, said) for kind, said in words.items() if (count := len(getattr(self, kind))))

    @property
    def to_do(self) -> int:
        return (
            len(self.questions) + len(self.overdue) + len(self.returned) + len(self.due_soon) + len(self.word_expected)
        )

    @property
    def is_empty(self) -> bool:
        return not (self.to_do or self.waiting or self.proposed or self.rest)


def work_of(user: User, day: Day) -> Work:
    """Each task of their agencies with what was said of it last and the new date asked for, and the findings that take an answer:
    five queries, in two round trips.
    """
    tasks, all_said, all_asked, findings = asked_together(
        (_tasks, (user, day)), (_said, (user,)), (_asked, (user,)), (findings_to_answer, (user,))
    )
    said: dict[int, list[FollowUpInHand]] = defaultdict(list)
    for row in all_said:
        said[row.task_id].append(row)
    asked = {row.task_id: row for row in all_asked}
    items = [_item(task, said.get(task.pk, []), asked.get(task.pk), day.on) for task in tasks]
    told = [item.follow_up.code for item in items if item.follow_up and item.follow_up.is_told]
    comments = last_words(told)
    work = Work(findings=findings)
    for item in items:
        if item.follow_up:
            item.comment = comments[item.follow_up.code].in_one if item.follow_up.code in comments else ""
        _list_for(item, work, day.on).append(item)
    work.waiting.sort(key=attrgetter("follow_up.submitted_at"))
    return work


@prepared(row=OwnTaskRow)
def _tasks(user: User, day: Day) -> TaskQuerySet:
    """By date."""
    return _owed(user).with_light(day.on).order_by(F("due").asc(nulls_last=True), "pk")


@prepared(row=FollowUpInHand)
def _said(user: User) -> FollowUpQuerySet:
    """The latest first."""
    return FollowUp.objects.since_acceptance().filter(task__in=_owed(user).order_by()).order_by("-number")


@prepared(row=DateAsked)
def _asked(user: User) -> RequestQuerySet:
    dates = Request.objects.waiting().filter(kind__in=Request.DATES)
    return dates.filter(task__agency__in=user.standing.agency_ids)


def next_date(work: Work, on: date) -> WorkItem | None:
    """The task of theirs that falls due next, on that day or later, and that does not wait for the coordination office."""
    items = (item for kind in ("returned", "due_soon", "word_expected", "rest") for item in getattr(work, kind))
    dated = (item for item in items if item.task.due and item.task.due >= on)
    return min(dated, key=attrgetter("task.due"), default=None)


@prepared(row=FindingToAnswer)
def findings_to_answer(user: User) -> QuerySet[Assessment]:
    """Those that stand of commitments that bind their agencies and that nobody has answered, the latest first."""
    open_to_answers = Assessment.objects.standing().filter(answer="").filter(_binding(user, "commitment"))
    return open_to_answers.order_by("-made_at", "-pk")


def owes_something(user: User) -> bool:
    """Whether their agencies have a task that is not settled: something stands in "My work"."""
    return _owed(user).exists()


def late_since(user: User) -> date | None:
    """The first due date of what their agencies still owe that has passed."""
    late = _owed(user).filter(light_due__lt=clock.today(), state=Task.State.CONFIRMED)
    return late.aggregate(first=Min("light_due"))["first"]


def queue_waits_longer(user: User) -> bool:
    """Whether what waits longest for the coordination office has waited longer than their own latest task; one query, or two."""
    oldest = FollowUp.objects.decidable_by(user).values_list("submitted_at", flat=True).first()
    if oldest is None:
        return False
    late = late_since(user)
    return late is None or clock.day_of(oldest) < late


def _owed(user: User) -> TaskQuerySet:
    return Task.objects.of_agencies(user.standing.agency_ids).filter(Task.UNSETTLED)


class Seat(NamedTuple):
    kind: str
    until: date | None
    agency__key: str
    agency__acronym: str
    agency__name: str

    @property
    def url(self) -> str:
        """The agency's page."""
        return address("projects:agency_detail", self.agency__key)

    @property
    def last_day(self) -> date | None:
        return last_day(self.until)

    @property
    def kind_in_words(self) -> str:
        return str(Appointment.Kind(self.kind).label)

    @property
    def agency(self) -> str:
        return self.agency__acronym or self.agency__name


@prepared("on", row=Seat)
def seats_of(user: User, on: date) -> AppointmentQuerySet:
    """The appointments with which this person acts on that day."""
    return Appointment.objects.focal_points().active(on).filter(user=user)


@prepared()
def open_to_proposals(user: User, start: int, stop: int) -> QuerySet[Commitment, tuple[str, str, str, str]]:
    """From one place to another: code, title, language and whom it binds of the commitments under which this focal point may
    propose a task, those that name their agencies first.
    """
    found = Commitment.objects.filter(_binding(user), Commitment.ACTIVE)
    return found.order_by("-binds", "code").values_list("code", "title", "language", "binds", named=True)[start:stop]


def _binding(user: User, commitment: str = "") -> Q:
    """A condition on commitments, or on what has one under that name: one of their agencies answers for it."""
    own = Commitment.agencies.through.objects.filter(agency__in=user.standing.agency_ids)
    named = Exists(own.filter(commitment=OuterRef(commitment or "pk")))
    binds = f"{commitment}__binds" if commitment else "binds"
    return Q(**{binds: Commitment.Binds.NAMED}) & named | Q(**{binds: Commitment.Binds.ALL})


def _item(task: OwnTaskRow, said: list[FollowUpInHand], asked: DateAsked | None, today: date) -> WorkItem:
    return WorkItem(
        task=task,
        follow_up=next((row for row in said if row.state not in FollowUp.SETTLED), None) if said else None,
        asked=asked,
        days=_days(task, today),
        quiet_days=(today - task.quiet_since).days if task.quiet_since else 0,
        said=said,
    )


def _days(task: OwnTaskRow, today: date) -> int | None:
    """Until its due date, below 0 once that passed; of what the light calls late, for how long it does."""
    if task.light == Light.LATE and task.light_due:
        return (today - task.light_due).days
    return (task.due - today).days if task.due else None


def _list_for(item: WorkItem, work: Work, today: date) -> list[WorkItem]:
    """The list in which an item stands. What waits for others is no to-do; of the rest, a return counts before the date."""
    task, follow_up = item.task, item.follow_up
    if task.state == Task.State.PROPOSED:
        return work.proposed
    if follow_up and follow_up.state == S.SUBMITTED:
        return work.questions if follow_up.is_asked else work.waiting
    if follow_up and follow_up.state == S.RETURNED:
        return work.returned
    if task.light_due and task.light_due < today:
        return work.overdue
    if task.due and task.due <= today + timedelta(days=DUE_SOON_DAYS):
        return work.due_soon
    return work.word_expected if follow_up or item.quiet_days > FRESHNESS_DAYS[0] else work.rest
