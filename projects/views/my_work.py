"""Mi trabajo: what a focal point has to do, what waits for others, and what is settled."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import starmap
from operator import attrgetter
from typing import Any, NamedTuple, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.models import User
from focalpoints.rules import is_focal_point
from projects.correspondence import last_comments
from projects.lights import DUE_SOON_DAYS, FRESHNESS_DAYS, Light
from projects.models import Commitment, DateChange, FollowUp, Task
from projects.workflow import against_no_change

S = FollowUp.State
MOST_COMMITMENTS = 50


class OwnTask(NamedTuple):
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
        return self.is_confirmed and self.verified_progress == 100


class Said(NamedTuple):
    """A follow-up since the last accepted one."""

    task_id: int
    code: str
    state: str
    submitted_at: datetime | None


class Asked(NamedTuple):
    """A new date that waits for the coordination office."""

    task_id: int
    code: str
    to_due: date


@dataclass(slots=True)
class Item:
    """A task, the follow-up in hand and the date asked for if there are any, and why it stands where it stands."""

    task: OwnTask
    follow_up: Said | None
    asked: Asked | None
    days: int | None
    quiet_days: int
    can_say_no_change: bool
    comment: str = ""


@dataclass(slots=True)
class Work:
    """Each task stands in exactly one list."""

    overdue: list[Item] = field(default_factory=list)
    returned: list[Item] = field(default_factory=list)
    due_soon: list[Item] = field(default_factory=list)
    word_expected: list[Item] = field(default_factory=list)
    waiting: list[Item] = field(default_factory=list)
    proposed: list[Item] = field(default_factory=list)
    rest: list[Item] = field(default_factory=list)

    @property
    def to_do(self) -> int:
        return len(self.overdue) + len(self.returned) + len(self.due_soon) + len(self.word_expected)

    @property
    def is_empty(self) -> bool:
        return not (self.to_do or self.waiting or self.proposed or self.rest)


def _without_appointment(request: HttpRequest, user: User, today: date) -> HttpResponse:
    """Who held an appointment, or will, reads why the page is empty; to anybody else it does not exist."""
    last = user.appointments.focal_points().select_related("agency").order_by("since").last()
    if last is None:
        raise Http404
    return render(
        request, "projects/my_work_ended.html", {"appointment": last, "begins": last.since > today}, status=403
    )


@never_cache
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    today = clock.today()
    if not is_focal_point(user):
        return _without_appointment(request, user, today)
    agency_ids = user.standing.agency_ids
    work = _sorted_out(_tasks_of(agency_ids, today), today)
    return render(
        request,
        "projects/my_work.html",
        {
            "work": work,
            "seats": user.appointments.focal_points().active(today).select_related("agency"),
            "many_agencies": len(agency_ids) > 1,
            "commitments": _open_to_proposals(agency_ids)[:MOST_COMMITMENTS],
            "today": today,
        },
    )


def _tasks_of(agency_ids: frozenset[int], today: date) -> QuerySet[Task]:
    """Still owed or proposed, by date."""
    owed = Q(state=Task.State.PROPOSED) | Q(state=Task.State.CONFIRMED) & (
        Q(verified_progress=None) | Q(verified_progress__lt=100)
    )
    tasks = Task.objects.of_agencies(agency_ids).filter(owed).with_light(today)
    return tasks.order_by(F("due").asc(nulls_last=True), "pk")


def _open_to_proposals(agency_ids: frozenset[int]) -> QuerySet[Commitment, Any]:
    """Code, title, language and whom it binds of the commitments under which these agencies may propose a task, own ones first."""
    named = Exists(Commitment.agencies.through.objects.filter(commitment=OuterRef("pk"), agency__in=agency_ids))
    binding = Q(binds=Commitment.Binds.NAMED) & named | Q(binds=Commitment.Binds.ALL)
    return (
        Commitment.objects.filter(binding, state=Commitment.State.ACTIVE)
        .order_by("-binds", "code")
        .values_list("code", "title", "language", "binds", named=True)
    )


def _sorted_out(tasks: QuerySet[Task], today: date) -> Work:
    """Each with what its agency said last and the new date it asked for: four queries."""
    rows = list(starmap(OwnTask, tasks.values_list(*OwnTask._fields)))
    keys = [task.pk for task in rows]
    said: dict[int, list[Said]] = defaultdict(list)
    spoken = FollowUp.objects.since_acceptance().filter(task__in=keys).order_by("-number")
    for row in starmap(Said, spoken.values_list(*Said._fields)):
        said[row.task_id].append(row)
    waiting = DateChange.objects.waiting().filter(task__in=keys).values_list(*Asked._fields)
    asked = {row.task_id: row for row in starmap(Asked, waiting)}
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


def _item(task: OwnTask, said: list[Said], asked: Asked | None, today: date) -> Item:
    return Item(
        task=task,
        follow_up=next((row for row in said if row.state != S.NOTED), None),
        asked=asked,
        days=abs((task.due - today).days) if task.due else None,
        quiet_days=(today - task.quiet_since).days if task.quiet_since else 0,
        # They have the names that it asks for.
        can_say_no_change=against_no_change(cast(Task, task), cast(list[FollowUp], said)) is None,
    )


def _list_for(item: Item, work: Work, today: date) -> list[Item]:
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
